package personal

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/lists"
	"plenary/lists/store"
	"plenary/lists/store/redistest"
)

var errKilled = errors.New("killed here")

// mortal is a server's hands: it dies at one of its steps, before the step or
// after it took effect.
type mortal struct {
	*store.Store
	planner Planner
	left    int // steps until it dies; negative never
	after   bool
}

func (m *mortal) step(do func() error) error {
	dies := m.left == 0
	m.left--
	if dies && !m.after {
		return errKilled
	}
	if err := do(); err != nil {
		return err
	}
	if dies {
		return errKilled
	}
	return nil
}

func (m *mortal) SetShelf(ctx context.Context, id string, d lists.Delivery, next lists.Shelf) (done bool, err error) {
	err = m.step(func() (err error) { done, err = m.Store.SetShelf(ctx, id, d, next); return err })
	return done, err
}

func (m *mortal) Freeze(ctx context.Context, tag, key string, value []byte, ttl time.Duration) (stands []byte, first bool, err error) {
	err = m.step(func() (err error) { stands, first, err = m.Store.Freeze(ctx, tag, key, value, ttl); return err })
	return stands, first, err
}

func (m *mortal) TrimPosts(ctx context.Context, id string, upto uint64, before time.Time) error {
	return m.step(func() error { return m.Store.TrimPosts(ctx, id, upto, before) })
}

func (m *mortal) Plan(ctx context.Context, f lists.Fanout) error {
	return m.step(func() error { return m.planner.Plan(ctx, f) })
}

// oneWeek is a week of posts with readers of every kind, one of whom turns in
// its midst.
func oneWeek(w *world) {
	w.member(1, "dc", lists.Weekly)
	w.member(2, "dc", lists.Weekly)
	w.member(3, "dc", lists.Each)
	w.member(4, "dc", lists.Daily)
	w.tick(0)
	w.post("a", "dc")
	w.post("b", "dc")
	w.turn(2, "dc", lists.Each)
	w.turn(3, "dc", lists.Weekly)
	w.post("c", "dc")
}

// full is what person 1 to 4 have in the end.
func (w *world) hasAll(what string) {
	w.t.Helper()
	w.serveAll(4)
	for n := lists.Number(1); n <= 4; n++ {
		if got := fmt.Sprint(w.got[n]); got != "map[a:1 b:1 c:1]" {
			w.t.Fatalf("%s: person %d has %s", what, n, got)
		}
	}
}

// A server that dies at any step of an issue, before or after the step took
// effect, is followed by another: each member has each post once, and issues
// are numbered without a gap.
func TestKilledAtEachStep(t *testing.T) {
	rdb := redistest.Mini(t)
	died := 0
	for step := range 40 {
		for _, after := range []bool{false, true} {
			if err := rdb.FlushAll(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
			w := newWorld(t, rdb)
			oneWeek(w)
			w.now = w.now.Add(7 * 24 * time.Hour)
			first := w.sender()
			hands := &mortal{Store: w.store, planner: w, left: step, after: after}
			first.Books, first.Planner = hands, hands
			if err := first.Tick(w.ctx); err != nil {
				died++
			}
			w.turn(1, "dc", lists.Each) // while nobody is at it
			w.tick(time.Minute)
			w.tick(7 * 24 * time.Hour)
			w.hasAll(fmt.Sprintf("killed at step %d, after it %v", step, after))
			book, err := w.store.DigestBook(w.ctx, "dc")
			w.check(err)
			if book.Weekly.Number != 1 || book.Weekly.Volume != 1 || book.Weekly.Open != nil || book.Weekly.Upto != 3 {
				t.Errorf("killed at step %d: the shelf is %+v", step, book.Weekly)
			}
		}
	}
	if died < 20 {
		t.Errorf("only %d died: there are more steps than that", died)
	}
}

// Many servers at once send one issue.
func TestManyServersSendOneIssue(t *testing.T) {
	w := newWorld(t, redistest.New(t))
	oneWeek(w)
	w.now = w.now.Add(7 * 24 * time.Hour)
	var servers sync.WaitGroup
	for range 8 {
		servers.Go(func() {
			if err := w.sender().Tick(w.ctx); err != nil {
				t.Error(err)
			}
		})
	}
	servers.Wait()
	w.hasAll("eight servers")
	book, err := w.store.DigestBook(w.ctx, "dc")
	w.check(err)
	if book.Weekly.Number != 1 || book.Daily.Number != 1 {
		t.Errorf("%+v", book)
	}
	for id, f := range w.plans {
		if strings.HasPrefix(id, "digest") && !regexp.MustCompile(`^digest-1-(daily|weekly)-1-3-[0-9]+-[0-2]$`).MatchString(f.ID) {
			t.Errorf("plan %s", id)
		}
	}
}

// An outage of weeks is caught up once; what is more than an issue holds is
// cut into several. Nothing gathered: no mail.
func TestOutage(t *testing.T) {
	w := newWorld(t, redistest.Mini(t))
	n := w.member(1, "dc", lists.Weekly)
	w.tick(0)
	w.tick(7 * 24 * time.Hour)
	if len(w.order) != 0 {
		t.Fatalf("an issue of nothing: %v", w.order)
	}
	for i := range 6 { // four fill an issue
		w.post(fmt.Sprintf("p%d", i), "dc")
	}
	w.now = w.now.Add(40 * 24 * time.Hour)
	w.tick(0)
	w.tick(time.Minute)
	w.serveAll(1)
	if len(w.mails[n]) != 2 || len(w.got[n]) != 6 {
		t.Errorf("%d mails with %v", len(w.mails[n]), w.got[n])
	}
	for i, want := range []string{"Vol 1, Issue 1: 4 posts", "Vol 1, Issue 2: 2 posts"} {
		if !strings.Contains(string(w.mails[n][i]), want) {
			t.Errorf("mail %d lacks %q:\n%s", i, want, w.mails[n][i])
		}
	}
}

// One mail is made for each distinct content, and plain text on its own.
func TestMadeOnceForEachContent(t *testing.T) {
	w := newWorld(t, redistest.Mini(t))
	for i := range 20 {
		w.member(i+1, "dc", lists.Weekly)
	}
	w.tick(0)
	w.post("a", "dc")
	for _, i := range []int{3, 4} {
		_, err := w.store.UpdatePerson(w.ctx, "dc", address(i), func(p *lists.Person) error { p.Subs[0].Plain = true; return nil })
		w.check(err)
	}
	w.member(21, "dc", lists.Weekly) // after post a
	w.post("b", "dc")
	w.order = nil
	w.tick(7 * 24 * time.Hour)
	counts := []int{}
	for _, id := range w.order {
		counts = append(counts, w.plans[id].Targets[0].Only.Count())
	}
	if fmt.Sprint(counts) != "[18 2 1]" {
		t.Errorf("mails to %v", counts)
	}
}
