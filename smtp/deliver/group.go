package deliver

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

const (
	mostStrikes = 3                // connections lost in a row before a group gives up
	mostLosses  = 2                // connections lost over one item before it is put off
	slotWait    = 10 * time.Second // for a free session to one domain
	groupBudget = time.Minute      // for one destination's share of a part: then others have their turn
)

// group is the items of one piece of work that go to one destination, sent
// over one session at a time.
type group struct {
	to     *destination
	items  []*item
	on     results
	until  time.Time // after which no new item is begun; zero: never
	stop   <-chan struct{}
	letter bool
	log    *slog.Logger

	flying []*item // taken by the session, without a result yet
	served int
}

// results takes what became of items. Several groups share it.
type results interface {
	ready() bool
	result(to *destination, it *item, o outcome)
	later(to *destination, items []*item, why string, paced bool)
}

func (g *group) next() *item {
	if len(g.items) == 0 || g.stopped() || g.spent() {
		return nil
	}
	it := g.items[0]
	g.items = g.items[1:]
	g.flying = append(g.flying, it)
	return it
}

func (g *group) ready() bool { return g.on.ready() }

func (g *group) result(it *item, o outcome) {
	for i, f := range g.flying {
		if f == it {
			g.flying = append(g.flying[:i], g.flying[i+1:]...)
			break
		}
	}
	g.served++
	g.on.result(g.to, it, o)
}

func (g *group) stopped() bool {
	select {
	case <-g.stop:
		return true
	default:
		return false
	}
}

func (g *group) spent() bool { return !g.until.IsZero() && time.Now().After(g.until) }

// run sends the group. What is left in items afterwards was not begun: the
// sending was stopped or the lease lost.
func (g *group) run(ctx context.Context) {
	began, strikes := time.Now(), 0
	for len(g.items) > 0 && !g.stopped() && g.on.ready() {
		if g.spent() {
			g.putOff("its turn was over", true)
			return
		}
		c, used, err := g.session(ctx, began)
		if err != nil {
			if ctx.Err() == nil {
				g.log.Info("destination not reached", "destination", g.to.name, "waiting", len(g.items), "err", withoutAddresses(err.Error()))
				g.unreachable(err)
			}
			return
		}
		before := g.served
		unhook := context.AfterFunc(ctx, c.close)
		err = c.send(g)
		unhook()
		g.to.put(c, g.letter)
		if err == nil {
			continue
		}
		if errors.Is(err, errStopped) {
			g.items = append(g.flying, g.items...)
			g.flying = nil
			return
		}
		g.log.Info("session lost", "destination", g.to.name, "host", c.host, "served", g.served-before, "uncertain", len(g.flying), "err", withoutAddresses(err.Error()))
		switch {
		case g.served > before:
			strikes = 0
		case used: // it may just have been closed while it waited
		default:
			strikes++
		}
		g.retake(err, used && g.served == before)
		if strikes >= mostStrikes {
			g.to.failed(err)
			g.unreachable(err)
			return
		}
	}
}

// retake takes back what was on the wire when the connection was lost. The
// first of it may be the cause.
func (g *group) retake(err error, stale bool) {
	if len(g.flying) > 0 && !stale {
		first := g.flying[0]
		if first.losses++; first.losses >= mostLosses {
			g.flying = g.flying[1:]
			g.on.later(g.to, []*item{first}, err.Error(), false)
		}
	}
	g.items = append(g.flying, g.items...)
	g.flying = nil
}

// session gets a session. The relay is waited for, since everything goes
// there and would only pile up as put off.
func (g *group) session(ctx context.Context, began time.Time) (*conn, bool, error) {
	for {
		patience := slotWait
		if g.to.relay {
			patience = time.Hour
		}
		c, used, err := g.to.get(ctx, g.letter, patience)
		if err == nil || !g.to.relay || time.Since(began) > g.to.wait {
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
			g.on.result(g.to, it, outcome{none.reply, ""})
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
	if len(groups) == 1 {
		groups[0].run(ctx)
		return len(groups[0].items) == 0
	}
	var busy sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for _, g := range groups {
		slots <- struct{}{}
		busy.Go(func() {
			g.run(ctx)
			<-slots
		})
	}
	busy.Wait()
	all = true
	for _, g := range groups {
		all = all && len(g.items) == 0
	}
	return all
}
