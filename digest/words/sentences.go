package words

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/language"
)

// Sentences are what a package says, in other languages than English: one
// file a language, LANGUAGE.toml, keyed by the English sentence as it stands
// in the code, with {1}, {2} for what is filled in. A file for English holds
// nothing but the sentences that have plural forms.
type Sentences map[string]map[string]map[string]string // language, key, plural form

// ReadSentences reads the files of a folder.
func ReadSentences(files fs.FS, folder string) (Sentences, error) {
	all := Sentences{}
	for _, w := range catalogues {
		data, err := fs.ReadFile(files, path.Join(folder, w.Lang+".toml"))
		if err != nil {
			return nil, err
		}
		var file map[string]any
		if err := toml.Unmarshal(data, &file); err != nil {
			return nil, fmt.Errorf("sentences in %s: %w", w.Lang, err)
		}
		all[w.Lang] = byForm(file)
	}
	return all, nil
}

// byForm sorts a file's texts by key and plural form: "other" alone where
// there is one form only.
func byForm(file map[string]any) map[string]map[string]string {
	all := map[string]map[string]string{}
	for key, value := range file {
		all[key] = map[string]string{}
		switch v := value.(type) {
		case string:
			all[key]["other"] = v
		case map[string]any:
			for form, text := range v {
				all[key][form] = fmt.Sprint(text)
			}
		}
	}
	return all
}

// Speaker says a package's sentences to one reader. The zero Speaker speaks
// English.
type Speaker struct {
	words *Words
	own   map[string]map[string]string
}

// To speaks to readers of a BCP 47 language; English where nobody has
// translated that.
func (s Sentences) To(lang string) Speaker {
	w := For(lang)
	return Speaker{w, s[w.Lang]}
}

// Words are the language's own: its dates, its series of names.
func (s Speaker) Words() *Words {
	if s.words == nil {
		return catalogues[0]
	}
	return s.words
}

// Lang is the language that is spoken.
func (s Speaker) Lang() string { return s.Words().Lang }

// Say is an English sentence, filled in as by fmt.Sprintf, said in the
// reader's language. The first int among what is filled in picks the plural
// form.
func (s Speaker) Say(english string, args ...any) string {
	forms, ok := s.own[Key(english)]
	if !ok {
		return fmt.Sprintf(english, args...)
	}
	text := forms["other"]
	for _, a := range args {
		if n, ok := a.(int); ok {
			if t, ok := forms[s.words.form(n)]; ok {
				text = t
			}
			break
		}
	}
	var fill []string
	for i, verb := range verbs(english) {
		hole, value := strconv.Itoa(i+1), fmt.Sprintf(verb, args[i])
		text = s.words.fitted(text, hole, value)
		fill = append(fill, "{"+hole+"}", value)
	}
	return strings.NewReplacer(fill...).Replace(text)
}

// Word is an English text from a table, with nothing to fill in, said in the
// reader's language.
func (s Speaker) Word(english string) string {
	if text, ok := s.own[english]["other"]; ok {
		return text
	}
	return english
}

var verb = regexp.MustCompile(`%[-+# 0]*[0-9]*[a-z]`)

func verbs(format string) []string { return verb.FindAllString(format, -1) }

// Key is a sentence as catalogues name it: {1}, {2} for its verbs.
func Key(english string) string {
	n := 0
	return verb.ReplaceAllStringFunc(english, func(string) string {
		n++
		return fmt.Sprintf("{%d}", n)
	})
}

// Keys are the catalogue's keys.
func (w *Words) Keys() []string { return slices.Sorted(maps.Keys(w.texts)) }

// Forms are the plural forms that the language's numbers need.
func (w *Words) Forms() []string {
	var all []string
	for n := range 200 {
		if f := w.form(n); !slices.Contains(all, f) {
			all = append(all, f)
		}
	}
	return all
}

// Date is a day in words.
func (s Speaker) Date(t time.Time) string { return s.Words().Date(t) }

// And is a series of names.
func (s Speaker) And(names []string) string { return s.series("and", names) }

// Or is a series of which one is chosen.
func (s Speaker) Or(names []string) string { return s.series("or", names) }

func (s Speaker) series(last string, names []string) string {
	n, texts := len(names), s.Words().texts
	if n < 2 {
		return strings.Join(names, "")
	}
	first := strings.Join(names[:n-1], texts["comma"]["other"])
	text := s.Words().fitted(texts[last]["other"], "last", names[n-1])
	return strings.NewReplacer("{first}", first, "{last}", names[n-1]).Replace(text)
}

// Spoken names the languages that there are, each in its own words, with its
// code: "English (en)".
func Spoken() []string {
	var all []string
	for _, w := range catalogues {
		all = append(all, fmt.Sprintf("%s (%s)", w.Name, w.Lang))
	}
	return all
}

// Speaks tells whether there is a catalogue for a BCP 47 language.
func Speaks(lang string) bool {
	base, _ := language.Make(lang).Base()
	return lang != "" && base.String() == For(lang).Lang
}
