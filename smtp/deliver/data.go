package deliver

import (
	"errors"
	"fmt"
	"os"
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
	if err == nil {
		return nil
	}
	c.spoiled = true
	if c.pipelining && c.heard > 0 && errors.Is(err, os.ErrDeadlineExceeded) { // the rest got lost on its way
		c.lessons.learn(lapsePipelining)
		return fmt.Errorf("%w: %s: %w", errLapse, lapsePipelining, err)
	}
	return err
}

func (c *conn) sendAll(f feed) error {
	if c.bursts() {
		return c.sendChunks(f)
	}
	return c.sendData(f)
}

func (c *conn) bursts() bool { return c.chunking && c.pipelining }

// atOnce is how many messages may be on the wire without an answer.
func (c *conn) atOnce() int {
	if c.bursts() {
		return outstanding
	}
	return 1
}

// sendData sends by DATA. With PIPELINING the next envelope is written
// together with the final dot (RFC 2920 3.1), so that a message costs one
// write and one round trip.
func (c *conn) sendData(f feed) error {
	t, other := &c.slots[0], &c.slots[1]
	if !c.gather(f, t) {
		return nil
	}
	if err := c.begin(f, t); err != nil {
		return err
	}
	// The transaction before, answered by the server; known for sure once the
	// replies that follow fall in their places.
	var answered *transaction
	for t != nil {
		waits, err := c.envelopeReplies(t)
		if answered != nil && !errors.Is(err, errProtocol) {
			c.settle(f, answered)
		}
		answered = nil
		switch {
		case err != nil:
			return err
		case !f.ready():
			return errStopped // an open DATA ends with the connection
		case !waits:
			c.settle(f, t)
			if t, err = c.startOver(f, t); err != nil {
				return err
			}
			continue
		}
		next := other
		if !c.gather(f, next) {
			next = nil
		}
		if err := c.body(f, t, next); err != nil {
			return err
		}
		answered, t, other = t, next, t
		if t != nil && !c.pipelining {
			c.settle(f, answered)
			answered = nil
			if err := c.begin(f, t); err != nil {
				return err
			}
		}
	}
	if answered != nil {
		if c.r.Buffered() > 0 {
			return fmt.Errorf("%w: more replies than commands", errProtocol)
		}
		c.settle(f, answered)
	}
	return nil
}

// begin writes an envelope on its own.
func (c *conn) begin(f feed, t *transaction) error {
	if !f.ready() {
		return errStopped
	}
	return c.write(c.envelope(c.buf[:0], t))
}

// startOver ends a refused transaction and begins the next.
func (c *conn) startOver(f feed, t *transaction) (*transaction, error) {
	if !c.gather(f, t) {
		return nil, c.reset()
	}
	if !c.pipelining {
		if err := c.reset(); err != nil {
			return nil, err
		}
		return t, c.begin(f, t)
	}
	if err := c.write(c.envelope(append(c.buf[:0], "RSET\r\n"...), t)); err != nil {
		return nil, err
	}
	return t, c.resetReply()
}

// body writes the message and the next envelope, and reads what is said of
// the message. One that was refused before is ended empty: some servers ask
// for a message though they have no recipient.
func (c *conn) body(f feed, t, next *transaction) error {
	var err error
	if t.open() {
		err = c.message(f, t, next)
	} else {
		err = c.write(c.follow(append(c.buf[:0], ".\r\n"...), next))
	}
	if err != nil {
		return err
	}
	began := time.Now()
	r, err := c.verdict(c.times.Dot)
	c.last.answered()
	if err != nil {
		return fmt.Errorf("after the message: %w", err)
	}
	t.message(outcome{r, stageDot, time.Since(began)})
	return nil
}

// follow appends the next envelope where it may be written ahead.
func (c *conn) follow(b []byte, next *transaction) []byte {
	if next == nil || !c.pipelining {
		return b
	}
	return c.envelope(b, next)
}

// envelope appends the commands of an envelope: all with PIPELINING, else
// only the first; envelopeReplies then asks the others.
func (c *conn) envelope(b []byte, t *transaction) []byte {
	b = t.appendMail(b, c)
	if c.pipelining {
		for _, it := range t.items {
			b = it.appendRcpt(b, c)
		}
		b = append(b, "DATA\r\n"...)
	}
	return b
}

// envelopeReplies reads the replies to MAIL, RCPT and DATA, and asks what is
// not asked yet. Waits tells that the server waits for a message.
func (c *conn) envelopeReplies(t *transaction) (waits bool, err error) {
	if err := c.mailReply(t); err != nil {
		return false, err
	}
	for i, it := range t.items {
		if !c.pipelining {
			if len(t.said) == len(t.items) {
				break // MAIL is refused
			}
			if err := c.write(it.appendRcpt(c.buf[:0], c)); err != nil {
				return false, err
			}
		}
		if err := c.rcptReply(t); err != nil {
			return false, err
		}
		if !c.pipelining && t.said[i].stage == stageOver { // and so are the others
			for len(t.said) < len(t.items) {
				t.said = append(t.said, t.said[i])
			}
			break
		}
	}
	if !c.pipelining {
		if !t.open() {
			return false, nil
		}
		if err := c.write(append(c.buf[:0], "DATA\r\n"...)); err != nil {
			return false, err
		}
	}
	return c.dataReply(t)
}

// mailReply reads the reply to MAIL.
func (c *conn) mailReply(t *transaction) error {
	r, err := c.verdict(c.times.Command)
	if err != nil {
		return fmt.Errorf("MAIL: %w", err)
	}
	if r.class() == 2 {
		return nil
	}
	t.refuse(r, stageMail)
	return c.caught(stageMail, r, t.asked, false)
}

// rcptReply reads the reply to the next RCPT.
func (c *conn) rcptReply(t *transaction) error {
	r, err := c.verdict(c.times.Command)
	if err != nil {
		return fmt.Errorf("RCPT: %w", err)
	}
	if r.class() != 2 && len(t.said) < len(t.items) {
		if err := c.caught(stageRcpt, r, t.asked, false); err != nil {
			return err
		}
	}
	t.rcpt(r)
	return nil
}

// dataReply reads the reply to DATA.
func (c *conn) dataReply(t *transaction) (waits bool, err error) {
	r, err := c.hear(c.times.Data, nil)
	switch {
	case err != nil:
		return false, fmt.Errorf("DATA: %w", err)
	case r.code == 421:
		return false, fmt.Errorf("DATA: %w: %s", errClosing, r)
	case r.code == 354:
		if c.r.Buffered() > 0 {
			return false, fmt.Errorf("%w: a reply to the message before it was sent", errProtocol)
		}
		return true, nil
	case r.class() != 4 && r.class() != 5:
		return false, fmt.Errorf("DATA: %w: %d is no answer to it", errProtocol, r.code)
	case t.open():
		t.message(outcome{reply: r, stage: stageData})
		t.ended = true
		return false, c.caught(stageData, r, t.asked, false)
	}
	return false, nil
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

// message writes a transaction's message, the final dot and the next envelope: a
// short one in one piece, a long one in blocks, asking before each.
func (c *conn) message(f feed, t, next *transaction) error {
	b, content := append(c.buf[:0], stuff(t.own)...), t.items[0].content
	if content.stuffed != nil {
		b = append(b, content.stuffed...)
		if !c.last.await() {
			return errStopped
		}
		return c.write(c.follow(append(b, ".\r\n"...), next))
	}
	if err := c.blocks(f, b, content.plain, true); err != nil {
		return err
	}
	if !c.last.await() {
		return errStopped
	}
	return c.write(c.follow(append(c.buf[:0], ".\r\n"...), next))
}

// blocks writes what is large block by block, from the shared copy; for DATA
// each is dot-stuffed as it goes out.
func (c *conn) blocks(f feed, first []byte, pieces [][]byte, dots bool) error {
	if err := c.write(first); err != nil {
		return err
	}
	if dots && c.stuffing == nil {
		c.stuffing = make([]byte, 0, 2*flatSize)
	}
	start := true // of a line
	for _, p := range pieces {
		for len(p) > 0 {
			block := p[:min(len(p), flatSize)]
			p = p[len(block):]
			if !f.ready() {
				return errStopped
			}
			if dots {
				block, start = stuffBlock(c.stuffing, block, start)
			}
			c.net.SetWriteDeadline(time.Now().Add(c.times.Block))
			if _, err := c.net.Write(block); err != nil {
				return err
			}
		}
	}
	return nil
}

// write writes b, which may be c.buf, and keeps its room for the next time.
func (c *conn) write(b []byte) error {
	c.buf, c.heard = b[:0], 0
	if len(b) == 0 {
		return nil
	}
	c.net.SetWriteDeadline(time.Now().Add(c.times.Block))
	_, err := c.net.Write(b)
	return err
}
