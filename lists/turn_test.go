package lists

import (
	"fmt"
	"testing"
	"time"
)

func TestTurns(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	type turn struct {
		to   Delivery
		post uint64
		days int
	}
	tests := []struct {
		what  string
		begin Delivery
		turns []turn
		want  string // of posts 1 to 6, in letters
		kept  int
	}{
		{"none", Each, nil, "eeeeee", 0},
		{"in mid-week", Each, []turn{{Weekly, 3, 0}}, "eeewww", 1},
		{"back again", Weekly, []turn{{Each, 2, 0}, {Weekly, 4, 0}}, "wweeww", 2},
		{"daily, weekly, none", Daily, []turn{{Weekly, 1, 0}, {NoMail, 5, 0}}, "dwwwwn", 2},
		{"there and back with no post between", Each, []turn{{Weekly, 3, 0}, {Each, 3, 0}}, "eeeeee", 0},
		{"two turns with no post between", Each, []turn{{Weekly, 3, 0}, {Daily, 3, 0}}, "eeeddd", 1},
		{"before the first post", Each, []turn{{Weekly, 0, 0}}, "wwwwww", 0},
		{"to what it is", Weekly, []turn{{Weekly, 3, 0}}, "wwwwww", 0},
		{"one long ago is forgotten", Each, []turn{{Weekly, 1, -100}, {Daily, 4, 0}}, "wwwwdd", 1},
	}
	for _, tt := range tests {
		s := Subscription{Delivery: tt.begin}
		for _, c := range tt.turns {
			s.Turn(c.to, c.post, now.AddDate(0, 0, c.days))
		}
		got := ""
		for post := uint64(1); post <= 6; post++ {
			got += string(s.DeliveryOf(post)[:1])
		}
		if got != tt.want || len(s.Turns) != tt.kept {
			t.Errorf("%s: %s with %v, want %s", tt.what, got, s.Turns, tt.want)
		}
		if s.DeliveryOf(0) != s.Delivery {
			t.Errorf("%s: a post without number is taken as %s", tt.what, s.DeliveryOf(0))
		}
	}
	s := Subscription{}
	for i := range uint64(1000) {
		s.Turn([]Delivery{Weekly, Each}[i%2], i+1, now)
	}
	if len(s.Turns) != maxTurns || s.DeliveryOf(1000) != Weekly || s.DeliveryOf(999) != Each || s.DeliveryOf(1001) != Each {
		t.Errorf("after 1,000 turns: %d kept", len(s.Turns))
	}
}

func TestChoice(t *testing.T) {
	for _, choice := range []string{"each", "daily", "weekly", "none", "daily plain", "weekly plain"} {
		d, plain, ok := ParseChoice(choice)
		if got := (Subscription{Delivery: d, Plain: plain}).Choice(); !ok || got != choice {
			t.Errorf("%q is read as %s %v %v", choice, d, plain, ok)
		}
	}
	for _, bad := range []string{"", "hourly", "each plain", "none plain", "daily  plain", "daily html", "daily plain plain", "Daily"} {
		if d, plain, ok := ParseChoice(bad); ok {
			t.Errorf("%q is read as %s %v", bad, d, plain)
		}
	}
}

// A copy for some alone goes to those, whatever their delivery, as long as
// they are members who want mail.
func TestPickTargetOnly(t *testing.T) {
	dc := list(1, "dc", "dc", "dc")
	only := []Copy{{List: dc, Only: Numbers(nil).With(3).With(300)}}
	for _, tt := range []struct {
		p    Person
		want bool
	}{
		{Person{Number: 3, Subs: []Subscription{{List: "dc", Delivery: Weekly}}}, true},
		{Person{Number: 300, Subs: []Subscription{{List: "dc", Delivery: Each}}}, true},
		{Person{Number: 4, Subs: []Subscription{{List: "dc", Delivery: Weekly}}}, false},
		{Person{Number: 3000000, Subs: []Subscription{{List: "dc"}}}, false},
		{Person{Number: 3, Subs: []Subscription{{List: "dc", Delivery: NoMail}}}, false},
		{Person{Number: 3, Subs: []Subscription{{List: "other", Delivery: Weekly}}}, false},
		{Person{Number: 3, Bouncing: true, Subs: []Subscription{{List: "dc", Delivery: Weekly}}}, false},
		{Person{Number: 3, Vacation: monday, Subs: []Subscription{{List: "dc", Delivery: Weekly}}}, false},
	} {
		if id, ok := PickTarget(tt.p, only, "", monday); ok != tt.want {
			t.Errorf("%+v: %q %v", tt.p, id, ok)
		}
	}
	if n := only[0].Only.Count(); n != 2 {
		t.Errorf("%d numbers", n)
	}
	if got := fmt.Sprint(Numbers{0x80 >> 3}.Has(3), Numbers{0x80 >> 3}.Has(2)); got != "true false" {
		t.Errorf("bits are counted the other way: %s", got)
	}
}
