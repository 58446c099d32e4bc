package archive

import (
	"cmp"
	"context"
	"slices"
	"sync"
)

// line is a list's posts on their way in this process. They become visible in
// the order of their UIDs: one that comes too late would need another UID, and
// its object another name. Those whose turn has come go together, for each
// step that Redis has on disk takes its time.
type line struct {
	gate     chan struct{} // holds one token while the list's index is checked or rebuilt
	validity uint32        // UIDVALIDITY, 0 until the list was checked; under the gate

	mu      sync.Mutex
	tickets uint64              // places asked for so far
	asking  map[uint64]struct{} // those not given yet
	onWay   map[uint32]int      // UID → how many Puts carry it
	stored  []*passage          // those that only wait for their turn
	leading bool                // one of them makes others visible right now
	changed chan struct{}       // closed when any of this changes
}

// passage is one post's way to being visible.
type passage struct {
	s     slot
	after uint64 // tickets asked for when its place was given: no later one can have a lower UID
	d     described

	// Set by who makes it visible.
	done  bool
	next  *passage
	state standing
	err   error
}

func newLine() *line {
	return &line{gate: make(chan struct{}, 1), asking: map[uint64]struct{}{}, onWay: map[uint32]int{}, changed: make(chan struct{})}
}

func (l *line) lock(ctx context.Context) error {
	select {
	case l.gate <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *line) unlock() { <-l.gate }

// ask notes that a place is being asked for: nobody with a higher UID may
// become visible until it is known.
func (l *line) ask() (ticket uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tickets++
	l.asking[l.tickets] = struct{}{}
	return l.tickets
}

// given notes what came of it.
func (l *line) given(ticket uint64, p *passage, onWay bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.asking, ticket)
	if onWay {
		l.add(p)
	}
	l.tell()
}

func (l *line) add(p *passage) {
	p.after = l.tickets
	l.onWay[p.s.uid]++
}

// done notes that a post is no longer on its way under this UID.
func (l *line) done(p *passage) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.onWay[p.s.uid]--; l.onWay[p.s.uid] <= 0 {
		delete(l.onWay, p.s.uid)
	}
	l.tell()
}

func (l *line) tell() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// pass waits until p was made visible, or moved, by show: either by this call
// of pass, which then takes along all whose turn it is, or by another.
func (l *line) pass(ctx context.Context, p *passage, show func([]*passage)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stored = append(l.stored, p)
	for !p.done {
		if batch := l.next(); len(batch) > 0 && !l.leading {
			l.lead(batch, show)
			continue
		}
		if !l.wait(ctx) && slices.Contains(l.stored, p) {
			l.stored = slices.DeleteFunc(l.stored, func(q *passage) bool { return q == p })
			return ctx.Err()
		} // one that is being shown right now is waited for
	}
	return nil
}

// wait waits for a change, false when ctx ended. It is called, and returns,
// under the lock.
func (l *line) wait(ctx context.Context) bool {
	changed := l.changed
	l.mu.Unlock()
	defer l.mu.Lock()
	select {
	case <-changed:
		return true
	case <-ctx.Done():
		return false
	}
}

// lead shows a batch without holding the lock.
func (l *line) lead(batch []*passage, show func([]*passage)) {
	l.leading = true
	l.stored = slices.DeleteFunc(l.stored, func(p *passage) bool { return slices.Contains(batch, p) })
	l.mu.Unlock()
	show(batch)
	l.mu.Lock()
	for _, p := range batch {
		if p.done = true; p.err == nil && p.state == moved {
			l.add(p.next)
		}
	}
	l.leading = false
	l.tell()
}

// next are the stored posts, in order, before which none is on its way.
func (l *line) next() []*passage {
	stored := slices.Clone(l.stored)
	slices.SortStableFunc(stored, func(x, y *passage) int { return cmp.Compare(x.s.uid, y.s.uid) })
	waiting := map[uint32]int{}
	for _, p := range stored {
		waiting[p.s.uid]++
	}
	lowest := uint32(1<<32 - 1) // of those on their way that are not stored
	for uid, n := range l.onWay {
		if waiting[uid] < n {
			lowest = min(lowest, uid)
		}
	}
	oldest := l.tickets + 1 // of the places that are asked for
	for ticket := range l.asking {
		oldest = min(oldest, ticket)
	}
	for i, p := range stored {
		if p.s.uid > lowest || p.after >= oldest {
			return stored[:i]
		}
	}
	return stored
}
