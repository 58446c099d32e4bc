package receive

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"plenary/lists"
)

// fresh is how long an address that was known a moment ago is taken for
// known. One that is not known is always looked up anew: its list may have
// been made this instant.
const fresh = time.Second

// snapshot asks the Directory for all sessions: one question at a time,
// however many wait for its answer.
type snapshot struct {
	dir  Directory
	wait time.Duration
	now  func() time.Time

	mu    sync.Mutex
	last  *lists.Directory
	at    time.Time // when the question was put that last answers
	asked uint64    // how many questions were put
	under *question // the one that is being asked, or nil
}

type question struct {
	number uint64
	at     time.Time
	done   chan struct{}
	dir    *lists.Directory
	err    error
}

// resolve tells whether a local part of our domain is an address of ours.
func (s *snapshot) resolve(ctx context.Context, local string) (known bool, err error) {
	s.mu.Lock()
	last, age, before := s.last, s.now().Sub(s.at), s.asked
	s.mu.Unlock()
	if last != nil && age >= 0 && age < fresh {
		if _, ok := last.Resolve(local); ok {
			return true, nil
		}
	}
	ctx, cancel := context.WithTimeout(ctx, s.wait)
	defer cancel()
	for {
		q := s.ask()
		select {
		case <-ctx.Done():
			return false, fmt.Errorf("look up an address: %w", ctx.Err())
		case <-q.done:
		}
		if q.err != nil {
			return false, fmt.Errorf("look up an address: %w", q.err)
		}
		if _, ok := q.dir.Resolve(local); ok {
			return true, nil
		}
		if q.number > before { // asked after we came, so its no is a no
			return false, nil
		}
	}
}

// ask puts the question, or joins the one that is being asked.
func (s *snapshot) ask() *question {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.under != nil {
		return s.under
	}
	s.asked++
	q := &question{number: s.asked, at: s.now(), done: make(chan struct{})}
	s.under = q
	go s.answer(q)
	return q
}

func (s *snapshot) answer(q *question) {
	q.dir, q.err = within(context.Background(), s.wait, s.dir.Directory)
	if q.err == nil && q.dir == nil {
		q.err = errors.New("the directory gave nothing")
	}
	s.mu.Lock()
	s.under = nil
	if q.err == nil {
		s.last, s.at = q.dir, q.at
	}
	s.mu.Unlock()
	close(q.done)
}
