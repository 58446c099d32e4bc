package queue

import (
	"container/list"
	"sync"

	"plenary/lists"
)

// bodiesKept is how many octets of posts a process remembers beyond those
// that it is sending.
const bodiesKept = 32 << 20

// bodies keeps the posts that this process sends, so that all its workers
// share one copy of a body.
type bodies struct {
	limit int

	mu    sync.Mutex
	held  map[string]*bodyEntry
	order list.List // of *bodyEntry, last used first
	size  int
}

type bodyEntry struct {
	key  string
	once sync.Mutex // held while it is being read
	post *loadedPost
	size int
	at   *list.Element
}

// loadedPost is a post as it was read, with the round of its planning.
type loadedPost struct {
	fanout lists.Fanout
	round  int
}

// get gives the post under key, at least of the given round, reading it at
// most once at a time.
func (b *bodies) get(key string, round int, read func() (*loadedPost, error)) (*loadedPost, error) {
	b.mu.Lock()
	e := b.held[key]
	if e == nil {
		e = &bodyEntry{key: key}
		b.held[key] = e
		e.at = b.order.PushFront(e)
	} else {
		b.order.MoveToFront(e.at)
	}
	b.mu.Unlock()

	e.once.Lock()
	defer e.once.Unlock()
	if e.post != nil && e.post.round >= round {
		return e.post, nil
	}
	p, err := read()
	if err != nil {
		return nil, err
	}
	e.post = p
	size := 1024
	seen := map[*byte]bool{}
	for _, c := range p.fanout.Targets {
		size += len(c.Head)
		if len(c.Body) > 0 && !seen[&c.Body[0]] {
			seen[&c.Body[0]] = true
			size += len(c.Body)
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.held[key] != e { // dropped while it was being read
		return p, nil
	}
	b.size += size - e.size
	e.size = size
	for b.size > b.limit && b.order.Len() > 1 {
		b.remove(b.order.Back().Value.(*bodyEntry))
	}
	return p, nil
}

// has tells whether the post under key was read, or is being read.
func (b *bodies) has(key string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.held[key] != nil
}

// drop forgets a post that is settled.
func (b *bodies) drop(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e := b.held[key]; e != nil {
		b.remove(e)
	}
}

func (b *bodies) remove(e *bodyEntry) {
	delete(b.held, e.key)
	b.order.Remove(e.at)
	b.size -= e.size
}
