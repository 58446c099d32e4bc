package smtp

import (
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	link := "https://lists.example.org/" + strings.Repeat("x", 40)
	for in, want := range map[string]string{
		"":                          "",
		"short\n\nlines":            "short\n\nlines",
		"one two three":             "one two\nthree",
		"- one two three":           "- one two\n  three",
		"see " + link + " and more": "see\n" + link + "\nand more",
		" kept as it is here":       " kept as it is here",
		"über über über":            "über über\nüber",
	} {
		if got := Wrap(in, 9); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
