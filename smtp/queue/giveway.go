package queue

import (
	"context"
	"time"
)

// Accepting goes before routing: a client waits for its 250, and what is
// accepted is safe. While many clients bring mail at the same time, the next
// messages to route are read only now and then. That lasts a bounded time:
// then routing goes on beside accepting, until it has caught up once.
const (
	crowd        = 4                      // messages in one write, or clients that bring one after another, that are many
	crowdFor     = 20 * time.Millisecond  // for how long such a write tells of more
	giveWayEach  = 100 * time.Millisecond // before one read
	giveWayMost  = 3 * time.Second        // while there is more than one read gives
	giveWayCheck = 4 * time.Millisecond
)

// way is how a consumer gives way.
type way struct {
	crowded func() bool
	behind  time.Time // since when there has been more than a read gives; zero: not
}

// give waits as long as others go first.
func (w *way) give(ctx context.Context) {
	if !w.behind.IsZero() && time.Since(w.behind) > giveWayMost {
		return
	}
	t := time.NewTicker(giveWayCheck)
	defer t.Stop()
	for end := time.Now().Add(giveWayEach); w.crowded() && time.Now().Before(end); {
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
	}
}

// read notes that a read gave got of wanted messages.
func (w *way) read(wanted, got int) {
	switch {
	case got < wanted:
		w.behind = time.Time{}
	case w.behind.IsZero():
		w.behind = time.Now()
	}
}

// crowded tells whether many messages come in at the same time.
func (q *Queue) crowded() bool {
	return time.Since(time.Unix(0, q.crowdAt.Load())) < crowdFor
}
