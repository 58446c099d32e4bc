package deliver

import (
	"time"

	"plenary/lists"
)

// item is one recipient of one message.
type item struct {
	to      string // without brackets
	from    string // of a letter, or of a copy that is shared; else own writes it
	own     *own   // nil where nothing is the recipient's own
	content *content

	number lists.Number // of the member, for a post
	list   string       // list ID, for a post
	shared bool         // content and sender are the same for others too: one transaction may serve them
	losses int          // connections lost while it was under way
}

// sharesWith tells whether one transaction may serve both.
func (it *item) sharesWith(other *item) bool {
	return it.shared && other.shared && it.content == other.content && it.from == other.from &&
		asciiText(it.to) == asciiText(other.to)
}

// asciiSender tells whether the envelope sender is ASCII.
func (it *item) asciiSender() bool {
	if it.own != nil {
		return it.own.ascii
	}
	return asciiText(it.from)
}

// unfit tells why the item cannot be given to this server, if so.
func (it *item) unfit(c *conn) (reply, bool) {
	switch {
	case it.to == "" || !writable(it.to) || it.own == nil && !writable(it.from) || it.own != nil && !it.own.writable:
		return reply{553, [3]int{5, 1, 3}, "the address is not one that can be written in SMTP"}, true
	case !c.utf8 && !(it.asciiSender() && asciiText(it.to)):
		return reply{553, [3]int{5, 6, 7}, "the address is not ASCII and the server does not offer SMTPUTF8"}, true
	}
	return reply{}, false
}

// writable tells whether an address can stand between < and >.
func writable(address string) bool {
	for i := range len(address) {
		switch address[i] {
		case '\r', '\n', '<', '>', ' ', 0:
			return false
		}
	}
	return true
}

// appendRcpt writes the recipient, and what is to be reported of it (RFC
// 3461): failures only, by the address that we know.
func (it *item) appendRcpt(b []byte, c *conn) []byte {
	b = append(b, "RCPT TO:<"...)
	b = append(b, it.to...)
	b = append(b, '>')
	if c.dsn && (it.own != nil || it.from != "") {
		b = append(b, " NOTIFY=FAILURE"...)
		if asciiText(it.to) {
			b = append(b, " ORCPT=rfc822;"...)
			b = appendXtext(b, it.to)
		}
	}
	return append(b, '\r', '\n')
}

// appendXtext writes s as RFC 3461 section 4 has it.
func appendXtext(b []byte, s string) []byte {
	const hex = "0123456789ABCDEF"
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c > '~' || c == '+' || c == '=' {
			b = append(b, '+', hex[c>>4], hex[c&15])
		} else {
			b = append(b, c)
		}
	}
	return b
}

// stage is where in a transaction a reply came.
type stage string

const (
	stageMail stage = "MAIL"
	stageRcpt stage = "RCPT"
	stageData stage = "DATA"
	stageDot  stage = "end of data"

	// No outcomes: the recipient is accepted and the message not answered
	// for, or is one for the next transaction.
	stageTaken stage = "accepted"
	stageOver  stage = "too many recipients"
)

// outcome is what the far side finally said of an item: 2xx, 4xx or 5xx.
type outcome struct {
	reply
	stage stage
	took  time.Duration // how long the message's reply took
}

// feed hands items to a connection and takes what became of them. A
// connection's goroutine calls it; other connections may share what is
// behind it.
type feed interface {
	// next gives the next item, nil when there is none; with like, only one
	// that a transaction may serve together with it.
	next(like *item) *item
	// ready waits until something may be written, and tells whether it may:
	// false ends the sending.
	ready() bool
	// result takes what became of items, the same of all.
	result(o outcome, items ...*item)
	// back takes items again that had no turn, in their order.
	back(items []*item)
}
