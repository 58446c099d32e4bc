package deliver

import (
	"fmt"
	"strconv"
)

// mostRcpts is how many recipients one transaction may have: every server
// takes 100 (RFC 5321 4.5.3.1.8). outstandingRcpts is how many may be on one
// connection without a reply to their message.
const (
	mostRcpts        = 100
	outstandingRcpts = 2 * mostRcpts
)

// transaction is a message on its way to one recipient, or to several whose
// copy and envelope sender are the same. Each reply to RCPT is its
// recipient's; what is said of the message holds for all who were accepted.
type transaction struct {
	items []*item   // in the order of their RCPT
	own   []byte    // what stands above the content: the recipient's own fields, under their signature
	said  []outcome // of each, so far
	asked asked     // of MAIL and RCPT
	taken int       // recipients accepted
	ended bool      // the message is refused
}

// asked is what a transaction relies on that the far side has offered.
type asked struct{ params, utf8, dsn bool }

// gather fills a transaction from the feed; false: there is nothing more.
func (c *conn) gather(f feed, t *transaction) bool {
	for {
		*t = transaction{items: t.items[:0], said: t.said[:0], own: t.own[:0]}
		first := c.fitting(f, nil)
		if first == nil {
			return false
		}
		t.items = append(t.items, first)
		c.sign(t)
		if c.maxSize == 0 || t.size() <= c.maxSize {
			break
		}
		f.result(outcome{stage: stageMail, reply: reply{552, [3]int{5, 3, 4},
			fmt.Sprintf("the message has %d octets and the server takes %d", t.size(), c.maxSize)}}, first)
	}
	if first := t.items[0]; first.shared {
		for most := c.mostRcpts(); len(t.items) < most; {
			it := c.fitting(f, first)
			if it == nil {
				break
			}
			t.items = append(t.items, it)
		}
	}
	return true
}

// sign writes what stands above the content. It is left to the connection
// that sends it: the signing of a post keeps every core busy.
func (c *conn) sign(t *transaction) {
	it := t.items[0]
	if it.content.seal == nil {
		t.own = it.own.fields(t.own, it.number)
		return
	}
	c.fields = it.own.fields(c.fields[:0], it.number)
	t.own = append(append(t.own, it.content.seal(c.fields)...), c.fields...)
}

// appendMail writes the command that begins the transaction, and notes what
// it asks for beyond the plain form.
func (t *transaction) appendMail(b []byte, c *conn) []byte {
	it := t.items[0]
	b = append(b, "MAIL FROM:<"...)
	if it.own != nil {
		b = it.own.sender(b, it.number)
	} else {
		b = append(b, it.from...)
	}
	b = append(b, '>')
	if c.sizeOffered {
		b = append(b, " SIZE="...)
		b = strconv.AppendInt(b, int64(t.size()), 10)
		t.asked.params = true
	}
	if c.eightBit && it.content.eightBit {
		b = append(b, " BODY=8BITMIME"...)
		t.asked.params = true
	}
	if c.utf8 && (it.content.utf8 || !it.asciiSender() || !asciiText(it.to)) {
		b = append(b, " SMTPUTF8"...)
		t.asked.utf8 = true
	}
	if c.dsn && (it.own != nil || it.from != "") {
		b = append(b, " RET=HDRS"...)
		if it.content.envid != "" {
			b = append(b, " ENVID="...)
			b = append(b, it.content.envid...)
		}
		t.asked.dsn = true
	}
	return append(b, '\r', '\n')
}

// mostRcpts is how many recipients this server takes at once.
func (c *conn) mostRcpts() int { return c.lessons.rcpts() }

// fitting gives the next item that this server can take.
func (c *conn) fitting(f feed, like *item) *item {
	for {
		it := f.next(like)
		if it == nil {
			return nil
		}
		why, unfit := it.unfit(c)
		if !unfit {
			return it
		}
		f.result(outcome{reply: why, stage: stageMail}, it)
	}
}

// size is the message's size on the wire, before dot-stuffing.
func (t *transaction) size() int { return len(t.own) + t.items[0].content.size }

// open tells whether the server takes the message for anybody.
func (t *transaction) open() bool { return t.taken > 0 }

// refused tells that the transaction came to nothing: the far side may think
// it open still.
func (t *transaction) refused() bool { return !t.open() || t.ended }

// refuse notes that the whole transaction is refused.
func (t *transaction) refuse(r reply, at stage) {
	t.said, t.taken = t.said[:0], 0
	for range t.items {
		t.said = append(t.said, outcome{reply: r, stage: at})
	}
}

// rcpt notes the reply to the next recipient.
func (t *transaction) rcpt(r reply) {
	at := stageRcpt
	switch {
	case len(t.said) == len(t.items): // MAIL was refused, and so they all are
		return
	case r.class() == 2:
		at, t.taken = stageTaken, t.taken+1
	case t.taken > 0 && tooMany(r):
		at = stageOver
	}
	t.said = append(t.said, outcome{reply: r, stage: at})
}

// tooMany tells whether a recipient is refused for being one too many (RFC
// 5321 4.5.3.1.10, RFC 3463 X.5.3), not for itself.
func tooMany(r reply) bool {
	switch {
	case r.enhanced != [3]int{}:
		return r.enhanced[1] == 5 && r.enhanced[2] == 3
	default:
		return r.code == 452 || r.code == 552
	}
}

// message notes what is said of the message: it holds for who was accepted.
func (t *transaction) message(o outcome) {
	for i := range t.said {
		if t.said[i].stage == stageTaken {
			t.said[i] = o
		}
	}
}

// settle hands on what became of a transaction's recipients, and gives back
// those who were too many.
func (c *conn) settle(f feed, t *transaction) {
	same, over := c.same[:0], []*item(nil)
	var final outcome
	for i, it := range t.items {
		switch o := t.said[i]; {
		case o.stage == stageOver, o.stage == stageTaken:
			over = append(over, it)
		case o.stage == stageRcpt:
			f.result(o, it)
		default:
			same, final = append(same, it), o
		}
	}
	if len(same) > 0 {
		if final.class() == 2 {
			c.served += len(same)
		}
		f.result(final, same...)
	}
	c.same = same[:0]
	if len(over) > 0 {
		c.lessons.overFull(t.taken)
		f.back(over)
	}
}
