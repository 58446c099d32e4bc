package lists

import "testing"

// idna takes typographic marks for letters: an address in such quotation
// marks was another address, and mail went to it.
func TestParseAddressRefusesMarksInADomain(t *testing.T) {
	for _, s := range []string{"“ada@example.org”", "ada@example.org’", "ada@example.org»", "ada@「example.org", "ada@example.org）"} {
		if a, err := ParseAddress(s); err == nil {
			t.Errorf("%s is taken as %s", s, a)
		}
	}
	for _, s := range []string{"ada@bücher.example", "ada@l·l.example", "ada@例え.example", "ada@مثال.example"} {
		if _, err := ParseAddress(s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
}
