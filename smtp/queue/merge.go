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
	halves time.Duration // how long it waits, at most, for half of those who come again and again; 0: not at all

	mu      sync.Mutex
	waiting []*batch[T] // the first is written next
	busy    bool
	crowd   int           // who comes again and again: those of the last writes, and who waited behind them
	want    int           // of them in the next write, where it waits for them; else 0
	enough  chan struct{} // closed when they are there
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
	if m.want > 0 && m.ripe(m.want) {
		m.want = 0
		close(m.enough)
	}
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

// ripe tells whether the next write has want items, or can't take more.
func (m *merged[T]) ripe(want int) bool {
	return len(m.waiting) > 1 || len(m.waiting[0].items) >= want
}

// run writes batches until none waits.
func (m *merged[T]) run() {
	for b := m.next(); b != nil; b = m.next() {
		ctx, cancel := context.WithTimeout(m.life, m.wait)
		b.err = m.write(ctx, b.items)
		cancel()
		m.wrote(b)
		close(b.done)
	}
}

// next gives the batch that is to be written, nil where none waits.
func (m *merged[T]) next() *batch[T] {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.waiting) == 0 {
		m.busy, m.waiting = false, nil
		return nil
	}
	if m.gather > 0 {
		m.mu.Unlock()
		time.Sleep(m.gather)
		m.mu.Lock()
	}
	if want := m.crowd / 2; m.halves > 0 && !m.ripe(want) {
		m.await(want)
	}
	b := m.waiting[0]
	m.waiting = m.waiting[1:]
	return b
}

// await has the next write wait for want items. Those whose turn was last
// come again at about the same time: were the first of them written alone, all
// others would wait for the disk twice, and the processors for them.
func (m *merged[T]) await(want int) {
	m.want, m.enough = want, make(chan struct{})
	m.mu.Unlock()
	late := time.NewTimer(m.halves)
	select {
	case <-m.enough:
	case <-late.C:
	}
	late.Stop()
	m.mu.Lock()
	m.want = 0
}

// together is how many come again and again.
func (m *merged[T]) together() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.crowd
}

// wrote notes how many there were.
func (m *merged[T]) wrote(b *batch[T]) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := len(b.items)
	for _, w := range m.waiting {
		n += len(w.items)
	}
	m.crowd = max(n, m.crowd*7/8)
}
