package deliver

import (
	"errors"
	"fmt"
	"time"
)

// errStopped says that the feed was not ready to go on.
var errStopped = errors.New("sending was stopped")

// errClosing is wrapped where the far side said 421.
var errClosing = errors.New("the far side closes the connection")

// send gives every item of the feed to the server, and returns nil when the
// feed has no more. After an error the session is closed; items taken from
// the feed without a result are uncertain and count as not sent.
func (c *conn) send(f feed) error {
	err := c.sendAll(f)
	if err != nil {
		c.spoiled = true
	}
	return err
}

func (c *conn) sendAll(f feed) error {
	if c.chunking && c.pipelining {
		return c.sendChunks(f)
	}
	return c.sendData(f)
}

// fitting gives the next item that this server can take.
func (c *conn) fitting(f feed) *item {
	for {
		it := f.next()
		if it == nil {
			return nil
		}
		why, unfit := it.unfit(c)
		if !unfit {
			return it
		}
		f.result(it, outcome{why, stageMail})
	}
}

// sendData sends by DATA. With PIPELINING the next envelope is written
// together with the final dot (RFC 2920 3.1), so that a message costs one
// write and one round trip.
func (c *conn) sendData(f feed) error {
	it := c.fitting(f)
	if it == nil {
		return nil
	}
	if err := c.begin(f, it); err != nil {
		return err
	}
	// The item before, taken by the server; known for sure once the replies
	// that follow fall in their places.
	var taken *item
	var last outcome
	for it != nil {
		refused, open, err := c.envelopeReplies(it)
		if taken != nil && !errors.Is(err, errProtocol) {
			f.result(taken, last)
		}
		taken = nil
		switch {
		case err != nil:
			return err
		case !f.ready():
			return errStopped // an open DATA ends with the connection
		case refused != nil && !open:
			f.result(it, *refused)
			if it, err = c.startOver(f); err != nil {
				return err
			}
			continue
		}
		next := c.fitting(f)
		if last, err = c.body(f, it, next, refused); err != nil {
			return err
		}
		taken, it = it, next
		if it != nil && !c.pipelining {
			f.result(taken, last)
			taken = nil
			if err := c.begin(f, it); err != nil {
				return err
			}
		}
	}
	if taken != nil {
		if c.r.Buffered() > 0 {
			return fmt.Errorf("%w: more replies than commands", errProtocol)
		}
		f.result(taken, last)
	}
	return nil
}

// begin writes an envelope on its own.
func (c *conn) begin(f feed, it *item) error {
	if !f.ready() {
		return errStopped
	}
	return c.write(c.envelope(c.buf[:0], it))
}

// startOver ends a refused transaction and begins the next item's.
func (c *conn) startOver(f feed) (*item, error) {
	it := c.fitting(f)
	if it == nil {
		return nil, c.reset()
	}
	if !c.pipelining {
		if err := c.reset(); err != nil {
			return nil, err
		}
		return it, c.begin(f, it)
	}
	if err := c.write(c.envelope(append(c.buf[:0], "RSET\r\n"...), it)); err != nil {
		return nil, err
	}
	return it, c.resetReply()
}

// body writes the message and the next envelope, and reads what is said of
// the message. One that was refused before is ended empty: some servers ask
// for a message though they have no recipient.
func (c *conn) body(f feed, it, next *item, refused *outcome) (outcome, error) {
	var err error
	if refused != nil {
		err = c.write(c.follow(append(c.buf[:0], ".\r\n"...), next))
	} else {
		err = c.message(f, it, next)
	}
	if err != nil {
		return outcome{}, err
	}
	r, err := c.verdict(c.times.Dot)
	switch {
	case err != nil:
		return outcome{}, fmt.Errorf("after the message: %w", err)
	case refused != nil:
		return *refused, nil
	case r.class() == 2:
		c.served++
	}
	return outcome{r, stageDot}, nil
}

// follow appends the next envelope where it may be written ahead.
func (c *conn) follow(b []byte, next *item) []byte {
	if next == nil || !c.pipelining {
		return b
	}
	return c.envelope(b, next)
}

// envelope appends the commands of an envelope: all with PIPELINING, else
// only the first; envelopeReplies then asks the others.
func (c *conn) envelope(b []byte, it *item) []byte {
	b = it.appendMail(b, c)
	if c.pipelining {
		b = it.appendRcpt(b)
		b = append(b, "DATA\r\n"...)
	}
	return b
}

// envelopeReplies reads the replies to MAIL, RCPT and DATA. Refused is set
// where the item is refused; open tells that the server waits for a message.
func (c *conn) envelopeReplies(it *item) (refused *outcome, open bool, err error) {
	note := func(r reply, at stage) {
		if refused == nil && r.class() != 2 {
			refused = &outcome{r, at}
		}
	}
	r, err := c.verdict(c.times.Command)
	if err != nil {
		return nil, false, fmt.Errorf("MAIL: %w", err)
	}
	note(r, stageMail)
	if !c.pipelining {
		if refused != nil {
			return refused, false, nil
		}
		if err := c.write(it.appendRcpt(c.buf[:0])); err != nil {
			return nil, false, err
		}
	}
	if r, err = c.verdict(c.times.Command); err != nil {
		return nil, false, fmt.Errorf("RCPT: %w", err)
	}
	note(r, stageRcpt)
	if !c.pipelining {
		if refused != nil {
			return refused, false, nil
		}
		if err := c.write(append(c.buf[:0], "DATA\r\n"...)); err != nil {
			return nil, false, err
		}
	}
	r, err = c.hear(c.times.Data, nil)
	switch {
	case err != nil:
		return nil, false, fmt.Errorf("DATA: %w", err)
	case r.code == 421:
		return nil, false, fmt.Errorf("DATA: %w: %s", errClosing, r)
	case r.code == 354:
		if c.r.Buffered() > 0 {
			return nil, false, fmt.Errorf("%w: a reply to the message before it was sent", errProtocol)
		}
		return refused, true, nil
	case r.class() != 4 && r.class() != 5:
		return nil, false, fmt.Errorf("DATA: %w: %d is no answer to it", errProtocol, r.code)
	}
	note(r, stageData)
	return refused, false, nil
}

// verdict reads a reply that must be 2xx, 4xx or 5xx; 421 ends the session.
func (c *conn) verdict(within time.Duration) (reply, error) {
	r, err := c.hear(within, nil)
	switch {
	case err != nil:
		return r, err
	case r.class() == 3:
		return r, fmt.Errorf("%w: %d is no answer here", errProtocol, r.code)
	case r.code == 421:
		return r, fmt.Errorf("%w: %s", errClosing, r)
	}
	return r, nil
}

// reset ends a refused transaction.
func (c *conn) reset() error {
	if err := c.write(append(c.buf[:0], "RSET\r\n"...)); err != nil {
		return err
	}
	return c.resetReply()
}

func (c *conn) resetReply() error {
	r, err := c.verdict(c.times.Command)
	if err != nil {
		return fmt.Errorf("RSET: %w", err)
	}
	if r.class() != 2 {
		return fmt.Errorf("RSET: %w: %s", errProtocol, r)
	}
	return nil
}

// message writes an item's message, the final dot and the next envelope: a
// short one in one piece, a long one in blocks, asking before each.
func (c *conn) message(f feed, it, next *item) error {
	b := append(c.buf[:0], stuff(it.own())...)
	if it.content.stuffedN <= flatSize {
		for _, p := range it.content.stuffed {
			b = append(b, p...)
		}
		return c.write(c.follow(append(b, ".\r\n"...), next))
	}
	if err := c.blocks(f, b, it.content.stuffed); err != nil {
		return err
	}
	return c.write(c.follow(append(c.buf[:0], ".\r\n"...), next))
}

// blocks writes what is large piece by piece, from the shared copy.
func (c *conn) blocks(f feed, first []byte, pieces [][]byte) error {
	if err := c.write(first); err != nil {
		return err
	}
	for _, p := range pieces {
		for len(p) > 0 {
			n := min(len(p), flatSize)
			if !f.ready() {
				return errStopped
			}
			c.net.SetWriteDeadline(time.Now().Add(c.times.Block))
			if _, err := c.net.Write(p[:n]); err != nil {
				return err
			}
			p = p[n:]
		}
	}
	return nil
}

// write writes b, which may be c.buf, and keeps its room for the next time.
func (c *conn) write(b []byte) error {
	c.buf = b[:0]
	if len(b) == 0 {
		return nil
	}
	c.net.SetWriteDeadline(time.Now().Add(c.times.Block))
	_, err := c.net.Write(b)
	return err
}
