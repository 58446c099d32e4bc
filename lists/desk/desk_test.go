package desk

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/mail"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/lists/store"
	"plenary/lists/store/redistest"
	"plenary/smtp"
)

const domain = "lists.example.org"

var site = lists.Site{Domain: domain, BaseURL: "https://lists.example.org", Admins: []lists.Address{"root@example.org"}, Location: time.UTC}

// office is a desk with a real store, and everything that goes out of it.
type office struct {
	t     *testing.T
	ctx   context.Context
	store *store.Store
	desk  *Desk
	out   *outbox
	posts *poster
	mu    sync.Mutex
	time  time.Time
	mails int
}

func newOffice(t *testing.T) *office {
	t.Helper()
	return officeOn(t, redistest.New(t))
}

// officeOn is one on a Redis of the test's choice.
func officeOn(t *testing.T, rdb redis.UniversalClient) *office {
	t.Helper()
	o := &office{t: t, ctx: t.Context(), out: &outbox{keys: map[string]bool{}}, posts: &poster{ids: map[string]bool{}},
		time: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	s, err := store.Open(o.ctx, rdb, site, o.now)
	if err != nil {
		t.Fatal(err)
	}
	o.store = s
	o.desk = o.newDesk()
	return o
}

// newDesk is one more desk over the same store and ways out.
func (o *office) newDesk() *Desk {
	d, err := New(Config{Site: site, Store: o.store, Outbox: o.out, Poster: o.posts, Digester: digester{}, Now: o.now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		o.t.Fatal(err)
	}
	return d
}

func (o *office) now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.time
}

func (o *office) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.time = o.time.Add(d)
}

// outbox keeps letters, each once for its key, as the queue does.
type outbox struct {
	mu      sync.Mutex
	keys    map[string]bool
	letters []smtp.Letter
	fails   int // how many sends fail before one succeeds again
}

func (b *outbox) Send(_ context.Context, l smtp.Letter) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fails > 0 {
		b.fails--
		return fmt.Errorf("no outbox today")
	}
	if b.keys[l.Key] {
		return nil
	}
	b.keys[l.Key] = true
	b.letters = append(b.letters, l)
	return nil
}

// to are the letters to an address, oldest first.
func (b *outbox) to(a string) []smtp.Letter {
	b.mu.Lock()
	defer b.mu.Unlock()
	var found []smtp.Letter
	for _, l := range b.letters {
		if strings.EqualFold(l.To[0], a) {
			found = append(found, l)
		}
	}
	return found
}

func (b *outbox) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.letters)
}

// posted is one post on a list.
type posted struct {
	list, queue, id string
	message         *mail.Message
	raw             string
}

// poster keeps posts, each once for its Message-ID.
type poster struct {
	mu    sync.Mutex
	ids   map[string]bool
	posts []posted
	fails int

	meanwhile func() // what happens while a held post is put on its list; nil nothing
}

func (p *poster) PostHeld(ctx context.Context, h lists.HeldPost, raw []byte) error {
	if p.meanwhile != nil {
		p.meanwhile()
	}
	return p.Post(ctx, h.List, h.Queue, raw)
}

func (p *poster) Post(_ context.Context, listID, queueID string, raw []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fails > 0 {
		p.fails--
		return fmt.Errorf("no poster today")
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	if id := m.Header.Get("Message-Id"); !p.ids[listID+id] {
		p.ids[listID+id] = true
		p.posts = append(p.posts, posted{listID, queueID, id, m, string(raw)})
	}
	return nil
}

type digester struct{}

func (digester) SendNow(_ context.Context, mainID, lang string) (string, error) {
	return "The digest of " + mainID + " was sent (" + lang + ").", nil
}

// family makes the main list dc with an admin, a group map with a leader,
// and a group law without one.
func (o *office) family() {
	o.t.Helper()
	o.list(lists.NewList{Name: "dc", Title: "Digital Coalition", Purpose: "We meet as a whole."})
	o.list(lists.NewList{Name: "map", Title: "Data Map", Parent: "dc", Purpose: "Draw the map.", Next: "Publish the outline", NextBy: "2026-12-01"})
	o.list(lists.NewList{Name: "law", Title: "Law Group", Parent: "dc", Purpose: "Read the law."})
	o.member("dc", lists.NewMember{Address: "admin@example.org", Name: "Ada Admin", Admin: true})
	o.member("dc-map", lists.NewMember{Address: "lea@example.org", Name: "Lea Leader", Leader: true})
	o.member("dc", lists.NewMember{Address: "mo@example.org", Name: "Mo Member"})
}

func (o *office) list(n lists.NewList) lists.List {
	o.t.Helper()
	l, err := o.store.CreateList(o.ctx, n)
	if err != nil {
		o.t.Fatal(err)
	}
	return l
}

func (o *office) member(list string, m lists.NewMember) lists.Person {
	o.t.Helper()
	p, _, err := o.store.Subscribe(o.ctx, list, m)
	if err != nil {
		o.t.Fatal(err)
	}
	return p
}

// set changes a list.
func (o *office) set(id string, change func(*lists.List)) {
	o.t.Helper()
	if _, err := o.store.UpdateList(o.ctx, id, func(l *lists.List) error { change(l); return nil }); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) get(id string) lists.List {
	o.t.Helper()
	dir, err := o.store.Directory(o.ctx)
	if err != nil {
		o.t.Fatal(err)
	}
	l, _ := dir.ByID(id)
	return l
}

// queueID names one more mail.
func (o *office) queueID() string {
	o.mails++
	return fmt.Sprintf("Q%d", o.mails)
}

// asks has actions asked for by a mail that proves nothing.
func (o *office) asks(asker string, actions ...lists.Action) []lists.Outcome {
	o.t.Helper()
	return o.do(asker, false, o.queueID(), actions...)
}

// says has actions asked for by a mail that is believed.
func (o *office) says(asker string, actions ...lists.Action) []lists.Outcome {
	o.t.Helper()
	return o.do(asker, true, o.queueID(), actions...)
}

func (o *office) do(asker string, believed bool, queueID string, actions ...lists.Action) []lists.Outcome {
	o.t.Helper()
	outs, err := o.desk.Do(o.ctx, lists.Address(asker), believed, "dc", queueID, actions)
	if err != nil {
		o.t.Fatal(err)
	}
	if len(outs) != len(actions) {
		o.t.Fatalf("%d outcomes for %d actions", len(outs), len(actions))
	}
	return outs
}

var tokenIn = regexp.MustCompile(`-confirm\+([a-z2-7]{26})@`)

// token is the token of the last question to an address.
func (o *office) token(to string) string {
	o.t.Helper()
	letters := o.out.to(to)
	for i := len(letters) - 1; i >= 0; i-- {
		if m := tokenIn.FindStringSubmatch(letters[i].From); m != nil {
			return m[1]
		}
	}
	o.t.Fatalf("no question went to %s", to)
	return ""
}

// answer answers the last question to an address.
func (o *office) answer(to string, yes bool) lists.Outcome {
	o.t.Helper()
	out, err := o.desk.Answer(o.ctx, o.token(to), yes, lists.Address(to), o.queueID())
	if err != nil {
		o.t.Fatal(err)
	}
	return out
}

func (o *office) yes(to string) lists.Outcome { o.t.Helper(); return o.answer(to, true) }

// in tells whether an address is in a list.
func (o *office) in(list, a string) bool {
	o.t.Helper()
	p, err := o.store.Person(o.ctx, o.get(list).Family, lists.Address(a))
	if err != nil && ifThere(err) != nil {
		o.t.Fatal(err)
	}
	return p.In(list)
}

func (o *office) sub(list, a string) lists.Subscription {
	o.t.Helper()
	p, err := o.store.Person(o.ctx, o.get(list).Family, lists.Address(a))
	if err != nil {
		o.t.Fatal(err)
	}
	s, _ := p.Sub(list)
	return s
}

// last is the last letter to an address.
func (o *office) last(to string) smtp.Letter {
	o.t.Helper()
	letters := o.out.to(to)
	if len(letters) == 0 {
		o.t.Fatalf("no letter went to %s", to)
	}
	return letters[len(letters)-1]
}

func (o *office) wants(to string, n int) []smtp.Letter {
	o.t.Helper()
	letters := o.out.to(to)
	if len(letters) != n {
		var subjects []string
		for _, l := range letters {
			subjects = append(subjects, l.Subject)
		}
		o.t.Fatalf("%d letters went to %s, want %d: %q", len(letters), to, n, subjects)
	}
	return letters
}

func result(t *testing.T, out lists.Outcome, want lists.Result) {
	t.Helper()
	if out.Result != want {
		t.Fatalf("result %d, want %d: %s", out.Result, want, out.Text)
	}
}

// contains tells of each part that text should have; line ends don't count.
func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	flat := strings.Join(strings.Fields(text), " ")
	for _, part := range parts {
		if !strings.Contains(flat, part) {
			t.Errorf("%q is not in:\n%s", part, text)
		}
	}
}

func lacks(t *testing.T, text string, parts ...string) {
	t.Helper()
	flat := strings.ToLower(strings.Join(strings.Fields(text), " "))
	for _, part := range parts {
		if strings.Contains(flat, strings.ToLower(part)) {
			t.Errorf("%q is in:\n%s", part, text)
		}
	}
}

func joinOf(list, who string) lists.Action {
	return lists.Action{Verb: lists.DoJoin, List: list, Subject: lists.Address(who), Name: "Nell New", Source: "m1@example.org"}
}

func leaveOf(list, who string) lists.Action {
	return lists.Action{Verb: lists.DoLeave, List: list, Subject: lists.Address(who)}
}
