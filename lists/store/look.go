package store

import (
	"context"
	"sync"
	"time"
)

// looks has many goroutines that want to know how the directory stands share
// one look at it. Nobody is given what was found by a look that began before
// they asked: what was done before is seen.
type looks struct {
	mu   sync.Mutex
	busy bool  // one is under way
	next *look // begins when that has ended
}

type look struct {
	done chan struct{}
	snap *snapshot
	err  error
}

// lookTime is the longest that a shared look may take.
const lookTime = 10 * time.Second

// snapshot is the directory as it stands: it is looked at once this is called.
func (s *Store) snapshot(ctx context.Context) (*snapshot, error) {
	s.looks.mu.Lock()
	if !s.looks.busy {
		s.looks.busy = true
		s.looks.mu.Unlock()
		defer s.looked()
		return s.look(ctx)
	}
	if s.looks.next == nil {
		s.looks.next = &look{done: make(chan struct{})}
	}
	l := s.looks.next
	s.looks.mu.Unlock()
	select {
	case <-l.done:
		return l.snap, l.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// looked begins the look that others wait for, on nobody's behalf: each of
// them may go away.
func (s *Store) looked() {
	s.looks.mu.Lock()
	l := s.looks.next
	s.looks.busy, s.looks.next = l != nil, nil
	s.looks.mu.Unlock()
	if l == nil {
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), lookTime)
		l.snap, l.err = s.look(ctx)
		cancel()
		s.looked()
		close(l.done)
	}()
}
