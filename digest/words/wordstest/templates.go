package wordstest

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"plenary/digest/words"
)

// Templates tests that each template of a folder is there in each language's
// folder under it, fills in the same things and shows the same commands, and
// that no language has one that English lacks.
func Templates(t *testing.T, files fs.FS, folder string, languages words.Sentences) {
	t.Helper()
	english := texts(t, files, folder)
	if len(english) == 0 {
		t.Fatalf("no templates in %s", folder)
	}
	for lang := range languages {
		if lang == "en" {
			continue
		}
		theirs := texts(t, files, path.Join(folder, lang))
		for name, text := range english {
			other, ok := theirs[name]
			if !ok {
				t.Errorf("%s lacks %s", lang, name)
				continue
			}
			for what, in := range map[string]func(string) []string{"fills in": filled, "shows": shown} {
				if want, got := in(text), in(other); !slices.Equal(want, got) {
					t.Errorf("%s/%s %s\n%q, and the English\n%q", lang, name, what, got, want)
				}
			}
		}
		for name := range theirs {
			if _, ok := english[name]; !ok {
				t.Errorf("%s has %s, which English lacks", lang, name)
			}
		}
	}
}

func texts(t *testing.T, files fs.FS, folder string) map[string]string {
	t.Helper()
	names, err := fs.Glob(files, path.Join(folder, "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		all[path.Base(name)] = string(raw)
	}
	return all
}

var (
	action = regexp.MustCompile(`\{\{[^}]*\}\}`)
	field  = regexp.MustCompile(`\.[A-Z][A-Za-z.]*`)
	quoted = regexp.MustCompile(`"[a-z{][^"]*"`)
)

// filled is what a template fills in, each once.
func filled(text string) []string {
	var all []string
	for _, a := range action.FindAllString(text, -1) {
		all = append(all, field.FindAllString(a, -1)...)
	}
	sort.Strings(all)
	return slices.Compact(all)
}

// shown are the commands that a template shows: between quotation marks, and
// set in by four spaces on a line of its own, without what a person puts in.
func shown(text string) []string {
	var all []string
	for _, q := range quoted.FindAllString(text, -1) {
		if q != `"yes"` && q != `"no"` && q != `"oui"` && q != `"non"` && q != `"sí"` {
			all = append(all, q)
		}
	}
	for _, l := range strings.Split(text, "\n") {
		if words := strings.Fields(l); strings.HasPrefix(l, "    ") && l[4] != ' ' && len(words) > 1 && strings.Trim(words[0], "abcdefghijklmnopqrstuvwxyz") == "" {
			all = append(all, words[0]+" "+words[1])
		}
	}
	sort.Strings(all)
	return slices.Compact(all)
}
