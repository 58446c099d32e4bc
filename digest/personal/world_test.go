package personal

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"net/mail"
	"slices"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/digest"
	"plenary/lists"
	"plenary/lists/store"
)

// fatal is what the world needs of a test, an example of rapid's included.
type fatal interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// world is a family whose posts are numbered by a real store, and a queue
// that hands mails out when it is told to.
type world struct {
	t     fatal
	ctx   context.Context
	now   time.Time
	store *store.Store

	mu    sync.Mutex
	plans map[string]lists.Fanout // by ID, as the queue keeps them: the first stands
	order []string
	got   map[lists.Number]map[string]int // by whom, post's identity → how often
	mails map[lists.Number][][]byte
	sent  map[string]map[lists.Number]bool // who has had their turn, by plan
}

var schedule = Schedule{Daily: Clock{8, 0, time.UTC}, Weekly: digest.Schedule{Day: time.Monday, Hour: 8, Location: time.UTC}, Posts: 4, Octets: 1000}

func newWorld(t fatal, rdb redis.UniversalClient) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), now: time.Date(2026, 11, 16, 12, 0, 0, 0, time.UTC), plans: map[string]lists.Fanout{},
		got: map[lists.Number]map[string]int{}, mails: map[lists.Number][][]byte{}, sent: map[string]map[lists.Number]bool{}}
	var err error
	w.store, err = store.Open(w.ctx, rdb, lists.Site{Domain: "lists.example.org"}, func() time.Time { return w.now })
	w.check(err)
	for _, n := range []lists.NewList{{Name: "dc", Title: "Dynamic Coalition"}, {Name: "maps", Parent: "dc", Title: "Maps"}, {Name: "talks", Parent: "dc", Title: "Talks"}} {
		_, err := w.store.CreateList(w.ctx, n)
		w.check(err)
	}
	return w
}

func (w *world) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) sender() *Sender {
	return &Sender{Site: lists.Site{Domain: "lists.example.org"}, Schedule: schedule, Now: func() time.Time { return w.now },
		Books: w.store, Posts: asSent{}, Planner: w, Log: slog.New(slog.DiscardHandler)}
}

// asSent makes posts whose only header is their identity.
type asSent struct{}

func (asSent) Raw(_ context.Context, _ lists.List, p lists.DigestPost) ([]byte, error) {
	return []byte("X-Post: " + p.Identity + "\r\n\r\nHello from " + p.Identity + "\r\n"), nil
}
func (asSent) Enclose(_ lists.List, raw []byte) []byte { return raw }
func (asSent) Read(_ lists.List, raw []byte) Reading {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Reading{}
	}
	return Reading{Fields: [][2]string{{"X-Post", m.Header.Get("X-Post")}}, Text: "Hello\n" + between + "\nafter"}
}
func (asSent) Compose(_ context.Context, l lists.List, raw []byte) lists.Copy {
	head, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	return lists.Copy{List: l, Head: append(bytes.Clone(head), "\r\n\r\n"...), Body: bytes.Clone(body)}
}

// Plan is the queue's: the first plan of an ID stands.
func (w *world) Plan(_ context.Context, f lists.Fanout) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, known := w.plans[f.ID]; !known {
		w.plans[f.ID] = f
		w.order = append(w.order, f.ID)
		w.sent[f.ID] = map[lists.Number]bool{}
	}
	return nil
}

// post accepts a post for lists, as routing does: numbered, then planned.
func (w *world) post(identity string, listIDs ...string) {
	w.t.Helper()
	var posts []lists.DigestPost
	for _, id := range listIDs {
		posts = append(posts, lists.DigestPost{List: id, Identity: identity, MessageID: identity, Subject: "About " + identity, From: "Ada", Size: 100, At: w.now})
	}
	numbers, err := w.store.EnterPosts(w.ctx, posts)
	w.check(err)
	dir, err := w.store.Directory(w.ctx)
	w.check(err)
	f := lists.Fanout{ID: identity, Family: "dc"}
	for i, id := range listIDs {
		l, _ := dir.ByID(id)
		f.Targets = append(f.Targets, lists.Copy{List: l, Post: numbers[i]})
	}
	w.check(w.Plan(w.ctx, f))
}

// serve gives person n their turn in a plan: late, perhaps, but once.
func (w *world) serve(id string, n lists.Number) {
	w.t.Helper()
	f := w.plans[id]
	if w.sent[id][n] {
		return
	}
	w.sent[id][n] = true
	p, err := w.store.PersonByNumber(w.ctx, "dc", n)
	if err != nil {
		return // has left
	}
	listID, ok := lists.PickTarget(p, f.Targets, f.Author, lists.Date(w.now.Format(time.DateOnly)))
	if !ok {
		return
	}
	if w.got[n] == nil {
		w.got[n] = map[string]int{}
	}
	for _, c := range f.Targets {
		if c.List.ID != listID {
			continue
		}
		if c.Only == nil {
			w.got[n][id]++
			return
		}
		raw := slices.Concat(c.Head, c.Body)
		w.mails[n] = append(w.mails[n], raw)
		for _, identity := range enclosed(w.t, raw) {
			w.got[n][identity]++
		}
	}
}

func (w *world) serveAll(last lists.Number) {
	for _, id := range w.order {
		for n := lists.Number(1); n <= last; n++ {
			w.serve(id, n)
		}
	}
}

// enclosed are the posts that a digest has, by any reader's parsing.
func enclosed(t fatal, raw []byte) (ids []string) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v in\n%s", err, raw)
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatalf("%v in\n%s", err, raw)
	}
	if kind == "text/plain" {
		body, _ := io.ReadAll(m.Body)
		for _, part := range bytes.Split(body, []byte("\r\n"+between+"\r\n\r\n")) {
			if _, rest, ok := bytes.Cut(part, []byte("X-Post: ")); ok {
				id, _, _ := bytes.Cut(rest, []byte("\r\n"))
				ids = append(ids, string(id))
			}
		}
		return ids
	}
	outer := multipart.NewReader(m.Body, params["boundary"])
	for i := 0; ; i++ {
		p, err := outer.NextPart()
		if err == io.EOF && i == 2 {
			return ids
		}
		if err != nil {
			t.Fatalf("part %d: %v in\n%s", i, err, raw)
		}
		kind, params, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if want := []string{"text/plain", "multipart/digest"}[i]; err != nil || kind != want {
			t.Fatalf("part %d is %s, want %s", i, kind, want)
		}
		for posts := multipart.NewReader(p, params["boundary"]); i == 1; {
			one, err := posts.NextPart()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			inner, err := mail.ReadMessage(one)
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, inner.Header.Get("X-Post"))
		}
	}
}

// member makes somebody a member of a list, and gives their number.
func (w *world) member(n int, list string, d lists.Delivery) lists.Number {
	w.t.Helper()
	p, _, err := w.store.Subscribe(w.ctx, list, lists.NewMember{Address: address(n), Delivery: d})
	w.check(err)
	return p.Number
}

func address(n int) lists.Address { return lists.Address(fmt.Sprintf("p%d@m.example", n)) }

// turn changes how somebody takes a list's posts.
func (w *world) turn(n int, list string, d lists.Delivery) {
	w.t.Helper()
	_, err := w.store.UpdatePerson(w.ctx, "dc", address(n), func(p *lists.Person) error {
		for i := range p.Subs {
			if p.Subs[i].List == list {
				p.Subs[i].Delivery = d
			}
		}
		return nil
	})
	w.check(err)
}

// tick lets time pass and sends what is due.
func (w *world) tick(d time.Duration) {
	w.t.Helper()
	w.now = w.now.Add(d)
	w.check(w.sender().Tick(w.ctx))
}
