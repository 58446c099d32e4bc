package command

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"plenary/lists"
	"plenary/lists/desk"
	"plenary/lists/store"
	"plenary/lists/store/redistest"
	"plenary/smtp"
	"plenary/smtp/message"
)

// room is a site with a store, a desk and a handler, and what left it.
type room struct {
	t       *testing.T
	ctx     context.Context
	store   *store.Store
	handler *Handler
	time    time.Time
	keys    map[string]bool
	letters []smtp.Letter
	posts   []string
	mails   int
}

var testSite = lists.Site{Domain: testDomain, BaseURL: "https://lists.example.org", Admins: []lists.Address{"ann@example.org"}, Location: time.UTC}

// newRoom has the main list dc with the group dc-maps: ann runs the site, lea
// leads the group, max is a member of dc, and zoe one who conceals herself.
func newRoom(t *testing.T) *room {
	t.Helper()
	r := &room{t: t, ctx: t.Context(), keys: map[string]bool{}, time: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	var err error
	if r.store, err = store.Open(r.ctx, redistest.New(t), testSite, r.now); err != nil {
		t.Fatal(err)
	}
	r.list(lists.NewList{Name: "dc", Title: "Data Coalition", Purpose: "Protects data."})
	r.list(lists.NewList{Name: "maps", Title: "Data protection map", Parent: "dc", Purpose: "Draws a map of laws.", Next: "Publish the outline", NextBy: "2026-12-01"})
	r.member("dc", lists.NewMember{Address: "ann@example.org", Name: "Ann Admin", Admin: true})
	r.member("dc-maps", lists.NewMember{Address: "lea@example.org", Name: "Lea Leader", Leader: true})
	r.member("dc", lists.NewMember{Address: "max@example.org", Name: "Max Member"})
	r.member("dc", lists.NewMember{Address: "zoe@example.org", Name: "Zoe Zen"})
	r.member("dc", lists.NewMember{Address: "nameless@example.org"})
	if _, err := r.store.UpdatePerson(r.ctx, "dc", "zoe@example.org", func(p *lists.Person) error { p.Conceal = true; return nil }); err != nil {
		t.Fatal(err)
	}
	r.open(testSite)
	return r
}

// open makes the desk and the handler.
func (r *room) open(site lists.Site) {
	r.t.Helper()
	log := slog.New(slog.DiscardHandler)
	d, err := desk.New(desk.Config{Site: site, Store: r.store, Outbox: r, Poster: r, Digester: r, Now: r.now, Log: log})
	if err != nil {
		r.t.Fatal(err)
	}
	r.handler, err = New(Config{Site: site, Trust: true, Desk: d, Reader: r.store, Outbox: r, Limiter: r.store, Guesses: r.store, Digest: r, Now: r.now, Log: log})
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) now() time.Time { return r.time }

func (r *room) list(n lists.NewList) {
	r.t.Helper()
	if _, err := r.store.CreateList(r.ctx, n); err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) member(list string, m lists.NewMember) {
	r.t.Helper()
	if _, _, err := r.store.Subscribe(r.ctx, list, m); err != nil {
		r.t.Fatal(err)
	}
}

// The room is the desk's and the handler's way out.

func (r *room) Send(_ context.Context, l smtp.Letter) error {
	if !r.keys[l.Key] {
		r.keys[l.Key] = true
		r.letters = append(r.letters, l)
	}
	return nil
}

func (r *room) PostHeld(ctx context.Context, h lists.HeldPost, raw []byte) error {
	return r.Post(ctx, h.List, h.Queue, raw)
}

func (r *room) Post(_ context.Context, listID, _ string, raw []byte) error {
	r.posts = append(r.posts, listID+"\n"+string(raw))
	return nil
}

func (r *room) SendNow(context.Context, string, string) (string, error) {
	return "The digest was sent.", nil
}
func (r *room) Preview(context.Context, string) (string, error) {
	return "Digest of week 48\n\nMaps: quiet.", nil
}

// gets hands a whole mail in; head is without From, To and Message-ID.
func (r *room) gets(from, to, raw string) {
	r.t.Helper()
	r.mails++
	r.envelope(smtp.Envelope{ID: fmt.Sprintf("q%d", r.mails), From: from, To: []string{to}, Remote: "192.0.2.1"},
		fmt.Sprintf("From: %s\nTo: %s\nMessage-ID: <m%d@example.org>\nDate: Mon, 23 Nov 2026 10:00:00 +0000\n%s", from, to, r.mails, raw))
}

func (r *room) envelope(env smtp.Envelope, raw string) {
	r.t.Helper()
	m, err := message.Parse([]byte(strings.ReplaceAll(raw, "\n", "\r\n")))
	if err != nil {
		r.t.Fatal(err)
	}
	dir, err := r.store.Directory(r.ctx)
	if err != nil {
		r.t.Fatal(err)
	}
	local, _, _ := strings.Cut(env.To[0], "@")
	target, ok := dir.Resolve(local)
	if !ok {
		r.t.Fatalf("no such address: %s", env.To[0])
	}
	in := In{Envelope: env, Target: target, Message: m}
	for _, to := range env.To[1:] {
		local, _, _ := strings.Cut(to, "@")
		if t, ok := dir.Resolve(local); ok {
			in.Also = append(in.Also, t)
		}
	}
	handle := r.handler.Handle
	if target.Kind == lists.TargetConfirm || target.Kind == lists.TargetSiteConfirm {
		handle = r.handler.HandleAnswer
	}
	if err := handle(r.ctx, in); err != nil {
		r.t.Fatal(err)
	}
}

// says sends a plain mail.
func (r *room) says(from, to, subject, text string) {
	r.t.Helper()
	r.gets(from, to, "Subject: "+subject+"\n\n"+text)
}

// takes takes the letters that left since the last time, and wants n.
func (r *room) takes(n int) []smtp.Letter {
	r.t.Helper()
	l := r.letters
	r.letters = nil
	if len(l) != n {
		for _, x := range l {
			r.t.Logf("%s to %v: %s\n%s", x.Key, x.To, x.Subject, x.Text)
		}
		r.t.Fatalf("%d letters, want %d", len(l), n)
	}
	return l
}

// wants takes the one letter that left, with all of these words.
func (r *room) wants(words ...string) smtp.Letter {
	r.t.Helper()
	l := r.takes(1)[0]
	for _, w := range words {
		if !strings.Contains(strings.Join(strings.Fields(l.Text), " "), strings.Join(strings.Fields(w), " ")) {
			r.t.Errorf("the letter lacks %q:\n%s", w, l.Text)
		}
	}
	return l
}

// isAnswer checks what every answer promises.
func (r *room) isAnswer(l smtp.Letter, to, from string) {
	r.t.Helper()
	switch {
	case l.EnvelopeFrom != "" || !l.AutoReplied:
		r.t.Errorf("an answer must be an automatic reply with a null sender: %+v", l)
	case len(l.To) != 1 || l.To[0] != to || l.From != from || l.ReplyTo != from:
		r.t.Errorf("answer to %v from %s, want to %s from %s", l.To, l.From, to, from)
	case l.InReplyTo != fmt.Sprintf("m%d@example.org", r.mails):
		r.t.Errorf("the answer is threaded to %q", l.InReplyTo)
	case l.Key != fmt.Sprintf("answer/q%d", r.mails):
		r.t.Errorf("key %q", l.Key)
	}
	for _, line := range strings.Split(l.Text, "\n") {
		if len([]rune(line)) > width && !strings.HasPrefix(line, " ") {
			r.t.Errorf("a line of more than %d characters: %s", width, line)
		}
	}
	if strings.Contains(l.Text, "\n\n\n") || strings.Contains(l.Text, "<no value>") || strings.Contains(l.Text, "%!") {
		r.t.Errorf("badly made:\n%s", l.Text)
	}
}

func (r *room) in(list, who string) bool {
	r.t.Helper()
	p, err := r.store.PeopleFor(r.ctx, lists.Address(who))
	if err != nil {
		r.t.Fatal(err)
	}
	for _, x := range p {
		if x.In(list) {
			return true
		}
	}
	return false
}
