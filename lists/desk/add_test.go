package desk

import (
	"fmt"
	"testing"

	"plenary/lists"
)

func about(v lists.Verb, list, who string) lists.Action {
	return lists.Action{Verb: v, List: list, Subject: lists.Address(who)}
}

func TestAdd(t *testing.T) {
	o := newOffice(t)
	o.family()
	result(t, o.says("mo@example.org", about(lists.DoAdd, "dc-map", "mo@example.org"))[0], lists.Refused)
	outs := o.says("lea@example.org", about(lists.DoAdd, "dc-map", "mo@example.org"), about(lists.DoAdd, "dc-map", "new@example.net"),
		about(lists.DoAdd, "dc-map", "lea@example.org"), about(lists.DoAdd, "dc-map", "dc@lists.example.org"))
	result(t, outs[0], lists.Did)
	result(t, outs[1], lists.Asked)
	result(t, outs[2], lists.Already)
	result(t, outs[3], lists.Refused)
	if !o.in("dc-map", "mo@example.org") || o.in("dc", "new@example.net") {
		t.Fatal("who is in the family is added at once, and nobody else")
	}
	contains(t, o.wants("mo@example.org", 1)[0].Text, "has added you to Data Map", "dc-map-leave@lists.example.org")
	q := o.wants("new@example.net", 1)[0]
	contains(t, q.Text, "a leader of Data Map invites you", "joins Digital Coalition too")
	lacks(t, q.Text+q.Subject, "lea@", "Lea Leader")
	out := o.yes("new@example.net")
	result(t, out, lists.Did)
	if !o.in("dc-map", "new@example.net") {
		t.Error("not joined after a yes")
	}
	contains(t, o.wants("new@example.net", 2)[1].Text, "welcome!")
}

// A question to a leader who is not believed has none of the addresses that
// the mail brought, save those of members.
func TestAddUnbelieved(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.asks("lea@example.org", about(lists.DoAdd, "dc-map", "mo@example.org"), about(lists.DoAdd, "dc-map", "buy-pills@evil.example"))
	q := o.wants("lea@example.org", 1)[0]
	contains(t, q.Text, "add Mo Member (mo@example.org) to Data Map", "invite somebody who is not a member of Digital Coalition yet to Data Map")
	lacks(t, q.Text, "pills")
	o.wants("buy-pills@evil.example", 0)
	out := o.yes("lea@example.org")
	result(t, out, lists.Did)
	contains(t, out.Text, "mo@example.org is now a member", "buy-pills@evil.example was asked")
	o.wants("buy-pills@evil.example", 1)
}

func TestInvite(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.set("dc-map", func(l *lists.List) { l.Join = lists.JoinInvited })
	result(t, o.says("mo@example.org", about(lists.DoInvite, "dc-map", "x@example.net"))[0], lists.Refused)
	result(t, o.says("lea@example.org", about(lists.DoInvite, "dc-map", "mo@example.org"))[0], lists.Asked)
	o.wants("mo@example.org", 1)
	result(t, o.yes("mo@example.org"), lists.Did)
	if !o.in("dc-map", "mo@example.org") {
		t.Error("an invitation must let in")
	}
	o.says("lea@example.org", about(lists.DoInvite, "dc-map", "x@example.net"))
	result(t, o.answer("x@example.net", false), lists.Did)
	if o.in("dc", "x@example.net") {
		t.Error("joined after a no")
	}
	// An invitation is worth no more than who made it.
	o.says("lea@example.org", about(lists.DoInvite, "dc-map", "y@example.net"))
	result(t, o.says("admin@example.org", about(lists.DoDrop, "dc-map", "lea@example.org"))[0], lists.Did)
	result(t, o.yes("y@example.net"), lists.Refused)
}

func TestInviteCaps(t *testing.T) {
	o := newOffice(t)
	o.family()
	for range 5 {
		o.says("lea@example.org", about(lists.DoInvite, "dc-map", "x@example.net"))
	}
	o.wants("x@example.net", 3)
	before := o.out.count()
	for i := range 120 {
		o.says("lea@example.org", about(lists.DoInvite, "dc-map", fmt.Sprintf("n%d@example.net", i)))
	}
	if n := o.out.count() - before; n > capOffers {
		t.Errorf("one leader caused %d questions in a day", n)
	}
}

func TestDrop(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.member("dc-map", lists.NewMember{Address: "mo@example.org"})
	result(t, o.says("mo@example.org", about(lists.DoDrop, "dc-map", "lea@example.org"))[0], lists.Refused)
	o.member("dc-map", lists.NewMember{Address: "two@example.org", Leader: true})
	result(t, o.says("lea@example.org", about(lists.DoDrop, "dc-map", "two@example.org"))[0], lists.Refused)
	result(t, o.says("lea@example.org", about(lists.DoDrop, "dc-map", "mo@example.org"))[0], lists.Did)
	if o.in("dc-map", "mo@example.org") || !o.in("dc", "mo@example.org") {
		t.Error("dropped from the wrong lists")
	}
	contains(t, o.wants("mo@example.org", 1)[0].Text, "a leader or an admin has unsubscribed", "dc-map-owner@lists.example.org")
	result(t, o.says("lea@example.org", about(lists.DoDrop, "dc-map", "mo@example.org"))[0], lists.Already)
	result(t, o.says("admin@example.org", about(lists.DoDrop, "dc-map", "two@example.org"))[0], lists.Did)
}

func TestLeader(t *testing.T) {
	o := newOffice(t)
	o.family()
	result(t, o.says("lea@example.org", about(lists.DoLeader, "dc-map", "mo@example.org"))[0], lists.Refused)
	result(t, o.says("admin@example.org", about(lists.DoLeader, "dc-map", "mo@example.org"))[0], lists.Did)
	if !o.sub("dc-map", "mo@example.org").Leader {
		t.Fatal("no leader")
	}
	contains(t, o.wants("mo@example.org", 1)[0].Text, "What leaders do", "dc-map-request@lists.example.org", "next Publish")
	result(t, o.says("admin@example.org", about(lists.DoLeader, "dc-map", "mo@example.org"))[0], lists.Already)

	result(t, o.says("admin@example.org", about(lists.DoLeader, "dc-map", "str@example.net"))[0], lists.Asked)
	contains(t, o.wants("str@example.net", 1)[0].Text, "be a leader of Data Map", "Draw the map.")
	result(t, o.yes("str@example.net"), lists.Did)
	if !o.sub("dc-map", "str@example.net").Leader || !o.in("dc", "str@example.net") {
		t.Error("the stranger does not lead after a yes")
	}
	contains(t, o.wants("str@example.net", 2)[1].Text, "What leaders do")
	contains(t, o.last("admin@example.org").Text, "str@example.net has said yes")

	o.says("admin@example.org", about(lists.DoLeader, "dc-law", "nay@example.net"))
	result(t, o.answer("nay@example.net", false), lists.Did)
	contains(t, o.last("admin@example.org").Text, "nay@example.net does not want to")
}

func TestAdmin(t *testing.T) {
	o := newOffice(t)
	o.family()
	result(t, o.says("lea@example.org", about(lists.DoAdmin, "dc", "lea@example.org"))[0], lists.Refused)
	out := o.says("admin@example.org", about(lists.DoAdmin, "dc", "mo@example.org"))[0]
	result(t, out, lists.Asked) // always asks
	if o.sub("dc", "mo@example.org").Admin {
		t.Fatal("an admin without a yes")
	}
	contains(t, o.last("admin@example.org").Text, "make Mo Member (mo@example.org) an admin of Digital Coalition")
	result(t, o.yes("admin@example.org"), lists.Did)
	if !o.sub("dc", "mo@example.org").Admin {
		t.Error("no admin after a yes")
	}
	contains(t, o.last("mo@example.org").Text, "What admins do")
	result(t, o.says("root@example.org", about(lists.DoAdmin, "dc", "mo@example.org"))[0], lists.Already) // the site's admins may
}

// Whether an asker may is judged when the answer comes, too.
func TestAuthorityIsJudgedAgain(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.asks("lea@example.org", about(lists.DoAdd, "dc-map", "mo@example.org"))
	o.says("admin@example.org", about(lists.DoDrop, "dc-map", "lea@example.org"))
	result(t, o.yes("lea@example.org"), lists.Refused)
	if o.in("dc-map", "mo@example.org") {
		t.Error("added by somebody who leads nothing any more")
	}
}
