package receive

import (
	"net/netip"
	"sync"
	"time"
)

// attempts counts failed sign-ins by source, an address or an IPv6 /64. A
// source is forgotten a minute after the first of them, whatever came since:
// nobody is shut out for long.
type attempts struct {
	limit int
	now   func() time.Time

	mu   sync.Mutex
	from map[netip.Prefix]*tally
}

type tally struct {
	since  time.Time
	failed int
}

const (
	attemptSpan = time.Minute
	attemptKept = 100_000 // sources; past it nobody new may try until old ones are forgotten
)

func newAttempts(limit int, now func() time.Time) *attempts {
	return &attempts{limit: limit, now: now, from: map[netip.Prefix]*tally{}}
}

// may tells whether the source may try again.
func (a *attempts) may(source netip.Addr) bool {
	key, ok := sourceOf(source)
	if !ok {
		return true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	t := a.from[key]
	if t != nil && a.now().Sub(t.since) >= attemptSpan {
		delete(a.from, key)
		t = nil
	}
	if t == nil {
		return a.room()
	}
	return t.failed < a.limit
}

// room makes place for another source.
func (a *attempts) room() bool {
	if len(a.from) < attemptKept {
		return true
	}
	for key, t := range a.from {
		if a.now().Sub(t.since) >= attemptSpan {
			delete(a.from, key)
		}
	}
	return len(a.from) < attemptKept
}

// failed counts one more.
func (a *attempts) failed(source netip.Addr) {
	key, ok := sourceOf(source)
	if !ok {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	t := a.from[key]
	if t == nil || a.now().Sub(t.since) >= attemptSpan {
		if t == nil && !a.room() {
			return
		}
		t = &tally{since: a.now()}
		a.from[key] = t
	}
	t.failed++
}

// sourceOf is what is counted together: an IPv4 address, an IPv6 /64.
func sourceOf(a netip.Addr) (netip.Prefix, bool) {
	if !a.IsValid() {
		return netip.Prefix{}, false
	}
	if block, ok := block64(a); ok {
		return block, true
	}
	p, err := a.Prefix(a.BitLen())
	return p, err == nil
}
