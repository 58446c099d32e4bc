package collect

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"

	"plenary/smtp"
	"plenary/smtp/message"
)

// Collector empties one mailbox. Make it by New.
type Collector struct {
	cfg   Config
	dir   Directory
	inbox Inbox

	validity uint32      // of the folder when left was filled
	left     imap.UIDSet // messages that were dealt with
}

// New makes a Collector that asks dir for addresses and gives what is for us
// to inbox.
func New(cfg Config, dir Directory, inbox Inbox) (*Collector, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Collector{cfg: cfg, dir: dir, inbox: inbox}, nil
}

// Run collects until ctx ends, through every failure of the server, of the
// network and of the queue. It must not run twice at once; other processes
// may collect from the same mailbox.
func (c *Collector) Run(ctx context.Context) {
	pause := c.cfg.Retry
	for ctx.Err() == nil {
		err := c.session(ctx, func() { pause = c.cfg.Retry })
		if ctx.Err() != nil {
			return
		}
		c.cfg.Log.Warn("collecting mail failed and will be tried again", "server", c.cfg.Addr, "in", pause, "err", err)
		timer := time.NewTimer(pause/2 + rand.N(pause/2+1))
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
		pause = min(2*pause, c.cfg.Limit)
	}
}

// session works over one connection until it fails. well is called whenever
// all that was there has been dealt with.
func (c *Collector) session(ctx context.Context, well func()) error {
	m, err := open(ctx, c.cfg)
	if err != nil {
		return err
	}
	defer m.close()
	if m.validity != c.validity {
		c.validity, c.left = m.validity, nil
	}
	for inVain := 0; ; {
		found, more, err := c.pass(ctx, m)
		if err != nil {
			return err
		}
		if more {
			continue
		}
		well()
		if inVain++; found > 0 {
			inVain = 0
		}
		if inVain > 3 { // a server that rings for nothing is not answered at once
			if err := m.sleep(ctx, time.Second, nil); err != nil {
				return err
			}
		}
		if err := m.wait(ctx); err != nil {
			return err
		}
	}
}

// pass deals with what is in the folder.
func (c *Collector) pass(ctx context.Context, m *mailbox) (n int, more bool, err error) {
	found, more, err := m.search(ctx, c.left)
	if err != nil || len(found) == 0 {
		return 0, false, err
	}
	d, err := c.dir.Directory(ctx)
	if err != nil {
		return 0, false, fmt.Errorf("look up our addresses: %w", err)
	}
	who := addressing{dir: d, domain: c.cfg.Domain, mailbox: c.cfg.Mailbox}
	for _, l := range found {
		why, err := c.take(ctx, m, who, l)
		if err != nil {
			return 0, false, err
		}
		// Even what was marked is not asked for again by this process, should
		// the server forget the mark.
		c.left.AddNum(l.uid)
		if why != "" {
			c.cfg.Log.Warn("a message was left in the mailbox", "folder", c.cfg.Folder, "uid", l.uid, "reason", why)
		}
	}
	return len(found), more, nil
}

// take enters one message, and then marks it. why: it is left where it is.
// An error ends the session: nothing more can be done now.
func (c *Collector) take(ctx context.Context, m *mailbox, who addressing, l letter) (why string, err error) {
	if l.size > c.cfg.MaxBytes {
		return errTooBig.Error(), nil
	}
	raw, err := m.body(ctx, l.uid)
	switch {
	case errors.Is(err, errTooBig):
		return errTooBig.Error(), nil
	case err != nil:
		return "", err
	case raw == nil:
		return "", nil // taken by another meanwhile
	}
	raw = smtp.MendLineEnds(raw)
	if r := smtp.CheckContent(raw); r != nil {
		return r.Text, nil
	}
	fields, _, err := message.ReadFields(raw)
	if err != nil {
		return err.Error(), nil
	}
	env := smtp.Envelope{
		ID: c.id(m.validity, l.uid), From: sender(fields), To: who.recipients(fields),
		Protocol: "IMAP", EightBit: smtp.EightBit(raw), Received: c.cfg.Now(),
	}
	if len(env.To) == 0 {
		return "it is for no address of ours", nil
	}
	id, err := c.inbox.Accept(ctx, env, append([]byte(c.trace(env)), raw...))
	if err != nil {
		return "", fmt.Errorf("enter message %d: %w", l.uid, err)
	}
	c.cfg.Log.Info("message collected", "id", id, "octets", len(raw), "recipients", len(env.To))
	if err := m.settle(ctx, l.uid); err != nil {
		var answer *imap.Error
		if errors.As(err, &answer) {
			return "it was entered, but could be neither moved nor flagged: " + err.Error(), nil
		}
		return "", err
	}
	return "", nil
}

// id is the queue id of a message: the same whenever, and by whichever
// process, it is collected.
func (c *Collector) id(validity uint32, uid imap.UID) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%d\x00%d", strings.ToLower(c.cfg.Addr), c.cfg.User, c.cfg.Folder, validity, uid))
	return "c" + strings.ToLower(base32.HexEncoding.EncodeToString(sum[:15]))[:23]
}

// trace is the field that tells, on top, how the message came (RFC 5321 4.4).
func (c *Collector) trace(env smtp.Envelope) string {
	host, _, _ := net.SplitHostPort(c.cfg.Addr) // checked by New
	if a, err := netip.ParseAddr(host); err == nil {
		if host = "[" + host + "]"; a.Is6() {
			host = "[IPv6:" + a.String() + "]"
		}
	}
	field := "Received: from " + host + "\r\n\tby " + c.cfg.Hostname + " (Plenary) with IMAP\r\n\tid " + env.ID
	if len(env.To) == 1 {
		field += "\r\n\tfor <" + env.To[0] + ">"
	}
	return field + "; " + env.Received.Format(time.RFC1123Z) + "\r\n"
}
