package collect_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"plenary/lists"
	"plenary/smtp"
	"plenary/smtp/collect"
)

// patience is how long a test waits for what must come.
const patience = 2 * time.Minute

// post is a mail server in memory with one mailbox.
type post struct {
	t    testing.TB
	addr string
	user *imapmemserver.User
}

// newPost starts the server; caps are what it offers beside IMAP4rev1 and
// what the library always does (IDLE).
func newPost(t testing.TB, caps ...imap.Cap) *post {
	t.Helper()
	mem := imapmemserver.New()
	user := imapmemserver.NewUser("box@mail.example", "a \"secret\"\\")
	if err := user.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	mem.AddUser(user)
	offered := imap.CapSet{imap.CapIMAP4rev1: {}}
	for _, c := range caps {
		offered[c] = struct{}{}
	}
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		},
		InsecureAuth: true, Caps: offered, TLSConfig: serverTLS(t), Logger: log.New(io.Discard, "", 0),
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l)
	}()
	t.Cleanup(func() { server.Close(); <-done })
	return &post{t: t, addr: l.Addr().String(), user: user}
}

// deliver puts a message into INBOX.
func (p *post) deliver(raw string) {
	p.t.Helper()
	if _, err := p.user.Append("INBOX", literal{strings.NewReader(raw), int64(len(raw))}, &imap.AppendOptions{}); err != nil {
		p.t.Fatal(err)
	}
}

type literal struct {
	*strings.Reader
	size int64
}

func (l literal) Size() int64 { return l.size }

// count is how many messages a folder has, -1 if there is no such folder.
func (p *post) count(folder string) int {
	data, err := p.user.Status(folder, &imap.StatusOptions{NumMessages: true})
	if err != nil {
		return -1
	}
	return int(*data.NumMessages)
}

// inbox takes each id once, as the queue does.
type inbox struct {
	mu      sync.Mutex
	got     map[string]taken
	offered int
	refuse  func(env smtp.Envelope) error // before taking
	after   func(env smtp.Envelope) error // when taken
	change  *sync.Cond
}

type taken struct {
	env smtp.Envelope
	raw string
}

func newInbox() *inbox {
	b := &inbox{got: map[string]taken{}}
	b.change = sync.NewCond(&b.mu)
	return b
}

func (b *inbox) Accept(_ context.Context, env smtp.Envelope, raw []byte) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer b.change.Broadcast()
	b.offered++
	if b.refuse != nil {
		if err := b.refuse(env); err != nil {
			return "", err
		}
	}
	if _, again := b.got[env.ID]; !again {
		b.got[env.ID] = taken{env, string(bytes.Clone(raw))}
	}
	if b.after != nil {
		if err := b.after(env); err != nil {
			return "", err
		}
	}
	return env.ID, nil
}

// await waits until something holds of what was offered and taken.
func (b *inbox) await(t testing.TB, what string, ok func(offered int, got map[string]taken) bool) {
	t.Helper()
	timer := time.AfterFunc(patience, b.change.Broadcast)
	defer timer.Stop()
	end := time.Now().Add(patience)
	b.mu.Lock()
	defer b.mu.Unlock()
	for !ok(b.offered, b.got) {
		if time.Now().After(end) {
			t.Fatalf("it never came to be that %s: %d offered, %d taken", what, b.offered, len(b.got))
		}
		b.change.Wait()
	}
}

func (b *inbox) all() []taken {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []taken
	for _, m := range b.got {
		all = append(all, m)
	}
	return all
}

func has(n int) func(int, map[string]taken) bool {
	return func(_ int, got map[string]taken) bool { return len(got) >= n }
}

type directory struct{}

func (directory) Directory(context.Context) (*lists.Directory, error) {
	return lists.NewDirectory("lists.example.org", []lists.List{
		{ID: "dc", Family: "dc", Name: "dc", Short: "dc", Serial: 1},
		{ID: "maps", Family: "dc", Name: "dc-maps", Short: "maps", Serial: 2},
	}), nil
}

// config is quick where the defaults wait.
func config(addr string, options ...func(*collect.Config)) collect.Config {
	c := collect.Config{
		Addr: addr, TLS: collect.NoTLS, User: "box@mail.example", Password: "a \"secret\"\\",
		Domain: "lists.example.org", Hostname: "mx.lists.example.org", Done: "Plenary/Done",
		Poll: 10 * time.Millisecond, Retry: time.Millisecond, Limit: 20 * time.Millisecond,
		Now: func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) },
	}
	for _, o := range options {
		o(&c)
	}
	return c
}

// start runs a collector until the test ends or stop is called.
func start(t testing.TB, cfg collect.Config, b collect.Inbox) (stop func()) {
	t.Helper()
	c, err := collect.New(cfg, directory{}, b)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.Run(ctx)
	}()
	stop = func() {
		cancel()
		select {
		case <-done:
		case <-time.After(patience):
			t.Error("the collector does not end")
		}
	}
	t.Cleanup(stop)
	return stop
}

// eventually waits for what another process does.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it never came to be that %s", what)
		}
	}
}

func note(to string, n int) string {
	return fmt.Sprintf("Return-Path: <ann@example.net>\r\nDelivered-To: %s\r\nFrom: Ann <ann@example.net>\r\nSubject: note %d\r\n\r\nHello.\r\n", to, n)
}

// everyWay are servers that offer more and less.
var everyWay = map[string]struct {
	caps []imap.Cap
	done string
}{
	"MOVE":          {[]imap.Cap{imap.CapMove, imap.CapUIDPlus}, "Plenary/Done"},
	"UIDPLUS":       {[]imap.Cap{imap.CapUIDPlus}, "Plenary/Done"},
	"neither":       {nil, "Plenary/Done"},
	"IMAP4rev2":     {[]imap.Cap{imap.CapIMAP4rev2}, "Done"},
	"flags only":    {nil, ""},
	"LITERAL+ SASL": {[]imap.Cap{imap.CapMove, imap.CapLiteralPlus, imap.CapSASLIR}, "Done"},
}

// TestCollect: what is there is collected, and what comes later; each enters
// once, whole, and is then out of the way for every other collector.
func TestCollect(t *testing.T) {
	for name, way := range everyWay {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, b := newPost(t, way.caps...), newInbox()
			cfg := config(p.addr, func(c *collect.Config) { c.Done = way.done })
			for i := range 5 {
				p.deliver(note("dc@lists.example.org", i))
			}
			stop := start(t, cfg, b)
			b.await(t, "what is there is taken", has(5))
			p.deliver(note("box+dc-join@mail.example", 6)) // heard of by IDLE
			b.await(t, "what comes is taken", has(6))
			marked := func() bool {
				switch {
				case way.done == "":
					return flagged(p) == 6
				case len(way.caps) == 0:
					return p.count(way.done) == 6 && deleted(p) == 6
				default:
					return p.count(way.done) == 6 && p.count("INBOX") == 0
				}
			}
			eventually(t, "all are marked", marked)
			stop()

			start(t, cfg, b)
			p.deliver(note("dc@lists.example.org", 7))
			b.await(t, "the next is taken", has(7))
			if b.mu.Lock(); b.offered != 7 {
				t.Errorf("%d messages were offered, 7 came", b.offered)
			}
			b.mu.Unlock()
		})
	}
}

// flagged counts the messages in INBOX that bear our keyword and \Seen.
func flagged(p *post) int {
	p.t.Helper()
	seen, err := p.user.Status("INBOX", &imap.StatusOptions{NumUnseen: true, NumMessages: true})
	if err != nil {
		p.t.Fatal(err)
	}
	return int(*seen.NumMessages - *seen.NumUnseen)
}

// deleted counts the messages in INBOX that bear \Deleted.
func deleted(p *post) int {
	p.t.Helper()
	status, err := p.user.Status("INBOX", &imap.StatusOptions{NumDeleted: true})
	if err != nil {
		p.t.Fatal(err)
	}
	return int(*status.NumDeleted)
}

func TestEnvelopeAndTrace(t *testing.T) {
	p, b := newPost(t, imap.CapMove), newInbox()
	p.deliver("Return-Path: <Ann@example.net>\nX-Original-To: dc@lists.example.org\nSubject: \xc3\xa9\n\nbare\n")
	start(t, config(p.addr), b)
	b.await(t, "it is taken", has(1))
	m := b.all()[0]
	if e := m.env; e.From != "Ann@example.net" || strings.Join(e.To, " ") != "dc@lists.example.org" || e.Protocol != "IMAP" ||
		e.Remote != "" || e.Helo != "" || !e.EightBit || e.Received.IsZero() || e.Verdict.Believed || len(e.ID) != 24 {
		t.Errorf("envelope %+v", e)
	}
	want := "Received: from [127.0.0.1]\r\n\tby mx.lists.example.org (Plenary) with IMAP\r\n\tid " + m.env.ID +
		"\r\n\tfor <dc@lists.example.org>; Mon, 23 Nov 2026 09:00:00 +0000\r\n" +
		"Return-Path: <Ann@example.net>\r\nX-Original-To: dc@lists.example.org\r\nSubject: \xc3\xa9\r\n\r\nbare\r\n"
	if m.raw != want {
		t.Errorf("message %q, want %q", m.raw, want)
	}
}

// TestCrashBetweenAcceptAndMove: the process dies when the queue has the
// message and the mailbox does not know. The next one offers it under the
// same id, and moves it.
func TestCrashBetweenAcceptAndMove(t *testing.T) {
	p, b := newPost(t, imap.CapMove), newInbox()
	p.deliver(note("dc@lists.example.org", 1))
	p.deliver(note("dc@lists.example.org", 2))
	crash := errors.New("kill -9")
	b.after = func(smtp.Envelope) error { return crash }
	stop := start(t, config(p.addr, func(c *collect.Config) { c.Retry, c.Limit = time.Hour, time.Hour }), b)
	b.await(t, "one is taken", has(1))
	stop()
	if p.count("INBOX") != 2 || p.count("Plenary/Done") != 0 {
		t.Fatalf("%d in INBOX, %d done: it was moved before the queue said yes", p.count("INBOX"), p.count("Plenary/Done"))
	}
	b.after = nil
	start(t, config(p.addr), b)
	eventually(t, "both are moved", func() bool { return p.count("INBOX") == 0 && p.count("Plenary/Done") == 2 })
	if b.offered != 3 || len(b.got) != 2 {
		t.Errorf("%d offered, %d taken; want 3 and 2", b.offered, len(b.got))
	}
}

// TestQueueTrouble: while the queue takes nothing, nothing is moved; and then
// all is collected.
func TestQueueTrouble(t *testing.T) {
	p, b := newPost(t, imap.CapMove), newInbox()
	p.deliver(note("dc@lists.example.org", 1))
	b.refuse = func(smtp.Envelope) error {
		if b.offered < 4 {
			return &smtp.Reply{Code: 451, Text: "Redis is away"}
		}
		return nil
	}
	start(t, config(p.addr), b)
	b.await(t, "it is taken", has(1))
	eventually(t, "it is moved", func() bool { return p.count("Plenary/Done") == 1 })
}

// TestLeft: what is for nobody here, too large or unfit stays where it is,
// untouched, and is not offered; it is looked at once, not at every pass.
func TestLeft(t *testing.T) {
	p, b := newPost(t, imap.CapMove), newInbox()
	said := &lines{}
	p.deliver(note("stranger@mail.example", 1))
	p.deliver(note("dc@lists.example.org", 2) + strings.Repeat("x", 5000))
	p.deliver("Delivered-To: dc@lists.example.org\r\n" + strings.Repeat("Received: x\r\n", 51) + "\r\n")
	p.deliver(note("dc@lists.example.org", 3))
	cfg := config(p.addr, func(c *collect.Config) { c.MaxBytes, c.Log = 4000, said.logger() })
	start(t, cfg, b)
	b.await(t, "the good one is taken", has(1))
	p.deliver(note("dc@lists.example.org", 4))
	b.await(t, "the next is taken", has(2))
	eventually(t, "both are moved", func() bool { return p.count("Plenary/Done") == 2 })
	if p.count("INBOX") != 3 || flagged(p) != 0 {
		t.Errorf("%d stayed, %d of them flagged; want 3 and none", p.count("INBOX"), flagged(p))
	}
	for _, reason := range []string{"no address of ours", "larger than", "loop"} {
		if n := said.count(reason); n != 1 {
			t.Errorf("%q was said %d times", reason, n)
		}
	}
}

// TestTwoCollectors: two processes on one mailbox enter each message once.
func TestTwoCollectors(t *testing.T) {
	p, b := newPost(t, imap.CapMove), newInbox()
	for i := range 40 {
		p.deliver(note("dc@lists.example.org", i))
	}
	start(t, config(p.addr), b)
	start(t, config(p.addr), b)
	b.await(t, "all are taken", has(40))
	eventually(t, "INBOX is empty", func() bool { return p.count("INBOX") == 0 })
	if len(b.all()) != 40 {
		t.Errorf("%d were taken, 40 came", len(b.all()))
	}
}

// TestManyMessages: more than one pass looks at.
func TestManyMessages(t *testing.T) {
	p, b := newPost(t, imap.CapMove), newInbox()
	for i := range 450 {
		to := "dc@lists.example.org"
		if i%3 == 0 {
			to = "stranger@mail.example"
		}
		p.deliver(note(to, i))
	}
	start(t, config(p.addr, func(c *collect.Config) { c.Poll = time.Minute }), b)
	b.await(t, "all are taken", has(300))
	eventually(t, "INBOX has the strangers' only", func() bool { return p.count("INBOX") == 150 })
}
