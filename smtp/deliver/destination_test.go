package deliver

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"plenary/smtp/deliver/sink"
)

// Sessions that find the same lapse at the same time each go on without it:
// the destination is not given up for the second.
func TestSessionsThatFindALapseTogether(t *testing.T) {
	const together = 4
	var come sync.WaitGroup
	come.Add(together)
	s, err := sink.New(sink.Options{TLS: &tls.Config{}, Lie: func(at sink.Stage, n int) *sink.Lie {
		if at != sink.StartTLS {
			return nil
		}
		if n <= together {
			come.Done()
			come.Wait()
		}
		return &sink.Lie{Reply: "220 go\r\n", Close: true}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	dial := &dialer{hostname: "us.example", mode: TLSAuto, times: Timeouts{}.orDefault(), log: slog.New(slog.DiscardHandler)}
	d := newDestination("example.org", terms{first: together, most: together, share: together}, dial, time.Now,
		func(context.Context) ([]endpoint, error) {
			return []endpoint{{host: "mx.example.org", addr: s.Addr()}}, nil
		})
	var all sync.WaitGroup
	for range together {
		all.Go(func() {
			if c, _, err := d.get(t.Context(), false, time.Minute); err != nil {
				t.Error(err)
			} else {
				d.put(c, false)
			}
		})
	}
	all.Wait()
	d.tidy(true)
}

// What all sessions see at once is one failure: a destination that was away
// for a moment is not left alone for minutes.
func TestSessionsThatFailTogetherAreOneFailure(t *testing.T) {
	for _, relay := range []bool{true, false} {
		d := newDestination("example.org", terms{first: 8, most: 8, share: 8, letters: 1}, &dialer{}, time.Now, nil)
		d.relay = relay
		first := 30 * time.Second
		if relay {
			first = 250 * time.Millisecond
		}
		for range 8 {
			d.failed(errors.New("connection refused"))
		}
		if got := d.downFor(); got > first || d.fails != 1 {
			t.Errorf("relay %v: left alone for %s after %d failures, want %s after one", relay, got, d.fails, first)
		}
		d.mu.Lock()
		d.down = time.Now() // the time is over
		d.mu.Unlock()
		d.failed(errors.New("connection refused"))
		if got := d.downFor(); got > 2*first || d.fails != 2 {
			t.Errorf("relay %v: left alone for %s after %d failures, want %s after two", relay, got, d.fails, 2*first)
		}
	}
}
