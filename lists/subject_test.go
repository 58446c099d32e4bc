package lists

import "testing"

func TestBaseSubject(t *testing.T) {
	for _, c := range []struct {
		subject, base string
		reply         bool
	}{
		{"", "", false}, {"Re:", "", true}, {"Budget", "budget", false}, {"Re: Budget", "budget", true}, {"RE : AW: Re[2]:  the  Budget", "the budget", true},
		{"[dc] Budget", "budget", false}, {"Re: [dc] Budget", "budget", true}, {"[dc] Re: Budget", "budget", true}, {"[progress]", "[progress]", false},
		{"回复：预算", "预算", true}, {"رد: الميزانية", "الميزانية", true}, {"Fwd: Budget", "fwd: budget", false}, {"Regarding: Budget", "regarding: budget", false},
		{"[[[[", "[[[[", false}, {"Re: Re: Budget: 2027", "budget: 2027", true},
	} {
		if base, reply := BaseSubject(c.subject); base != c.base || reply != c.reply {
			t.Errorf("%q: %q, %v", c.subject, base, reply)
		}
	}
}
