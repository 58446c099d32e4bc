package receive

import (
	"fmt"
	"net/netip"
	"sync"
)

// door counts who is inside. Nobody is remembered after leaving.
type door struct {
	limits Limits

	mu   sync.Mutex
	all  int
	addr map[netip.Addr]int
	net  map[netip.Prefix]int
}

func newDoor(l Limits) *door {
	return &door{limits: l, addr: map[netip.Addr]int{}, net: map[netip.Prefix]int{}}
}

// enter lets one connection in, or says why not. leave must be called once
// where why is "".
func (d *door) enter() (leave func(), why string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.all >= d.limits.Connections {
		return nil, fmt.Sprintf("%d connections are open, more are not taken", d.all)
	}
	d.all++
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.all--
	}, ""
}

// sit counts a connection that is inside against its address. The zero
// address (a socket that has none) is not counted.
func (d *door) sit(a netip.Addr) (leave func(), why string) {
	if !a.IsValid() {
		return func() {}, ""
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	block, counted := block64(a)
	switch {
	case d.addr[a] >= d.limits.PerAddress:
		return nil, "Too many connections from your address"
	case counted && d.net[block] >= d.limits.Per64:
		return nil, "Too many connections from your network"
	}
	d.addr[a]++
	if counted {
		d.net[block]++
	}
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		less(d.addr, a)
		if counted {
			less(d.net, block)
		}
	}, ""
}

func less[K comparable](m map[K]int, key K) {
	if m[key]--; m[key] <= 0 {
		delete(m, key)
	}
}

// block64 is the /64 that an IPv6 address is in: one customer, as a rule.
func block64(a netip.Addr) (netip.Prefix, bool) {
	if !a.Is6() || a.Is4In6() {
		return netip.Prefix{}, false
	}
	p, err := a.WithZone("").Prefix(64)
	return p, err == nil
}
