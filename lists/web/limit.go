package web

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"plenary/lists"
)

// Limits bound who may be connected to the pages at once. A browser has six
// connections; those of a web server in front are its visitors', who can't be
// told apart here, so it is bound by All only.
type Limits struct {
	All      int
	OneVisit int // from one address, or one /64
}

// DefaultLimits hold the pages' part of the process within some 50 MB.
var DefaultLimits = Limits{All: 1024, OneVisit: 64}

// Limit lets only so many connections in. One too many is told so and closed;
// refused is called for it. The place of one that ends is free at once.
func Limit(l net.Listener, limits Limits, proxies Proxies, refused func()) net.Listener {
	return &limited{Listener: l, limits: limits, proxies: proxies, refused: refused, from: map[string]int{}}
}

type limited struct {
	net.Listener
	limits  Limits
	proxies Proxies
	refused func()

	mu   sync.Mutex
	all  int
	from map[string]int
}

const fullHouse = "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\nRetry-After: 10\r\nConnection: close\r\n\r\n" +
	"Too many connections are open here, or from where you are. Please try again in a moment.\r\n"

// Accept gives the next connection for which there is room.
func (l *limited) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		place := l.visitor(c.RemoteAddr())
		if l.enter(place) {
			return &visit{Conn: c, leave: sync.OnceFunc(func() { l.leave(place) })}, nil
		}
		l.refused()
		// It fits into any socket's buffer, so this does not wait.
		_ = c.SetWriteDeadline(time.Now().Add(time.Second))
		_, _ = c.Write([]byte(fullHouse))
		_ = c.Close()
	}
}

// visitor is where connections are counted together, "" nowhere: a web server
// in front.
func (l *limited) visitor(a net.Addr) string {
	at, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return ""
	}
	if l.proxies.speaks(at.Addr()) {
		return ""
	}
	return lists.Network(at.Addr().String())
}

func (l *limited) enter(place string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all >= l.limits.All || place != "" && l.from[place] >= l.limits.OneVisit {
		return false
	}
	l.all++
	if place != "" {
		l.from[place]++
	}
	return true
}

func (l *limited) leave(place string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all--
	if place == "" {
		return
	}
	if l.from[place]--; l.from[place] <= 0 {
		delete(l.from, place)
	}
}

// visit is a connection that has a place.
type visit struct {
	net.Conn
	leave func()
}

func (v *visit) Close() error {
	defer v.leave()
	return v.Conn.Close()
}
