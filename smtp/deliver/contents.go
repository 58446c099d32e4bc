package deliver

import (
	"sync"

	"plenary/lists"
)

// contentsKept is how many posts' wire forms are remembered.
const contentsKept = 16

// contents keeps the wire form of the posts that are being sent, made once
// for all workers. A body without dots at the start of lines is not copied.
type contents struct {
	mu    sync.Mutex
	held  map[*lists.Fanout][]*content
	order []*lists.Fanout
}

// of gives the contents of a post's targets, in their order.
func (c *contents) of(f *lists.Fanout, seal Seal) []*content {
	c.mu.Lock()
	defer c.mu.Unlock()
	if got, ok := c.held[f]; ok {
		return got
	}
	made := make([]*content, len(f.Targets))
	for i, t := range f.Targets {
		made[i] = newContent(t.Head, t.Body)
		if seal != nil {
			made[i].seal = seal(t)
		}
	}
	if c.held == nil {
		c.held = map[*lists.Fanout][]*content{}
	}
	if len(c.order) >= contentsKept {
		delete(c.held, c.order[0])
		c.order = c.order[1:]
	}
	c.held[f] = made
	c.order = append(c.order, f)
	return made
}
