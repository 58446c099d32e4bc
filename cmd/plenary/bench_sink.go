package main

import (
	"context"
	"hash/fnv"
	"sync/atomic"
	"time"

	"plenary/smtp/deliver/sink"
)

// sinkFaults has the sink put off or refuse some recipients, always the same
// ones.
type sinkFaults struct {
	defers, refuses   float64 // shares, 0 to 1
	quiet             atomic.Bool
	deferred, refused atomic.Int64
}

// hook is asked for each recipient; nil where nobody is refused.
func (f *sinkFaults) hook() func(to string) string {
	if f.defers+f.refuses == 0 {
		return nil
	}
	return func(to string) string {
		h := fnv.New32a()
		h.Write([]byte(to))
		at := float64(h.Sum32()*2654435761) / (1 << 32) // spread: the addresses differ in their last digits only
		switch {
		case f.quiet.Load():
		case at < f.refuses:
			f.refused.Add(1)
			return "550 5.1.1 no such mailbox"
		case at < f.refuses+f.defers:
			f.deferred.Add(1)
			return "451 4.2.1 come back later"
		}
		return ""
	}
}

// wait returns once the sink has answered for want recipients.
func (f *sinkFaults) wait(ctx context.Context, s *sink.Sink, want int) error {
	if f.hook() == nil {
		return s.Wait(ctx, want)
	}
	for s.Counts().Rcpts+int(f.deferred.Load()+f.refused.Load()) < want {
		select {
		case <-time.After(2 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// off takes everybody from here on.
func (f *sinkFaults) off() { f.quiet.Store(true) }
