package deliver

import (
	"sync"
	"time"

	"github.com/miekg/dns"
)

// cache keeps DNS answers for as long as they hold, and a bounded number.
type cache struct {
	mu   sync.Mutex
	most int
	held map[question]answer
}

type question struct {
	name string
	kind uint16
}

type answer struct {
	records []dns.RR
	rcode   int
	secure  bool // the resolver vouches for it (DNSSEC)
	until   time.Time
}

func newCache(most int) *cache { return &cache{most: most, held: map[question]answer{}} }

func (c *cache) get(q question, now time.Time) (answer, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a, ok := c.held[q]
	return a, ok && now.Before(a.until)
}

// put keeps an answer. Where the cache is full, some other goes: one that is
// over if a few looks find it, else the last looked at.
func (c *cache) put(q question, a answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, there := c.held[q]; !there && len(c.held) >= c.most {
		looks := 0
		for old, v := range c.held { // in no order
			looks++
			if looks == min(8, c.most) || v.until.Before(a.until.Add(-mostTTL)) {
				delete(c.held, old)
				break
			}
		}
	}
	c.held[q] = a
}
