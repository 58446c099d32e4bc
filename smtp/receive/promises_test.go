package receive_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/lists"
	"plenary/smtp"
	"plenary/smtp/receive"
)

// TestNothingCutShortIsAccepted ends the connection after every octet of a
// session in turn, by FIN: only the whole session brings a message, by DATA
// as by BDAT, where go-smtp takes an end inside the last chunk for the end of
// the message.
func TestNothingCutShortIsAccepted(t *testing.T) {
	const begin = "EHLO c\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<list@plenary.test>\r\n"
	for name, session := range map[string]string{
		"DATA":   begin + "DATA\r\nSubject: x\r\n\r\nhi\r\n.\r\n",
		"BDAT":   begin + "BDAT 12\r\nSubject: x\r\nBDAT 4 LAST\r\n\r\nhi",
		"BDAT 0": begin + "BDAT 16\r\nSubject: x\r\n\r\nhiBDAT 0 LAST\r\n",
	} {
		for _, lmtp := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s lmtp=%v", name, lmtp), func(t *testing.T) {
				t.Parallel()
				r := newRig(t, lmtp)
				session := session
				if lmtp {
					session = strings.Replace(session, "EHLO", "LHLO", 1)
				}
				for n := range session {
					out := play(t, r.addr, []byte(session[:n]), true, n+1)
					if got := r.inbox.take(); len(got) != 0 || strings.Contains(out, "Queued") {
						t.Fatalf("accepted after %q:\n%s", session[:n], out)
					}
				}
				if play(t, r.addr, []byte(session), true, len(session)); len(r.inbox.take()) != 1 {
					t.Fatal("the whole session brought no message")
				}
			})
		}
	}
}

func TestTraceField(t *testing.T) {
	r := newRig(t, false, withTLS(t), func(c *receive.Config) { c.NewID = func() string { return "id1" } })
	c := hello(t, r)
	c.do("250", "MAIL FROM:<a@example.org>", "RCPT TO:<list@plenary.test>")
	c.do("354", "DATA")
	c.send(note + ".\r\n")
	c.want("250 2.0.0 Queued as id1\r\n")
	m := r.inbox.take()[0]
	want := "Received: from client.example ([127.0.0.1])\r\n\tby mx.plenary.test (Plenary) with ESMTP\r\n" +
		"\tid id1\r\n\tfor <list@plenary.test>; Mon, 23 Nov 2026 09:00:00 +0000\r\n"
	if got := strings.TrimSuffix(string(m.raw), note); got != want {
		t.Errorf("trace field %q, want %q", got, want)
	}
	if e := m.env; e.ID != "id1" || e.Remote != "127.0.0.1" || e.Helo != "client.example" || !e.Received.Equal(epoch) || e.EightBit {
		t.Errorf("envelope %+v", e)
	}

	c.do("220", "STARTTLS")
	c.startTLS()
	c.do("250", "EHLO [::1](x)", "MAIL FROM:<a@example.org>", "RCPT TO:<list@plenary.test>", "RCPT TO:<dc@plenary.test>")
	c.do("354", "DATA")
	c.send("Subject: \xc3\xa9\r\n\r\n.\r\n")
	c.want("250")
	m = r.inbox.take()[0]
	head := header(m.raw)
	if !strings.HasPrefix(head, "Received: from [::1]x ([127.0.0.1])\r\n\tby mx.plenary.test (Plenary) with ESMTPS (TLS1.3 TLS_") {
		t.Errorf("trace field %q", head)
	}
	if strings.Contains(head, "for <") {
		t.Errorf("with two recipients each learns of the other: %q", head)
	}
	if !m.env.EightBit {
		t.Error("8-bit content was not noticed")
	}
}

// TestInboxTrouble: the reply is Inbox's where it has one, 451 for all else,
// and never tells what went wrong inside. The session goes on.
func TestInboxTrouble(t *testing.T) {
	secret := errors.New("dial tcp 10.0.0.7:6379: connection refused")
	full := &smtp.Reply{Code: 452, Enhanced: [3]int{4, 3, 1}, Text: "The queue is full", Cause: secret}
	for name, c := range map[string]struct {
		accept func(context.Context, smtp.Envelope) error
		want   string
	}{
		"full":    {func(context.Context, smtp.Envelope) error { return full }, "452 4.3.1 The queue is full"},
		"wrapped": {func(context.Context, smtp.Envelope) error { return fmt.Errorf("accept: %w", full) }, "452 4.3.1 The queue is full"},
		"lost":    {func(context.Context, smtp.Envelope) error { return secret }, "451 4.3.0 "},
		"absurd": {func(context.Context, smtp.Envelope) error {
			return &smtp.Reply{Code: 250, Enhanced: [3]int{2, 0, 0}, Text: "fine"}
		}, "451 4.3.0 "},
		"panic": {func(context.Context, smtp.Envelope) error { panic(secret) }, "451 4.3.0 "},
		"hangs": {func(ctx context.Context, _ smtp.Envelope) error { <-ctx.Done(); return ctx.Err() }, "451 4.3.0 "},
	} {
		for _, lmtp := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s lmtp=%v", name, lmtp), func(t *testing.T) {
				t.Parallel()
				r := newRig(t, lmtp, func(c *receive.Config) {
					if name == "hangs" { // the others must not be given up on a busy machine
						c.Limits.Hand = time.Second
					}
				})
				r.inbox.set(c.accept)
				conn := dial(t, r.addr)
				conn.want("220")
				conn.do("250", map[bool]string{false: "EHLO c", true: "LHLO c"}[lmtp], "MAIL FROM:<a@example.org>", "RCPT TO:<list@plenary.test>")
				conn.do("354", "DATA")
				conn.send(note + ".\r\n")
				want := c.want
				if lmtp {
					want = want[:len("451 4.3.0 ")] + "<list@plenary.test> " + strings.TrimPrefix(want[len("451 4.3.0"):], " ")
				}
				if got := conn.want(want); strings.Contains(got, "10.0.0.7") {
					t.Errorf("the client learned %q", got)
				}
				conn.do("250", "NOOP")
			})
		}
	}
}

// TestDeafInbox: an Inbox that never answers, and heeds no context, hangs
// nobody, and the messages it sits on stay within the bound of memory.
func TestDeafInbox(t *testing.T) {
	r := newRig(t, false, func(c *receive.Config) {
		c.Limits.Hand, c.Limits.InFlight = 500*time.Millisecond, 20<<10
	})
	free := make(chan struct{})
	r.inbox.set(func(context.Context, smtp.Envelope) error { <-free; return errors.New("too late") })
	t.Cleanup(func() { close(free) })
	post := func(want string) *client {
		t.Helper()
		c := hello(t, r)
		c.do("250", "MAIL FROM:<a@example.org>", "RCPT TO:<list@plenary.test>")
		c.do("354", "DATA")
		c.send(note + ".\r\n")
		c.want(want)
		return c
	}
	for range 2 {
		if _, err := post("421 4.3.0").in.ReadByte(); !errors.Is(err, io.EOF) {
			t.Errorf("after 421: %v, want the end", err)
		}
	}
	post("452 4.3.1").do("250", "NOOP")
}

// TestScreenPanics: a message that breaks the code which looks into it breaks
// nothing else.
func TestScreenPanics(t *testing.T) {
	r := newRig(t, false)
	r.wall.judge = func(smtp.Envelope, []byte) *smtp.Reply { panic("nesting") }
	c := hello(t, r)
	c.do("250", "MAIL FROM:<a@example.org>", "RCPT TO:<list@plenary.test>")
	c.do("354", "DATA")
	c.send(note + ".\r\n")
	c.want("451 4.3.0")
	c.do("250", "NOOP")
}

func TestDirectoryTrouble(t *testing.T) {
	r := newRig(t, false, func(c *receive.Config) { c.Limits.Hand = time.Second })
	c := hello(t, r)
	c.do("250", "MAIL FROM:<a@example.org>")
	r.dir.set(func(context.Context) (*lists.Directory, error) { return nil, errors.New("redis is gone") })
	c.do("451 4.3.0 Addresses can not be looked up now", "RCPT TO:<list@plenary.test>")
	r.dir.set(func(context.Context) (*lists.Directory, error) { return nil, nil })
	c.do("451 4.3.0", "RCPT TO:<list@plenary.test>")
	deaf := make(chan struct{})
	t.Cleanup(func() { close(deaf) })
	r.dir.set(func(context.Context) (*lists.Directory, error) { <-deaf; return nil, errors.New("too late") })
	c.do("451 4.3.0", "RCPT TO:<list@plenary.test>")
	r.dir.set(named("list")) // one that never answers is not waited for again and again
	for c.send("RCPT TO:<list@plenary.test>\r\n"); !strings.HasPrefix(c.reply(), "250"); {
		c.send("RCPT TO:<list@plenary.test>\r\n")
	}
}

// TestNewListIsKnownAtOnce: what was looked up a moment ago is remembered,
// what was not found is not.
func TestNewListIsKnownAtOnce(t *testing.T) {
	r := newRig(t, false)
	c := hello(t, r)
	c.do("250", "MAIL FROM:<a@example.org>", "RCPT TO:<list@plenary.test>")
	c.do("550 5.1.1", "RCPT TO:<maps@plenary.test>")
	r.dir.set(named("list", "maps"))
	c.do("250", "RCPT TO:<maps@plenary.test>")
}

func TestManyClientsAtOnce(t *testing.T) {
	const clients, each = 30, 20
	r := newRig(t, false)
	var all sync.WaitGroup
	for range clients {
		all.Add(1)
		go func() {
			defer all.Done()
			conn, err := net.Dial("tcp", r.addr)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			if err := send(conn, each, 0, []byte(note+".\r\n")); err != nil {
				t.Error(err)
			}
		}()
	}
	all.Wait()
	ids := map[string]bool{}
	for _, m := range r.inbox.take() {
		ids[m.env.ID] = true
		if m.content() != note {
			t.Fatalf("a message came as %q", m.content())
		}
	}
	if len(ids) != clients*each {
		t.Errorf("%d messages came, want %d", len(ids), clients*each)
	}
}
