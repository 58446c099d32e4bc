package metrics

import (
	"context"
	"sync"
	"time"
)

const (
	depthKept = 2 * time.Second // scrapes within that share one look at the queue
	depthWait = 3 * time.Second // longest time for one
)

// depth keeps what was last read of the queue, so that many scrapers cost
// Redis no more than one.
type depth struct {
	mu      sync.Mutex
	of      *Source
	at      time.Time
	waiting []Waiting
	err     error
}

func (d *depth) read(s *Source) ([]Waiting, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.of == s && time.Since(d.at) < depthKept {
		return d.waiting, d.err
	}
	ctx, cancel := context.WithTimeout(context.Background(), depthWait)
	defer cancel()
	d.waiting, d.err = s.Waiting(ctx)
	d.of, d.at = s, time.Now()
	return d.waiting, d.err
}
