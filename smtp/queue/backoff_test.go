package queue

import (
	"testing"
	"time"
)

// DESIGN section 2, Destinations: from 300 s to 4,000 s, a tenth of chance
// either way, for five days.
func TestBackoff(t *testing.T) {
	b := Backoff{}.orDefault()
	if b.Expire != 5*24*time.Hour {
		t.Errorf("given up after %v", b.Expire)
	}
	base, seen := 300*time.Second, map[time.Duration]bool{}
	for tries := 1; tries <= 100; tries++ {
		for range 20 {
			d := b.wait(tries)
			seen[d] = true
			if d < base-base/10 || d > base+base/10 {
				t.Fatalf("after try %d it waits %v, not about %v", tries, d, base)
			}
		}
		base = min(2*base, 4000*time.Second)
	}
	if len(seen) < 1000 {
		t.Errorf("only %d different waits: what failed together comes back together", len(seen))
	}
	if d := (Backoff{First: time.Hour}).orDefault().wait(9); d < 54*time.Minute {
		t.Errorf("with a first wait above the longest: %v", d)
	}
}
