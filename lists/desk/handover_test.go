package desk

import (
	"strings"
	"testing"
	"time"

	"plenary/lists"
)

// said checks one outcome.
func said(t *testing.T, out lists.Outcome, want lists.Result, words string) {
	t.Helper()
	result(t, out, want)
	contains(t, out.Text, words)
}

func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

// role is what what somebody is in the group map: leader, deputy, member, or "".
func (o *office) role(address string) string {
	o.t.Helper()
	p, err := o.store.Person(o.ctx, "dc", lists.Address(address))
	if err != nil {
		return ""
	}
	sub, in := p.Sub("dc-map")
	if !in {
		return ""
	}
	roles := sub.Roles()
	return string(roles[len(roles)-1])
}

func (o *office) kinds(list string) string {
	o.t.Helper()
	entries, err := o.store.Progress(o.ctx, list, time.Time{}, time.Time{})
	if err != nil {
		o.t.Fatal(err)
	}
	var kinds []string
	for _, e := range entries {
		kinds = append(kinds, e.Kind+" "+e.Name)
	}
	return strings.Join(kinds, ", ")
}

// A leader hands over: the new one says yes, and only then is anything
// changed; the old one stays a member. Answered again, nothing more is.
func TestHandover(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.member("dc-map", lists.NewMember{Address: "cy@example.org", Name: "Cy Coleader", Leader: true})
	out := o.says("lea@example.org", lists.Action{Verb: lists.DoHandover, List: "dc-map", Subject: "mo@example.org"})
	said(t, out[0], lists.Asked, "mo@example.org was asked by mail whether they will be the leader of Data Map")
	letter := o.last("mo@example.org")
	if !strings.Contains(letter.Text, "the leader of Data Map") || strings.Contains(letter.Text, "become a member") || o.role("mo@example.org") != "" {
		t.Fatalf("role %q, asked:\n%s", o.role("mo@example.org"), letter.Text)
	}
	o.yes("mo@example.org")
	if o.role("mo@example.org") != "leader" || o.role("lea@example.org") != "member" || o.role("cy@example.org") != "leader" {
		t.Errorf("mo %q, lea %q, cy %q", o.role("mo@example.org"), o.role("lea@example.org"), o.role("cy@example.org"))
	}
	if got := o.kinds("dc-map"); got != "leader Mo Member" {
		t.Errorf("record: %s", got)
	}
	if l := o.last("lea@example.org"); !strings.Contains(flat(l.Text), "Thank you for having led it") {
		t.Errorf("told: %s", l.Text)
	}
	for _, l := range o.out.to("lea@example.org") {
		if strings.Contains(l.Subject, "A yes for") {
			t.Errorf("told twice: %s", l.Text)
		}
	}
	o.yes("mo@example.org")
	if got := o.kinds("dc-map"); got != "leader Mo Member" {
		t.Errorf("record after a second yes: %s", got)
	}
}

// An admin hands over for a leader who is gone; a no changes nothing and is
// told; who doesn't lead can't.
func TestHandoverByAnAdminAndRefusals(t *testing.T) {
	o := newOffice(t)
	o.family()
	said(t, o.says("mo@example.org", lists.Action{Verb: lists.DoHandover, List: "dc-map", Subject: "ada@example.org"})[0], lists.Refused, "Only the leaders of Data Map")
	said(t, o.says("lea@example.org", lists.Action{Verb: lists.DoHandover, List: "dc-map", Subject: "lea@example.org"})[0], lists.Refused, "your own address")
	said(t, o.says("admin@example.org", lists.Action{Verb: lists.DoHandover, List: "dc", Subject: "mo@example.org"})[0], lists.Refused, "main list")
	said(t, o.says("admin@example.org", lists.Action{Verb: lists.DoHandover, List: "dc-map", Subject: "lea@example.org"})[0], lists.Already, "leads")
	o.says("admin@example.org", lists.Action{Verb: lists.DoHandover, List: "dc-map", Subject: "new@example.net"})
	letter := o.last("new@example.net")
	if !strings.Contains(letter.Text, "become a member") {
		t.Errorf("a stranger is not told that they join:\n%s", letter.Text)
	}
	o.answer("new@example.net", false)
	if l := o.last("admin@example.org"); !strings.Contains(flat(l.Text), "does not want to be the leader") || !strings.Contains(flat(l.Text), `"handover dc-map ADDRESS"`) || o.role("lea@example.org") != "leader" {
		t.Errorf("lea %q, told: %s", o.role("lea@example.org"), l.Text)
	}
	o.says("admin@example.org", lists.Action{Verb: lists.DoHandover, List: "dc-map", Subject: "mo@example.org"})
	o.answer("mo@example.org", true)
	if o.role("mo@example.org") != "leader" || o.role("lea@example.org") != "member" {
		t.Errorf("mo %q, lea %q", o.role("mo@example.org"), o.role("lea@example.org"))
	}
	if l := o.last("lea@example.org"); !strings.Contains(flat(l.Text), "you don't any more") {
		t.Errorf("lea was told: %s", l.Text)
	}
}

func TestDeputy(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.says("lea@example.org", lists.Action{Verb: lists.DoDeputy, List: "dc-map", Subject: "mo@example.org"})
	if o.role("mo@example.org") != "" {
		t.Fatal("made a deputy without a yes")
	}
	o.answer("mo@example.org", true)
	if o.role("mo@example.org") != "deputy" || o.role("lea@example.org") != "leader" {
		t.Errorf("mo %q, lea %q", o.role("mo@example.org"), o.role("lea@example.org"))
	}
	if l := o.last("mo@example.org"); !strings.Contains(l.Subject, "deputy leader of Data Map") {
		t.Errorf("told: %s", l.Subject)
	}
	said(t, o.says("lea@example.org", lists.Action{Verb: lists.DoDeputy, List: "dc-map", Subject: "mo@example.org"})[0], lists.Already, "already")
	// A deputy may do what the leader may.
	said(t, o.says("mo@example.org", lists.Action{Verb: lists.DoState, List: "dc-map", Value: "paused"})[0], lists.Did, "paused")
	// The last leader leaves: the admins hear of it, deputy or not.
	o.says("lea@example.org", lists.Action{Verb: lists.DoLeave, List: "dc-map", Subject: "lea@example.org"})
	if l := o.last("admin@example.org"); !strings.Contains(l.Subject, "no leader any more") {
		t.Errorf("the admins were told: %s", l.Subject)
	}
	// And the line that they are given makes the deputy the leader.
	said(t, o.says("admin@example.org", lists.Action{Verb: lists.DoLeader, List: "dc-map", Subject: "mo@example.org"})[0], lists.Did, "mo@example.org is now a leader")
	if o.role("mo@example.org") != "leader" {
		t.Errorf("mo %q", o.role("mo@example.org"))
	}
}

// An offer to lead goes to leaders and admins; the first yes makes a leader,
// a later one changes nothing, and a no is told.
func TestVolunteer(t *testing.T) {
	o := newOffice(t)
	o.family()
	said(t, o.says("who@example.net", lists.Action{Verb: lists.DoVolunteer, List: "dc-map"})[0], lists.Refused, "Only members of Digital Coalition")
	said(t, o.says("lea@example.org", lists.Action{Verb: lists.DoVolunteer, List: "dc-map"})[0], lists.Already, "leads")
	said(t, o.says("mo@example.org", lists.Action{Verb: lists.DoVolunteer, List: "dc"})[0], lists.Refused, "main list")
	said(t, o.says("mo@example.org", lists.Action{Verb: lists.DoVolunteer, List: "dc-map"})[0], lists.Waits, "were asked")
	lea, ada := o.last("lea@example.org"), o.last("admin@example.org")
	for _, l := range []string{lea.Text, ada.Text} {
		if !strings.Contains(flat(l), "Mo Member (mo@example.org) offers to lead Data Map") {
			t.Errorf("asked:\n%s", l)
		}
	}
	o.answer("lea@example.org", false)
	if l := o.last("mo@example.org"); !strings.Contains(flat(l.Text), "has said no") || o.role("mo@example.org") != "" {
		t.Errorf("mo %q, told: %s", o.role("mo@example.org"), l.Text)
	}
	o.answer("admin@example.org", true)
	if o.role("mo@example.org") != "leader" || o.role("lea@example.org") != "leader" {
		t.Errorf("mo %q, lea %q", o.role("mo@example.org"), o.role("lea@example.org"))
	}
	if got := o.kinds("dc-map"); got != "volunteer Mo Member, declined Mo Member, leader Mo Member" {
		t.Errorf("record: %s", got)
	}
}
