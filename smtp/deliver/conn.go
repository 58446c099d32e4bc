package deliver

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
)

// TLSMode says how a relay is spoken to.
type TLSMode string

// The TLS modes.
const (
	TLSAuto     TLSMode = "auto"     // STARTTLS where offered, whoever's certificate it is
	TLSRequired TLSMode = "required" // STARTTLS with a certificate that proves the name, or nothing
	TLSImplicit TLSMode = "implicit" // TLS from the first octet (RFC 8314), certificate proven
	TLSOff      TLSMode = "off"      // never
)

// dialer is what it takes to open a session.
type dialer struct {
	hostname   string // ours, for EHLO
	mode       TLSMode
	user, pass string
	tls        *tls.Config // a base: roots, session cache
	times      Timeouts
}

// endpoint is one place to connect to.
type endpoint struct {
	host string // name that the certificate must prove
	addr string // IP and port
}

// conn is one SMTP session, between transactions. One goroutine uses it.
type conn struct {
	net   net.Conn
	tcp   net.Conn // under TLS
	r     *bufio.Reader
	times Timeouts
	host  string
	buf   []byte // what is written next

	pipelining, eightBit, utf8, chunking bool
	sizeOffered                          bool
	maxSize                              int
	auth                                 []string
	startTLS, secure                     bool

	served   int       // messages taken
	idleFrom time.Time // when it was put back
	spoiled  bool      // may not be used again
}

// refusal is the far side's no to the session itself.
type refusal struct {
	stage string
	reply reply
}

func (r *refusal) Error() string { return r.stage + ": " + r.reply.String() }

// dial opens a session with one of the endpoints, in order.
func (d *dialer) dial(ctx context.Context, to []endpoint) (*conn, error) {
	var last error
	for _, e := range to {
		c, err := d.session(ctx, e, d.mode)
		if errors.Is(err, errHandshake) && d.mode == TLSAuto {
			c, err = d.session(ctx, e, TLSOff) // opportunistic: better in clear than not at all
		}
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

var errHandshake = errors.New("TLS handshake failed")

func (d *dialer) session(ctx context.Context, e endpoint, mode TLSMode) (c *conn, err error) {
	dctx, cancel := context.WithTimeout(ctx, d.times.Connect)
	defer cancel()
	raw, err := (&net.Dialer{}).DialContext(dctx, "tcp", e.addr)
	if err != nil {
		return nil, err
	}
	c = &conn{net: raw, tcp: raw, times: d.times, host: e.host}
	defer func() {
		if err != nil {
			raw.Close()
		}
	}()
	stop := context.AfterFunc(ctx, func() { raw.SetDeadline(time.Now()) })
	defer stop()
	if mode == TLSImplicit {
		if err := c.handshake(d.config(e, true)); err != nil {
			return nil, err
		}
	}
	c.r = bufio.NewReaderSize(c.net, maxReplyLine)
	if err := c.greet(d.hostname); err != nil {
		return nil, err
	}
	if err := c.upgrade(d, e, mode); err != nil {
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
	r, err := c.ask("EHLO "+hostname, c.times.Banner, &lines)
	if err != nil {
		return fmt.Errorf("EHLO: %w", err)
	}
	if r.class() == 5 {
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

// offers notes the extensions of an EHLO answer.
func (c *conn) offers(lines []string) {
	c.pipelining, c.eightBit, c.utf8, c.chunking, c.startTLS, c.sizeOffered = false, false, false, false, false, false
	c.maxSize, c.auth = 0, nil
	for i, line := range lines {
		f := strings.Fields(strings.ToUpper(line))
		if i == 0 || len(f) == 0 {
			continue
		}
		switch f[0] {
		case "PIPELINING":
			c.pipelining = true
		case "8BITMIME":
			c.eightBit = true
		case "SMTPUTF8":
			c.utf8 = true
		case "CHUNKING":
			c.chunking = true
		case "STARTTLS":
			c.startTLS = true
		case "SIZE":
			c.sizeOffered = true
			if len(f) > 1 {
				c.maxSize, _ = strconv.Atoi(f[1])
			}
		case "AUTH":
			c.auth = f[1:]
		}
	}
}

// upgrade goes over to TLS where the mode asks for it.
func (c *conn) upgrade(d *dialer, e endpoint, mode TLSMode) error {
	if c.secure || mode == TLSOff || mode == TLSImplicit {
		return nil
	}
	if !c.startTLS {
		if mode == TLSRequired {
			return errors.New("it does not offer STARTTLS, and delivery.relay_tls requires it")
		}
		return nil
	}
	r, err := c.ask("STARTTLS", c.times.Banner, nil)
	if err != nil {
		return fmt.Errorf("STARTTLS: %w", err)
	}
	if r.code != 220 {
		if mode == TLSRequired {
			return &refusal{"STARTTLS", r}
		}
		return nil
	}
	if c.r.Buffered() > 0 { // sent in clear before the handshake: an injected command's answer
		return fmt.Errorf("STARTTLS: %w: it goes on in clear", errProtocol)
	}
	if err := c.handshake(d.config(e, mode == TLSRequired)); err != nil {
		return err
	}
	return c.hello(d.hostname)
}

// login signs in; never in clear, save on loopback.
func (c *conn) login(d *dialer) error {
	if !c.secure && !c.loopback() {
		return errors.New("not signing in without TLS: set delivery.relay_tls, or give no relay_user")
	}
	var client sasl.Client
	for _, how := range c.auth {
		switch {
		case how == "PLAIN":
			client = sasl.NewPlainClient("", d.user, d.pass)
		case how == "LOGIN" && client == nil:
			client = sasl.NewLoginClient(d.user, d.pass)
		}
	}
	if client == nil {
		return fmt.Errorf("signing in: it offers neither AUTH PLAIN nor LOGIN, but %q", c.auth)
	}
	how, first, err := client.Start()
	if err != nil {
		return fmt.Errorf("signing in: %w", err)
	}
	line := "AUTH " + how
	if first != nil {
		line += " " + initial(first)
	}
	for {
		var said []string
		r, err := c.ask(line, c.times.Banner, &said)
		switch {
		case err != nil:
			return fmt.Errorf("signing in: %w", err)
		case r.code == 235:
			return nil
		case r.code != 334 || len(said) != 1:
			return &refusal{"signing in as " + strconv.Quote(d.user), r}
		}
		challenge, err := base64.StdEncoding.DecodeString(said[0])
		if err != nil {
			return fmt.Errorf("signing in: %w", err)
		}
		answer, err := client.Next(challenge)
		if err != nil {
			return fmt.Errorf("signing in: %w", err)
		}
		line = base64.StdEncoding.EncodeToString(answer)
	}
}

// initial writes an initial response; an empty one is "=" (RFC 4954 section 4).
func initial(b []byte) string {
	if len(b) == 0 {
		return "="
	}
	return base64.StdEncoding.EncodeToString(b)
}

func (c *conn) loopback() bool {
	a, ok := c.net.RemoteAddr().(*net.TCPAddr)
	return ok && a.IP.IsLoopback()
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
	if c.r.Buffered() == 0 {
		c.net.SetReadDeadline(time.Now().Add(within))
	}
	return readReply(c.r, lines)
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
