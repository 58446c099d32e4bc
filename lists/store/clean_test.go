package store

import "testing"

// Names are shown to every member and in public archives; addresses never
// are (DESIGN section 1, "Lists and people").
func TestNamesHoldNoAddress(t *testing.T) {
	for in, want := range map[string]string{
		"Ann  Ames":               "Ann Ames",
		"joe@example.org":         "",
		"'joe@example.org'":       "",
		"Jim (jim@example.org)":   "Jim",
		"Jim <jim@example.org>":   "Jim",
		"jim@example.org, Jim J.": "Jim J.",
		"Jim - jim@example.org":   "Jim",
		"J@ck":                    "J@ck",
		"Ann @ the office":        "Ann @ the office",
	} {
		if got := cleanName(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
