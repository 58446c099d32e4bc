package authenticate

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// A budget ends as a context with a timeout does, whether or not somebody
// waited for it from the beginning.
func TestBudget(t *testing.T) {
	for name, c := range map[string]struct {
		happens func(parent context.CancelFunc, end func())
		want    error
	}{
		"spent":  {func(context.CancelFunc, func()) { time.Sleep(8 * time.Second) }, context.DeadlineExceeded},
		"ended":  {func(_ context.CancelFunc, end func()) { end() }, context.Canceled},
		"parent": {func(parent context.CancelFunc, _ func()) { parent() }, context.Canceled},
		"left":   {func(context.CancelFunc, func()) { time.Sleep(7 * time.Second) }, nil},
	} {
		for _, waited := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					parent, cancel := context.WithCancel(t.Context())
					defer cancel()
					b, end := withBudget(parent, 8*time.Second)
					defer end()
					all := []context.Context{b}
					if waited {
						lookup, stop := context.WithTimeout(b, time.Hour)
						defer stop()
						all = append(all, lookup)
					}
					c.happens(cancel, end)
					synctest.Wait()
					for _, ctx := range all {
						if err := ctx.Err(); !errors.Is(err, c.want) {
							t.Errorf("err %v, want %v", err, c.want)
						}
						select {
						case <-ctx.Done():
							if c.want == nil {
								t.Error("done")
							}
						default:
							if c.want != nil {
								t.Error("not done")
							}
						}
					}
				})
			})
		}
	}
	parent, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	b, end := withBudget(parent, time.Hour)
	defer end()
	near, _ := parent.Deadline()
	if at, ok := b.Deadline(); !ok || !at.Equal(near) {
		t.Errorf("deadline %v, want %v", at, near)
	}
}
