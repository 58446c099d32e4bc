package store

import (
	"sync"

	"plenary/lists"
)

// mostHints is how many addresses' numbers are remembered.
const mostHints = 4096

// hints remember which number an address had when it was last looked up: its
// record is then read in the same round trip as the index, which decides.
type hints struct {
	mu   sync.Mutex
	held map[string]lists.Number // by family and address key
}

func (h *hints) of(family, key string) (n lists.Number, some bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	n, some = h.held[family+"\x00"+key]
	return n, some
}

// note remembers; where there are too many, all the others are forgotten.
func (h *hints) note(family, key string, n lists.Number) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.held == nil || len(h.held) >= mostHints {
		h.held = map[string]lists.Number{}
	}
	h.held[family+"\x00"+key] = n
}
