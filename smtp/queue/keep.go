package queue

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// renewals is how often a lease is renewed in its life. A Redis that answers
// nothing for two thirds of it must find the lease standing: what was sent and
// not recorded would be sent again.
const renewals = 15

// Keep gives signs of life for all that this process holds, puts back what
// is due, and looks for families that others planned for; it ends with ctx.
// Whoever calls Letter and Part must have it run.
func (q *Queue) Keep(ctx context.Context) error {
	var renewing sync.WaitGroup
	renewing.Go(func() { every(ctx, q.opt.Lease/renewals, q.renew) })
	defer renewing.Wait()
	every(ctx, q.opt.Sweep, func(ctx context.Context) {
		c, cancel := context.WithTimeout(ctx, q.opt.Lease/4)
		defer cancel()
		if err := q.sweep(c); err != nil && ctx.Err() == nil {
			q.log.Warn("queue not looked after", "err", err)
		}
	})
	return nil
}

// every does something at once and then each interval, until ctx ends.
func every(ctx context.Context, interval time.Duration, do func(context.Context)) {
	t := time.NewTicker(interval)
	defer t.Stop()
	for {
		do(ctx)
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// renew renews the leases of all streams, side by side: one of a cluster's
// servers that hangs lets no lease at another run out. One that fails is tried
// again before it has run out.
func (q *Queue) renew(ctx context.Context) {
	q.mu.Lock()
	groups := make([]*group, 0, len(q.groups))
	for _, g := range q.groups {
		groups = append(groups, g)
	}
	q.mu.Unlock()
	var all sync.WaitGroup
	for _, g := range groups {
		if !g.holds() {
			continue
		}
		all.Go(func() {
			c, cancel := context.WithTimeout(ctx, q.opt.Lease/4)
			defer cancel()
			if err := g.renew(c); err != nil && ctx.Err() == nil {
				q.log.Warn("leases not renewed", "err", err)
			}
		})
	}
	all.Wait()
}

// holds tells whether anything is held.
func (g *group) holds() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.held) > 0
}

// sweep puts what is due back on its stream. What is wrong with the letters or
// with one family keeps no other waiting; the first trouble is told.
func (q *Queue) sweep(ctx context.Context) error {
	families, err := q.rdb.SMembers(ctx, familiesKey).Result()
	if err != nil {
		return fmt.Errorf("reading the families: %w", err)
	}
	slices.Sort(families)
	q.mu.Lock()
	q.families = families
	q.mu.Unlock()
	now := q.now().UnixMilli()
	moved, failed := letterDueScript.Run(ctx, q.rdb, []string{lettersLater, lettersNotice}, now, 1000).Int()
	if failed != nil {
		failed = fmt.Errorf("looking for letters that are due: %w", failed)
	}
	due, err := q.withDue(ctx, families, now)
	if err != nil && failed == nil {
		failed = fmt.Errorf("looking for what is due: %w", err)
	}
	for _, name := range due {
		f := familyKeys(name)
		n, err := dueScript.Run(ctx, q.rdb, []string{f.due(), f.retries()}, now, 1000).Int()
		if err != nil && failed == nil {
			failed = fmt.Errorf("looking for what is due of %s: %w", name, err)
		}
		if n > 0 {
			q.group(f.retries(), f.at("none")).wake()
			q.given(name)
		}
		moved += n
	}
	if moved > 0 {
		ring(q.letterBell)
		ring(q.partBell)
	}
	return failed
}
