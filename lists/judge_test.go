package lists

import (
	"strings"
	"testing"
)

func TestJudge(t *testing.T) {
	const domain = "lists.example.org"
	site := Site{Domain: domain, Admins: []Address{"root@example.org"}}
	dc := list(1, "dc", "dc", "dc", "coalition")
	maps := list(2, "dc-maps", "dc", "maps")
	in := func(subs ...Subscription) *Person {
		return &Person{Family: "dc", Number: 1, Address: "ann@example.net", Subs: subs}
	}
	inDC, inMaps := Subscription{List: "dc"}, Subscription{List: "dc-maps"}
	leadsMaps := Subscription{List: "dc-maps", Leader: true}
	leadsDC := Subscription{List: "dc", Leader: true}
	runsDC := Subscription{List: "dc", Admin: true}
	with := func(l List, change func(*List)) List { change(&l); return l }
	policy := func(l List, p PostPolicy) List { l.Post = p; return l }
	plain := Post{MessageID: "1@x", From: []Address{"ann@example.net"}, EnvelopeFrom: "ann@example.net", Size: 4096, Received: 3}
	post := func(change func(*Post)) Post { p := plain; change(&p); return p }
	doubted := post(func(p *Post) { p.Doubted = true })

	tests := []struct {
		what   string
		p      Post
		l      List
		author *Person
		admin  bool
		want   Verdict
		code   int
		quiet  bool
		words  string // in Text
	}{
		// Policies.
		{"members: a member", plain, policy(dc, PostMembers), in(inDC), false, Accept, 0, false, ""},
		{"members: a stranger", plain, policy(dc, PostMembers), nil, false, Hold, 0, false, "not a member"},
		{"members of a sub-list: in the main list only", plain, policy(maps, PostMembers), in(inDC), false, Hold, 0, false, "not a member"},
		{"members of a sub-list: in it", plain, policy(maps, PostMembers), in(inDC, inMaps), false, Accept, 0, false, ""},
		{"main list's default is members", plain, dc, nil, false, Hold, 0, false, "not a member"},
		{"sub-list's default is family", plain, maps, in(inDC), false, Accept, 0, false, ""},
		{"family: in the main list", plain, policy(maps, PostFamily), in(inDC), false, Accept, 0, false, ""},
		{"family: a stranger", plain, policy(maps, PostFamily), nil, false, Hold, 0, false, "not a member"},
		{"family: known, in nothing any more", plain, policy(maps, PostFamily), in(), false, Hold, 0, false, "not a member"},
		{"anyone: a stranger", plain, policy(dc, PostAnyone), nil, false, Accept, 0, false, ""},
		{"moderated: a member", plain, policy(dc, PostModerated), in(inDC), false, Hold, 0, false, "every post"},
		{"moderated: a stranger", plain, policy(dc, PostModerated), nil, false, Hold, 0, false, "every post"},
		{"moderated: its leader", plain, policy(maps, PostModerated), in(inDC, leadsMaps), false, Accept, 0, false, ""},
		{"moderated: an admin of the main list", plain, policy(maps, PostModerated), in(runsDC), false, Accept, 0, false, ""},
		{"moderated: the main list's leader leads that list only", plain, policy(maps, PostModerated), in(leadsDC), false, Hold, 0, false, "every post"},
		{"moderated: an admin, as the caller knows", plain, policy(maps, PostModerated), nil, true, Accept, 0, false, ""},
		{"moderated: the site's admin", post(func(p *Post) { p.From = []Address{"Root@example.org"} }), policy(maps, PostModerated), nil, false, Accept, 0, false, ""},
		{"announce: a member", plain, policy(dc, PostAnnounce), in(inDC), false, Reject, 550, false, "dc-owner@lists.example.org"},
		{"announce: a stranger", plain, policy(dc, PostAnnounce), nil, false, Reject, 550, false, "Only the leaders and admins"},
		{"announce: its leader", plain, policy(dc, PostAnnounce), in(leadsDC), false, Accept, 0, false, ""},
		{"announce: a leader of another group", plain, policy(dc, PostAnnounce), in(inDC, leadsMaps), false, Reject, 550, false, ""},
		{"members: a leader known by the role", plain, policy(maps, PostMembers), in(leadsMaps), false, Accept, 0, false, ""},

		// Officers whom a doubted From names.
		{"announce: its leader, doubted", doubted, policy(dc, PostAnnounce), in(leadsDC), false, Hold, 0, false, "nothing proves"},
		{"announce: an admin, doubted", doubted, policy(dc, PostAnnounce), in(runsDC), true, Hold, 0, false, "nothing proves"},
		{"moderated: its leader, doubted", doubted, policy(maps, PostModerated), in(inDC, leadsMaps), false, Hold, 0, false, "nothing proves"},
		{"moderated: the site's admin, doubted", post(func(p *Post) { p.Doubted, p.From = true, []Address{"Root@example.org"} }), policy(maps, PostModerated), nil, false, Hold, 0, false, "nothing proves"},
		{"members: an admin who is none, doubted", doubted, policy(dc, PostMembers), nil, true, Hold, 0, false, "nothing proves"},
		{"members: an admin who is none", plain, policy(dc, PostMembers), nil, true, Accept, 0, false, ""},
		{"members: a leader, doubted, as any member", doubted, policy(dc, PostMembers), in(leadsDC), false, Accept, 0, false, ""},
		{"family: an admin, doubted, as any member", doubted, policy(maps, PostFamily), in(runsDC), false, Accept, 0, false, ""},
		{"anyone: an admin, doubted", doubted, policy(dc, PostAnyone), nil, true, Accept, 0, false, ""},
		{"an unknown policy holds, a leader too, doubted", doubted, policy(dc, "everybody"), in(leadsDC), false, Hold, 0, false, "nothing proves"},

		{"an unknown policy holds", plain, policy(dc, "everybody"), in(inDC), false, Hold, 0, false, ""},

		// What fails DMARC.
		{"refused by its domain, also from an admin", post(func(p *Post) { p.Failing = "reject" }), dc, in(runsDC), true, Reject, 550, true, "example.net"},
		{"its domain asks for caution", post(func(p *Post) { p.Failing = "quarantine" }), dc, in(inDC), false, Hold, 0, true, ""},
		{"its domain asks for caution, also from an admin", post(func(p *Post) { p.Failing = "quarantine" }), dc, in(runsDC), true, Hold, 0, true, ""},
		{"its domain asks for caution, a command", post(func(p *Post) { p.Failing, p.CommandOnly = "quarantine", "leave" }), dc, in(inDC), false, Return, 0, true, ""},

		// States.
		{"closed", plain, with(dc, func(l *List) { l.State = Closed }), in(inDC), false, Reject, 550, false, "closed"},
		{"closed, also to an admin", plain, with(dc, func(l *List) { l.State = Closed }), in(runsDC), true, Reject, 550, false, "closed"},
		{"paused goes on", plain, with(dc, func(l *List) { l.State = Paused }), in(inDC), false, Accept, 0, false, ""},
		{"done goes on", plain, with(dc, func(l *List) { l.State = Done }), in(inDC), false, Accept, 0, false, ""},

		// Size.
		{"too big", post(func(p *Post) { p.Size = 30_000_000 }), with(dc, func(l *List) { l.MaxBytes = 25_000_000 }), in(inDC), false, Reject, 552, false, "30 MB"},
		{"too big, also from an admin", post(func(p *Post) { p.Size = 50_000 }), with(dc, func(l *List) { l.MaxBytes = 9_999 }), nil, true, Reject, 552, false, "9999 bytes at most"},
		{"as big as may be", post(func(p *Post) { p.Size = 9 }), with(dc, func(l *List) { l.MaxBytes = 9 }), in(inDC), false, Accept, 0, false, ""},

		// Authors.
		{"no From", post(func(p *Post) { p.From = nil }), policy(dc, PostAnyone), nil, false, Reject, 550, true, "exactly one author"},
		{"two in From", post(func(p *Post) { p.From = []Address{"a@example.net", "b@example.net"} }), dc, in(inDC), true, Reject, 550, true, "exactly one author"},

		// Commands.
		{"unsubscribe alone", post(func(p *Post) { p.CommandOnly = "unsubscribe" }), dc, in(inDC), false, Return, 0, false, "dc-leave@lists.example.org"},
		{"subscribe alone, a stranger", post(func(p *Post) { p.CommandOnly = "Subscribe" }), dc, nil, false, Return, 0, false, "dc-join@lists.example.org"},
		{"who alone, an admin", post(func(p *Post) { p.CommandOnly = "who" }), dc, nil, true, Return, 0, false, "dc-request@lists.example.org"},

		// Loops and machines (invariant 4).
		{"own List-Id", post(func(p *Post) { p.ListIDs = []string{"dc.lists.example.org"} }), dc, in(inDC), true, Discard, 0, true, ""},
		{"own List-Id in brackets and capitals", post(func(p *Post) { p.ListIDs = []string{"x.y", "<DC.Lists.Example.Org>"} }), dc, in(inDC), true, Discard, 0, true, ""},
		{"own X-Loop", post(func(p *Post) { p.XLoop = []string{" dc@lists.example.org"} }), dc, in(inDC), false, Discard, 0, true, ""},
		{"own X-Loop under an old name", post(func(p *Post) { p.XLoop = []string{"Coalition@lists.example.org"} }), dc, in(inDC), false, Discard, 0, true, ""},
		{"another list's List-Id", post(func(p *Post) { p.ListIDs = []string{"maps.dc.lists.example.org"} }), dc, in(inDC), false, Hold, 0, true, "another list of this site"},
		{"another list's X-Loop", post(func(p *Post) { p.XLoop = []string{"dc-maps@lists.example.org"} }), dc, in(inDC), true, Hold, 0, true, ""},
		{"a list elsewhere", post(func(p *Post) { p.ListIDs = []string{"dc.example.com", "dc.notlists.example.org"} }), dc, in(inDC), false, Accept, 0, false, ""},
		{"an X-Loop elsewhere", post(func(p *Post) { p.XLoop = []string{"dc@example.com"} }), dc, in(inDC), false, Accept, 0, false, ""},
		{"null sender", post(func(p *Post) { p.EnvelopeFrom = "" }), policy(dc, PostAnyone), in(inDC), true, Discard, 0, true, ""},
		{"null sender, written out", post(func(p *Post) { p.EnvelopeFrom = "<>" }), dc, in(inDC), false, Discard, 0, true, ""},
		{"out of office", post(func(p *Post) { p.AutoSubmitted = "auto-replied" }), dc, in(inDC), false, Discard, 0, true, ""},
		{"a program", post(func(p *Post) { p.AutoSubmitted = "auto-generated" }), dc, in(inDC), true, Reject, 550, true, "program"},
		{"an unknown word of Auto-Submitted", post(func(p *Post) { p.AutoSubmitted = "yes" }), dc, in(inDC), false, Reject, 550, true, ""},
		{"Auto-Submitted: no", post(func(p *Post) { p.AutoSubmitted = "no" }), dc, in(inDC), false, Accept, 0, false, ""},
		{"bulk", post(func(p *Post) { p.Precedence = "bulk" }), dc, in(inDC), false, Reject, 550, true, "bulk"},
		{"junk", post(func(p *Post) { p.Precedence = "junk" }), policy(dc, PostAnyone), nil, false, Reject, 550, true, ""},
		{"list", post(func(p *Post) { p.Precedence = "list" }), dc, in(inDC), false, Reject, 550, true, ""},
		{"first-class", post(func(p *Post) { p.Precedence = "first-class" }), dc, in(inDC), false, Accept, 0, false, ""},
		{"50 servers", post(func(p *Post) { p.Received = 50 }), dc, in(inDC), false, Accept, 0, false, ""},
		{"51 servers", post(func(p *Post) { p.Received = 51 }), dc, in(inDC), false, Reject, 550, true, "circles"},
		{"a loop wins over a closed list", post(func(p *Post) { p.XLoop = []string{"dc@lists.example.org"} }), with(dc, func(l *List) { l.State = Closed }), nil, false, Discard, 0, true, ""},
	}
	for _, tt := range tests {
		j := Judge(tt.p, tt.l, tt.author, tt.admin, site)
		if j.Text != "" && !j.Quiet && j.Form == "" {
			t.Errorf("%s: a letter can say it in English only: %s", tt.what, j.Text)
		}
		if j.Verdict != tt.want || j.Code != tt.code || j.Quiet != tt.quiet || !strings.Contains(j.Text, tt.words) {
			t.Errorf("%s: %+v, want %s %d quiet %v %q", tt.what, j, tt.want, tt.code, tt.quiet, tt.words)
		}
		if (j.Verdict == Accept) != (j.Reason == "") || strings.Contains(j.Reason, "@") {
			t.Errorf("%s: reason %q", tt.what, j.Reason)
		}
		if (j.Code/100 == 5) != (j.Enhanced[0] == 5) || (j.Verdict == Reject) != (j.Code != 0) {
			t.Errorf("%s: code %d %v", tt.what, j.Code, j.Enhanced)
		}
		for _, r := range j.Text {
			if r < ' ' || r > '~' {
				t.Errorf("%s: %q is not fit for an SMTP reply", tt.what, j.Text)
				break
			}
		}
		if len(j.Text) > 400 {
			t.Errorf("%s: an SMTP reply line has 512 octets at most, this %d", tt.what, len(j.Text))
		}
	}
}
