package deliver

import (
	"slices"
	"sync"

	"plenary/lists"
)

// contentsKept is how many octets of posts are remembered beyond those that
// are being sent, and spareContents how many posts.
const (
	contentsKept  = 8 << 20
	spareContents = 16
)

// contents keeps the wire form of the posts that are being sent, made once
// for all workers: a large body is not copied for it.
type contents struct {
	mu    sync.Mutex
	held  map[*lists.Fanout]*keptContent
	spare []*lists.Fanout // not in use now, oldest first
	size  int             // of those
}

type keptContent struct {
	made  []*content
	size  int
	users int
}

// of gives the contents of a post's targets, in their order, and what gives
// them back.
func (c *contents) of(f *lists.Fanout, seal Seal) (made []*content, release func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := c.held[f]
	if k == nil {
		k = &keptContent{}
		seen := map[*byte]bool{}
		for _, t := range f.Targets {
			one := newContent(t.Head, t.Body)
			if seal != nil {
				one.seal = seal(t)
			}
			one.envid = string(appendXtext(nil, f.ID))
			k.made = append(k.made, one)
			k.size += len(t.Head)
			if len(t.Body) > 0 && !seen[&t.Body[0]] {
				seen[&t.Body[0]] = true
				k.size += len(t.Body)
			}
		}
		if c.held == nil {
			c.held = map[*lists.Fanout]*keptContent{}
		}
		c.held[f] = k
	} else if k.users == 0 {
		c.spare = slices.DeleteFunc(c.spare, func(other *lists.Fanout) bool { return other == f })
		c.size -= k.size
	}
	k.users++
	return k.made, func() { c.release(f, k) }
}

func (c *contents) release(f *lists.Fanout, k *keptContent) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if k.users--; k.users > 0 {
		return
	}
	c.spare, c.size = append(c.spare, f), c.size+k.size
	for c.size > contentsKept || len(c.spare) > spareContents {
		oldest := c.spare[0]
		c.spare, c.size = c.spare[1:], c.size-c.held[oldest].size
		delete(c.held, oldest)
	}
}
