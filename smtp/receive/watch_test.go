package receive

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// TestWatch: work's context ends at its time and no other's does; who does not
// heed it has its client sent away half as long after, once; and the timer
// stands still where nothing is in hand.
func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		base, cut := context.WithCancel(t.Context())
		var away []string
		w := &watch{base: base, longer: time.Second, late: func(id string) { away = append(away, id) }}
		work := func(id string, takes time.Duration, heeds bool) error {
			_, err := watched(w, id, 2*time.Second, func(ctx context.Context) (int, error) {
				if until, ok := ctx.Deadline(); !ok || time.Until(until) != 2*time.Second {
					t.Errorf("%s: the deadline is %v", id, until)
				}
				if !heeds {
					time.Sleep(takes)
					return 0, ctx.Err()
				}
				select {
				case <-time.After(takes):
				case <-ctx.Done():
				}
				return 0, ctx.Err()
			})
			return err
		}
		for _, c := range []struct {
			id    string
			takes time.Duration
			heeds bool
			want  error
		}{
			{"quick", time.Second, true, nil},
			{"just in time", 1999 * time.Millisecond, true, nil}, // the timer of the one before fires within
			{"slow", time.Hour, true, context.Canceled},
			{"quick again", time.Second, true, nil},
			{"late but deaf", 2500 * time.Millisecond, false, context.Canceled},
			{"deaf", time.Hour, false, context.Canceled},
			{"after that", time.Second, true, nil},
		} {
			began := time.Now()
			if err := work(c.id, c.takes, c.heeds); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", c.id, err, c.want)
			}
			if took := time.Since(began); c.heeds && took != min(c.takes, 2*time.Second) {
				t.Errorf("%s took %v", c.id, took)
			}
		}
		synctest.Wait()
		if want := []string{"deaf"}; !slices.Equal(away, want) {
			t.Errorf("sent away: %q, want %q", away, want)
		}
		time.Sleep(time.Minute)
		if w.mu.Lock(); w.timer != nil {
			t.Error("the timer runs with nothing in hand")
		}
		w.mu.Unlock()
		if _, err := watched(w, "panic", time.Second, func(context.Context) (int, error) { panic("x") }); err == nil {
			t.Error("a panic is no error")
		}
		cut()
		if err := work("cut off", time.Minute, true); !errors.Is(err, context.Canceled) {
			t.Errorf("when connections are cut: %v", err)
		}
		w.close()
	})
}
