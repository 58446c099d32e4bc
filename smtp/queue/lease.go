package queue

import (
	"sync"
	"time"
)

// lease is the hold on one entry. It ends a little before another process
// may claim the entry, by two clocks: the one that a step of the system time
// cannot move, and the one that a suspended machine cannot stop.
type lease struct {
	g    *group
	id   string
	mu   sync.Mutex
	till time.Time
	lost bool
	gone chan struct{} // closed once lost

	taken bool // Redis said so: another has it
}

// Valid tells whether the work may go on. It is asked before every write to
// a socket.
func (l *lease) Valid() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost {
		return false
	}
	now := time.Now()
	if now.After(l.till) || now.Round(0).After(l.till.Round(0)) {
		l.lose()
		return false
	}
	return true
}

func (l *lease) lose() {
	if !l.lost {
		l.lost = true
		close(l.gone)
	}
}

// giveUp notes that Redis knows of another holder.
func (l *lease) giveUp() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.taken = true
	l.lose()
}

// Taken tells whether another is known to hold the work. While it is not,
// what was done may still be recorded, though nothing more may be begun: Redis
// refuses it should another have begun.
func (l *lease) Taken() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.taken
}

// drop ends the hold in this process; the entry itself is untouched.
func (l *lease) drop() {
	l.g.mu.Lock()
	defer l.g.mu.Unlock()
	if l.g.held[l.id] == l { // else claimed again, by this same process
		delete(l.g.held, l.id)
	}
}

// hold registers an entry read or claimed at the time given, which must be
// from before Redis was asked.
func (g *group) hold(id string, asked time.Time) *lease {
	l := &lease{g: g, id: id, till: asked.Add(g.lease - g.lease/8), gone: make(chan struct{})}
	g.mu.Lock()
	g.held[id] = l
	g.mu.Unlock()
	return l
}
