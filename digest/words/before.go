package words

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Turn is how one of our words is written before what begins so: French de
// becomes d’ before a vowel, Spanish y becomes e before the sound of i.
type Turn struct {
	Word  string   `toml:"word"`
	Is    string   `toml:"is"`
	Begin []string `toml:"begin"` // in small letters without marks
	Save  []string `toml:"save"`  // beginnings that leave it as it is
}

// fitted is the text with the words turned that stand before {hole}, as what
// is filled in there asks.
func (w *Words) fitted(text, hole, value string) string {
	hole = "{" + hole + "}"
	for _, t := range w.turns {
		at := t.Word + hole
		if strings.Contains(text, at) && t.meets(value) {
			text = strings.TrimPrefix(strings.ReplaceAll(" "+text, " "+at, " "+t.Is+hole), " ")
		}
	}
	return text
}

// Before is a value with a word of ours before it, as it asks: "d’Accès".
func (w *Words) Before(word, value string) string {
	return strings.Replace(w.fitted(word+" {value}", "value", value), "{value}", value, 1)
}

// meets tells whether a value begins so that the word turns.
func (t Turn) meets(value string) bool {
	value = strings.TrimLeftFunc(value, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if r := []rune(value); len(r) > 8 {
		value = string(r[:8]) // more is not looked at
	}
	plain := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(value))
	has := func(begin []string) bool {
		for _, b := range begin {
			if strings.HasPrefix(plain, b) {
				return true
			}
		}
		return false
	}
	return has(t.Begin) && !has(t.Save)
}
