package deliver

import (
	"errors"
	"testing"
	"time"
)

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
