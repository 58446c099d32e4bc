package web

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// faked is a listener whose connections come from addresses of the test's.
type faked struct{ come chan net.Conn }

func (f faked) Accept() (net.Conn, error) {
	c, ok := <-f.come
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}
func (f faked) Close() error   { return nil }
func (f faked) Addr() net.Addr { return &net.TCPAddr{} }

type from struct {
	net.Conn
	addr string
}

func (f from) RemoteAddr() net.Addr {
	a, err := net.ResolveTCPAddr("tcp", f.addr)
	if err != nil {
		panic(err)
	}
	return a
}

// Connections are bound in all and from one place, each limit gone with its
// connection; a proxy's are not its own.
func TestConnections(t *testing.T) {
	f := faked{make(chan net.Conn, 1)}
	var refused atomic.Int32
	l := Limit(f, Limits{All: 4, OneVisit: 2}, nil, func() { refused.Add(1) })
	taken := make(chan net.Conn)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				close(taken)
				return
			}
			taken <- c
		}
	}()
	defer close(f.come)
	come := func(addr string) net.Conn { // nil: turned away
		t.Helper()
		near, far := net.Pipe()
		f.come <- from{near, addr}
		said := make(chan string, 1)
		go func() { b, _ := io.ReadAll(far); said <- string(b) }()
		select {
		case c := <-taken:
			return c
		case text := <-said:
			if !strings.HasPrefix(text, "HTTP/1.1 503 ") || !strings.Contains(text, "Retry-After") {
				t.Errorf("turned away with %q", text)
			}
			return nil
		case <-time.After(time.Minute):
			t.Fatal("neither taken nor turned away")
			return nil
		}
	}
	a, b := come("[2001:db8::1]:1"), come("[2001:db8::2]:1")
	if a == nil || b == nil || come("[2001:db8::3]:1") != nil {
		t.Error("not two from one /64")
	}
	c, d := come("127.0.0.1:1"), come("127.0.0.1:2")
	if c == nil || d == nil || come("127.0.0.1:3") != nil || come("192.0.2.1:1") != nil {
		t.Error("not four in all")
	}
	a.Close()
	a.Close() // counts once
	if e := come("127.0.0.1:3"); e == nil || come("127.0.0.1:4") != nil {
		t.Error("the place of one that ended was not free, or twice")
	}
	b.Close()
	if come("[2001:db8::3]:1") == nil {
		t.Error("a place in the network was not free")
	}
	if refused.Load() != 4 {
		t.Errorf("%d refused", refused.Load())
	}
}

// A server behind it answers again once there is room.
func TestConnectionsAreServed(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.NotFoundHandler()}
	go func() { _ = server.Serve(Limit(l, Limits{All: 1, OneVisit: 1}, nil, func() {})) }()
	defer server.Close()
	ask := func(close bool) (net.Conn, string) {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		header := "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
		if close {
			header = "GET / HTTP/1.0\r\n\r\n"
		}
		_, _ = io.WriteString(c, header)
		line, _ := bufio.NewReader(c).ReadString('\n')
		return c, line
	}
	held, said := ask(false)
	if !strings.Contains(said, " 404 ") {
		t.Fatalf("the first is told %q", said)
	}
	if c, said := ask(true); !strings.Contains(said, " 503 ") {
		t.Errorf("a second one is told %q", said)
	} else {
		c.Close()
	}
	held.Close()
	for end := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) { // the server sees the end when it does
		c, said := ask(true)
		c.Close()
		if strings.Contains(said, " 404 ") {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("there is room, and one is told %q", said)
		}
	}
}
