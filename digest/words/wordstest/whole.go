// Package wordstest tells for tests whether a package's sentences are there
// in every language: it reads the package's code for what can be said.
package wordstest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"plenary/digest/words"
)

// Package is what a test knows of the code in its folder.
type Package struct {
	Say    []string            // the names of functions that say their first argument
	Silent []string            // functions whose texts are not for readers: errors, logs
	Tables []string            // sentences that come from tables, as they are
	Plain  []string            // literals that look like sentences and are none
	Read   []string            // files whose words people write, and we read
	Also   map[string][]string // further folders, and their functions that say
}

// Whole tests that each sentence which the package says is there in each
// language, with the same things to fill in and every plural form; that no
// language has one which nobody says; and that nothing is said past the
// catalogues.
func (p Package) Whole(t *testing.T, sentences words.Sentences) {
	t.Helper()
	said, past := p.read(t)
	for _, s := range past {
		t.Errorf("said in English only: %s", s)
	}
	for lang, texts := range sentences {
		w := words.For(lang)
		for key := range said {
			forms, ok := texts[key]
			if !ok {
				if lang != "en" {
					t.Errorf("%s lacks %q", lang, key)
				}
				continue
			}
			compare(t, w, key, forms, len(sentences["en"][key]) > 0)
		}
		for key := range texts {
			if !said[key] {
				t.Errorf("%s has %q, which nobody says", lang, key)
			}
		}
	}
}

var hole = regexp.MustCompile(`\{[0-9]+\}`)

func holes(s string) []string {
	found := hole.FindAllString(s, -1)
	sort.Strings(found)
	return slices.Compact(found)
}

// compare holds a translation against its English.
func compare(t *testing.T, w *words.Words, key string, forms map[string]string, plural bool) {
	t.Helper()
	want := holes(key)
	for form, text := range forms {
		got := holes(text)
		// A form for one or two may say the number as a word.
		fewer := len(forms) > 1 && len(got) == len(want)-1
		if text == "" || !slices.Equal(got, want) && !fewer {
			t.Errorf("%s, %q (%s): fills in %v, not %v", w.Lang, key, form, got, want)
		}
		for _, quoted := range commands.FindAllString(key, -1) {
			if !strings.Contains(text, quoted) {
				t.Errorf("%s, %q: it lacks %s, which stays as it is", w.Lang, key, quoted)
			}
		}
	}
	if !plural {
		if len(forms) != 1 {
			t.Errorf("%s, %q: it has plural forms, and the English none", w.Lang, key)
		}
		return
	}
	for _, form := range w.Forms() {
		if _, ok := forms[form]; !ok {
			t.Errorf("%s, %q: no form %q", w.Lang, key, form)
		}
	}
}

// commands are the words that stand in a sentence between quotation marks:
// they are written to the machine, and not translated.
var commands = regexp.MustCompile(`"[a-z{][^"]*"`)

// read finds what the code of this folder says, and what looks like a
// sentence and is not said by one of its functions.
func (p Package) read(t *testing.T) (said map[string]bool, past []string) {
	t.Helper()
	said = map[string]bool{}
	for _, s := range p.Tables {
		if s != "" {
			said[s] = true
		}
	}
	for folder, say := range p.Also {
		Package{Say: say}.files(t, folder, said)
	}
	return said, p.files(t, ".", said)
}

// files adds what a folder's code says, and gives back what it says past us.
func (p Package) files(t *testing.T, folder string, said map[string]bool) (past []string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || slices.Contains(p.Read, filepath.Base(name)) {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec:
				return false
			case *ast.Field:
				n.Tag = nil
			case *ast.CallExpr:
				name := called(n)
				if slices.Contains(p.Silent, name) {
					return false
				}
				if slices.Contains(p.Say, name) && len(n.Args) > 0 {
					if text, ok := literal(n.Args[0]); ok {
						said[words.Key(text)] = true
						n.Args[0] = ast.NewIdent("_")
					}
				}
			case *ast.BasicLit:
				if text, ok := literal(n); ok && p.sentence(text) {
					past = append(past, set.Position(n.Pos()).String()+" "+strconv.Quote(text))
				}
			}
			return true
		})
	}
	return past
}

var threeWords = regexp.MustCompile(`[A-Za-z]+[,:]? [a-z]+[,:]? [a-z]+`)

// sentence tells whether a literal looks like words for people.
func (p Package) sentence(s string) bool {
	return threeWords.MatchString(s) && !slices.Contains(p.Plain, s) && !slices.Contains(p.Tables, s)
}

func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name
	case *ast.Ident:
		return f.Name
	}
	return ""
}

// literal is the text of a string literal, or of several joined by +.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.BinaryExpr:
		a, ok := literal(e.X)
		b, also := literal(e.Y)
		return a + b, ok && also && e.Op == token.ADD
	case *ast.ParenExpr:
		return literal(e.X)
	}
	return "", false
}
