package receive

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
)

// hand is a goroutine that does what a session must wait for, but not for
// ever. It stays from one message to the next: a new one would grow its stack
// in the midst of each, frame by frame. The zero value is ready; a nil hand is
// a new goroutine each time.
type hand struct{ work chan func() }

// take has the goroutine do f.
func (h *hand) take(f func()) {
	if h == nil {
		go f()
		return
	}
	if h.work == nil {
		work := make(chan func())
		go func() {
			for f := range work {
				f()
			}
		}()
		h.work = work
	}
	h.work <- f
}

// let lets the goroutine go, at once or when it has done what it has in hand.
func (h *hand) let() {
	if h != nil && h.work != nil {
		close(h.work)
		h.work = nil
	}
}

// within has f done and waits for it no longer than d, whether or not f heeds
// its context: a client must get its reply. A panic of f, which has a
// stranger's message in its hands, becomes an error and takes no other session
// along.
func within[T any](ctx context.Context, h *hand, d time.Duration, f func(context.Context) (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	ctx, cancel := context.WithTimeout(ctx, d)
	done := make(chan answer, 1)
	h.take(func() {
		defer cancel()
		var a answer
		defer func() {
			if p := recover(); p != nil {
				a.err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
			done <- a
		}()
		a.value, a.err = f(ctx)
	})
	select {
	case a := <-done:
		return a.value, a.err
	case <-ctx.Done():
	}
	select { // f may have ended at the same moment, and cancelled
	case a := <-done:
		return a.value, a.err
	default:
		h.let()
		var none T
		return none, fmt.Errorf("no answer within %v: %w", d, context.DeadlineExceeded)
	}
}
