package metrics

import (
	"net"
	"sync"
)

// Listen counts the connections of a listener.
func (m *Metrics) Listen(door string, l net.Listener) net.Listener {
	m.open.WithLabelValues(door)
	m.turnedOff.WithLabelValues(door)
	return &counted{Listener: l, m: m, door: door}
}

// Refused counts a connection that was turned away at a door.
func (m *Metrics) Refused(door string) { m.turnedOff.WithLabelValues(door).Inc() }

type counted struct {
	net.Listener
	m    *Metrics
	door string
}

// Accept counts a connection as open until it is closed.
func (l *counted) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.m.letIn.WithLabelValues(l.door).Inc()
	gauge := l.m.open.WithLabelValues(l.door)
	gauge.Inc()
	return &countedConn{Conn: c, gone: sync.OnceFunc(gauge.Dec)}, nil
}

type countedConn struct {
	net.Conn
	gone func()
}

// Close may be called more than once.
func (c *countedConn) Close() error {
	c.gone()
	return c.Conn.Close()
}
