package deliver

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"plenary/lists"
)

// item is one recipient of one message.
type item struct {
	from, to string // without brackets
	prefix   []byte // the recipient's own header fields
	sealed   bool   // the signature stands on top of them
	content  *content

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

// own is what stands above the content: the recipient's own fields, under
// their signature. That is made when it is first asked for, by the connection
// that sends it: the signing of a post keeps every core busy.
func (it *item) own() []byte {
	if !it.sealed && it.content.seal != nil {
		it.prefix = slices.Concat(it.content.seal(it.prefix), it.prefix)
	}
	it.sealed = true
	return it.prefix
}

// size is the message's size on the wire, before dot-stuffing.
func (it *item) size() int { return len(it.own()) + it.content.size }

// unfit tells why the item cannot be given to this server, if so.
func (it *item) unfit(c *conn) (reply, bool) {
	switch {
	case strings.ContainsAny(it.from+it.to, "\r\n<> \x00") || it.to == "":
		return reply{553, [3]int{5, 1, 3}, "the address is not one that can be written in SMTP"}, true
	case !c.utf8 && !(asciiText(it.from) && asciiText(it.to)):
		return reply{553, [3]int{5, 6, 7}, "the address is not ASCII and the server does not offer SMTPUTF8"}, true
	case c.maxSize > 0 && it.size() > c.maxSize:
		return reply{552, [3]int{5, 3, 4}, fmt.Sprintf("the message has %d octets and the server takes %d", it.size(), c.maxSize)}, true
	}
	return reply{}, false
}

// appendMail writes the command that begins the item's transaction. Asked
// tells what it asks for beyond the plain form.
func (it *item) appendMail(b []byte, c *conn) (_ []byte, asked asked) {
	b = append(b, "MAIL FROM:<"...)
	b = append(b, it.from...)
	b = append(b, '>')
	if c.sizeOffered {
		b = append(b, " SIZE="...)
		b = strconv.AppendInt(b, int64(it.size()), 10)
		asked.params = true
	}
	if c.eightBit && it.content.eightBit {
		b = append(b, " BODY=8BITMIME"...)
		asked.params = true
	}
	if c.utf8 && (it.content.utf8 || !asciiText(it.from) || !asciiText(it.to)) {
		b = append(b, " SMTPUTF8"...)
		asked.utf8 = true
	}
	if c.dsn && it.from != "" {
		b = append(b, " RET=HDRS"...)
		if it.content.envid != "" {
			b = append(b, " ENVID="...)
			b = append(b, it.content.envid...)
		}
		asked.dsn = true
	}
	return append(b, '\r', '\n'), asked
}

// appendRcpt writes the recipient, and what is to be reported of it (RFC
// 3461): failures only, by the address that we know.
func (it *item) appendRcpt(b []byte, c *conn) []byte {
	b = append(b, "RCPT TO:<"...)
	b = append(b, it.to...)
	b = append(b, '>')
	if c.dsn && it.from != "" {
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
