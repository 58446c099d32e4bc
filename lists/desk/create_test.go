package desk

import (
	"io"
	"mime"
	"mime/quotedprintable"
	"strings"
	"sync"
	"testing"

	"plenary/lists"
)

func create(n lists.NewList) lists.Action {
	if n.Parent == "" {
		n.Parent = "dc"
	}
	return lists.Action{Verb: lists.DoCreate, New: &n}
}

var water = lists.NewList{Name: "water", Title: "Water Quality", Purpose: "Measure the wells.", Next: "Buy the kits", NextBy: "2026-12-01"}

func body(t *testing.T, p posted) string {
	t.Helper()
	raw, err := io.ReadAll(p.message.Body)
	if err != nil {
		t.Fatal(err)
	}
	if p.message.Header.Get("Content-Transfer-Encoding") == "quoted-printable" {
		if raw, err = io.ReadAll(quotedprintable.NewReader(strings.NewReader(string(raw)))); err != nil {
			t.Fatal(err)
		}
	}
	return string(raw)
}

func TestCreate(t *testing.T) {
	o := newOffice(t)
	o.family()
	n := water
	n.Leader = "mo@example.org"
	out := o.asks("admin@example.org", create(n))
	result(t, out[0], lists.Asked)
	q := o.wants("admin@example.org", 1)[0]
	contains(t, q.Text, "make a new group of Digital Coalition")
	lacks(t, q.Text+q.Subject, "water", "wells", "kits", "mo@")
	if len(o.posts.posts) != 0 {
		t.Fatal("announced before a yes")
	}

	done := o.yes("admin@example.org")
	result(t, done, lists.Did)
	contains(t, done.Text, "Water Quality (dc-water@lists.example.org) is made", "mo@example.org leads it", "announced to Digital Coalition")
	l := o.get("dc-water")
	if l.State != lists.Active || l.Next != "Buy the kits" || l.Post != lists.PostFamily || !o.sub("dc-water", "mo@example.org").Leader {
		t.Errorf("made: %+v", l)
	}
	if o.in("dc-water", "admin@example.org") {
		t.Error("its maker was subscribed, though another leads")
	}
	contains(t, o.wants("mo@example.org", 1)[0].Text, "you are now a leader of Water Quality", "What leaders do", "dc-water@lists.example.org")

	if len(o.posts.posts) != 1 {
		t.Fatalf("%d announcements", len(o.posts.posts))
	}
	p := o.posts.posts[0]
	if p.list != "dc" {
		t.Errorf("announced to %s", p.list)
	}
	contains(t, body(t, p), "Measure the wells.", "Who leads it: Mo Member", "Buy the kits, by Tuesday 1 December 2026",
		"dc-water-join@lists.example.org", "https://lists.example.org/dc-water", "dc-water@lists.example.org")
	lacks(t, body(t, p), "mo@example.org", "admin@example.org")
	from, err := p.message.Header.AddressList("From")
	if err != nil || from[0].Address != "plenary@lists.example.org" || from[0].Name != "Digital Coalition" {
		t.Errorf("From: %v, %v", from, err)
	}
	if got := p.message.Header.Get("Reply-To"); got != "dc-water-owner@lists.example.org" {
		t.Errorf("Reply-To: %s", got)
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(p.raw, "\r\n"), "\r\n") {
		if len(line) > 78 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("a line of %d octets: %q", len(line), line)
		}
	}

	result(t, o.yes("admin@example.org"), lists.Already)
	if err := o.desk.Announce(o.ctx, "dc-water"); err != nil {
		t.Fatal(err)
	}
	if len(o.posts.posts) != 1 {
		t.Errorf("%d announcements", len(o.posts.posts))
	}
}

// Without a leader named, who asked leads.
func TestCreateForOneself(t *testing.T) {
	o := newOffice(t)
	o.family()
	n := water
	n.Title = "Qualité de l’eau"
	result(t, o.says("admin@example.org", create(n))[0], lists.Did)
	if !o.sub("dc-water", "admin@example.org").Leader {
		t.Error("its maker does not lead it")
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(o.posts.posts[0].message.Header.Get("Subject"))
	if err != nil || subject != "New group: Qualité de l’eau" {
		t.Errorf("subject %q, %v", subject, err)
	}
	contains(t, body(t, o.posts.posts[0]), "Ada Admin", "Qualité de l’eau")
}

// A stranger is asked before they lead, and not named before they said yes.
func TestCreateForStranger(t *testing.T) {
	o := newOffice(t)
	o.family()
	n := water
	n.Leader = "str@example.net"
	out := o.says("admin@example.org", create(n))[0]
	result(t, out, lists.Did)
	contains(t, out.Text, "they were asked by mail")
	contains(t, body(t, o.posts.posts[0]), "Who leads it: nobody yet", "dc-water-owner@lists.example.org")
	lacks(t, o.posts.posts[0].raw, "str@")
	result(t, o.yes("str@example.net"), lists.Did)
	if !o.sub("dc-water", "str@example.net").Leader {
		t.Error("no leader after a yes")
	}
	if len(o.posts.posts) != 1 {
		t.Errorf("%d announcements", len(o.posts.posts))
	}
}

func TestCreateMistakes(t *testing.T) {
	o := newOffice(t)
	o.family()
	with := func(change func(*lists.NewList)) lists.Action {
		n := water
		change(&n)
		return create(n)
	}
	for _, c := range []struct {
		name   string
		asker  string
		action lists.Action
		want   string
	}{
		{"no admin", "mo@example.org", create(water), "Only the admins of Digital Coalition"},
		{"a stranger", "x@example.net", create(water), "Only the admins"},
		{"name taken", "admin@example.org", with(func(n *lists.NewList) { n.Name = "map" }), "already a list dc-map"},
		{"role word", "admin@example.org", with(func(n *lists.NewList) { n.Name = "join" }), "join"},
		{"ends in a role", "admin@example.org", with(func(n *lists.NewList) { n.Name = "evil-join" }), "can't be a list's name"},
		{"malformed name", "admin@example.org", with(func(n *lists.NewList) { n.Name = "evil name" }), "only the letters a to z"},
		{"no title", "admin@example.org", with(func(n *lists.NewList) { n.Title = " " }), "no title"},
		{"malformed leader", "admin@example.org", with(func(n *lists.NewList) { n.Leader = "evil" }), "not a mail address"},
		{"a list leads", "admin@example.org", with(func(n *lists.NewList) { n.Leader = "dc@lists.example.org" }), "can't lead"},
		{"post policy", "admin@example.org", with(func(n *lists.NewList) { n.Post = "evil" }), "Write post:"},
		{"under a group", "admin@example.org", with(func(n *lists.NewList) { n.Parent = "dc-map" }), "is itself a group"},
		{"no parent", "admin@example.org", lists.Action{Verb: lists.DoCreate, New: &lists.NewList{Name: "x", Title: "X"}}, "Only the admins of lists.example.org"},
		{"nothing", "admin@example.org", lists.Action{Verb: lists.DoCreate}, "has no name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := o.asks(c.asker, c.action)[0]
			result(t, out, lists.Refused)
			contains(t, out.Text, c.want)
			lacks(t, out.Text, "evil")
		})
	}
	if n := o.out.count(); n != 0 {
		t.Errorf("%d letters went out", n)
	}
}

// invariant 3: one announcement, whatever fails on the way and whoever
// finishes the work.
func TestCreateSurvivesCrashes(t *testing.T) {
	o := newOffice(t)
	o.family()
	n := water
	n.Leader = "mo@example.org"
	o.asks("admin@example.org", create(n))
	token := o.token("admin@example.org")
	o.out.fails, o.posts.fails = 1, 1
	for i := 0; ; i++ {
		out, err := o.desk.Answer(o.ctx, token, true, "admin@example.org", "QX")
		if err == nil {
			result(t, out, lists.Did)
			contains(t, out.Text, "is made")
			break
		}
		if i == 3 {
			t.Fatal(err)
		}
	}
	if len(o.posts.posts) != 1 || !o.sub("dc-water", "mo@example.org").Leader {
		t.Errorf("%d announcements", len(o.posts.posts))
	}
	o.wants("mo@example.org", 1)
}

// Two servers get the same answer at once.
func TestCreateOnTwoServers(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.asks("admin@example.org", create(water))
	token := o.token("admin@example.org")
	var wg sync.WaitGroup
	for i, d := range []*Desk{o.desk, o.newDesk(), o.newDesk()} {
		wg.Go(func() {
			if _, err := d.Answer(o.ctx, token, true, "admin@example.org", []string{"QA", "QB", "QB"}[i]); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(o.posts.posts) != 1 {
		t.Errorf("%d announcements", len(o.posts.posts))
	}
	o.wants("admin@example.org", 2) // the question, and what leaders do
}

func TestAnnounce(t *testing.T) {
	o := newOffice(t)
	o.family()
	a := lists.Action{Verb: lists.DoAnnounce, List: "dc", Text: "We meet on Friday.\nBring cake."}
	result(t, o.says("mo@example.org", a)[0], lists.Refused)
	o.asks("admin@example.org", a)
	lacks(t, o.last("admin@example.org").Text, "Friday", "cake")
	result(t, o.yes("admin@example.org"), lists.Did)
	p := o.posts.posts[0]
	contains(t, body(t, p), "Bring cake.")
	if p.list != "dc" || p.message.Header.Get("Subject") != "Announcement: We meet on Friday." || p.message.Header.Get("Reply-To") != "dc-owner@lists.example.org" {
		t.Errorf("posted to %s: %v", p.list, p.message.Header)
	}
	result(t, o.says("admin@example.org", a)[0], lists.Did) // the same again is a post of its own
	if len(o.posts.posts) != 2 {
		t.Errorf("%d posts", len(o.posts.posts))
	}
	if err := o.desk.Announce(o.ctx, "dc"); err == nil {
		t.Error("a main list was announced to itself")
	}
}
