package deliver

import (
	"context"
	"slices"
	"sync"
	"time"
)

// gate lets in as many at once as it is told, in the order they came. The
// number may change at any time.
type gate struct {
	mu      sync.Mutex
	most    int
	in      int
	waiting []chan struct{}
}

// enter waits for a place, for patience at most.
func (g *gate) enter(ctx context.Context, patience time.Duration) error {
	g.mu.Lock()
	if g.in < g.most && len(g.waiting) == 0 {
		g.in++
		g.mu.Unlock()
		return nil
	}
	if patience <= 0 {
		g.mu.Unlock()
		return errBusy
	}
	turn := make(chan struct{})
	g.waiting = append(g.waiting, turn)
	g.mu.Unlock()
	t := time.NewTimer(patience)
	defer t.Stop()
	err := errBusy
	select {
	case <-turn:
		return nil
	case <-t.C:
	case <-ctx.Done():
		err = ctx.Err()
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if i := slices.Index(g.waiting, turn); i >= 0 {
		g.waiting = slices.Delete(g.waiting, i, i+1)
		return err
	}
	return nil // its turn came meanwhile
}

// leave gives a place back.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.in--
	g.admit()
}

// set changes how many may be in.
func (g *gate) set(most int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.most = most
	g.admit()
}

// admit lets in who waits, as far as there is room.
func (g *gate) admit() {
	for g.in < g.most && len(g.waiting) > 0 {
		close(g.waiting[0])
		g.waiting = g.waiting[1:]
		g.in++
	}
}

// room tells whether one could go in now.
func (g *gate) room() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.in < g.most && len(g.waiting) == 0
}

// inside is how many are in.
func (g *gate) inside() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.in
}
