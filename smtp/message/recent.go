package message

import (
	"slices"
	"sync"
)

// What Recent remembers: mail that several look at one after the other
// within a moment. Larger mail is read anew: it is rare, and reading it is
// not what it costs.
const (
	recentMails = 64
	recentSize  = 64 << 10
)

// Recent reads mails, and reads one that it has read a moment ago not again.
// Any number of goroutines may use it; the zero value is ready.
type Recent struct {
	mu   sync.Mutex
	held map[*byte]*Message // by where the raw bytes begin: as long as it is held nothing else begins there
	old  []*byte            // oldest first
}

// Parse is as the function of this name. The message may be shared: neither
// it nor raw may be changed.
func (r *Recent) Parse(raw []byte) (*Message, error) {
	if len(raw) == 0 || len(raw) > recentSize {
		return Parse(raw)
	}
	at := &raw[0]
	r.mu.Lock()
	m := r.held[at]
	r.mu.Unlock()
	if m != nil && len(m.Raw) == len(raw) {
		return m, nil
	}
	m, err := Parse(raw)
	if err == nil {
		r.keep(at, m)
	}
	return m, err
}

func (r *Recent) keep(at *byte, m *Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.held == nil {
		r.held = map[*byte]*Message{}
	}
	if r.held[at] == nil {
		r.old = append(r.old, at)
	}
	r.held[at] = m
	if len(r.old) > recentMails {
		delete(r.held, r.old[0])
		r.old = r.old[1:]
	}
}

// Forget lets go of a mail that nobody will look at again.
func (r *Recent) Forget(raw []byte) {
	if len(raw) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.held[&raw[0]] != nil {
		delete(r.held, &raw[0])
		if i := slices.Index(r.old, &raw[0]); i >= 0 {
			r.old = slices.Delete(r.old, i, i+1)
		}
	}
}
