// Package message reads one mail as it came: its header fields byte for byte,
// their decoded values, its tree of parts, its plain text, and the part of a
// reply that is the writer's own.
//
// Every byte may be hostile. Parse counts header octets, fields, parts,
// nesting and addresses against the caps below before anything is built of
// them, and a mail past one of them is an error that names the cap. All else
// is read as best it can be: no mail is refused for bad MIME. Everything
// takes time and memory linear in the mail's size.
//
// The package decides nothing: what a mail means is for its callers.
package message

import (
	"fmt"
	"time"
)

// The caps (DESIGN section 3, invariants 6 and 8).
const (
	MaxHeader    = 256 << 10 // octets of one header, the mail's or a part's
	MaxFields    = 1000      // fields in one header
	MaxParts     = 1000      // parts in all, the mail itself included
	MaxDepth     = 20        // parts within parts, attached mails included
	MaxAddresses = 1000      // addresses in From, To or Cc and the like, each
	maxIDs       = 100       // ids kept of References: the first and the last ones
)

// LimitError tells which cap a mail is past.
type LimitError struct {
	What string // "header fields"
	Max  int
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("the mail has more than %d %s", e.Max, e.What)
}

// Message is one mail, read. It holds slices of the raw bytes, which must
// not change.
type Message struct {
	Raw    []byte
	Header []byte // the header block with the empty line that ends it
	Body   []byte // what follows
	Fields []Field
	Root   *Part // the tree of parts

	From          []Mailbox // of all From fields; an address that can't be read counts, with Addr ""
	Subject       string
	Date          time.Time // zero where missing or unreadable
	MessageID     string    // without brackets, "" none
	InReplyTo     []string  // ids without brackets
	References    []string
	ListIDs       []string // without brackets, lower case
	XLoop         []string
	AutoSubmitted string // first word, lower case
	Precedence    string // lower case
	Received      int    // count of Received fields
}

// Parse reads a mail. The only errors are *LimitError.
func Parse(raw []byte) (*Message, error) {
	p := parser{raw: raw}
	start := p.afterMboxLine()
	root, _, err := p.entity(start, 1, false)
	if err != nil {
		return nil, err
	}
	m := &Message{Raw: raw, Header: root.Header, Body: root.Body, Root: root, Fields: root.fields}
	root.fields = nil
	return m, m.readValues()
}
