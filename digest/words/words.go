// Package words says the own words of the digest, of the week's question and
// of the pages that show a body's week, in the reader's language: one catalogue file a language, plural forms by the
// language's rules, dates as they are written there. What people wrote is
// never translated; it is handed through as it is. It imports nothing of ours.
package words

import (
	"embed"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/bidi"
)

//go:embed *.toml
var files embed.FS

// Words is one language's catalogue.
type Words struct {
	tag      language.Tag
	Lang     string // BCP 47, as an HTML lang attribute
	Name     string // what those who speak it call it
	Dir      string // ltr or rtl
	weekdays []string
	months   []string
	turns    []Turn
	texts    map[string]map[string]string // key, plural form ("other" alone where it has none)
	page     *Words                       // the same for pages; nil: it is that
}

// catalogue is a file as it stands.
type catalogue struct {
	Name      string         `toml:"name"`
	Direction string         `toml:"direction"`
	Weekdays  []string       `toml:"weekdays"` // from Sunday
	Months    []string       `toml:"months"`
	Turns     []Turn         `toml:"turns"` // of words of ours before what is filled in
	Texts     map[string]any `toml:"texts"`
}

// catalogues is all languages, English first: what others lack or nobody
// speaks is said in English.
var catalogues = must(load())

func must(all []*Words, err error) []*Words {
	if err != nil {
		panic(err) // an embedded file is wrong: no test would have passed
	}
	return all
}

func load() ([]*Words, error) {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil, err
	}
	var all []*Words
	for _, e := range entries {
		w, err := read(strings.TrimSuffix(e.Name(), ".toml"))
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].Lang == "en" && all[j].Lang != "en" })
	return all, nil
}

func read(lang string) (*Words, error) {
	data, err := files.ReadFile(lang + ".toml")
	if err != nil {
		return nil, err
	}
	var c catalogue
	if err := toml.Unmarshal(data, &c); err != nil {
		return nil, fmt.Errorf("catalogue %s: %w", lang, err)
	}
	tag, err := language.Parse(lang)
	if err != nil {
		return nil, fmt.Errorf("catalogue %s: %w", lang, err)
	}
	w := &Words{tag: tag, Lang: lang, Name: c.Name, Dir: c.Direction, weekdays: c.Weekdays, months: c.Months, turns: c.Turns, texts: byForm(c.Texts)}
	if len(w.weekdays) != 7 || len(w.months) != 12 || w.Dir != "ltr" && w.Dir != "rtl" || w.Name == "" {
		return nil, fmt.Errorf("catalogue %s: it needs its name, 7 weekdays, 12 months and a direction", lang)
	}
	w.page = w.onPages()
	return w, nil
}

// For is the catalogue that comes nearest to a BCP 47 language; English for
// "" and for what nobody has translated.
func For(lang string) *Words {
	tag, err := language.Parse(lang)
	if err != nil {
		return catalogues[0]
	}
	tags := make([]language.Tag, len(catalogues))
	for i, w := range catalogues {
		tags[i] = w.tag
	}
	_, at, confidence := language.NewMatcher(tags).Match(tag)
	if confidence < language.High {
		return catalogues[0]
	}
	return catalogues[at]
}

// Say is the text of this key with its {name}s filled in from pairs of name
// and value. The value of {n}, an int, picks the plural form.
func (w *Words) Say(key string, pairs ...any) string {
	forms, ok := w.texts[key]
	if !ok {
		if w.Lang != "en" {
			return catalogues[0].Say(key, pairs...)
		}
		return key
	}
	text := forms["other"]
	for i := 0; i+1 < len(pairs); i += 2 {
		if n, ok := pairs[i+1].(int); ok && pairs[i] == "n" {
			if t, ok := forms[w.form(n)]; ok {
				text = t
			}
		}
	}
	var fill []string
	for i := 0; i+1 < len(pairs); i += 2 {
		name, value := fmt.Sprint(pairs[i]), fmt.Sprint(pairs[i+1])
		text = w.fitted(text, name, value)
		fill = append(fill, "{"+name+"}", w.Isolate(value))
	}
	return strings.NewReplacer(fill...).Replace(text)
}

// Isolate keeps words that run the other way apart from ours: without it a
// title in Latin letters would draw an Arabic sentence's full stop to itself,
// and a title that ends in Arabic the number after it. What is kept apart
// within them already counts for nothing.
func (w *Words) Isolate(s string) string {
	apart := 0
	for _, r := range s {
		p, _ := bidi.LookupRune(r)
		switch c := p.Class(); {
		case c == bidi.FSI:
			apart++
		case c == bidi.PDI:
			apart--
		case apart <= 0 && (c == bidi.L && w.Dir == "rtl" || (c == bidi.R || c == bidi.AL) && w.Dir == "ltr"):
			return "\u2068" + s + "\u2069" // FIRST STRONG ISOLATE … POP
		}
	}
	return s
}

// each isolates names one by one: in a series, the first would turn the
// others round.
func (w *Words) each(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = w.Isolate(name)
	}
	return out
}

// form is the name of n's plural form in this language (CLDR).
func (w *Words) form(n int) string {
	f := plural.Cardinal.MatchPlural(w.tag, n%10_000_000, 0, 0, 0, 0)
	return [...]string{plural.Other: "other", plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many"}[f]
}

// Date is a day with its weekday, month and year in words.
func (w *Words) Date(t time.Time) string { return w.date("date", t) }

// Day is a day without its year.
func (w *Words) Day(t time.Time) string { return w.date("day", t) }

func (w *Words) date(key string, t time.Time) string {
	if t.Day() == 1 {
		if _, ok := w.texts[key+"-first"]; ok {
			key += "-first"
		}
	}
	return w.Say(key, "weekday", w.weekdays[t.Weekday()], "day", t.Day(), "month", w.months[t.Month()-1], "year", t.Year())
}

// Series is names one after the other: "Ana, Bo, Chi".
func (w *Words) Series(names []string) string { return strings.Join(w.each(names), w.Say("comma")) }

// And is a series of names: "Ana, Bo and Chi".
func (w *Words) And(names []string) string {
	switch names, n := w.each(names), len(names); n {
	case 0:
		return ""
	case 1:
		return names[0]
	default:
		return w.Say("and", "first", strings.Join(names[:n-1], w.Say("comma")), "last", names[n-1])
	}
}
