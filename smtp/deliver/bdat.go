package deliver

import (
	"errors"
	"fmt"
	"strconv"
)

// How many messages, and how many octets of them, may be on the wire without
// a reply by BDAT.
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
	burst := make([]*item, 0, outstanding)
	reset := false // the transaction before was refused
	next := c.fitting(f)
	for next != nil {
		if !f.ready() {
			return errStopped
		}
		b, octets := c.buf[:0], 0
		resets := reset
		for burst = burst[:0]; next != nil && len(burst) < outstanding && (len(burst) == 0 || octets+next.size() <= outstandingOctets); {
			if resets || len(burst) > 0 {
				b = append(b, "RSET\r\n"...)
			}
			var err error
			if b, err = c.chunk(f, b, next); err != nil {
				return err
			}
			burst, octets = append(burst, next), octets+next.size()
			next = c.fitting(f)
		}
		if err := c.write(b); err != nil {
			return err
		}
		said, err := c.burstReplies(len(burst), resets)
		for i, o := range said {
			f.result(burst[i], o)
			reset = o.class() != 2
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

// chunk appends an item whole: envelope, BDAT and message. What is large is
// written at once, from the shared copy.
func (c *conn) chunk(f feed, b []byte, it *item) ([]byte, error) {
	b = it.appendMail(b, c)
	b = it.appendRcpt(b)
	b = append(b, "BDAT "...)
	b = strconv.AppendInt(b, int64(it.size()), 10)
	b = append(b, " LAST\r\n"...)
	b = append(b, it.own()...)
	if it.content.size <= flatSize {
		for _, p := range it.content.plain {
			b = append(b, p...)
		}
		return b, nil
	}
	if err := c.blocks(f, b, it.content.plain); err != nil {
		return nil, err
	}
	return c.buf[:0], nil
}

// burstReplies reads the replies to n items, the first with RSET before it or
// not. With an error it gives what was said before, unless that can't be
// trusted.
func (c *conn) burstReplies(n int, resets bool) ([]outcome, error) {
	said := make([]outcome, 0, n)
	for i := range n {
		o, err := c.chunkReplies(resets || i > 0)
		if errors.Is(err, errProtocol) {
			return nil, err
		} else if err != nil {
			return said, err
		}
		said = append(said, o)
	}
	if c.r.Buffered() > 0 {
		return nil, fmt.Errorf("%w: more replies than commands", errProtocol)
	}
	for _, o := range said {
		if o.class() == 2 {
			c.served++
		}
	}
	return said, nil
}

// chunkReplies reads the replies to RSET, if it was said, MAIL, RCPT and BDAT.
func (c *conn) chunkReplies(reset bool) (out outcome, err error) {
	if reset {
		if err := c.resetReply(); err != nil {
			return out, err
		}
	}
	for _, at := range []stage{stageMail, stageRcpt, stageDot} {
		within := c.times.Command
		if at == stageDot {
			within = c.times.Dot
		}
		r, err := c.verdict(within)
		if err != nil {
			return out, fmt.Errorf("%s: %w", at, err)
		}
		switch {
		case out.code == 0 || out.class() == 2:
			out = outcome{r, at}
		case at == stageDot && r.class() == 2:
			return out, fmt.Errorf("%w: a message was taken for nobody", errProtocol)
		}
	}
	return out, nil
}
