package mailbox

import (
	"container/list"
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"plenary/lists/parts"
)

// bodies reads posts one at a time, and holds so many octets of them in all:
// half of its memory for those being sent, half for those that may be asked
// for again, as clients do that read a post in pieces.
type bodies struct {
	archive Archive
	memory  int64
	sending *semaphore.Weighted

	mu   sync.Mutex
	kept map[postKey]*list.Element // of *post
	used *list.List                // the latest first
	size int64
}

type postKey struct {
	list       string
	generation int64
	uid        uint32
}

// post is a message that was read and parsed.
type post struct {
	key postKey
	raw []byte
	top *parts.Part
}

// bodyWait is how long a read may wait for room and for the bucket.
const bodyWait = 30 * time.Second

// errNoRoom: slow readers take all the memory there is for posts.
var errNoRoom = errors.New("no room for the post just now")

func newBodies(archive Archive, memory int64) *bodies {
	return &bodies{archive: archive, memory: memory / 2, sending: semaphore.NewWeighted(max(memory/2, 1)),
		kept: map[postKey]*list.Element{}, used: list.New()}
}

// read gives a post of that size. The caller calls free when it has sent what
// it wants of it. keep says whether it may be asked for again soon.
func (b *bodies) read(ctx context.Context, key postKey, size uint32, keep bool) (p *post, free func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, bodyWait)
	defer cancel()
	room := min(max(int64(size), 1), b.memory) // one larger than all there is comes alone
	if err := b.sending.Acquire(ctx, room); err != nil {
		return nil, nil, errNoRoom
	}
	free = sync.OnceFunc(func() { b.sending.Release(room) })
	if p := b.find(key); p != nil {
		return p, free, nil
	}
	raw, err := b.archive.Get(ctx, key.list, key.uid)
	if err != nil {
		free()
		return nil, nil, err
	}
	p = parse(key, raw)
	if keep {
		b.keep(p)
	}
	return p, free, nil
}

func parse(key postKey, raw []byte) *post { return &post{key: key, raw: raw, top: parts.Parse(raw)} }

func (b *bodies) find(key postKey) *post {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.kept[key]
	if e == nil {
		return nil
	}
	b.used.MoveToFront(e)
	return e.Value.(*post)
}

func (b *bodies) keep(p *post) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.kept[p.key] != nil || p.weight() > b.memory {
		return
	}
	b.kept[p.key] = b.used.PushFront(p)
	for b.size += p.weight(); b.size > b.memory; {
		last := b.used.Back()
		old := b.used.Remove(last).(*post)
		delete(b.kept, old.key)
		b.size -= old.weight()
	}
}

// weight is what a post takes, with something for its parts.
func (p *post) weight() int64 { return int64(len(p.raw)) + 4<<10 }
