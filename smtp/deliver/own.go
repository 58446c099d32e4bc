package deliver

import (
	"sync"

	"plenary/lists"
)

// own writes what is a member's own in a list's copies: an envelope sender
// that names list and member, so that a report finds its way (VERP), and the
// fields on top of the content. It is written when it is sent, into the
// connection's room: nothing of it is kept for the members who wait. The
// groups of a part share it.
type own struct {
	list          lists.List
	before, after string // of the sender, around the token
	ascii         bool   // and so is the sender
	writable      bool   // in SMTP

	mu      sync.Mutex
	senders *lists.Minter
	write   func(b []byte, n lists.Number) []byte // of the fields; nil: there are none
}

func (s *Sender) own(l lists.List, fields func(b []byte, n lists.Number) []byte) *own {
	o := &own{list: l, senders: lists.NewMinter(s.cfg.Secret, lists.TokenBounce, l), write: fields}
	o.before, o.after = lists.AroundToken(l, "bounces", s.cfg.Domain)
	o.ascii, o.writable = asciiText(o.before) && asciiText(o.after), writable(o.before) && writable(o.after)
	return o
}

// sender appends the envelope sender for member n.
func (o *own) sender(b []byte, n lists.Number) []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append(o.senders.Append(append(b, o.before...), n), o.after...)
}

// fields appends the header fields of member n.
func (o *own) fields(b []byte, n lists.Number) []byte {
	if o == nil || o.write == nil {
		return b
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.write(b, n)
}
