package desk

import (
	"testing"
	"time"

	"plenary/lists"
)

func TestCloseAndReopen(t *testing.T) {
	o := newOffice(t)
	o.family()
	result(t, o.says("lea@example.org", about(lists.DoClose, "dc-map", ""))[0], lists.Refused)
	result(t, o.says("admin@example.org", about(lists.DoClose, "dc", ""))[0], lists.Refused) // it has open groups
	result(t, o.says("admin@example.org", about(lists.DoReopen, "dc-map", ""))[0], lists.Already)
	result(t, o.says("admin@example.org", about(lists.DoClose, "dc-map", ""))[0], lists.Asked) // always asks
	if o.get("dc-map").State == lists.Closed {
		t.Fatal("closed without a yes")
	}
	contains(t, o.last("admin@example.org").Text, "close Data Map (dc-map@lists.example.org)")
	result(t, o.yes("admin@example.org"), lists.Did)
	if o.get("dc-map").State != lists.Closed {
		t.Fatal("not closed")
	}
	contains(t, o.wants("lea@example.org", 1)[0].Text, "Data Map (dc-map@lists.example.org) is closed")
	result(t, o.says("admin@example.org", about(lists.DoClose, "dc-map", ""))[0], lists.Already)
	result(t, o.says("lea@example.org", lists.Action{Verb: lists.DoNext, List: "dc-map", Text: "x"})[0], lists.Refused)
	result(t, o.says("admin@example.org", about(lists.DoReopen, "dc-map", ""))[0], lists.Did)
	if o.get("dc-map").State != lists.Active {
		t.Error("not open again")
	}
	o.wants("lea@example.org", 2)
}

func TestRename(t *testing.T) {
	o := newOffice(t)
	o.family()
	rename := func(to string) lists.Action { return lists.Action{Verb: lists.DoRename, List: "dc-map", Value: to} }
	result(t, o.says("lea@example.org", rename("atlas"))[0], lists.Refused)
	result(t, o.says("admin@example.org", rename("law"))[0], lists.Refused)
	lacks(t, o.asks("admin@example.org", rename("buy pills"))[0].Text, "pills")
	o.asks("admin@example.org", rename("atlas"))
	lacks(t, o.last("admin@example.org").Text, "atlas")
	out := o.yes("admin@example.org")
	result(t, out, lists.Did)
	contains(t, out.Text, "dc-atlas@lists.example.org", "dc-map@lists.example.org goes on reaching it")
	l := o.get("dc-map")
	if l.Name != "dc-atlas" || len(l.Aliases) != 1 || l.Aliases[0] != "dc-map" {
		t.Errorf("renamed: %+v", l)
	}
	result(t, o.says("admin@example.org", rename("atlas"))[0], lists.Already)
}

func TestProgress(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.member("dc-map", lists.NewMember{Address: "mo@example.org"})
	report := func(value, text string) lists.Action {
		return lists.Action{Verb: lists.DoProgress, List: "dc-map", Value: value, Text: text, Source: "m9@example.org"}
	}
	result(t, o.says("admin@example.org", report("", " "))[0], lists.Refused)
	result(t, o.says("nobody@example.net", report("", "x"))[0], lists.Refused)
	next := lists.Action{Verb: lists.DoNext, List: "dc-map", Text: "Print it", By: "2026-12-24", Source: "m9@example.org"}
	result(t, o.says("mo@example.org", next)[0], lists.Refused) // leaders'
	result(t, o.says("mo@example.org", lists.Action{Verb: lists.DoState, List: "dc-map", Value: "paused"})[0], lists.Refused)

	outs := o.asks("lea@example.org", report("", "We met."), report("help", "A printer."), next,
		lists.Action{Verb: lists.DoState, List: "dc-map", Value: "paused"})
	for _, out := range outs {
		result(t, out, lists.Asked)
	}
	q := o.wants("lea@example.org", 1)[0]
	contains(t, q.Text, "record progress of Data Map", "wants help", "due on Thursday 24 December 2026", "the state of Data Map (dc-map@lists.example.org) to paused")
	lacks(t, q.Text, "We met", "printer", "Print it")
	out := o.yes("lea@example.org")
	result(t, out, lists.Did)
	contains(t, out.Text, "Print it, by Thursday 24 December 2026")
	o.yes("lea@example.org")
	l := o.get("dc-map")
	if l.Next != "Print it" || l.NextBy != "2026-12-24" || l.State != lists.Paused {
		t.Errorf("after it: %+v", l)
	}
	entries, err := o.store.Progress(o.ctx, "dc-map", time.Time{}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, e := range entries {
		kinds = append(kinds, e.Kind+": "+e.Text)
		if e.Name != "Lea Leader" || e.Author != "lea@example.org" {
			t.Errorf("recorded: %+v", e)
		}
	}
	if want := "progress: We met., help: A printer., next: Print it and state: paused"; join(kinds) != want {
		t.Errorf("recorded %s, want %s", join(kinds), want)
	}
	result(t, o.says("lea@example.org", lists.Action{Verb: lists.DoState, List: "dc-map", Value: "paused"})[0], lists.Already)
	result(t, o.says("lea@example.org", lists.Action{Verb: lists.DoState, List: "dc-map", Value: "closed"})[0], lists.Refused)
	result(t, o.says("mo@example.org", report("", "Two lines\nof it."))[0], lists.Did) // a member's
}

func TestDigestNow(t *testing.T) {
	o := newOffice(t)
	o.family()
	result(t, o.says("lea@example.org", about(lists.DoDigestNow, "dc", ""))[0], lists.Refused)
	result(t, o.says("admin@example.org", about(lists.DoDigestNow, "dc-map", ""))[0], lists.Refused)
	out := o.says("admin@example.org", about(lists.DoDigestNow, "dc", ""))[0]
	result(t, out, lists.Did)
	contains(t, out.Text, "The digest of dc was sent (en).")
}
