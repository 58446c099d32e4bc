package desk

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"plenary/lists"
)

// hold holds a post as the router does.
func (o *office) hold(list string, n int) {
	o.t.Helper()
	h := lists.HeldPost{List: list, Author: "out@example.net", Name: "Outis", Subject: fmt.Sprintf("Greeting %d", n), Reason: "its author is no member",
		Queue: fmt.Sprintf("H%d", n), MsgID: fmt.Sprintf("h%d@example.net", n), Size: 120}
	raw := fmt.Sprintf("From: out@example.net\r\nMessage-ID: <h%d@example.net>\r\nSubject: Hello\r\n\r\nHi\r\n", n)
	if err := o.desk.Hold(o.ctx, h, []byte(raw)); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) summaries() {
	o.t.Helper()
	for _, d := range []*Desk{o.desk, o.newDesk()} { // on two servers
		if err := d.Summaries(o.ctx); err != nil {
			o.t.Fatal(err)
		}
	}
}

func decide(v lists.Verb, n int) lists.Action {
	return lists.Action{Verb: v, List: "dc-map", Number: n, Text: "Off topic."}
}

func TestModerate(t *testing.T) {
	o := newOffice(t)
	o.family()
	for n := 1; n <= 3; n++ {
		o.hold("dc-map", n)
	}
	result(t, o.says("mo@example.org", decide(lists.DoApprove, 1))[0], lists.Refused)
	o.asks("lea@example.org", decide(lists.DoApprove, 1), decide(lists.DoReject, 2))
	q := o.last("lea@example.org")
	contains(t, q.Text, "approve the waiting post number 1 of Data Map", "reject the waiting post number 2")
	lacks(t, q.Text, "Off topic", "Greeting")
	result(t, o.yes("lea@example.org"), lists.Did)
	if len(o.posts.posts) != 1 || o.posts.posts[0].list != "dc-map" || o.posts.posts[0].queue != "H1" {
		t.Fatalf("posted: %+v", o.posts.posts)
	}
	r := o.wants("out@example.net", 1)[0]
	contains(t, r.Text, "decided not to send it", "Off topic.", "dc-map-owner@lists.example.org")
	lacks(t, r.Text+r.Subject, "Greeting", "Outis")
	if r.InReplyTo != "h2@example.net" || r.EnvelopeFrom != "" {
		t.Errorf("the rejection's header: %+v", r)
	}
	result(t, o.says("lea@example.org", decide(lists.DoDiscard, 3))[0], lists.Did)
	o.wants("out@example.net", 1)
	result(t, o.says("admin@example.org", decide(lists.DoApprove, 1))[0], lists.Already)
	result(t, o.says("admin@example.org", decide(lists.DoReject, 99))[0], lists.Already)
	held, err := o.store.Held(o.ctx, "dc-map")
	if err != nil || len(held) != 0 {
		t.Errorf("still held: %v, %v", held, err)
	}
}

// Rejections to one stranger are counted: From proves nothing.
func TestRejectionsAreCounted(t *testing.T) {
	o := newOffice(t)
	o.family()
	for n := 1; n <= 8; n++ {
		o.hold("dc-map", n)
		result(t, o.says("lea@example.org", decide(lists.DoReject, n))[0], lists.Did)
	}
	o.wants("out@example.net", capStranger)
}

// Owners get the first held post at once, then one summary an hour.
func TestHeldNotes(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.hold("dc-map", 1)
	o.hold("dc-map", 1) // again, under the same queue id
	for _, owner := range []string{"lea@example.org", "admin@example.org"} {
		l := o.wants(owner, 1)[0]
		contains(t, l.Text, "Outis <out@example.net>", "Greeting 1", "Waits because its author is no member.", "approve dc-map 1", "reject dc-map 1", "discard dc-map 1")
		if l.From != "dc-map-request@lists.example.org" || l.Subject != "Post 1 waits for you: Data Map" {
			t.Errorf("header: %+v", l)
		}
	}
	o.wants("out@example.net", 0)
	for n := 2; n <= 6; n++ {
		o.hold("dc-map", n)
	}
	o.summaries()
	o.wants("lea@example.org", 1)
	o.says("lea@example.org", decide(lists.DoDiscard, 4))

	o.pass(time.Hour)
	o.hold("dc-map", 7) // the hour before had some: this one waits for its summary
	o.summaries()
	o.summaries()
	s := o.wants("lea@example.org", 2)[1]
	if s.Subject != "4 posts wait for you: Data Map" {
		t.Errorf("subject %q", s.Subject)
	}
	contains(t, s.Text, "Greeting 2", "Greeting 3", "Greeting 5", "Greeting 6")
	lacks(t, s.Text, "Greeting 1", "Greeting 4", "Greeting 7")

	o.pass(time.Hour)
	o.summaries()
	contains(t, o.wants("lea@example.org", 3)[2].Text, "Greeting 7")
	o.pass(2 * time.Hour)
	o.summaries()
	o.hold("dc-map", 8) // a quiet time has passed: at once again
	contains(t, o.wants("lea@example.org", 4)[3].Text, "Greeting 8")
	o.pass(5 * time.Hour)
	o.summaries()
	o.wants("lea@example.org", 4)
}

// A post that is handled again hours after a crash is told of once: a summary
// of its hour has named it meanwhile, or its owners have decided.
func TestHeldAgainAfterACrash(t *testing.T) {
	o := newOffice(t)
	o.family()
	died := func(n int) {
		t.Helper()
		h := lists.HeldPost{List: "dc-map", Author: "out@example.net", Subject: "Greeting", Queue: fmt.Sprintf("H%d", n), At: o.now()}
		if _, err := o.store.Hold(o.ctx, h, []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	died(1)
	o.pass(time.Hour)
	o.summaries()
	o.wants("lea@example.org", 1)
	o.pass(2 * time.Hour)
	o.hold("dc-map", 1)
	o.summaries()
	o.wants("lea@example.org", 1)

	died(2)
	result(t, o.says("lea@example.org", decide(lists.DoDiscard, 2))[0], lists.Did)
	o.hold("dc-map", 2)
	o.pass(time.Hour)
	o.summaries()
	o.wants("lea@example.org", 1)
}

// Without leaders and admins the site's admins decide.
func TestHeldWithoutOwners(t *testing.T) {
	o := newOffice(t)
	o.list(lists.NewList{Name: "lone", Title: "Lone List"})
	o.hold("lone", 1)
	o.wants("root@example.org", 1)
	result(t, o.says("root@example.org", lists.Action{Verb: lists.DoApprove, List: "lone", Number: 1})[0], lists.Did)
	if len(o.posts.posts) != 1 {
		t.Error("not posted")
	}
}

// A crash at any send leaves nothing undone and does nothing twice.
func TestApproveSurvivesCrashes(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.hold("dc-map", 1)
	o.posts.fails = 1
	_, err := o.desk.Do(o.ctx, "lea@example.org", true, "", "QZ", []lists.Action{decide(lists.DoApprove, 1)})
	if err == nil {
		t.Fatal("the poster's failure was swallowed")
	}
	for range 2 {
		outs := o.do("lea@example.org", true, "QZ", decide(lists.DoApprove, 1))
		result(t, outs[0], lists.Did)
	}
	if len(o.posts.posts) != 1 {
		t.Errorf("%d posts", len(o.posts.posts))
	}
}

// Two who decide otherwise at the same time, on two servers: the first counts,
// and no author is told that a post was rejected which everybody got.
func TestTwoDecideAtOnce(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.hold("dc-map", 1)
	var other lists.Outcome
	o.posts.meanwhile = func() {
		outs, err := o.newDesk().Do(o.ctx, "admin@example.org", true, "", "QA", []lists.Action{decide(lists.DoReject, 1)})
		if err != nil {
			t.Fatal(err)
		}
		other = outs[0]
	}
	result(t, o.says("lea@example.org", decide(lists.DoApprove, 1))[0], lists.Did)
	result(t, other, lists.Already)
	contains(t, other.Text, "decided otherwise")
	o.wants("out@example.net", 0)
	if len(o.posts.posts) != 1 {
		t.Errorf("%d posts", len(o.posts.posts))
	}
}

// sluggish is a store through which what waits is seen late the second time:
// when it is to be decided.
type sluggish struct {
	Store
	looks  int
	before func()
}

func (s *sluggish) Held(ctx context.Context, listID string) ([]lists.HeldPost, error) {
	if s.looks++; s.looks == 2 {
		s.before()
	}
	return s.Store.Held(ctx, listID)
}

// Who comes second is not told that their own decision was carried out.
func TestDecidedByAnotherMeanwhile(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.hold("dc-map", 1)
	slow := o.newDesk()
	slow.store = &sluggish{Store: slow.store, before: func() { result(t, o.says("admin@example.org", decide(lists.DoReject, 1))[0], lists.Did) }}
	for range 2 { // and not when it is done again
		outs, err := slow.Do(o.ctx, "lea@example.org", true, "", "QS", []lists.Action{decide(lists.DoApprove, 1)})
		if err != nil {
			t.Fatal(err)
		}
		result(t, outs[0], lists.Already)
	}
	if len(o.posts.posts) != 0 {
		t.Errorf("%d posts", len(o.posts.posts))
	}
}

func TestSubjectsOfHeldPosts(t *testing.T) {
	o := newOffice(t)
	o.family()
	h := lists.HeldPost{List: "dc-map", Author: "out@example.net", Subject: "a\r\nBcc: x\u202e " + strings.Repeat("y", 500), Reason: "r", Queue: "Q"}
	if err := o.desk.Hold(o.ctx, h, nil); err != nil {
		t.Fatal(err)
	}
	text := o.last("lea@example.org").Text
	if strings.Contains(text, "\nBcc") || strings.Contains(text, "\u202e") || strings.Contains(text, strings.Repeat("y", 300)) {
		t.Errorf("a subject breaks out:\n%s", text)
	}
}
