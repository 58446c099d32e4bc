//go:build faults

package main

import (
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"time"
)

// cable is a TCP connection's way from a server to Redis or to the sink,
// which can be pulled.
type cable struct {
	addr string // where the server connects to
	to   string

	mu      sync.Mutex
	flows   *sync.Cond
	l       net.Listener // nil: refuses
	ends    map[*net.TCPConn]bool
	stalled bool
	closed  bool
}

// lay makes a cable to an address.
func lay(to string) (*cable, error) {
	addrs, err := freePorts(1)
	if err != nil {
		return nil, err
	}
	c := &cable{addr: addrs[0], to: to, ends: map[*net.TCPConn]bool{}}
	c.flows = sync.NewCond(&c.mu)
	return c, c.restore()
}

// cut resets what is connected; what connects again is served.
func (c *cable) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reset()
}

// refuse resets what is connected and lets nobody connect, until restore.
func (c *cable) refuse() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.l != nil {
		c.l.Close()
		c.l = nil
	}
	c.reset()
}

// stall carries nothing any more, in silence, until restore.
func (c *cable) stall() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stalled = true
}

// restore makes the cable whole; what was stalled goes on.
func (c *cable) restore() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stalled = false
	c.flows.Broadcast()
	if c.l != nil || c.closed {
		return nil
	}
	l, err := net.Listen("tcp", c.addr)
	for end := time.Now().Add(10 * time.Second); errors.Is(err, syscall.EADDRINUSE) && time.Now().Before(end); {
		// A program that is being started holds what was open here, from its fork to its exec: a listener closed meanwhile, too.
		time.Sleep(5 * time.Millisecond)
		l, err = net.Listen("tcp", c.addr)
	}
	if err != nil {
		return err
	}
	c.l = l
	go c.accept(l)
	return nil
}

func (c *cable) close() {
	c.refuse()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed, c.stalled = true, false
	c.flows.Broadcast()
}

// reset ends all connections as a machine does that has forgotten them. It
// is called with the lock held.
func (c *cable) reset() {
	for end := range c.ends {
		_ = end.SetLinger(0)
		end.Close()
	}
	clear(c.ends)
	c.flows.Broadcast()
}

func (c *cable) accept(l net.Listener) {
	for {
		near, err := l.Accept()
		if err != nil {
			return
		}
		go c.join(near.(*net.TCPConn))
	}
}

// join carries one connection. Its far end is tried only once the cable
// carries something: until then the near one waits.
func (c *cable) join(near *net.TCPConn) {
	if !c.add(near) || !c.pass(near) {
		near.Close()
		return
	}
	conn, err := net.Dial("tcp", c.to)
	if err != nil {
		c.drop(near)
		return
	}
	far := conn.(*net.TCPConn)
	if !c.add(far) {
		far.Close()
		return
	}
	var both sync.WaitGroup
	both.Go(func() { c.carry(far, near) })
	both.Go(func() { c.carry(near, far) })
	both.Wait()
	c.drop(near)
	c.drop(far)
}

// carry copies until an end is closed. What was read and not yet written when
// the cable is cut is lost.
func (c *cable) carry(to, from *net.TCPConn) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			if !c.pass(to) {
				return
			}
			if _, err := to.Write(buf[:n]); err != nil {
				c.drop(from)
				return
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			if c.pass(to) {
				_ = to.CloseWrite()
			}
			return
		case err != nil:
			c.drop(to)
			return
		}
	}
}

// pass waits until the cable carries, and tells whether the end still stands.
func (c *cable) pass(end *net.TCPConn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.stalled && c.ends[end] {
		c.flows.Wait()
	}
	return c.ends[end]
}

func (c *cable) add(end *net.TCPConn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.l == nil {
		return false
	}
	c.ends[end] = true
	return true
}

func (c *cable) drop(end *net.TCPConn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.ends, end)
	end.Close()
}
