package annual

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"plenary/digest"
	"plenary/lists"
)

var update = flag.Bool("update", false, "write the golden files anew")

func on(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 12, 0, 0, 0, time.UTC)
}

func entry(kind, text string, at time.Time) lists.ProgressEntry {
	return lists.ProgressEntry{Kind: kind, Text: text, Name: "Lea Moreau", Author: "lea@example.org", At: at}
}

func step(text string, by lists.Date, at time.Time) lists.ProgressEntry {
	e := entry(digest.KindNext, text, at)
	e.By = by
	return e
}

func sample() Facts {
	maps := GroupFacts{
		List: lists.List{ID: "dc-maps", Name: "dc-maps", Family: "dc", Title: "Data protection map", Purpose: "Show which *laws* hold where.", State: lists.Active, Created: on(2025, 3, 1),
			Next: "Print the atlas", NextBy: "2027-02-01"},
		Leaders: []string{"Lea Moreau"},
		Account: Account{Members: 14, Joined: 3, People: 5, Archived: true, Months: [12]Count{{2, 1}, {}, {7, 4}}},
		Entries: []lists.ProgressEntry{
			entry(digest.KindProgress, "Of the year before.", on(2025, 12, 31)),
			step("Publish forty countries", "2026-03-01", on(2026, 1, 10)),
			entry(digest.KindProgress, "We met.\n\n# Not a heading\n1. not a list <script>alert(1)</script> [x](javascript:1)", on(2026, 1, 10)),
			entry(digest.KindHelp, "Somebody who reads Korean", on(2026, 1, 10)),
			step("Publish forty countries", "2026-04-01", on(2026, 2, 20)),
			entry(digest.KindProgress, "Thirty-one countries.", on(2026, 3, 2)),
			entry(digest.KindDissent, "Maps mislead.", on(2026, 3, 2)),
			entry(digest.KindDone, "Publish forty countries", on(2026, 3, 30)),
			step("Print the atlas", "2027-02-01", on(2026, 4, 1)),
			entry(digest.KindProgress, "Of the next year.", on(2027, 1, 2)),
		},
	}
	done := GroupFacts{
		List:    lists.List{ID: "dc-end", Name: "dc-end", Family: "dc", Title: "A finished group", State: lists.Done, Created: on(2026, 2, 1)},
		Account: Account{Members: 1},
		Entries: []lists.ProgressEntry{entry(digest.KindState, "done", on(2026, 6, 1))},
	}
	gone := GroupFacts{
		List:    lists.List{ID: "dc-old", Name: "dc-old", Family: "dc", Title: "Gone before", State: lists.Closed, Created: on(2024, 2, 1)},
		Entries: []lists.ProgressEntry{entry(digest.KindState, "closed", on(2025, 6, 1))},
	}
	later := GroupFacts{List: lists.List{ID: "dc-new", Name: "dc-new", Family: "dc", Title: "Made later", State: lists.Active, Created: on(2027, 1, 1)}}
	return Facts{
		Site: lists.Site{Domain: "lists.example.org", Location: time.UTC}, Year: 2026, Until: on(2027, 1, 15),
		Main: lists.List{ID: "dc", Name: "dc", Family: "dc", Title: "Digital Coalition", Purpose: "Data for all.", Created: on(2024, 1, 1)},
		Body: Account{Members: 50, Joined: 9, People: 12, Archived: true, Months: [12]Count{{10, 4}, {3, 2}}}, Groups: []GroupFacts{maps, done, gone, later},
	}
}

func TestGolden(t *testing.T) {
	r := Gather(sample())
	md, err := Markdown(r)
	if err != nil {
		t.Fatal(err)
	}
	page, err := HTML(r)
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{"2026.md": md, "2026.html": page} {
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is not as it was (go test -update writes it anew):\n%s", name, got)
		}
	}
}

// The year's own entries are told, no others; groups that were not there in
// the year are not named.
func TestGather(t *testing.T) {
	r := Gather(sample())
	md, err := Markdown(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, never := range []string{"year before", "next year.", "Gone before", "Made later", "not over", "lea@example.org"} {
		if strings.Contains(md, never) {
			t.Errorf("the report tells %q", never)
		}
	}
	if !slices.Equal(r.Founded, []string{"A finished group"}) || !slices.Equal(r.Ended, []string{"A finished group"}) {
		t.Errorf("founded %v, ended %v", r.Founded, r.Ended)
	}
	f := sample()
	f.Body = Account{Members: 1, Joined: 1, People: 1, Archived: true, Months: [12]Count{{1, 1}}}
	if md, _ := Markdown(Gather(f)); !strings.Contains(md, "\n1 member, 1 of whom") || !strings.Contains(md, "\n1 post on the main list, by 1 person.") {
		t.Error("one is told as if it were several")
	}
	f.Until = on(2026, 5, 1)
	if md, _ := Markdown(Gather(f)); !strings.Contains(md, "up to 1 May 2026") {
		t.Error("a year that is not over is reported as if it were")
	}
}

// Nobody's address is told, wherever people wrote it; a year whose posts were
// imported counts, though the lists were made later.
func TestAddressesAndImportedYears(t *testing.T) {
	f := sample()
	g := &f.Groups[0]
	write := func(what string) string {
		return what + " ana@secret.example or mail%40secret.example, join dc-join@lists.example.org"
	}
	g.List.Purpose, g.List.Next, g.Leaders = write("purpose"), write("next"), []string{"Lea ana@secret.example"}
	f.Main.Purpose = write("body")
	g.Entries = []lists.ProgressEntry{entry(digest.KindProgress, write("met\nAsk"), on(2026, 5, 5)), entry(digest.KindHelp, write("help"), on(2026, 5, 5)), entry(digest.KindDissent, write("no"), on(2026, 5, 5)), step(write("step"), "2026-06-01", on(2026, 5, 5))}
	for kind, written := range map[string]func(Report) (string, error){"Markdown": Markdown, "HTML": HTML} {
		got, err := written(Gather(f))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(got, "secret.example") || !strings.Contains(got, "Ask ana@… or mail%40…, join dc-join@lists.example.org") {
			t.Errorf("%s tells addresses, or not how to join:\n%s", kind, got)
		}
	}
	old := sample()
	old.Year, old.Main.Created = 2019, on(2026, 1, 1)
	for i := range old.Groups {
		old.Groups[i].List.Created, old.Groups[i].Entries, old.Groups[i].Months = on(2026, 1, 1), nil, [12]Count{}
	}
	old.Groups[0].Months[4] = Count{Posts: 3, People: 2}
	if r := Gather(old); len(r.Groups) != 1 || r.Groups[0].List.ID != "dc-maps" || len(r.Founded) != 0 || r.Groups[0].Next.Text != "" {
		t.Errorf("of 2019: %d groups, founded %v", len(r.Groups), r.Founded)
	}
}

// A step that ended after the year stood at its end, and is told so in the
// report that is written then.
func TestStepsAsTheyStood(t *testing.T) {
	first, second := step("Draw", "2026-12-01", on(2026, 5, 5)), step("Print", "2027-06-01", on(2027, 1, 3))
	for name, c := range map[string]struct {
		entries []lists.ProgressEntry
		now     string // the list's step when the report is written
		state   lists.State
		want    string
	}{
		"done in January":             {[]lists.ProgressEntry{first, entry(digest.KindDone, "Draw", on(2027, 1, 2))}, "", lists.Active, "Draw"},
		"replaced in January":         {[]lists.ProgressEntry{first, second}, "Print", lists.Active, "Draw"},
		"closed in January":           {[]lists.ProgressEntry{first, entry(digest.KindState, "closed", on(2027, 1, 2))}, "Draw", lists.Closed, "Draw"},
		"made with, done in January":  {[]lists.ProgressEntry{entry(digest.KindDone, "Draw", on(2027, 1, 2))}, "", lists.Active, "Draw"},
		"made with, and stands":       {nil, "Draw", lists.Active, "Draw"},
		"done before, new in January": {[]lists.ProgressEntry{first, entry(digest.KindDone, "Draw", on(2026, 6, 1)), second}, "Print", lists.Active, ""},
	} {
		f := sample()
		f.Groups = f.Groups[:1]
		l := &f.Groups[0].List
		l.Next, l.NextBy, l.State, f.Groups[0].Entries = c.now, "", c.state, c.entries
		if g := Gather(f).Groups[0]; g.Next.Text != c.want {
			t.Errorf("%s: the next step is %q, want %q", name, g.Next.Text, c.want)
		}
	}
}

// What people wrote is text, in Markdown and in HTML: it makes no element of
// its own.
func TestPeoplesWordsAreText(t *testing.T) {
	for _, hostile := range []string{
		"<script>alert(1)</script>", "[x](javascript:alert(1))", "![x](http://evil.example/x.png)", "# heading", "- list", "+ list", "* list", "1. list", "23) list", "> quote",
		"`code`", "    code", "```\ncode\n```", "~~~\ncode", "a\n===", "a\n---", "***", "| a | b |\n| --- | --- |", "&lt;b&gt;", "<https://evil.example>", "**bold** _it_", `back\slash`, "\tcode",
	} {
		f := sample()
		f.Groups[0].Entries = []lists.ProgressEntry{entry(digest.KindProgress, hostile, on(2026, 5, 5)), entry(digest.KindHelp, hostile, on(2026, 5, 5))}
		f.Main.Title, f.Groups[0].List.Purpose, f.Groups[0].List.Next, f.Groups[0].Leaders = hostile, hostile, hostile, []string{hostile}
		page, err := HTML(Gather(f))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := html.Parse(strings.NewReader(page))
		if err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		for n := range doc.Descendants() {
			switch n.Type {
			case html.ElementNode:
				if slices.Contains([]string{"script", "img", "a", "code", "pre", "em", "strong", "ol", "hr", "b"}, n.Data) {
					t.Errorf("%q made an element %s", hostile, n.Data)
				}
			case html.TextNode:
				said.WriteString(n.Data)
			}
		}
		if want := strings.Join(strings.Fields(strings.Split(hostile, "\n")[0]), " "); !strings.Contains(said.String(), want) {
			t.Errorf("%q is not told as it was written", hostile)
		}
	}
}
