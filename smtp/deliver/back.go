package deliver

import (
	"context"
	"time"
)

// backFor bounds how long the queue is told of a destination that is back.
const backFor = 5 * time.Second

// back has the queue give out what a destination put off while nobody was
// there. Where that fails it waits for its time, as it would have.
func (s *Sender) back(ctx context.Context, destination string) {
	ctx, cancel := context.WithTimeout(ctx, backFor)
	defer cancel()
	n, err := s.queue.Hasten(ctx, destination)
	switch {
	case err != nil:
		s.log.Warn("a destination is there again; what it put off waits for its time", "destination", destination, "err", err)
	case n > 0:
		s.log.Info("a destination is there again; what it put off goes now", "destination", destination, "entries", n)
	}
}
