package main

import (
	"net"
	"testing"
)

// A door that is moved is closed where it was, at the first reload and at the
// next; one that a failed reload opened is closed again.
func TestSocketsOfDoorsThatMovedAreClosed(t *testing.T) {
	s := newSockets()
	defer s.close()
	build := func(addresses ...string) {
		t.Helper()
		for _, a := range addresses {
			l, err := s.listen("tcp", a)
			if err != nil {
				t.Fatal(err)
			}
			l.Close() // the service's duplicate
		}
	}
	open := func(address string, want bool) {
		t.Helper()
		c, err := net.Dial("tcp", address)
		if err == nil {
			c.Close()
		}
		if (err == nil) != want {
			t.Errorf("%s is open: %v, want %v", address, err == nil, want)
		}
	}
	free, err := freePorts(3)
	if err != nil {
		t.Fatal(err)
	}
	a, b, c := free[0], free[1], free[2]
	build(a, b)
	s.begin()
	build(b, c)
	s.sweep()
	open(a, false)
	open(b, true)
	open(c, true)

	s.begin()
	build(c, a)
	s.giveUp()
	open(a, false)
	open(b, true)
	open(c, true)

	s.begin()
	build(c)
	s.sweep()
	open(b, false)
	open(c, true)
}
