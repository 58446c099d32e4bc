package deliver

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"plenary/lists"
)

// item is one envelope: one recipient of one message.
type item struct {
	from, to string // without brackets
	prefix   []byte // the recipient's own header fields
	sealed   bool   // the signature stands on top of them
	content  *content

	number lists.Number // of the member, for a post
	list   string       // list ID, for a post
	losses int          // connections lost while it was under way
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

// appendMail and appendRcpt write the commands of the item's envelope.
func (it *item) appendMail(b []byte, c *conn) []byte {
	b = append(b, "MAIL FROM:<"...)
	b = append(b, it.from...)
	b = append(b, '>')
	if c.sizeOffered {
		b = append(b, " SIZE="...)
		b = strconv.AppendInt(b, int64(it.size()), 10)
	}
	if c.eightBit && it.content.eightBit {
		b = append(b, " BODY=8BITMIME"...)
	}
	if c.utf8 && (it.content.utf8 || !asciiText(it.from) || !asciiText(it.to)) {
		b = append(b, " SMTPUTF8"...)
	}
	return append(b, '\r', '\n')
}

func (it *item) appendRcpt(b []byte) []byte {
	b = append(b, "RCPT TO:<"...)
	b = append(b, it.to...)
	return append(b, '>', '\r', '\n')
}

// stage is where in a transaction a reply came.
type stage string

const (
	stageMail stage = "MAIL"
	stageRcpt stage = "RCPT"
	stageData stage = "DATA"
	stageDot  stage = "end of data"
)

// outcome is what the far side finally said of an item: 2xx, 4xx or 5xx.
type outcome struct {
	reply
	stage stage
}

// feed hands items to a connection and takes what became of them. A
// connection's goroutine calls it; other connections may share what is
// behind it.
type feed interface {
	// next gives the next item, nil when there is none.
	next() *item
	// ready waits until something may be written, and tells whether it may:
	// false ends the sending.
	ready() bool
	// result takes what became of an item.
	result(*item, outcome)
}
