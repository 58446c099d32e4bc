package desk

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"plenary/lists"
)

func TestSettings(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.member("dc-law", lists.NewMember{Address: "mo@example.org"})
	set := func(v lists.Verb, list, value string) lists.Action {
		return lists.Action{Verb: v, List: list, Value: value}
	}
	for _, c := range []struct {
		name   string
		action lists.Action
		want   lists.Result
		check  func(p lists.Person) bool
	}{
		{"delivery of one", set(lists.DoDelivery, "dc-law", "weekly"), lists.Did, func(p lists.Person) bool {
			law, _ := p.Sub("dc-law")
			dc, _ := p.Sub("dc")
			return law.Delivery == lists.Weekly && dc.Delivery == lists.Each
		}},
		{"delivery of all", set(lists.DoDelivery, "", "none"), lists.Did, func(p lists.Person) bool {
			law, _ := p.Sub("dc-law")
			dc, _ := p.Sub("dc")
			return law.Delivery == lists.NoMail && dc.Delivery == lists.NoMail
		}},
		{"delivery again", set(lists.DoDelivery, "", "none"), lists.Already, nil},
		{"delivery of another list", set(lists.DoDelivery, "dc-map", "none"), lists.Refused, nil},
		{"a digest as plain text", set(lists.DoDelivery, "dc-law", "daily plain"), lists.Did, func(p lists.Person) bool {
			law, _ := p.Sub("dc-law")
			return law.Delivery == lists.Daily && law.Plain
		}},
		{"the same again", set(lists.DoDelivery, "dc-law", "daily plain"), lists.Already, nil},
		{"a digest as MIME", set(lists.DoDelivery, "dc-law", "daily"), lists.Did, func(p lists.Person) bool {
			law, _ := p.Sub("dc-law")
			return law.Delivery == lists.Daily && !law.Plain
		}},
		{"each, as plain text", set(lists.DoDelivery, "dc-law", "each plain"), lists.Refused, nil},
		{"no delivery", set(lists.DoDelivery, "", "hourly"), lists.Refused, nil},
		{"vacation", lists.Action{Verb: lists.DoVacation, By: "2026-12-24"}, lists.Did, func(p lists.Person) bool { return p.Vacation == "2026-12-24" }},
		{"vacation again", lists.Action{Verb: lists.DoVacation, By: "2026-12-24"}, lists.Already, nil},
		{"vacation past", lists.Action{Verb: lists.DoVacation, By: "2026-11-01"}, lists.Refused, nil},
		{"back", lists.Action{Verb: lists.DoVacation}, lists.Did, func(p lists.Person) bool { return p.Vacation == "" }},
		{"own posts", set(lists.DoOwnPosts, "", "off"), lists.Did, func(p lists.Person) bool { return p.HideOwn }},
		{"own posts back", set(lists.DoOwnPosts, "", "on"), lists.Did, func(p lists.Person) bool { return !p.HideOwn }},
		{"conceal", set(lists.DoConceal, "", "on"), lists.Did, func(p lists.Person) bool { return p.Conceal }},
		{"conceal maybe", set(lists.DoConceal, "", "maybe"), lists.Refused, nil},
		{"language", set(lists.DoLanguage, "", "fr"), lists.Did, func(p lists.Person) bool { return p.Language == "fr" }},
		{"no language", set(lists.DoLanguage, "", "!!"), lists.Refused, nil},
		{"for another", lists.Action{Verb: lists.DoConceal, Value: "on", Subject: "lea@example.org"}, lists.Refused, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			o.t = t
			result(t, o.says("mo@example.org", c.action)[0], c.want)
			p, err := o.store.Person(o.ctx, "dc", "mo@example.org")
			if err != nil || c.check != nil && !c.check(p) {
				t.Errorf("after it: %+v, %v", p, err)
			}
		})
	}
	o.t = t
	result(t, o.asks("x@example.net", set(lists.DoDelivery, "", "none"))[0], lists.Refused)
	result(t, o.asks("mo@example.org", set(lists.DoDelivery, "", "daily"))[0], lists.Asked)
	contains(t, o.last("mo@example.org").Text, "régler l’envoi sur daily pour toutes vos listes ici") // their language was set above
	if o.out.count() != 1 {
		t.Errorf("%d letters", o.out.count())
	}
}

func TestPassword(t *testing.T) {
	o := newOffice(t)
	o.family()
	ask := lists.Action{Verb: lists.DoPassword}
	result(t, o.asks("x@example.net", ask)[0], lists.Refused)
	result(t, o.asks("mo@example.org", ask)[0], lists.Asked)
	out := o.yes("mo@example.org")
	result(t, out, lists.Did)
	l := o.wants("mo@example.org", 2)[1]
	m := regexp.MustCompile(`(?m)^password:\n([a-z0-9-]{16,})$`).FindStringSubmatch(l.Text)
	if m == nil {
		t.Fatalf("no password on a line of its own:\n%s", l.Text)
	}
	lacks(t, out.Text, m[1])
	if ok, err := o.store.CheckPassword(o.ctx, "mo@example.org", m[1]); err != nil || !ok {
		t.Errorf("the password does not serve: %v", err)
	}
	link := regexp.MustCompile(`https://lists\.example\.org/sign-in/(\S+)`).FindStringSubmatch(l.Text)
	if link == nil {
		t.Fatal("no link")
	}
	if a, err := o.store.SpendSignIn(o.ctx, link[1]); err != nil || a != "mo@example.org" {
		t.Errorf("the link signs in %q, %v", a, err)
	}
}

// Whatever run it is of, the password that was mailed is the one that serves.
func TestPasswordAgain(t *testing.T) {
	o := newOffice(t)
	o.family()
	for range 2 {
		result(t, o.do("mo@example.org", true, "QP", lists.Action{Verb: lists.DoPassword})[0], lists.Did)
	}
	text := o.wants("mo@example.org", 1)[0].Text
	_, after, _ := strings.Cut(text, "password:\n")
	secret, _, _ := strings.Cut(after, "\n")
	if ok, err := o.store.CheckPassword(o.ctx, "mo@example.org", secret); err != nil || !ok {
		t.Errorf("the mailed password %q does not serve: %v", secret, err)
	}
}

func TestAddress(t *testing.T) {
	o := newOffice(t)
	o.family()
	move := func(to string) lists.Action { return lists.Action{Verb: lists.DoAddress, Value: to} }
	result(t, o.says("mo@example.org", move("no address"))[0], lists.Refused)
	result(t, o.says("mo@example.org", move("MO@example.org"))[0], lists.Already)
	result(t, o.says("mo@example.org", move("dc@lists.example.org"))[0], lists.Refused)
	result(t, o.says("x@example.net", move("y@example.net"))[0], lists.Refused)

	result(t, o.says("mo@example.org", move("mo@new.example"))[0], lists.Asked) // always asks
	lacks(t, o.last("mo@example.org").Text, "new.example")
	o.wants("mo@new.example", 0) // nobody is asked for somebody unproven
	out := o.yes("mo@example.org")
	result(t, out, lists.Asked)
	contains(t, out.Text, "mo@new.example was asked as well")
	if !o.in("dc", "mo@example.org") {
		t.Fatal("moved by one yes")
	}
	q := o.wants("mo@new.example", 1)[0]
	contains(t, q.Text, "move a membership of Digital Coalition (dc@lists.example.org) to this address")
	lacks(t, q.Text, "mo@example.org")
	before, err := o.store.Person(o.ctx, "dc", "mo@example.org")
	if err != nil {
		t.Fatal(err)
	}
	result(t, o.yes("mo@new.example"), lists.Did)
	if o.in("dc", "mo@example.org") || !o.in("dc", "mo@new.example") {
		t.Error("not moved after two")
	}
	if after, err := o.store.Person(o.ctx, "dc", "mo@new.example"); err != nil || after.Number != before.Number {
		t.Errorf("the number changed: %+v, %v", after, err)
	}
	contains(t, o.last("mo@example.org").Text, "has moved from mo@example.org to mo@new.example")

	o.says("lea@example.org", move("mo@new.example"))
	o.yes("lea@example.org")
	result(t, o.yes("mo@new.example"), lists.Refused) // a member's already
	if !o.in("dc-map", "lea@example.org") {
		t.Error("moved onto another member")
	}
}

// Of a mail that says two contrary things the later counts, whether its sender
// is believed or asked: what is so before the mail need not be so after its
// first line.
func TestTheLaterOfTwoCounts(t *testing.T) {
	set := func(v lists.Verb, list, value string) lists.Action {
		return lists.Action{Verb: v, List: list, Value: value}
	}
	about := func(v lists.Verb, list, who string) lists.Action {
		return lists.Action{Verb: v, List: list, Subject: lists.Address(who)}
	}
	each := func(o *office) bool { return o.sub("dc", "mo@example.org").Delivery == lists.Each }
	person := func(o *office) lists.Person {
		p, err := o.store.Person(o.ctx, "dc", "mo@example.org")
		if err != nil {
			o.t.Fatal(err)
		}
		return p
	}
	for _, c := range []struct {
		name  string
		asker string
		mail  []lists.Action
		check func(o *office) bool
	}{
		{"delivery", "mo@example.org", []lists.Action{set(lists.DoDelivery, "", "daily"), set(lists.DoDelivery, "", "each")}, each},
		{"delivery of all, then of one", "mo@example.org", []lists.Action{set(lists.DoDelivery, "", "daily"), set(lists.DoDelivery, "dc", "each")}, each},
		{"a pause", "mo@example.org", []lists.Action{{Verb: lists.DoPauseMail, List: "dc"}, set(lists.DoDelivery, "dc", "each")}, each},
		{"vacation", "mo@example.org", []lists.Action{{Verb: lists.DoVacation, By: "2026-12-24"}, {Verb: lists.DoVacation}}, func(o *office) bool { return person(o).Vacation == "" }},
		{"own posts", "mo@example.org", []lists.Action{set(lists.DoOwnPosts, "", "off"), set(lists.DoOwnPosts, "", "on")}, func(o *office) bool { return !person(o).HideOwn }},
		{"leaving and joining", "mo@example.org", []lists.Action{about(lists.DoLeave, "dc", "mo@example.org"), about(lists.DoJoin, "dc", "mo@example.org")}, func(o *office) bool { return o.in("dc", "mo@example.org") }},
		{"joining and leaving", "mo@example.org", []lists.Action{about(lists.DoJoin, "dc-law", "mo@example.org"), about(lists.DoLeave, "dc-law", "mo@example.org")}, func(o *office) bool { return !o.in("dc-law", "mo@example.org") }},
		{"dropping and adding", "lea@example.org", []lists.Action{about(lists.DoDrop, "dc-map", "lee@example.org"), about(lists.DoAdd, "dc-map", "lee@example.org")}, func(o *office) bool { return o.in("dc-map", "lee@example.org") }},
		{"state", "lea@example.org", []lists.Action{set(lists.DoState, "dc-map", "paused"), set(lists.DoState, "dc-map", "active")}, func(o *office) bool { return o.get("dc-map").State == lists.Active }},
	} {
		for _, believed := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, believed %t", c.name, believed), func(t *testing.T) {
				o := newOffice(t)
				o.family()
				o.member("dc-map", lists.NewMember{Address: "lee@example.org"})
				for _, out := range o.do(c.asker, believed, "QL", c.mail...) {
					if believed {
						result(t, out, lists.Did)
					} else {
						result(t, out, lists.Asked)
					}
				}
				if !believed {
					result(t, o.yes(c.asker), lists.Did)
				}
				if !c.check(o) {
					t.Error("the first counted")
				}
			})
		}
	}
	// What nothing before it turns is so already, asked or not.
	o := newOffice(t)
	o.family()
	outs := o.asks("mo@example.org", set(lists.DoConceal, "", "on"), set(lists.DoDelivery, "", "each"))
	result(t, outs[0], lists.Asked)
	result(t, outs[1], lists.Already)
}

// Who is in a list of one family is told of another's that they are not in
// that one; who is in none, that.
func TestSettingsOfAnotherFamily(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.list(lists.NewList{Name: "choir", Title: "The Choir"})
	for _, a := range []lists.Action{{Verb: lists.DoDelivery, List: "choir", Value: "none"}, {Verb: lists.DoVacation, List: "choir", By: "2026-12-24"}} {
		out := o.says("mo@example.org", a)[0]
		result(t, out, lists.Refused)
		contains(t, out.Text, "You are not a member of The Choir", "choir-join@lists.example.org")
		out = o.says("stranger@example.net", a)[0]
		result(t, out, lists.Refused)
		contains(t, out.Text, "stranger@example.net is in no list here")
	}
}
