package main

import (
	"fmt"
	"net"
)

// sockets keeps the listening sockets of the process, so that a service built
// anew on SIGHUP goes on with them: nobody is turned away meanwhile. Each
// service gets duplicates, which it closes as it likes.
type sockets struct {
	held map[string]net.Listener // by the address asked for
	used map[string]bool         // since the last sweep
}

func newSockets() *sockets {
	return &sockets{held: map[string]net.Listener{}, used: map[string]bool{}}
}

// listen has the shape of net.Listen.
func (s *sockets) listen(network, address string) (net.Listener, error) {
	l, ok := s.held[address]
	if !ok {
		var err error
		if l, err = net.Listen(network, address); err != nil {
			return nil, err
		}
		s.held[address] = l
	}
	s.used[address] = true
	return duplicate(l)
}

func duplicate(l net.Listener) (net.Listener, error) {
	tcp, ok := l.(*net.TCPListener)
	if !ok {
		return nil, fmt.Errorf("a %T can't be handed on", l)
	}
	f, err := tcp.File()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return net.FileListener(f)
}

// sweep closes the sockets that nobody asked for since the last sweep.
func (s *sockets) sweep() {
	for address, l := range s.held {
		if !s.used[address] {
			_ = l.Close() // nothing was accepted on it
			delete(s.held, address)
		}
	}
	clear(s.used)
}

func (s *sockets) close() {
	clear(s.used)
	s.sweep()
}

// keep takes over a socket that is open already.
func (s *sockets) keep(address string, l net.Listener) { s.held[address] = l }
