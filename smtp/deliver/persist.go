package deliver

import (
	"context"
	"time"
)

// recordFor is how long what was done is tried to be recorded, though the lease
// has run out, where Redis does not answer. Recorded late it is not sent again;
// the queue refuses it should another have gone on by then.
const recordFor = 10 * time.Minute

// lease is what is asked of the hold on a piece of work.
type lease interface {
	Valid() bool
	Taken() bool
}

// lost tells whether a write that failed, and was begun then, is not to be
// tried again.
func (s *Sender) lost(l lease, began time.Time) bool {
	return l.Taken() || !l.Valid() && (s.stopping.Load() || time.Since(began) > recordFor)
}

// persist writes to the queue, again and again until it works or the work is
// lost.
func (s *Sender) persist(write func(context.Context) error, l lease) error {
	began := time.Now()
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		err := write(ctx)
		cancel()
		if err == nil || s.lost(l, began) {
			return err
		}
		time.Sleep(wait)
	}
}
