package lists

import "testing"

func TestPickTarget(t *testing.T) {
	dc, maps, data := list(1, "dc", "dc", "dc"), list(2, "dc-maps", "dc", "maps"), list(3, "dc-data", "dc", "data")
	sub := func(l List, d Delivery) Subscription { return Subscription{List: l.ID, Delivery: d} }
	ann := Address("ann@example.net")
	tests := []struct {
		what    string
		p       Person
		targets []List
		want    string
	}{
		{"main alone", Person{Subs: []Subscription{sub(dc, Each)}}, []List{dc}, "dc"},
		{"sub-list first", Person{Subs: []Subscription{sub(dc, Each), sub(maps, Each)}}, []List{dc, maps}, "dc-maps"},
		{"the first of two sub-lists", Person{Subs: []Subscription{sub(maps, Each), sub(data, Each)}}, []List{dc, data, maps}, "dc-data"},
		{"a digest in the sub-list, each in the main", Person{Subs: []Subscription{sub(dc, Each), sub(maps, Daily)}}, []List{maps, dc}, "dc"},
		{"digests only", Person{Subs: []Subscription{sub(dc, Weekly), sub(maps, NoMail)}}, []List{maps, dc}, ""},
		{"no choice made is each", Person{Subs: []Subscription{sub(dc, "")}}, []List{dc}, "dc"},
		{"in none of them", Person{Subs: []Subscription{sub(data, Each)}}, []List{dc, maps}, ""},
		{"no targets", Person{Subs: []Subscription{sub(dc, Each)}}, nil, ""},
		{"on vacation to this day", Person{Vacation: monday, Subs: []Subscription{sub(dc, Each)}}, []List{dc}, ""},
		{"back from vacation", Person{Vacation: "2026-11-22", Subs: []Subscription{sub(dc, Each)}}, []List{dc}, "dc"},
		{"bouncing", Person{Bouncing: true, Subs: []Subscription{sub(dc, Each)}}, []List{dc}, ""},
		{"own post", Person{Address: "Ann@example.net", Subs: []Subscription{sub(dc, Each)}}, []List{dc}, "dc"},
		{"own post, not wanted", Person{Address: "Ann@example.net", HideOwn: true, Subs: []Subscription{sub(dc, Each)}}, []List{dc}, ""},
		{"another's post", Person{Address: "bob@example.net", HideOwn: true, Subs: []Subscription{sub(dc, Each)}}, []List{dc}, "dc"},
	}
	copies := func(all []List) (out []Copy) {
		for _, l := range all {
			out = append(out, Copy{List: l})
		}
		return out
	}
	for _, tt := range tests {
		got, ok := PickTarget(tt.p, copies(tt.targets), ann, monday)
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("%s: %q %v, want %q", tt.what, got, ok, tt.want)
		}
	}
	p := Person{Address: "bob@example.net", HideOwn: true, Subs: []Subscription{sub(dc, Each), sub(maps, Each)}}
	targets := copies([]List{dc, maps})
	if n := testing.AllocsPerRun(100, func() { PickTarget(p, targets, ann, monday) }); n != 0 {
		t.Errorf("it allocates %v times a member", n)
	}
}
