package receive

import (
	"net/netip"
	"testing"
	"time"
)

// TestAttemptsEndWithinAMinute: a limit is passed by a source, not by its
// neighbours, and is gone a minute after the first failure.
func TestAttemptsEndWithinAMinute(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	a := newAttempts(2, func() time.Time { return now })
	guesser, housemate, other := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2"), netip.MustParseAddr("192.0.2.7")
	a.failed(guesser)
	now = now.Add(59 * time.Second)
	a.failed(guesser)
	if a.may(guesser) || a.may(housemate) || !a.may(other) || !a.may(netip.Addr{}) {
		t.Error("past the limit it goes on, or others are shut out")
	}
	now = now.Add(time.Second)
	if !a.may(guesser) {
		t.Error("shut out for more than a minute")
	}
	a.failed(guesser)
	a.failed(netip.Addr{})
	if len(a.from) != 1 {
		t.Errorf("%d sources are remembered", len(a.from))
	}
}

func TestAttemptsAreBounded(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	a := newAttempts(1, func() time.Time { return now })
	ip := netip.MustParseAddr("10.0.0.0")
	for range attemptKept + 10 {
		a.failed(ip)
		ip = ip.Next()
	}
	if len(a.from) != attemptKept || a.may(ip) {
		t.Errorf("%d sources are remembered", len(a.from))
	}
	now = now.Add(attemptSpan)
	if !a.may(ip) || len(a.from) != 0 {
		t.Errorf("%d sources are remembered after a minute", len(a.from))
	}
}
