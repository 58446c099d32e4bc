package receive_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/lists"
	"plenary/smtp"
	"plenary/smtp/receive"
)

// patience is how long a test waits for what must come. Nothing is measured
// by it: a server that works never lets it pass.
const patience = 2 * time.Minute

// rig is a server on loopback with an inbox that a test can look into.
type rig struct {
	*receive.Server
	addr  string
	inbox *inbox
	dir   *directory
	wall  *screen
}

// directory has the lists list and dc, or an error.
type directory struct {
	mu  sync.Mutex
	ask func(ctx context.Context) (*lists.Directory, error)
}

func (d *directory) Directory(ctx context.Context) (*lists.Directory, error) {
	d.mu.Lock()
	ask := d.ask
	d.mu.Unlock()
	return ask(ctx)
}

func (d *directory) set(ask func(ctx context.Context) (*lists.Directory, error)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ask = ask
}

func named(names ...string) func(context.Context) (*lists.Directory, error) {
	var all []lists.List
	for i, n := range names {
		all = append(all, lists.List{ID: n, Family: n, Name: n, Short: n, Serial: uint32(i + 1)})
	}
	d := lists.NewDirectory("plenary.test", all)
	return func(context.Context) (*lists.Directory, error) { return d, nil }
}

// mail is what the inbox was given.
type mail struct {
	env smtp.Envelope
	raw []byte
}

// content is raw without the trace field on top.
func (m mail) content() string {
	raw := string(m.raw)
	end := strings.Index(raw, " -0000\r\n")
	if end < 0 {
		end = strings.Index(raw, " +0000\r\n")
	}
	return raw[end+len(" +0000\r\n"):]
}

type inbox struct {
	mu     sync.Mutex
	got    []mail
	accept func(ctx context.Context, env smtp.Envelope) error // nil: take it
}

func (b *inbox) Accept(ctx context.Context, env smtp.Envelope, raw []byte) (string, error) {
	b.mu.Lock()
	accept := b.accept
	b.mu.Unlock()
	if accept != nil {
		if err := accept(ctx, env); err != nil {
			return "", err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.got = append(b.got, mail{env, bytes.Clone(raw)})
	return env.ID, nil
}

func (b *inbox) set(accept func(context.Context, smtp.Envelope) error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.accept = accept
}

func (b *inbox) take() []mail {
	b.mu.Lock()
	defer b.mu.Unlock()
	got := b.got
	b.got = nil
	return got
}

type screen struct {
	mu    sync.Mutex
	judge func(env smtp.Envelope, raw []byte) *smtp.Reply
}

func (s *screen) Screen(_ context.Context, env smtp.Envelope, raw []byte) *smtp.Reply {
	s.mu.Lock()
	judge := s.judge
	s.mu.Unlock()
	if judge == nil {
		return nil
	}
	return judge(env, raw)
}

var epoch = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// newRig starts a server; options change its configuration.
func newRig(t testing.TB, lmtp bool, options ...func(*receive.Config)) *rig {
	t.Helper()
	return newServing(t, func(r *rig) func(context.Context, net.Listener) error {
		if lmtp {
			return r.ServeLMTP
		}
		return r.ServeSMTP
	}, options...)
}

// newServing starts a server that does what serve says.
func newServing(t testing.TB, serve func(*rig) func(context.Context, net.Listener) error, options ...func(*receive.Config)) *rig {
	t.Helper()
	cfg := receive.Config{
		Hostname: "mx.plenary.test", Domain: "plenary.test",
		Now: func() time.Time { return epoch },
	}
	for _, o := range options {
		o(&cfg)
	}
	r := &rig{inbox: &inbox{}, dir: &directory{ask: named("list", "dc")}, wall: &screen{}}
	r.Server = receive.New(cfg, r.dir, r.inbox, r.wall)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.addr = l.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- serve(r)(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Errorf("serve: %v", err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := r.Shutdown(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("shutdown: %v", err)
		}
	})
	return r
}

// client talks to a server line by line.
type client struct {
	t testing.TB
	net.Conn
	in *bufio.Reader
}

func dial(t testing.TB, addr string) *client {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(patience))
	return &client{t: t, Conn: c, in: bufio.NewReader(c)}
}

// send writes s as it is.
func (c *client) send(s string) {
	c.t.Helper()
	if _, err := c.Write([]byte(s)); err != nil {
		c.t.Logf("send: %v", err) // the server may have hung up
	}
}

// reply reads one whole reply, "" at the end of the connection.
func (c *client) reply() string {
	c.t.Helper()
	var all strings.Builder
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			if t, ok := err.(net.Error); ok && t.Timeout() {
				c.t.Fatalf("no reply came after %q", all.String())
			}
			return all.String()
		}
		all.WriteString(line)
		if len(line) < 4 || line[3] != '-' {
			return all.String()
		}
	}
}

// want reads a reply and checks how it begins.
func (c *client) want(begin string) string {
	c.t.Helper()
	got := c.reply()
	if !strings.HasPrefix(got, begin) || begin == "" && got != "" {
		c.t.Fatalf("reply %q, want %q", got, begin)
	}
	return got
}

// do sends lines, each by itself, and wants one kind of reply to each.
func (c *client) do(begin string, lines ...string) {
	c.t.Helper()
	for _, line := range lines {
		c.send(line + "\r\n")
		c.want(begin)
	}
}

// hello begins a session.
func hello(t testing.TB, r *rig) *client {
	t.Helper()
	c := dial(t, r.addr)
	c.want("220 ")
	c.do("250", "EHLO client.example")
	return c
}

// startTLS changes c to TLS.
func (c *client) startTLS() {
	c.t.Helper()
	tc := tls.Client(c.Conn, &tls.Config{InsecureSkipVerify: true})
	if err := tc.Handshake(); err != nil {
		c.t.Fatalf("handshake: %v", err)
	}
	c.Conn, c.in = tc, bufio.NewReader(tc)
}

// withTLS gives the server a certificate of its own.
func withTLS(t testing.TB) func(*receive.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"mx.plenary.test"}}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert := &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
	return func(c *receive.Config) {
		c.TLS = &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return cert, nil }}
	}
}

const note = "From: member@example.org\r\nTo: list@plenary.test\r\nSubject: hello\r\n\r\nA line.\r\n"
