package queue

import (
	"context"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// acks forgets handled messages, one write to Redis at a time: those that are
// done while one is under way share the next. With appendfsync always each
// write waits for the disk, and reception waits behind it.
type acks struct {
	rdb  redis.UniversalClient
	key  inboundKeys
	life context.Context // the consumer's: a write serves many, so it ends with none of them
	wait time.Duration   // longest time for one write

	mu      sync.Mutex
	waiting *ackBatch
	busy    bool
}

// ackBatch is what one write forgets.
type ackBatch struct {
	ids  []string
	done chan struct{}
	err  error
}

// forget returns when the message is gone from Redis, or could not be. The
// goroutine that writes ends when nobody waits any more.
func (a *acks) forget(id string) error {
	a.mu.Lock()
	if a.waiting == nil {
		a.waiting = &ackBatch{done: make(chan struct{})}
	}
	b := a.waiting
	b.ids = append(b.ids, id)
	lead := !a.busy
	a.busy = true
	a.mu.Unlock()
	if lead {
		go a.write()
	}
	<-b.done
	return b.err
}

// write writes batches until none waits.
func (a *acks) write() {
	for {
		a.mu.Lock()
		b := a.waiting
		a.waiting = nil
		a.busy = b != nil
		a.mu.Unlock()
		if b == nil {
			return
		}
		ctx, cancel := context.WithTimeout(a.life, a.wait)
		_, b.err = a.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
			members := make([]any, len(b.ids))
			for i, id := range b.ids {
				members[i] = id
			}
			p.XAck(ctx, a.key.stream(), groupName, b.ids...)
			p.XDel(ctx, a.key.stream(), b.ids...)
			p.ZRem(ctx, a.key.later(), members...)
			p.HDel(ctx, a.key.errors(), b.ids...)
			return nil
		})
		cancel()
		close(b.done)
	}
}
