package authenticate

import (
	"context"
	"sync"
	"time"
)

// budget is a context with a deadline whose timer starts when somebody waits
// for it: where all answers are kept nobody does, and a timer for each mail
// cost more than looking its sender up.
type budget struct {
	context.Context // what it is part of
	until           time.Time

	mu    sync.Mutex
	timed context.Context // nil: nobody waits yet
	stop  context.CancelFunc
	ended bool
}

// withBudget gives a context that ends after d, or by end.
func withBudget(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	b := &budget{Context: ctx, until: time.Now().Add(d)}
	return b, b.end
}

// Deadline is the nearer one of ours and of what it is part of.
func (b *budget) Deadline() (time.Time, bool) {
	if t, ok := b.Context.Deadline(); ok && t.Before(b.until) {
		return t, true
	}
	return b.until, true
}

// Done starts the timer.
func (b *budget) Done() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.timed == nil {
		b.timed, b.stop = context.WithDeadline(b.Context, b.until)
		if b.ended {
			b.stop()
		}
	}
	return b.timed.Done()
}

// Err tells why it has ended, nil where it has not.
func (b *budget) Err() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.timed != nil:
		return b.timed.Err()
	case b.ended:
		return context.Canceled
	case b.Context.Err() != nil:
		return b.Context.Err()
	case !time.Now().Before(b.until):
		return context.DeadlineExceeded
	}
	return nil
}

func (b *budget) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
	if b.stop != nil {
		b.stop()
	}
}
