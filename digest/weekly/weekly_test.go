package weekly

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/digest"
	"plenary/digest/render"
	"plenary/lists"
	"plenary/lists/store"
	"plenary/lists/store/redistest"
)

// posted collects what was posted; the same bytes to the same list count once,
// as a queue that knows posts by their identity does.
type posted struct {
	mu    sync.Mutex
	raws  map[string]int
	fails int // so many calls fail after they have posted: a server killed just then
}

func (p *posted) Post(_ context.Context, _, _ string, raw []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.raws[string(raw)]++
	if p.fails > 0 {
		p.fails--
		return errors.New("killed after posting")
	}
	return nil
}

type noThreads struct{}

func (noThreads) Threads(context.Context, lists.List, time.Time, time.Time, int) ([]digest.Thread, error) {
	return []digest.Thread{{Subject: "A thread", Posts: 2}}, nil
}

// still is an archive in which nothing moves.
type still struct{}

func (still) Threads(context.Context, lists.List, time.Time, time.Time, int) ([]digest.Thread, error) {
	return nil, nil
}

type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }
func (c *clock) set(s string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var err error
	if c.t, err = time.Parse(time.RFC3339, s); err != nil {
		panic(err)
	}
}

type world struct {
	clock  *clock
	posted *posted
	store  *store.Store
	main   lists.List
	rdb    redis.UniversalClient
	site   lists.Site
}

func newWorld(t testing.TB) *world {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Zurich")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{clock: &clock{}, posted: &posted{raws: map[string]int{}}, rdb: redistest.New(t),
		site: lists.Site{Domain: "lists.example.org", BaseURL: "https://lists.example.org", Location: loc}}
	w.clock.set("2026-11-18T12:00:00+01:00") // a Wednesday in week 47
	ctx := t.Context()
	if w.store, err = store.Open(ctx, w.rdb, w.site, w.clock.now); err != nil {
		t.Fatal(err)
	}
	if w.main, err = w.store.CreateList(ctx, lists.NewList{Name: "dc", Title: "Dynamic Coalition"}); err != nil {
		t.Fatal(err)
	}
	maps, err := w.store.CreateList(ctx, lists.NewList{Name: "maps", Parent: w.main.ID, Title: "Map", Purpose: "A map of laws", Next: "Publish", NextBy: "2026-11-20"})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err = w.store.Subscribe(ctx, maps.ID, lists.NewMember{Address: "ana@member.example", Name: "Ana", Leader: true}); err != nil {
		t.Fatal(err)
	}
	if _, err = w.store.Record(ctx, lists.ProgressEntry{List: maps.ID, Kind: "progress", Name: "Ana", Text: "We met.", At: w.clock.now()}); err != nil {
		t.Fatal(err)
	}
	return w
}

// sender is one server's.
func (w *world) sender(t testing.TB) *Sender {
	t.Helper()
	schedule, err := digest.ParseSchedule("Mon 09:00", w.site.Location)
	if err != nil {
		t.Fatal(err)
	}
	return &Sender{Site: w.site, Schedule: schedule, Now: w.clock.now, Reader: w.store, Threads: noThreads{}, Ledger: w.store,
		Poster: w.posted, Log: slog.New(slog.DiscardHandler), Render: render.Page}
}

func (w *world) tick(t *testing.T, s *Sender, at string, digests int) {
	t.Helper()
	w.clock.set(at)
	if err := s.Tick(t.Context()); err != nil {
		t.Fatalf("at %s: %v", at, err)
	}
	if got := len(w.posted.raws); got != digests {
		t.Fatalf("at %s: %d different digests posted, want %d", at, got, digests)
	}
}

// Invariant 3: one digest per main list and week; the first at the first
// schedule time after the list was made; after an outage one catches up.
func TestOneDigestAWeek(t *testing.T) {
	w := newWorld(t)
	s := w.sender(t)
	w.tick(t, s, "2026-11-23T08:59:59+01:00", 0)
	w.tick(t, s, "2026-11-23T09:00:00+01:00", 1)
	w.tick(t, s, "2026-11-23T09:00:20+01:00", 1)
	w.tick(t, s, "2026-11-29T23:00:00+01:00", 1)
	w.tick(t, s, "2026-12-24T12:00:00+01:00", 2) // three missed: one catches up
	w.tick(t, s, "2026-12-28T09:00:00+01:00", 3) // week 53
	w.tick(t, s, "2027-01-04T09:00:00+01:00", 4)
	var first string
	for raw := range w.posted.raws {
		if raw = unfold(raw); strings.Contains(raw, "week 48:") {
			first = raw
		}
	}
	for _, want := range []string{"Subject: Dynamic Coalition, week 48: news from Map, new group Map, 1 step overdue, 1 newcomer", "We met.", "multipart/alternative", "To: "} {
		if !strings.Contains(first, want) {
			t.Errorf("the digest of week 48 has no %q:\n%s", want, first)
		}
	}
}

// Invariant 3: two servers at once send one; one that dies after posting and
// before recording is followed by the same bytes.
func TestTwoServersAndAKill(t *testing.T) {
	w := newWorld(t)
	w.clock.set("2026-11-23T09:00:00+01:00")
	w.posted.fails = 1
	if err := w.sender(t).Tick(t.Context()); err == nil {
		t.Fatal("the killed server did not fail")
	}
	w.clock.set("2026-11-23T09:01:00+01:00")
	var group sync.WaitGroup
	for range 4 {
		s := w.sender(t)
		group.Go(func() {
			if err := s.Tick(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if len(w.posted.raws) != 1 {
		t.Fatalf("%d different digests posted", len(w.posted.raws))
	}
}

// Sent early by hand, the week's schedule has nothing left to do; sending it
// again says so; what came after is in the next.
func TestSentEarly(t *testing.T) {
	w := newWorld(t)
	s := w.sender(t)
	ctx := t.Context()
	preview, err := s.Preview(ctx, w.main, s.Next())
	if err != nil {
		t.Fatal(err)
	}
	said, err := s.SendNow(ctx, w.main.ID, "en")
	if err != nil || !strings.Contains(said, "week 48 was sent") {
		t.Fatalf("%q, %v", said, err)
	}
	for raw := range w.posted.raws {
		if !strings.Contains(unfold(raw), preview.Subject) {
			t.Errorf("what was sent is not what was shown: %q", preview.Subject)
		}
	}
	if said, err = s.SendNow(ctx, w.main.ID, "en"); err != nil || !strings.Contains(said, "sent before") {
		t.Fatalf("%q, %v", said, err)
	}
	if said, err = s.SendNow(ctx, w.main.ID, "fr"); err != nil || !strings.Contains(said, "de la semaine 48, le prochain attendu, était déjà parti") {
		t.Fatalf("%q, %v", said, err)
	}
	w.tick(t, s, "2026-11-23T09:00:00+01:00", 1)
	w.tick(t, s, "2026-11-30T09:00:00+01:00", 2)
}

// A week in which nothing happened is told in two sentences, or skipped; what
// comes after it is in the next, and the next is not late.
func TestEmptyWeek(t *testing.T) {
	for _, skip := range []bool{false, true} {
		t.Run(fmt.Sprintf("skip %v", skip), func(t *testing.T) {
			w := newWorld(t)
			if _, err := w.store.UpdateList(t.Context(), "dc-maps", func(l *lists.List) error { l.Next, l.NextBy = "", ""; return nil }); err != nil {
				t.Fatal(err)
			}
			s, other := w.sender(t), w.sender(t)
			s.Skip, s.Threads, other.Threads = skip, still{}, still{}
			w.tick(t, s, "2026-11-23T09:00:00+01:00", 1) // a group was founded, and told its progress
			sent := map[bool]int{false: 2, true: 1}[skip]
			w.tick(t, s, "2026-11-30T09:00:00+01:00", sent)
			w.tick(t, other, "2026-11-30T09:00:30+01:00", sent) // another server, which would send it
			if skipped, err := s.Skipped(t.Context(), w.main, digest.Week{Year: 2026, Number: 49}); err != nil || skipped != skip {
				t.Errorf("skipped %v, %v", skipped, err)
			}
			w.clock.set("2026-12-02T09:00:00+01:00")
			if _, err := w.store.Record(t.Context(), lists.ProgressEntry{List: "dc-maps", Kind: "progress", Text: "We met again.", At: w.clock.now()}); err != nil {
				t.Fatal(err)
			}
			w.tick(t, s, "2026-12-07T09:00:00+01:00", sent+1)
			short, again := 0, 0
			for raw := range w.posted.raws {
				text, _ := parts(t, raw)
				if strings.Contains(text, "No group of Dynamic Coalition had news") {
					short++
					if n := strings.Count(text, "\n\n"); n != 2 {
						t.Errorf("%d paragraphs:\n%s", n+1, text)
					}
				}
				if strings.Contains(text, "We met again.") {
					again++
					if strings.Contains(text, "not sent") {
						t.Errorf("it makes up for what nobody missed:\n%s", text)
					}
				}
			}
			if short != sent-1 || again != 1 {
				t.Errorf("%d short ones, told %d times", short, again)
			}
		})
	}
}

func unfold(raw string) string { return strings.ReplaceAll(raw, "\r\n ", " ") }

// A main list that takes a removed one's name is another body: it must not get
// the digest that was frozen for the one before.
func TestListMadeAnewHasItsOwnDigest(t *testing.T) {
	w := newWorld(t)
	ctx, s := t.Context(), w.sender(t)
	if already, err := s.Send(ctx, w.main, s.Next()); err != nil || already {
		t.Fatalf("sent before %v, %v", already, err)
	}
	for _, id := range []string{"dc-maps", "dc"} {
		if err := w.store.RemoveList(ctx, id); err != nil {
			t.Fatal(err)
		}
	}
	anew, err := w.store.CreateList(ctx, lists.NewList{Name: "dc", Title: "Dance Club"})
	if err != nil {
		t.Fatal(err)
	}
	w.posted.raws = map[string]int{}
	if already, err := s.Send(ctx, anew, s.Next()); err != nil || already {
		t.Fatalf("sent before %v, %v", already, err)
	}
	for raw := range w.posted.raws {
		if !strings.Contains(raw, "Dance Club") || strings.Contains(raw, "We met.") {
			t.Errorf("the new list's digest is the old one's:\n%s", raw)
		}
	}
	if len(w.posted.raws) != 1 {
		t.Errorf("%d digests posted, not 1", len(w.posted.raws))
	}
}
