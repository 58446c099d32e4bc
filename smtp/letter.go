package smtp

import "time"

// Priority orders the outgoing queue: letters that somebody waits for go
// before posts.
type Priority int

// The priorities.
const (
	Prompt Priority = iota // questions, answers, confirmations
	Notice                 // welcomes, notes to owners, reports
)

// Letter is a mail that Plenary writes itself to named people: an answer, a
// question, a welcome. Key names it for ever: a second letter with the same
// key is not sent (invariant 3), so derive it from what caused the letter.
type Letter struct {
	Key          string   // e.g. "answer/" + queue id
	EnvelopeFrom string   // "" null sender (RFC 3834): the rule for automatic mail
	To           []string // envelope recipients and To header
	From         string   // header From's address
	FromName     string   // its display name, may be ""
	ReplyTo      string   // "" none
	Subject      string
	InReplyTo    string      // Message-ID without brackets; left out unless well-formed and under 200 octets
	References   []string    // of the mail answered, without InReplyTo
	Text         string      // text/plain, UTF-8, LF line ends, lines as meant (format=flowed is not used)
	HTML         string      // "" none; else a multipart/alternative is made
	Inline       []Inline    // pictures that HTML shows by cid:ID
	AutoReplied  bool        // Auto-Submitted: auto-replied, else auto-generated
	Headers      [][2]string // further fields, values without line ends
	Priority     Priority
	Date         time.Time
	Raw          []byte // not nil: a whole message sent as it is (mail passed on to owners); then only Key, EnvelopeFrom, To and Priority count
}

// Inline is a picture inside a letter's HTML (RFC 2392).
type Inline struct {
	ID   string // shown as cid:ID; letters, digits and hyphens
	Type string // image/png
	Data []byte
}
