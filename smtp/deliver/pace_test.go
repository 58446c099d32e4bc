package deliver

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

// The number of sessions follows what the far side says, step by step.
func TestPace(t *testing.T) {
	good := func(inUse int, took time.Duration, times int) func(*pace) {
		return func(p *pace) {
			for range times {
				p.served(inUse, took)
			}
		}
	}
	times := func(n int, f func(*pace)) func(*pace) {
		return func(p *pace) {
			for range n {
				f(p)
			}
		}
	}
	const fast = 20 * time.Millisecond
	for _, c := range []struct {
		name        string
		first, most int
		what        []func(*pace)
		want        int
	}{
		{"begins with what it is told", 5, 20, nil, 5},
		{"never above the bound", 5, 3, nil, 3},
		{"never below one", 0, 0, nil, 1},
		{"a success of each session is one session more", 2, 20, []func(*pace){good(5, fast, 3)}, 3},
		{"grows to the bound", 1, 4, []func(*pace){good(9, fast, 100)}, 4},
		{"what is not used up does not grow", 2, 20, []func(*pace){good(1, fast, 100)}, 2},
		{"421 takes one", 5, 20, []func(*pace){(*pace).refused}, 4},
		{"and again, down to one", 5, 20, []func(*pace){times(9, (*pace).refused)}, 1},
		{"a connection lost takes a part", 5, 20, []func(*pace){(*pace).lost}, 4},
		{"five of them more than one", 5, 20, []func(*pace){times(5, (*pace).lost)}, 3},
		{"after a 421 it grows again", 2, 20, []func(*pace){(*pace).refused, good(9, fast, 4)}, 3},
		{"replies that take ever longer take away", 8, 20, []func(*pace){good(0, fast, 100), good(0, 10*time.Second, 12)}, 6},
		{"slow from the start is no delay", 8, 20, []func(*pace){good(0, 10*time.Second, 100)}, 8},
	} {
		p := newPace(c.first, c.most)
		for _, f := range c.what {
			f(&p)
		}
		if got := p.sessions(); got != c.want {
			t.Errorf("%s: %d sessions (%.2f), want %d", c.name, got, p.window, c.want)
		}
	}
}

func TestAsksForLess(t *testing.T) {
	for _, c := range []struct {
		code     int
		enhanced [3]int
		at       stage
		want     bool
	}{
		{421, [3]int{}, stageMail, true},
		{451, [3]int{4, 7, 1}, stageMail, true},
		{451, [3]int{4, 7, 28}, stageDot, true},
		{450, [3]int{4, 7, 1}, stageRcpt, false}, // greylisting: of this recipient
		{450, [3]int{4, 2, 0}, stageMail, false},
		{550, [3]int{5, 7, 1}, stageDot, false},
		{250, [3]int{}, stageDot, false},
	} {
		if got := asksForLess(outcome{reply: reply{code: c.code, enhanced: c.enhanced}, stage: c.at}); got != c.want {
			t.Errorf("%d %v at %s: %v", c.code, c.enhanced, c.at, got)
		}
	}
}

// A gate lets in as many as it is told, however often that changes, and who
// gives up waiting takes no place.
func TestGate(t *testing.T) {
	g := gate{most: 2}
	for range 2 {
		if err := g.enter(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := g.enter(t.Context(), 0); !errors.Is(err, errBusy) {
		t.Errorf("a third was let in: %v", err)
	}
	if err := g.enter(t.Context(), time.Millisecond); !errors.Is(err, errBusy) {
		t.Errorf("a third was let in after a while: %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := g.enter(gone, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("who was gone: %v", err)
	}
	var in sync.WaitGroup
	for range 3 {
		in.Go(func() {
			if err := g.enter(context.Background(), time.Hour); err != nil {
				t.Error(err)
			}
		})
	}
	g.leave()
	g.set(4)
	in.Wait() // 1 + 3
	if g.inside() != 4 {
		t.Errorf("%d are in", g.inside())
	}
	g.set(1)
	for range 3 {
		g.leave()
	}
	if err := g.enter(t.Context(), 0); !errors.Is(err, errBusy) {
		t.Error("one more than the new number")
	}
	g.leave()
	if err := g.enter(t.Context(), 0); err != nil {
		t.Error(err)
	}
}

func TestQuotaAndTimetable(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	q := newQuota(60)
	took := 0
	for q.take(now) {
		took++
	}
	if took != 10 {
		t.Errorf("%d at once of 60 a minute, not 10", took)
	}
	if q.take(now.Add(900*time.Millisecond)) || !q.take(now.Add(1100*time.Millisecond)) {
		t.Error("one a second is not what comes")
	}
	if q.each() != time.Second {
		t.Errorf("each takes %s", q.each())
	}
	q.charge(now.Add(1100 * time.Millisecond))
	if q.take(now.Add(2200 * time.Millisecond)) {
		t.Error("a letter did not count")
	}
	none := newQuota(0)
	none.charge(now)
	if !none.take(now) || none.each() != 0 {
		t.Error("no limit is one")
	}
	var table timetable
	for i, want := range []time.Duration{soonest, soonest, 8 * time.Second, 12 * time.Second} {
		if got := table.next(now, 4*time.Second); got != want {
			t.Errorf("the %d. comes back after %s, not %s", i+1, got, want)
		}
	}
	for range 1000 {
		table.next(now, time.Minute)
	}
	if got := table.next(now, time.Minute); got != latest {
		t.Errorf("one of a thousand comes back after %s", got)
	}
}
