package authenticate

import (
	"sync"
	"time"

	"github.com/miekg/dns"
)

// Bounds of what is remembered of DNS.
const (
	cacheEntries = 8192
	cacheRecords = 64 // of one answer; a longer one is asked for each time
	longestTTL   = time.Hour
	absenceTTL   = 5 * time.Minute
	failureTTL   = 2 * time.Second
)

type question struct {
	name string
	kind uint16
}

// answer is what DNS said: records, none, or why it is not known.
type answer struct {
	records []dns.RR
	failed  string
	ttl     time.Duration
	until   time.Time
}

// cache remembers answers until they expire. When it is full any other goes.
type cache struct {
	mu   sync.Mutex
	held map[question]answer
}

func (c *cache) get(q question, now time.Time) (answer, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a, ok := c.held[q]
	return a, ok && now.Before(a.until)
}

func (c *cache) put(q question, a answer, now time.Time) {
	if a.ttl <= 0 || len(a.records) > cacheRecords {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.held == nil {
		c.held = map[question]answer{}
	}
	for old := range c.held { // the map's own order is chance
		if len(c.held) < cacheEntries {
			break
		}
		delete(c.held, old)
	}
	a.until = now.Add(a.ttl)
	c.held[q] = a
}
