package deliver

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"syscall"
)

// greet waits for the banner and says EHLO, or HELO to those who know no
// better.
func (c *conn) greet(hostname string) error {
	r, err := c.hear(c.times.Banner, nil)
	if err != nil {
		return fmt.Errorf("banner: %w", err)
	}
	if r.code != 220 {
		return &refusal{"banner", r}
	}
	return c.hello(hostname)
}

func (c *conn) hello(hostname string) error {
	var lines []string
	r := reply{code: 502}
	if !c.lessons.has(lapseEHLO) {
		var err error
		r, err = c.ask("EHLO "+hostname, c.times.Banner, &lines)
		switch {
		case err != nil && hungUp(err):
			return fmt.Errorf("%w: %w", errHangUp, err)
		case err != nil:
			return fmt.Errorf("EHLO: %w", err)
		}
	}
	if r.class() == 5 {
		var err error
		if r, err = c.ask("HELO "+hostname, c.times.Banner, nil); err != nil {
			return fmt.Errorf("HELO: %w", err)
		}
		lines = nil
	}
	if r.class() != 2 {
		return &refusal{"EHLO", r}
	}
	c.offers(lines)
	return nil
}

// offers notes the extensions of an EHLO answer, save those that the server
// was caught not to have.
func (c *conn) offers(lines []string) {
	c.pipelining, c.eightBit, c.utf8, c.chunking, c.dsn, c.startTLS, c.sizeOffered = false, false, false, false, false, false, false
	c.maxSize, c.auth = 0, nil
	for i, line := range lines {
		f := strings.Fields(strings.ToUpper(line))
		if i == 0 || len(f) == 0 {
			continue
		}
		switch f[0] {
		case "PIPELINING":
			c.pipelining = !c.lessons.has(lapsePipelining)
		case "8BITMIME":
			c.eightBit = !c.lessons.has(lapseParams)
		case "SMTPUTF8":
			c.utf8 = !c.lessons.has(lapseUTF8)
		case "CHUNKING":
			c.chunking = !c.lessons.has(lapseChunking)
		case "DSN":
			c.dsn = !c.lessons.has(lapseDSN)
		case "STARTTLS":
			c.startTLS = true
		case "SIZE":
			c.sizeOffered = !c.lessons.has(lapseParams)
			if len(f) > 1 {
				n, _ := strconv.Atoi(f[1])
				c.maxSize = max(0, n) // what is no size is no limit (RFC 1870 section 4)
			}
		case "AUTH":
			c.auth = f[1:]
		}
	}
}

// hungUp tells whether the far side ended the connection.
func hungUp(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) }
