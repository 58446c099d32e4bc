package words

import (
	"regexp"
	"sort"
	"strings"
	"testing"
	"time"
)

var hole = regexp.MustCompile(`\{[a-z]+\}`)

func holes(s string) string {
	found := hole.FindAllString(s, -1)
	sort.Strings(found)
	return strings.Join(found, " ")
}

// without is the holes save the number's.
func without(s string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(s, "{n}", "")), " ")
}

// Each language has every text of the English, with the same things to fill
// in, and every plural form that its numbers need.
func TestCataloguesAreWhole(t *testing.T) {
	if len(catalogues) != 4 || catalogues[0].Lang != "en" {
		t.Fatalf("%d catalogues", len(catalogues))
	}
	for _, w := range catalogues {
		for key, english := range catalogues[0].texts {
			forms, ok := w.texts[key]
			if !ok {
				t.Errorf("%s lacks %s", w.Lang, key)
				continue
			}
			for form, text := range forms {
				// A form for one or two may say the number as a word.
				want, got := holes(english["other"]), holes(text)
				if got != want && (text != "" || form != "zero") && without(want) != without(got) {
					t.Errorf("%s, %s (%s): fills in %s, not %s", w.Lang, key, form, got, want)
				}
			}
			if len(english) == 1 {
				continue
			}
			for n := range 200 {
				if _, ok := forms[w.form(n)]; !ok {
					t.Errorf("%s, %s: no form %q, which %d needs", w.Lang, key, w.form(n), n)
					break
				}
			}
		}
		for key := range w.texts {
			if _, ok := catalogues[0].texts[key]; !ok && !strings.HasSuffix(key, "-first") {
				t.Errorf("%s has %s, which English lacks", w.Lang, key)
			}
		}
	}
}

func TestFor(t *testing.T) {
	for lang, want := range map[string]string{"": "en", "en": "en", "en-GB": "en", "fr": "fr", "fr-CH": "fr", "es-419": "es", "ar-EG": "ar", "zh": "en", "no language": "en", "de": "en"} {
		if got := For(lang).Lang; got != want {
			t.Errorf("%q is served in %s, want %s", lang, got, want)
		}
	}
	if For("ar").Dir != "rtl" || For("fr").Dir != "ltr" {
		t.Error("a direction is wrong")
	}
}

func TestSay(t *testing.T) {
	day := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	for _, row := range []struct{ got, want string }{
		{For("en").Say("posts", "n", 1), "1 post"},
		{For("en").Say("posts", "n", 0), "0 posts"},
		{For("fr").Say("posts", "n", 0), "0 message"},
		{For("fr").Say("posts", "n", 2), "2 messages"},
		{For("ar").Say("posts", "n", 2), "رسالتان"},
		{For("ar").Say("posts", "n", 3), "3 رسائل"},
		{For("ar").Say("posts", "n", 11), "11 رسالة"},
		{For("en").Date(day), "Tuesday 1 December 2026"},
		{For("fr").Date(day), "mardi 1er décembre 2026"},
		{For("es").Date(day), "martes 1 de diciembre de 2026"},
		{For("ar").Date(day), "الثلاثاء 1 ديسمبر 2026"},
		{For("en").And([]string{"Ana", "Bo", "Chi"}), "Ana, Bo and Chi"},
		{For("fr").And([]string{"Ana"}), "Ana"},
		// Names that run the other way are kept apart each by itself.
		{For("en").And([]string{"خريطة", "Bo", "ليلى"}), "\u2068خريطة\u2069, Bo and \u2068ليلى\u2069"},
		{For("en").Say("welcome", "names", For("en").And([]string{"خريطة", "Bo"})), "Welcome to \u2068خريطة\u2069 and Bo."},
		{For("en").Say("due-item", "group", "Map خريطة", "step", "x", "when", "1"), "\u2068Map خريطة\u2069: x, 1"},
		{For("ar").Series([]string{"Bo", "ليلى"}), "\u2068Bo\u2069، ليلى"},
		{For("en").Say("nothing such"), "nothing such"},
		// What people wrote is not read for {holes}.
		{For("en").Say("next-when", "step", "{when}", "when", "soon"), "Next step: {when} (soon)"},
	} {
		if row.got != row.want {
			t.Errorf("%q, want %q", row.got, row.want)
		}
	}
}
