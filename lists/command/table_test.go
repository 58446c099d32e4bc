package command

import (
	"strings"
	"testing"
)

func TestLanguageIsWhole(t *testing.T) {
	// DESIGN section 1, "Email commands".
	design := map[Who]string{
		Anyone:  "help ? commands lists groups index info about intro join subscribe sub leave unsubscribe unsub signoff remove confirm ok yes auth",
		Members: "who review set settings status query which progress address password",
		Leaders: "next state add drop invite moderate approve reject discard",
		Admins:  "create close reopen rename leader admin announce digest",
	}
	for who, words := range design {
		for _, w := range strings.Fields(words) {
			if e, ok := lookup(w); !ok || e.Who != who {
				t.Errorf("%q is not for %s", w, who)
			}
		}
	}
}

func TestLanguageSaysEachThingOnce(t *testing.T) {
	seen := map[string]string{}
	for _, e := range Language() {
		for _, w := range append([]string{e.Name}, e.Synonyms...) {
			if seen[w] != "" {
				t.Errorf("%q is %s and %s", w, seen[w], e.Name)
			}
			seen[w] = e.Name
		}
		if e.Help == "" || len(e.Forms) == 0 || strings.Contains(e.Help, "\n") {
			t.Errorf("%s has no help of one line", e.Name)
		}
	}
}

// What help shows must work as shown.
func TestLanguageExamplesWork(t *testing.T) {
	for _, e := range Language() {
		w := world()
		f := w.facts("ann@example.org")
		f.Here = w.list("dc")
		example := strings.ReplaceAll(e.Example, "data-protection", "maps")
		if e.Name == "create" || e.Name == "rename" {
			example = strings.ReplaceAll(e.Example, "rename data-protection", "rename maps")
		}
		p := Parse("", example)
		if len(p.Commands) != 1 || p.Commands[0].Name != e.Name {
			t.Errorf("%s: the example %q is read as %+v", e.Name, e.Example, p)
			continue
		}
		if d := Decide(f, p.Commands)[0]; len(d.Refused) > 0 {
			t.Errorf("%s: the example %q is refused: %v", e.Name, e.Example, d.Refused)
		}
	}
}

func TestReference(t *testing.T) {
	ref := Reference()
	for _, e := range Language() {
		if !strings.Contains(ref, cell(e.Help)) || !strings.Contains(ref, "`"+cell(e.Forms[0])+"`") {
			t.Errorf("the reference leaves out %s", e.Name)
		}
	}
	for _, row := range strings.Split(ref, "\n") {
		if strings.HasPrefix(row, "|") && strings.Count(strings.ReplaceAll(row, `\|`, ""), "|") != 5 {
			t.Errorf("a row has not four cells: %s", row)
		}
	}
}

func TestNearest(t *testing.T) {
	for word, want := range map[string]string{
		"hlep": "help", "subscrieb": "subscribe", "unsubscirbe": "unsubscribe", "list": "lists", "craete": "create", "digets": "digest", "subscr": "subscribe",
		"the": "", "and": "", "zzzzzz": "", "": "", "hi": "",
	} {
		if got, _ := nearestCommand(word); got != want {
			t.Errorf("nearest to %q: %q, want %q", word, got, want)
		}
	}
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "abc", 3}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"kitten", "sitting", 3}, {"ca", "abc", 3}} {
		if got := distance([]rune(c.a), []rune(c.b), 10); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
