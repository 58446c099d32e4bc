package queue

import (
	"context"
	"sync"
	"time"
)

// merged has what many goroutines want to write written in few writes, one at
// a time: what is handed in while one is under way shares the next. With
// appendfsync always each write waits for the disk, and every other behind it.
type merged[T any] struct {
	life  context.Context // a write serves many, so it ends with none of them
	wait  time.Duration   // longest time for one write
	most  int             // of one write, in weight
	write func(ctx context.Context, items []T) error

	gather time.Duration // how long a write waits for those who come together; 0: not at all

	mu      sync.Mutex
	waiting []*batch[T] // the first is written next
	busy    bool
}

// batch is what one write takes.
type batch[T any] struct {
	items  []T
	weight int
	done   chan struct{}
	err    error
}

// put returns when item is written, or could not be, or ctx has ended: then
// it may still be written. The goroutine that writes ends when nobody waits
// any more.
func (m *merged[T]) put(ctx context.Context, item T, weight int) error {
	m.mu.Lock()
	var b *batch[T]
	if n := len(m.waiting); n > 0 && m.waiting[n-1].weight+weight <= m.most {
		b = m.waiting[n-1]
	} else {
		b = &batch[T]{done: make(chan struct{})}
		m.waiting = append(m.waiting, b)
	}
	b.items = append(b.items, item)
	b.weight += weight
	lead := !m.busy
	m.busy = true
	m.mu.Unlock()
	if lead {
		go m.run()
	}
	select {
	case <-b.done:
		return b.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run writes batches until none waits.
func (m *merged[T]) run() {
	for {
		m.mu.Lock()
		if len(m.waiting) == 0 {
			m.busy, m.waiting = false, nil
			m.mu.Unlock()
			return
		}
		if m.gather > 0 {
			m.mu.Unlock()
			time.Sleep(m.gather)
			m.mu.Lock()
		}
		b := m.waiting[0]
		m.waiting = m.waiting[1:]
		m.mu.Unlock()
		ctx, cancel := context.WithTimeout(m.life, m.wait)
		b.err = m.write(ctx, b.items)
		cancel()
		close(b.done)
	}
}
