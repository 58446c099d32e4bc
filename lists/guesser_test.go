package lists

import (
	"fmt"
	"testing"
)

// A forger's guesses are not counted as those of whose address they use.
func TestPlaces(t *testing.T) {
	for _, c := range []struct {
		g    Guesser
		want string
	}{
		{Guesser{Remote: "192.0.2.7"}, "[{net/192.0.2.7/32 20}]"},
		{Guesser{Remote: "2001:db8::7"}, "[{net/2001:db8::/64 20}]"},
		{Guesser{Remote: "2001:db8::8", Address: "ada@example.org"}, "[{net/2001:db8::/64 20}]"},
		{Guesser{Remote: "192.0.2.7", Address: "Ada@Example.org", Believed: true}, "[{believed/ada@example.org 20} {through/192.0.2.7/32 200}]"},
		{Guesser{Address: "ada@example.org", Believed: true}, "[{believed/ada@example.org 20}]"},
		{Guesser{Address: "ADA@example.org"}, "[{from/ada@example.org 20}]"},
		{Guesser{Remote: "x"}, "[{net/unknown 20}]"},
		{Guesser{}, "[{from/ 20}]"},
	} {
		if got := fmt.Sprint(c.g.Places()); got != c.want {
			t.Errorf("%+v: %s, want %s", c.g, got, c.want)
		}
	}
}
