package deliver

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"
)

// TLSMode says how a relay is spoken to.
type TLSMode string

// The TLS modes.
const (
	TLSAuto     TLSMode = "opportunistic" // STARTTLS where offered, whoever's certificate it is
	TLSRequired TLSMode = "required"      // STARTTLS with a certificate that proves the name, or nothing
	TLSImplicit TLSMode = "implicit"      // TLS from the first octet (RFC 8314), certificate proven
	TLSOff      TLSMode = "none"          // never
)

// dialer is what it takes to open a session.
type dialer struct {
	hostname   string // ours, for EHLO
	mode       TLSMode
	user, pass string
	tls        *tls.Config // a base: roots, session cache
	times      Timeouts
	log        *slog.Logger
}

// endpoint is one place to connect to.
type endpoint struct {
	host  string // name that the certificate must prove
	addr  string // IP and port
	proof proof  // what TLS must prove, whatever the mode
}

// conn is one SMTP session, between transactions. One goroutine uses it.
type conn struct {
	net   net.Conn
	tcp   net.Conn // under TLS
	r     *bufio.Reader
	times Timeouts
	host  string
	buf   []byte // what is written next

	pipelining, eightBit, utf8, chunking, dsn bool
	sizeOffered                               bool
	maxSize                                   int
	auth                                      []string
	startTLS, secure                          bool

	lessons  *lessons                     // what this destination's servers were caught at
	knows    int                          // so many of them when it was begun
	slots    [outstanding + 1]transaction // those on the wire, and the next
	burst    []*transaction
	same     []*item
	stuffing []byte // room for a dot-stuffed block
	fields   []byte // room for a recipient's own fields

	served   int       // recipients served
	heard    int       // replies since the last write
	idleFrom time.Time // when it was put back
	spoiled  bool      // may not be used again
	last     lastAnswer
}

// refusal is the far side's no to the session itself.
type refusal struct {
	stage string
	reply reply
}

func (r *refusal) Error() string { return r.stage + ": " + r.reply.String() }

// dial opens a session with one of the endpoints, in order.
func (d *dialer) dial(ctx context.Context, to []endpoint, l *lessons) (*conn, error) {
	var last error
	for _, e := range to {
		c, err := d.open(ctx, e, l)
		if err == nil {
			return c, nil
		}
		last = fmt.Errorf("%s [%s]: %w", e.host, e.addr, err)
		if ctx.Err() != nil {
			break
		}
	}
	if last == nil {
		last = errors.New("no address to connect to")
	}
	return nil, last
}

// open opens a session with one endpoint. One that hangs up on EHLO is asked
// again by HELO, and one whose TLS fails is spoken to in clear where that is
// allowed: opportunistic is better than not at all (RFC 7435). Both are
// remembered for a while.
func (d *dialer) open(ctx context.Context, e endpoint, l *lessons) (*conn, error) {
	for {
		known := [lapses]bool{lapseTLS: l.has(lapseTLS), lapseEHLO: l.has(lapseEHLO)}
		c, err := d.session(ctx, e, l)
		var one lapse
		switch {
		case err == nil || ctx.Err() != nil:
			return c, err
		case errors.Is(err, errHandshake) && d.mode == TLSAuto && !e.proof.needed():
			one = lapseTLS
		case errors.Is(err, errHangUp):
			one = lapseEHLO
		default:
			return nil, err
		}
		if known[one] { // else another session may have found it meanwhile
			return nil, err
		}
		l.learn(one)
		d.log.Info("server spoken to more simply", "host", e.host, "without", one.String(), "err", withoutAddresses(err.Error()))
	}
}

var (
	errHandshake = errors.New("TLS handshake failed")
	errHangUp    = errors.New("it hangs up on EHLO")
)

func (d *dialer) session(ctx context.Context, e endpoint, l *lessons) (c *conn, err error) {
	dctx, cancel := context.WithTimeout(ctx, d.times.Connect)
	defer cancel()
	raw, err := (&net.Dialer{}).DialContext(dctx, "tcp", e.addr)
	if err != nil {
		return nil, err
	}
	c = &conn{net: raw, tcp: raw, times: d.times, host: e.host, lessons: l, knows: l.sofar()}
	defer func() {
		if err != nil {
			raw.Close()
		}
	}()
	stop := context.AfterFunc(ctx, func() { raw.Close() }) // a deadline would be set anew by the next step
	defer stop()
	if d.mode == TLSImplicit {
		if err := c.handshake(d.config(e, true)); err != nil {
			return nil, err
		}
	}
	c.r = bufio.NewReaderSize(c.net, maxReplyLine)
	if err := c.greet(d.hostname); err != nil {
		return nil, err
	}
	if err := c.upgrade(d, e); err != nil {
		return nil, err
	}
	if d.user != "" {
		if err := c.login(d); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (d *dialer) config(e endpoint, prove bool) *tls.Config {
	cfg := &tls.Config{}
	if d.tls != nil {
		cfg = d.tls.Clone()
	}
	cfg.ServerName = e.host
	cfg.InsecureSkipVerify = !prove // opportunistic TLS proves no name (RFC 7435)
	if check := e.proof.check(e.host, cfg.RootCAs, d.log); check != nil {
		cfg.InsecureSkipVerify, cfg.VerifyConnection = true, check
	}
	return cfg
}

func (c *conn) handshake(cfg *tls.Config) error {
	t := tls.Client(c.net, cfg)
	c.net.SetDeadline(time.Now().Add(c.times.Banner))
	if err := t.Handshake(); err != nil {
		return fmt.Errorf("%w: %w", errHandshake, err)
	}
	c.net.SetDeadline(time.Time{})
	c.net, c.r, c.secure = t, bufio.NewReaderSize(t, maxReplyLine), true
	return nil
}

// upgrade goes over to TLS where the mode, or the domain's policy, asks for it.
func (c *conn) upgrade(d *dialer, e endpoint) error {
	must := d.mode == TLSRequired || e.proof.needed()
	switch {
	case c.secure || d.mode == TLSOff || d.mode == TLSImplicit:
		return nil
	case !must && c.lessons.has(lapseTLS):
		return nil
	case !c.startTLS && must:
		return fmt.Errorf("it does not offer STARTTLS, and %s requires it", e.proof.by())
	case !c.startTLS:
		return nil
	}
	r, err := c.ask("STARTTLS", c.times.Banner, nil)
	if err != nil {
		if !must && hungUp(err) {
			return fmt.Errorf("%w: STARTTLS: %w", errHandshake, err)
		}
		return fmt.Errorf("STARTTLS: %w", err)
	}
	if r.code != 220 {
		if must {
			return &refusal{"STARTTLS", r}
		}
		return nil
	}
	if c.r.Buffered() > 0 { // sent in clear before the handshake: an injected command's answer
		return fmt.Errorf("STARTTLS: %w: %w: it goes on in clear", errHandshake, errProtocol)
	}
	if err := c.handshake(d.config(e, d.mode == TLSRequired)); err != nil {
		return err
	}
	return c.hello(d.hostname)
}

// ask writes one line and waits for its reply.
func (c *conn) ask(line string, within time.Duration, lines *[]string) (reply, error) {
	c.net.SetWriteDeadline(time.Now().Add(c.times.Block))
	if _, err := c.net.Write([]byte(line + "\r\n")); err != nil {
		return reply{}, err
	}
	return c.hear(within, lines)
}

// hear reads one reply.
func (c *conn) hear(within time.Duration, lines *[]string) (reply, error) {
	if !c.lineWaits() {
		c.net.SetReadDeadline(time.Now().Add(within))
	}
	r, err := readReply(c.r, lines)
	if err == nil {
		c.heard++
	}
	return r, err
}

// lineWaits tells whether a whole line has come already.
func (c *conn) lineWaits() bool {
	n := c.r.Buffered()
	if n == 0 {
		return false
	}
	b, _ := c.r.Peek(n)
	return bytes.IndexByte(b, '\n') >= 0
}

// fresh tells whether an idle session can be used: nothing has come that
// nobody asked for, such as a 421.
func (c *conn) fresh() bool {
	if c.spoiled || c.r.Buffered() > 0 {
		return false
	}
	return silent(c.tcp)
}

// quit ends the session politely, without waiting for the answer.
func (c *conn) quit() {
	c.net.SetWriteDeadline(time.Now().Add(time.Second))
	_, _ = c.net.Write([]byte("QUIT\r\n"))
	c.net.Close()
}

func (c *conn) close() { c.net.Close() }
