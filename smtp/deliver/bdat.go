package deliver

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// How many messages, and how many octets of them, may be on the wire without
// a reply by BDAT; of recipients outstandingRcpts.
const (
	outstanding       = 8
	outstandingOctets = 256 << 10
)

// sendChunks sends by BDAT (RFC 3030), where nothing has to be waited for
// between envelope and message: a burst of messages is on the wire at once.
// All replies look alike there, so a burst counts only when each command of
// it has had one reply and nothing more has come. RSET stands between the
// messages: after one that is refused the transaction may be open still, and
// the next would go out in its envelope.
func (c *conn) sendChunks(f feed) error {
	reset := false // the transaction before was refused
	at := 0        // the slot of the next transaction
	next := &c.slots[at]
	if !c.gather(f, next) {
		return nil
	}
	for next != nil {
		if !f.ready() || !c.last.await() {
			return errStopped
		}
		b, octets, rcpts := c.buf[:0], 0, 0
		resets, burst := reset, c.burst[:0]
		for next != nil && len(burst) < outstanding && (len(burst) == 0 ||
			octets+next.size() <= outstandingOctets && rcpts+len(next.items) <= outstandingRcpts) {
			if resets || len(burst) > 0 {
				b = append(b, "RSET\r\n"...)
			}
			var err error
			if b, err = c.chunk(f, b, next); err != nil {
				return err
			}
			burst, octets, rcpts = append(burst, next), octets+next.size(), rcpts+len(next.items)
			at = (at + 1) % len(c.slots)
			if next = &c.slots[at]; !c.gather(f, next) {
				next = nil
			}
		}
		c.burst = burst
		if err := c.write(b); err != nil {
			return err
		}
		answered, err := c.burstReplies(burst, resets)
		c.last.answered()
		for _, t := range burst[:answered] {
			reset = t.refused()
			c.settle(f, t)
		}
		if err != nil {
			return err
		}
	}
	if reset {
		return c.reset()
	}
	return nil
}

// chunk appends a transaction whole: envelope, BDAT and message. What is
// large is written at once, from the shared copy.
func (c *conn) chunk(f feed, b []byte, t *transaction) ([]byte, error) {
	first := t.items[0]
	b = t.appendMail(b, c)
	for _, it := range t.items {
		b = it.appendRcpt(b, c)
	}
	b = append(b, "BDAT "...)
	b = strconv.AppendInt(b, int64(t.size()), 10)
	b = append(b, " LAST\r\n"...)
	b = append(b, t.own...)
	if first.content.size <= flatSize {
		for _, p := range first.content.plain {
			b = append(b, p...)
		}
		return b, nil
	}
	if err := c.blocks(f, b, first.content.plain, false); err != nil {
		return nil, err
	}
	return c.buf[:0], nil
}

// burstReplies reads the replies to a burst, the first with RSET before it or
// not. It tells how many of the burst were answered; none after an answer
// that makes all before it doubtful.
func (c *conn) burstReplies(burst []*transaction, resets bool) (answered int, err error) {
	for i, t := range burst {
		err := c.chunkReplies(t, resets || i > 0)
		if errors.Is(err, errProtocol) {
			return 0, err
		} else if err != nil {
			return i, err
		}
	}
	if c.r.Buffered() > 0 {
		return 0, fmt.Errorf("%w: more replies than commands", errProtocol)
	}
	return len(burst), nil
}

// chunkReplies reads the replies to RSET, if it was said, MAIL, RCPT and BDAT.
func (c *conn) chunkReplies(t *transaction, reset bool) error {
	if reset {
		if err := c.resetReply(); err != nil {
			return err
		}
	}
	if err := c.mailReply(t); err != nil {
		return err
	}
	for range t.items {
		if err := c.rcptReply(t); err != nil {
			return err
		}
	}
	began := time.Now()
	r, err := c.verdict(c.times.Dot)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", stageDot, err)
	case t.open():
		t.message(outcome{r, stageDot, time.Since(began)})
		if r.class() != 2 {
			t.ended = true
			return c.caught(stageDot, r, t.asked, true)
		}
	case r.class() == 2:
		return fmt.Errorf("%w: a message was taken for nobody", errProtocol)
	}
	return nil
}
