package desk

import (
	"strings"
	"testing"
	"time"

	"plenary/lists"
)

func TestLeave(t *testing.T) {
	o := newOffice(t)
	o.family()
	result(t, o.asks("mo@example.org", leaveOf("dc", "mo@example.org"))[0], lists.Asked)
	contains(t, o.last("mo@example.org").Text, "unsubscribe mo@example.org from Digital Coalition (dc@lists.example.org).")
	result(t, o.yes("mo@example.org"), lists.Did)
	if o.in("dc", "mo@example.org") {
		t.Fatal("still a member")
	}
	f := o.wants("mo@example.org", 2)[1]
	contains(t, f.Text, "no longer a member of", "to join again: dc-join@lists.example.org")
	if f.Subject != "You have left Digital Coalition" {
		t.Errorf("subject %q", f.Subject)
	}
	out := o.asks("mo@example.org", leaveOf("dc", "mo@example.org"))[0]
	result(t, out, lists.Already)
	o.wants("mo@example.org", 2)
}

// Leaving a main list names the groups that go with it, and always asks.
func TestLeaveMain(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.member("dc-law", lists.NewMember{Address: "mo@example.org"})
	out := o.says("mo@example.org", leaveOf("dc", "mo@example.org"))
	result(t, out[0], lists.Asked)
	contains(t, o.last("mo@example.org").Text, "and with it from its groups: Law Group (dc-law@lists.example.org)")
	result(t, o.yes("mo@example.org"), lists.Did)
	if o.in("dc", "mo@example.org") || o.in("dc-law", "mo@example.org") {
		t.Error("still a member")
	}
	contains(t, o.last("mo@example.org").Text, "Digital Coalition", "Law Group", "dc-law-join@lists.example.org")
}

func TestLeaveBelieved(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.member("dc-law", lists.NewMember{Address: "mo@example.org"})
	o.member("dc-map", lists.NewMember{Address: "mo@example.org"})
	both := o.says("mo@example.org", leaveOf("dc-law", "mo@example.org"), leaveOf("dc-map", "mo@example.org"))
	result(t, both[0], lists.Asked)
	result(t, both[1], lists.Asked)
	o.wants("mo@example.org", 1)
	result(t, o.says("mo@example.org", leaveOf("dc-law", "mo@example.org"))[0], lists.Did)
	if o.in("dc-law", "mo@example.org") || !o.in("dc", "mo@example.org") {
		t.Error("the wrong lists were left")
	}
	result(t, o.says("mo@example.org", lists.Action{Verb: lists.DoLeaveAll})[0], lists.Asked)
	contains(t, o.last("mo@example.org").Text, "from every list here: Digital Coalition")
	result(t, o.yes("mo@example.org"), lists.Did)
	if o.in("dc", "mo@example.org") {
		t.Error("still a member")
	}
}

// A closed group takes nobody: who leaves it is not sent to its join address,
// where they would be refused.
func TestLeaveClosed(t *testing.T) {
	o := newOffice(t)
	o.family()
	for i, lang := range []string{"", "fr", "es", "ar"} {
		mo := []string{"mo", "md", "me", "mf"}[i] + "@example.org"
		o.member("dc-map", lists.NewMember{Address: lists.Address(mo)})
		if lang != "" {
			result(t, o.says(mo, lists.Action{Verb: lists.DoLanguage, List: "dc", Value: lang})[0], lists.Did)
		}
		o.set("dc-map", func(l *lists.List) { l.State = lists.Closed })
		result(t, o.says(mo, leaveOf("dc-map", mo))[0], lists.Did)
		f := o.last(mo).Text
		contains(t, f, "dc-map@lists.example.org", "dc-map-owner@")
		lacks(t, f, "-join@", "change your mind", "changez d", "cambia de", "غيّرت")
		result(t, o.says(mo, leaveOf("dc", mo))[0], lists.Did)
		contains(t, o.last(mo).Text, "dc-join@lists.example.org")
		o.set("dc-map", func(l *lists.List) { l.State = lists.Active })
	}
}

func TestLeaveForAnother(t *testing.T) {
	o := newOffice(t)
	o.family()
	result(t, o.says("mo@example.org", leaveOf("dc-map", "lea@example.org"))[0], lists.Refused)
	if !o.in("dc-map", "lea@example.org") {
		t.Error("unsubscribed by another")
	}
}

// A group that loses its last leader tells the admins.
func TestLastLeader(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.member("dc-map", lists.NewMember{Address: "mo@example.org", Leader: true})
	o.says("mo@example.org", leaveOf("dc-map", "mo@example.org"))
	o.wants("admin@example.org", 0)
	result(t, o.says("lea@example.org", leaveOf("dc-map", "lea@example.org"))[0], lists.Did)
	contains(t, o.wants("admin@example.org", 1)[0].Text, "the last leader of Data Map", "leader dc-map name@example.org")
}

func TestOneClick(t *testing.T) {
	o := newOffice(t)
	o.family()
	p := o.member("dc-law", lists.NewMember{Address: "mo@example.org"})
	click := func(list string, want lists.Result) {
		t.Helper()
		out, err := o.desk.OneClick(o.ctx, o.get(list).Serial, p.Number)
		if err != nil {
			t.Fatal(err)
		}
		result(t, out, want)
	}
	click("dc", lists.Did) // in a group still: only the mail stops
	if !o.in("dc", "mo@example.org") || o.sub("dc", "mo@example.org").Delivery != lists.NoMail {
		t.Fatal("the main list was left, or its mail still comes")
	}
	contains(t, o.wants("mo@example.org", 1)[0].Text, "You are still a member", "Law Group", "set delivery each")
	click("dc", lists.Already)
	click("dc-map", lists.Already)
	click("dc-law", lists.Did)
	if o.in("dc-law", "mo@example.org") || !o.in("dc", "mo@example.org") {
		t.Fatal("one click must act on its list only")
	}
	contains(t, o.wants("mo@example.org", 2)[1].Text, "dc-law-join@lists.example.org")
	click("dc-law", lists.Already)
	click("dc", lists.Did) // the last list
	if o.in("dc", "mo@example.org") {
		t.Fatal("still a member")
	}
	click("dc", lists.Already)
	o.wants("mo@example.org", 3)
	o.pass(25 * time.Hour)
	click("dc", lists.Already)
	if out, err := o.desk.OneClick(o.ctx, 999, 1); err != nil || out.Result != lists.Already {
		t.Errorf("an unknown list: %+v, %v", out, err)
	}
}

// Welcome and farewell are threaded to the mail that they answer, and to
// nobody else's.
func TestLettersAnswerTheMail(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.asks("nell@example.net", joinOf("dc-map", "nell@example.net"))
	if _, err := o.desk.AnswerMail(o.ctx, o.token("nell@example.net"), true, "nell@example.net", "Q9", "yes@example.net"); err != nil {
		t.Fatal(err)
	}
	if l := o.last("nell@example.net"); l.InReplyTo != "yes@example.net" || !strings.HasPrefix(l.Subject, "Welcome") {
		t.Errorf("%s answers %q", l.Subject, l.InReplyTo)
	}
	leave := leaveOf("dc-map", "nell@example.net")
	leave.Source = "leave@example.net"
	o.says("nell@example.net", leave)
	if l := o.last("nell@example.net"); l.InReplyTo != "leave@example.net" || !strings.Contains(l.Subject, "left") {
		t.Errorf("%s answers %q", l.Subject, l.InReplyTo)
	}
	add := about(lists.DoAdd, "dc-map", "mo@example.org")
	add.Source = "add@example.org"
	o.says("lea@example.org", add)
	if l := o.last("mo@example.org"); l.InReplyTo != "" {
		t.Errorf("%s answers a mail of somebody else's: %q", l.Subject, l.InReplyTo)
	}
}
