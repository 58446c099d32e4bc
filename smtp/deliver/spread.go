package deliver

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// spread has a group that takes long go by several sessions at once, where
// the destination has room for more: each takes half of what another has left.
// A small list at a slow relay is served like a large one then.
type spread struct {
	ctx   context.Context // of the group's run
	seats *seats
	halve func(*conn) // gives a new session half of the group

	offer  chan *conn // sessions that were asked for
	asking bool
	busy   sync.WaitGroup

	mu   sync.Mutex
	left []*item // what other sessions did not begin
}

// seats are a part's sessions: so many at once. None is for a second session
// to one destination while others wait for their first.
type seats struct {
	taken chan struct{}
	begun atomic.Bool // all groups are
}

func (s *seats) sit()   { s.taken <- struct{}{} }
func (s *seats) leave() { <-s.taken }

// spare takes a seat that nobody waits for, where there is one.
func (s *seats) spare() bool {
	if !s.begun.Load() {
		return false
	}
	select {
	case s.taken <- struct{}{}:
		return true
	default:
		return false
	}
}

// worthwhile is what a group's rest must take, at the speed so far, to be
// worth another session.
const worthwhile = 40 * time.Millisecond

// runSpread runs a group whose items may go by several sessions. It has a
// seat, and takes others that are to spare.
func (g *group) runSpread(ctx context.Context, seats *seats) {
	if g.letter {
		g.run(ctx)
		return
	}
	asking, stopAsking := context.WithCancel(ctx)
	w := &spread{ctx: asking, seats: seats, offer: make(chan *conn, 1)}
	w.halve = func(c *conn) { g.halve(ctx, c) }
	g.wide = w
	g.run(ctx)
	if g.first != nil { // it was not begun
		g.to.put(g.first, false)
	}
	stopAsking()
	if w.asking {
		if c := <-w.offer; c != nil {
			w.decline(g.to, c)
		}
	}
	w.busy.Wait()
	g.items = append(g.items, w.left...)
}

// widen asks for another session where that is worth it, and gives one that
// has come its half.
func (g *group) widen() {
	w := g.wide
	if w == nil {
		return
	}
	if w.asking {
		select {
		case c := <-w.offer:
			w.asking = false
			if c != nil {
				w.halve(c)
			}
		default:
		}
		return
	}
	if !g.worthMore(time.Now()) || !g.to.slots.room() || !w.seats.spare() {
		return
	}
	w.asking = true
	w.busy.Go(func() {
		c := g.to.another(w.ctx)
		if c == nil {
			w.seats.leave()
		}
		w.offer <- c
	})
}

// waiting gives the session that the group was given to begin with, or one
// that it asked for: it holds a place which this group may wait for.
func (g *group) waiting() *conn {
	if c := g.first; c != nil {
		g.first = nil
		return c
	}
	w := g.wide
	if w == nil || !w.asking {
		return nil
	}
	w.asking = false
	c := <-w.offer
	if c != nil {
		w.seats.leave()
	}
	return c
}

// worthMore tells whether the group's rest would take long, and has two
// sessions wait for an answer at least once each.
func (g *group) worthMore(now time.Time) bool {
	n, least := len(g.items), g.atOnce
	if n > 0 && g.items[0].shared {
		least = mostRcpts
	}
	return n >= 2*least && now.Sub(g.entered)*time.Duration(n) > worthwhile*time.Duration(g.served+len(g.flying))
}

// halve gives half of what is left to a group of its own, on a session.
func (g *group) halve(ctx context.Context, c *conn) {
	w := g.wide
	if g.spent() || !g.worthMore(time.Now()) {
		w.decline(g.to, c)
		return
	}
	n := len(g.items) / 2
	half := &group{to: g.to, items: g.items[n:len(g.items):len(g.items)], on: g.on, stop: g.stop, wanted: g.wanted, log: g.log, began: g.began, first: c}
	g.items = g.items[:n:n]
	w.busy.Go(func() {
		half.runSpread(ctx, w.seats)
		w.seats.leave()
		w.mu.Lock()
		defer w.mu.Unlock()
		w.left = append(w.left, half.items...)
	})
}

// decline gives a session back that came too late, and its seat.
func (w *spread) decline(to *destination, c *conn) {
	to.put(c, false)
	w.seats.leave()
}

// another gives a further session where there is room for it, or nil. That
// there is none says nothing of the sessions that stand: the destination is
// only not asked again for a while.
func (d *destination) another(ctx context.Context) *conn {
	if d.slots.enter(ctx, 0) != nil {
		return nil
	}
	c := d.waiting()
	if c == nil {
		c = d.further(ctx)
	}
	if c == nil {
		d.slots.leave()
	}
	return c
}

// notAgain is how long a destination that would not have one more session is
// not asked for another.
const notAgain = time.Minute

func (d *destination) further(ctx context.Context) *conn {
	d.mu.Lock()
	d.used = time.Now()
	not := d.used.Before(d.down) || d.used.Before(d.enough)
	d.mu.Unlock()
	if not {
		return nil
	}
	to, err := d.where(ctx)
	var c *conn
	if err == nil {
		c, err = d.dial.dial(ctx, to, d.lessons)
	}
	if err != nil && ctx.Err() == nil {
		d.sessionLost(err)
		d.mu.Lock()
		d.enough = time.Now().Add(notAgain)
		d.mu.Unlock()
	}
	return c
}
