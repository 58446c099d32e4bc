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
	used map[string]bool         // by the service that is being built, or runs
	kept map[string]bool         // by the one that runs while another is built
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

// begin says that another service is built, which asks for its sockets anew.
func (s *sockets) begin() { s.kept, s.used = s.used, map[string]bool{} }

// giveUp says that nothing came of it: the one that runs goes on with its own.
func (s *sockets) giveUp() {
	s.used = s.kept
	s.sweep()
}

// sweep closes the sockets that nobody uses: who calls there must not wait for
// an answer.
func (s *sockets) sweep() {
	for address, l := range s.held {
		if !s.used[address] {
			_ = l.Close() // nothing was accepted on it
			delete(s.held, address)
		}
	}
}

func (s *sockets) close() {
	clear(s.used)
	s.sweep()
}

// keep takes over a socket that is open already.
func (s *sockets) keep(address string, l net.Listener) { s.held[address] = l }
