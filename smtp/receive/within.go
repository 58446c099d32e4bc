package receive

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
)

// within has f done and waits for it no longer than d, whether or not f heeds
// its context. A panic of f becomes an error.
func within[T any](ctx context.Context, d time.Duration, f func(context.Context) (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	ctx, cancel := context.WithTimeout(ctx, d)
	done := make(chan answer, 1)
	go func() {
		defer cancel()
		var a answer
		defer func() {
			if p := recover(); p != nil {
				a.err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
			done <- a
		}()
		a.value, a.err = f(ctx)
	}()
	select {
	case a := <-done:
		return a.value, a.err
	case <-ctx.Done():
	}
	select { // f may have ended at the same moment, and cancelled
	case a := <-done:
		return a.value, a.err
	default:
		var none T
		return none, fmt.Errorf("no answer within %v: %w", d, context.DeadlineExceeded)
	}
}
