package mailbox

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

// limits counts connections and failed sign-ins, in all and by where they
// come from. A limit ends with a connection, or within a minute.
type limits struct {
	all, each, failures int
	now                 func() time.Time

	mu     sync.Mutex
	conns  map[netip.Prefix]int
	total  int
	failed map[netip.Prefix]int
	since  time.Time // when failed was empty
}

func newLimits(all, each, failures int, now func() time.Time) *limits {
	return &limits{all: all, each: each, failures: failures, now: now,
		conns: map[netip.Prefix]int{}, failed: map[netip.Prefix]int{}, since: now()}
}

// source is the address that counts: of IPv6 a household's whole network.
func source(conn net.Conn) netip.Prefix {
	at, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil {
		return netip.Prefix{} // no IP: all such share one count
	}
	ip := at.Addr().Unmap().WithZone("")
	bits := ip.BitLen()
	if ip.Is6() {
		bits = 64
	}
	p, _ := ip.Prefix(bits)
	return p
}

// enter counts a connection, or tells why there may be no more.
func (l *limits) enter(from netip.Prefix) (why string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.total >= l.all:
		return "Too many connections just now; try again in a minute"
	case l.conns[from] >= l.each:
		return "Too many connections from your address; close one first"
	}
	l.total++
	l.conns[from]++
	return ""
}

func (l *limits) leave(from netip.Prefix) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total--
	if l.conns[from]--; l.conns[from] == 0 {
		delete(l.conns, from)
	}
}

// fail counts a failed sign-in.
func (l *limits) fail(from netip.Prefix) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.roll()
	l.failed[from]++
}

// shut tells whether there were too many failed sign-ins this minute.
func (l *limits) shut(from netip.Prefix) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.roll()
	return l.failed[from] >= l.failures
}

func (l *limits) roll() {
	if now := l.now(); now.Sub(l.since) >= time.Minute || now.Before(l.since) {
		l.failed, l.since = map[netip.Prefix]int{}, now
	}
}
