package deliver

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"
)

const (
	mostStrikes = 3               // connections lost in a row before a group gives up
	mostLosses  = 2               // connections lost over one item before it is put off
	slotWait    = 5 * time.Second // for a free session to one domain
	groupTurn   = 5 * time.Second // for one destination's share of a part, where other parts wait for a worker
	groupBudget = time.Minute     // and where none does
)

// group is the items of one piece of work that go to one destination, sent
// over one session at a time; where that takes long others take a part of
// them (spread).
type group struct {
	to     *destination
	items  []*item
	on     results
	stop   <-chan struct{}
	letter bool
	wanted func() bool // other work waits for the worker
	log    *slog.Logger

	began   time.Time
	first   *conn     // a session to begin with; else one is got
	wide    *spread   // nil: it goes by one session
	entered time.Time // when the first session was there
	atOnce  int       // messages that the session has on the wire at once
	flying  []*item   // taken by the session, without a result yet
	served  int
	paced   bool // the destination's quota is spent
	steps   int  // lapses found
}

// results takes what became of items. Several groups share it.
type results interface {
	ready() bool
	result(to *destination, o outcome, items []*item)
	later(to *destination, items []*item, why string, paced bool)
	over(destination string) // nothing more comes of it
}

func (g *group) next(like *item) *item {
	if len(g.items) == 0 || g.stopped() || g.spent() {
		return nil
	}
	it := g.items[0]
	if like != nil && !it.sharesWith(like) {
		return nil
	}
	switch {
	case g.to.quota == nil:
	case g.letter:
		g.to.quota.charge(time.Now())
	case !g.to.quota.take(time.Now()):
		g.paced = true
		return nil
	}
	g.items = g.items[1:]
	g.flying = append(g.flying, it)
	return it
}

func (g *group) ready() bool { return g.on.ready() }

func (g *group) result(o outcome, items ...*item) {
	g.land(items)
	g.served += len(items)
	if !g.letter {
		g.to.heard(o)
	}
	g.on.result(g.to, o, items)
	g.widen()
}

func (g *group) back(items []*item) {
	g.land(items)
	g.items = slices.Concat(items, g.items)
}

// land takes items from those under way; mostly they are the first.
func (g *group) land(items []*item) {
	for _, it := range items {
		if i := slices.Index(g.flying, it); i == 0 {
			g.flying = g.flying[1:]
		} else if i > 0 {
			g.flying = slices.Delete(g.flying, i, i+1)
		}
	}
}

func (g *group) stopped() bool {
	select {
	case <-g.stop:
		return true
	default:
		return false
	}
}

// spent tells whether the group's turn is over: a slow destination does not
// keep a worker that others wait for. The relay is everybody's.
func (g *group) spent() bool {
	if g.to.relay || g.letter {
		return false
	}
	took := time.Since(g.began)
	return took > groupBudget || took > groupTurn && g.wanted()
}

// run sends the group. What is left in items afterwards was not begun: the
// sending was stopped or the lease lost.
func (g *group) run(ctx context.Context) {
	if g.began.IsZero() {
		g.began = time.Now()
	}
	for strikes := 0; len(g.items) > 0 && !g.stopped() && g.on.ready(); {
		switch {
		case g.spent():
			g.putOff("its turn was over", true)
			return
		case g.paced:
			g.putOff("as many as it is given a minute have gone", true)
			return
		}
		c, used, err := g.session(ctx)
		if err != nil {
			if ctx.Err() == nil {
				g.log.Info("destination not reached", "destination", g.to.name, "waiting", len(g.items), "err", withoutAddresses(err.Error()))
				g.unreachable(err)
			}
			return
		}
		if g.entered.IsZero() {
			g.entered = time.Now()
		}
		g.atOnce = c.atOnce()
		before := g.served
		unhook := context.AfterFunc(ctx, c.cut)
		err = c.send(g)
		unhook()
		g.to.put(c, g.letter)
		if err == nil {
			continue
		}
		if errors.Is(err, errStopped) {
			g.items = slices.Concat(g.flying, g.items)
			g.flying = nil
			return
		}
		g.log.Info("session lost", "destination", g.to.name, "host", c.host, "served", g.served-before, "uncertain", len(g.flying), "err", withoutAddresses(err.Error()))
		switch {
		case g.simpler(err, g.served > before): // and tried again
			g.retake(err, true)
			continue
		case g.served > before:
			strikes = 0
		case used: // it may just have been closed while it waited
		default:
			strikes++
		}
		g.to.sessionLost(err)
		g.retake(err, used && g.served == before)
		if strikes >= mostStrikes {
			g.to.failed(err)
			g.unreachable(err)
			return
		}
	}
	if !g.to.relay && !g.entered.IsZero() {
		g.to.took(g.letter, time.Since(g.entered))
	}
}

// simpler tells whether a session was lost over something that the next will
// do without: an extension that the far side only offers, or so many
// recipients at once.
func (g *group) simpler(err error, served bool) bool {
	if errors.Is(err, errLapse) {
		g.to.forgetIdle()
		g.steps++
		return g.steps <= 2*int(lapses) // each is found once, or twice where sessions were begun before
	}
	several := 0
	for _, it := range g.flying {
		if it.sharesWith(g.flying[0]) {
			several++
		}
	}
	return !served && g.to.lessons.cutBatch(several)
}

// retake takes back what was on the wire when the connection was lost. The
// first of it may be the cause, unless the connection is known to be.
func (g *group) retake(err error, innocent bool) {
	if len(g.flying) > 0 && !innocent {
		first := g.flying[0]
		if first.losses++; first.losses >= mostLosses {
			g.flying = g.flying[1:]
			g.on.later(g.to, []*item{first}, err.Error(), false)
		}
	}
	g.items = slices.Concat(g.flying, g.items)
	g.flying = nil
}

// session gets a session. The relay is waited for, since everything goes
// there and would only pile up as put off.
func (g *group) session(ctx context.Context) (*conn, bool, error) {
	if c := g.waiting(); c != nil {
		return c, true, nil
	}
	for {
		patience := slotWait
		switch {
		case g.to.relay:
			patience = time.Hour
		case !g.letter && g.wanted():
			patience = 0
		}
		c, used, err := g.to.get(ctx, g.letter, patience)
		if err == nil || !g.to.relay || time.Since(g.began) > g.to.wait {
			return c, used, err
		}
		t := time.NewTimer(max(g.to.downFor(), 50*time.Millisecond))
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return nil, false, ctx.Err()
		case <-g.stop:
			t.Stop()
			return nil, false, errStopped
		}
		if !g.on.ready() {
			return nil, false, errStopped
		}
	}
}

// unreachable settles the group whose destination can't be reached.
func (g *group) unreachable(err error) {
	var none *noMail
	switch {
	case errors.Is(err, errStopped):
	case errors.As(err, &none):
		for _, it := range g.items {
			g.on.result(g.to, outcome{reply: none.reply}, []*item{it})
		}
		g.items = nil
	case errors.Is(err, errBusy):
		g.putOff(err.Error(), true)
	default:
		g.putOff(err.Error(), false)
	}
}

func (g *group) putOff(why string, paced bool) {
	g.on.later(g.to, g.items, why, paced)
	g.items = nil
}

// runAll sends groups, several at once, and tells whether all was begun.
func runAll(ctx context.Context, groups []*group, atOnce int) (all bool) {
	seats := &seats{taken: make(chan struct{}, atOnce)}
	var busy sync.WaitGroup
	for i, g := range groups {
		seats.sit()
		seats.begun.Store(i == len(groups)-1)
		busy.Go(func() {
			g.runSpread(ctx, seats)
			g.on.over(g.to.name)
			seats.leave()
		})
	}
	busy.Wait()
	all = true
	for _, g := range groups {
		all = all && len(g.items) == 0
	}
	return all
}
