package desk

import (
	"strings"
	"testing"
	"time"

	"plenary/lists"
)

func TestJoin(t *testing.T) {
	o := newOffice(t)
	o.family()
	out := o.asks("nell@example.net", joinOf("dc-map", "nell@example.net"))
	result(t, out[0], lists.Asked)
	if !out[0].Told {
		t.Error("the question is the answer, and the outcome does not say so")
	}
	q := o.wants("nell@example.net", 1)[0]
	contains(t, q.Text, "subscribe nell@example.net to Data Map (dc-map@lists.example.org)",
		"Joining the group joins Digital Coalition (dc@lists.example.org) too", "https://lists.example.org/confirm/"+o.token("nell@example.net"),
		"Thursday 26 November 2026", "three days", "the word no")
	lacks(t, q.Text+q.Subject, "Nell New")
	if q.EnvelopeFrom != "" || !q.AutoReplied || q.ReplyTo != q.From || q.InReplyTo != "m1@example.org" || q.Subject != "Please confirm: join Data Map" {
		t.Errorf("the question's header: %+v", q)
	}
	if !strings.HasPrefix(q.From, "dc-confirm+") {
		t.Errorf("the question comes from %s", q.From)
	}
	if o.in("dc", "nell@example.net") {
		t.Fatal("joined before a yes")
	}

	out2 := o.yes("nell@example.net")
	result(t, out2, lists.Did)
	if !o.in("dc", "nell@example.net") || !o.in("dc-map", "nell@example.net") || !out2.Told {
		t.Fatalf("not joined: %+v", out2)
	}
	w := o.wants("nell@example.net", 2)[1]
	contains(t, w.Text, "Digital Coalition dc@lists.example.org", "Data Map dc-map@lists.example.org", "Draw the map.", "Led by Lea Leader.",
		"Next step: Publish the outline, by Tuesday 1 December 2026.", "set delivery daily", "dc-map-leave@lists.example.org",
		"Law Group: Read the law.", "dc-law-join@lists.example.org")
	if w.From != "dc-map-request@lists.example.org" || w.Subject != "Welcome to Data Map" {
		t.Errorf("the welcome's header: %+v", w)
	}
	for line := range strings.SplitSeq(q.Text+w.Text, "\n") {
		if len(line) > 78 && !strings.Contains(line, "://") {
			t.Errorf("a line of %d octets: %q", len(line), line)
		}
	}

	result(t, o.yes("nell@example.net"), lists.Already)
	result(t, o.asks("nell@example.net", joinOf("dc-map", "nell@example.net"))[0], lists.Already)
	o.wants("nell@example.net", 2)
}

// What others wrote without a mark at its end does not run into what follows,
// in any language; and a mark is not doubled.
func TestWelcomeTellsGroupsInSentences(t *testing.T) {
	for lang, want := range map[string][]string{
		"":   {"Bare. Next step: Meet.", "Told: What we do. Next step: Meet.", "Asked: Why? Next step: Meet, by Tuesday 1 December 2026.", "Law Group: Read the law. dc-law"},
		"fr": {"Bare. Prochaine étape : Meet.", "Told : What we do. Prochaine étape : Meet."},
		"es": {"Bare. Próximo paso: Meet.", "Told: What we do. Próximo paso: Meet."},
		"ar": {"Bare. الخطوة التالية: Meet.", "Told: What we do. الخطوة التالية: Meet."},
	} {
		o := newOffice(t)
		o.family()
		o.list(lists.NewList{Name: "bare", Title: "Bare", Parent: "dc", Next: "Meet"})
		o.list(lists.NewList{Name: "told", Title: "Told", Parent: "dc", Purpose: "What we do", Next: "Meet."})
		o.list(lists.NewList{Name: "asked", Title: "Asked", Parent: "dc", Purpose: "Why?", Next: "Meet", NextBy: "2026-12-01"})
		if lang != "" {
			o.set("dc", func(l *lists.List) { l.Language = lang })
		}
		o.asks("nell@example.net", joinOf("dc", "nell@example.net"))
		o.yes("nell@example.net")
		contains(t, o.wants("nell@example.net", 2)[1].Text, want...)
	}
}

// A newcomer's wish for several lists is one question and one welcome.
func TestJoinSeveral(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.asks("nell@example.net", joinOf("dc", "nell@example.net"), joinOf("dc-map", "nell@example.net"),
		lists.Action{Verb: lists.DoDelivery, List: "dc-map", Value: "weekly"})
	q := o.wants("nell@example.net", 1)[0]
	contains(t, q.Text, "to Digital Coalition", "to Data Map", "set delivery to weekly")
	lacks(t, q.Text, "joins Digital Coalition")
	result(t, o.yes("nell@example.net"), lists.Did)
	o.wants("nell@example.net", 2)
	if got := o.sub("dc-map", "nell@example.net").Delivery; got != lists.Weekly {
		t.Errorf("delivery %q", got)
	}
}

func TestJoinRefusedBeforehand(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.set("dc-law", func(l *lists.List) { l.State = lists.Closed })
	o.set("dc-map", func(l *lists.List) { l.Join = lists.JoinInvited })
	for _, c := range []struct {
		name   string
		asker  string
		action lists.Action
		want   string
	}{
		{"closed", "nell@example.net", joinOf("dc-law", ""), "is closed"},
		{"invited", "nell@example.net", joinOf("dc-map", ""), "dc-map-owner@lists.example.org"},
		{"for another", "nell@example.net", joinOf("dc", "victim@example.net"), "only subscribe yourself"},
		{"our own address", "dc-law@lists.example.org", joinOf("dc", ""), "can't be a member"},
		{"no such list", "nell@example.net", joinOf("dc-gone", ""), "not there any more"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.action.Subject = lists.Address(c.action.Subject)
			out := o.asks(c.asker, c.action)[0]
			result(t, out, lists.Refused)
			contains(t, out.Text, c.want)
		})
	}
	if n := o.out.count(); n != 0 {
		t.Errorf("%d letters went out", n)
	}
}

// Asking again sends the same once more, three times a day at most: also when
// somebody asks in another's name.
func TestAskedTenTimes(t *testing.T) {
	o := newOffice(t)
	o.family()
	var first string
	for i := range 10 {
		out := o.asks("victim@example.net", joinOf("dc", "victim@example.net"))[0]
		if first == "" {
			first = o.token("victim@example.net")
		}
		if o.token("victim@example.net") != first {
			t.Fatal("another token")
		}
		if want := i < 3; (out.Result == lists.Asked) != want || !out.Told {
			t.Fatalf("mail %d: %+v", i+1, out)
		}
	}
	o.wants("victim@example.net", 3)
	o.asks("victim@example.net", joinOf("dc-law", "victim@example.net"))
	o.wants("victim@example.net", 3)
	o.pass(25 * time.Hour)
	o.asks("victim@example.net", joinOf("dc", "victim@example.net"))
	o.wants("victim@example.net", 4)
	if o.token("victim@example.net") != first {
		t.Error("an open question was asked under another token the day after")
	}
	o.pass(73 * time.Hour)
	result(t, o.yes("victim@example.net"), lists.Refused)
	if o.in("dc", "victim@example.net") {
		t.Error("joined by a token that had expired")
	}
}

// A member is asked thirty times a day at most, and never kept from leaving.
func TestCapOfMembersAndLeaving(t *testing.T) {
	o := newOffice(t)
	o.family()
	for range 35 {
		o.asks("mo@example.org", joinOf("dc-law", "mo@example.org"))
	}
	o.wants("mo@example.org", 30)
	out := o.asks("mo@example.org", leaveOf("dc", "mo@example.org"), joinOf("dc-map", "mo@example.org"))
	result(t, out[0], lists.Asked)
	result(t, out[1], lists.Refused)
	o.wants("mo@example.org", 31)
	for range 40 {
		o.asks("mo@example.org", leaveOf("dc", "mo@example.org"))
	}
	if n := len(o.out.to("mo@example.org")); n > 62 {
		t.Errorf("%d letters to one address in a day", n)
	}
	result(t, o.yes("mo@example.org"), lists.Did)
	if o.in("dc", "mo@example.org") {
		t.Error("still a member")
	}
}

func TestNoChangesNothing(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.asks("nell@example.net", joinOf("dc", "nell@example.net"))
	result(t, o.answer("nell@example.net", false), lists.Did)
	out := o.yes("nell@example.net")
	result(t, out, lists.Already)
	contains(t, out.Text, "answered with no")
	if o.in("dc", "nell@example.net") {
		t.Error("joined after a no")
	}
	o.wants("nell@example.net", 1)
}

// The asker's words reach nobody: not their name, and no Message-ID that
// carries a message.
func TestNoWordsOfTheAsker(t *testing.T) {
	o := newOffice(t)
	o.family()
	for _, id := range []string{"buy now http://evil.example@x", strings.Repeat("a", 200) + "@example.org", "no-at", "a@b<script>@c", ""} {
		a := joinOf("dc", "v@example.net")
		a.Name, a.Source, a.Text, a.Value = "EVIL NAME", id, "EVIL TEXT", "EVIL VALUE"
		o.asks("v@example.net", a)
		q := o.last("v@example.net")
		if q.InReplyTo != "" {
			t.Errorf("In-Reply-To: %q", q.InReplyTo)
		}
		lacks(t, q.Text+q.Subject+q.FromName, "evil")
		o.pass(25 * time.Hour)
	}
}

// A newcomer whose mail bears no name is named by the address alone.
func TestJoinApprovedWithoutName(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.set("dc-map", func(l *lists.List) { l.Join = lists.JoinApproved })
	o.asks("nell@example.net", lists.Action{Verb: lists.DoJoin, List: "dc-map", Subject: "nell@example.net"})
	o.yes("nell@example.net")
	contains(t, o.last("lea@example.org").Text, "Hello, nell@example.net asks to join Data Map")
}

func TestJoinApproved(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.set("dc-map", func(l *lists.List) { l.Join = lists.JoinApproved })
	o.asks("nell@example.net", joinOf("dc-map", "nell@example.net"))
	contains(t, o.last("nell@example.net").Text, "The owners of Data Map decide")
	out := o.yes("nell@example.net")
	result(t, out, lists.Waits)
	contains(t, out.Text, "you will hear from them")
	if o.in("dc", "nell@example.net") {
		t.Fatal("joined without the owners' yes")
	}
	result(t, o.asks("nell@example.net", joinOf("dc-map", "nell@example.net"))[0], lists.Already)
	for _, owner := range []string{"lea@example.org", "admin@example.org"} {
		q := o.wants(owner, 1)[0]
		contains(t, q.Text, "Nell New (nell@example.net) asks to join Data Map", "reject dc-map 1")
	}
	result(t, o.yes("lea@example.org"), lists.Did)
	if !o.in("dc-map", "nell@example.net") || !o.in("dc", "nell@example.net") {
		t.Fatal("not joined")
	}
	contains(t, o.wants("nell@example.net", 2)[1].Text, "have said yes", "Data Map", "Digital Coalition dc@")
	out = o.yes("admin@example.org")
	result(t, out, lists.Already)
	o.wants("nell@example.net", 2)
}

func TestJoinTurnedAway(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.set("dc", func(l *lists.List) { l.Join = lists.JoinApproved })
	o.asks("nell@example.net", joinOf("dc-map", "nell@example.net"))
	result(t, o.yes("nell@example.net"), lists.Waits)
	o.wants("lea@example.org", 0) // the main list's owners decide
	o.asks("ned@example.net", joinOf("dc", "ned@example.net"))
	result(t, o.yes("ned@example.net"), lists.Waits)

	out := o.says("admin@example.org", lists.Action{Verb: lists.DoReject, List: "dc", Number: 1, Text: "We are full."})[0]
	result(t, out, lists.Did)
	contains(t, o.wants("nell@example.net", 2)[1].Text, "decided not to let you in", "We are full.")
	result(t, o.answer("admin@example.org", false), lists.Did) // a no to the question about ned
	contains(t, o.wants("ned@example.net", 2)[1].Text, "decided not to let you in")
	if o.in("dc", "nell@example.net") || o.in("dc", "ned@example.net") {
		t.Error("joined after a no")
	}
}
