package receive_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"plenary/smtp"
	"plenary/smtp/receive"
)

// TestConnectionsInAll: past the limit 421, and a place that becomes free is
// free at once.
func TestConnectionsInAll(t *testing.T) {
	var refused atomic.Int32
	r := newRig(t, true, func(c *receive.Config) {
		c.Limits.Connections, c.Refused = 2, func() { refused.Add(1) }
	})
	crowded(t, r, 2, "421 4.7.0 mx.plenary.test 2 connections are open")
	if refused.Load() == 0 {
		t.Error("nobody was told of a refused connection")
	}
}

func TestConnectionsOfOneAddress(t *testing.T) {
	r := newRig(t, false, func(c *receive.Config) { c.Limits.PerAddress = 2 })
	crowded(t, r, 2, "421 4.7.0 mx.plenary.test Too many connections from your address")
}

func crowded(t *testing.T, r *rig, limit int, want string) {
	t.Helper()
	var inside []*client
	for range limit {
		c := dial(t, r.addr)
		c.want("220")
		inside = append(inside, c)
	}
	late := dial(t, r.addr)
	late.want(want)
	late.want("")
	inside[0].do("250", "NOOP")
	inside[1].do("221", "QUIT")
	inside[1].want("")
	for {
		c := dial(t, r.addr)
		got := c.reply()
		if strings.HasPrefix(got, "220") {
			return
		}
		if !strings.HasPrefix(got, "421") {
			t.Fatalf("greeting %q", got)
		}
	}
}

func TestSilence(t *testing.T) {
	r := newRig(t, false, func(c *receive.Config) { c.Limits.Idle = 2 * time.Second })
	silent := func(name string, test func(*testing.T)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // each waits until it is sent away
			test(t)
			if got := r.inbox.take(); len(got) != 0 {
				t.Errorf("%d messages were accepted", len(got))
			}
		})
	}
	silent("command", func(t *testing.T) {
		c := dial(t, r.addr)
		c.want("220")
		c.want("421 4.4.2")
		c.want("")
	})
	silent("DATA", func(t *testing.T) {
		c := hello(t, r)
		c.do("250", "MAIL FROM:<a@example.org>", "RCPT TO:<list@plenary.test>")
		c.do("354", "DATA")
		c.send("Subject: x\r\n\r\nNOOP\r\n")
		c.want("421 4.4.2")
		c.want("")
	})
	silent("BDAT", func(t *testing.T) {
		c := hello(t, r)
		c.do("250", "MAIL FROM:<a@example.org>", "RCPT TO:<list@plenary.test>")
		c.send("BDAT 100 LAST\r\nSubject: x\r\n\r\nNOOP\r\n")
		c.want("421 4.4.2")
		c.want("")
	})
	// A script that ends lines in LF waits for a reply for ever: it hears why.
	silent("LF", func(t *testing.T) {
		c := hello(t, r)
		c.do("250", "MAIL FROM:<a@example.org>", "RCPT TO:<list@plenary.test>")
		c.do("354", "DATA")
		c.send("Subject: x\n\nhi\n.\n")
		c.want("550 5.6.11")
		c.want("")
	})
}

// TestTotalTime: who sends an octet now and then is not borne for ever.
func TestTotalTime(t *testing.T) {
	r := newRig(t, false, func(c *receive.Config) { c.Limits.Total = 2 * time.Second })
	c := hello(t, r)
	for range 1_000_000 {
		c.send("NOOP\r\n")
		if got := c.reply(); strings.HasPrefix(got, "421 4.4.2") {
			c.want("")
			return
		}
		time.Sleep(time.Millisecond) // the client's pace, not a wait for something
	}
	t.Fatal("the session never ended")
}

// TestSpokeTooSoon: with a pause before the greeting, who can't wait is sent
// away.
func TestSpokeTooSoon(t *testing.T) {
	r := newRig(t, false, func(c *receive.Config) { c.Limits.GreetPause = 2 * time.Second })
	c := dial(t, r.addr)
	c.send("EHLO c\r\nMAIL FROM:<a@example.org>\r\n")
	c.want("554 5.5.1")
	c.want("")
	c = dial(t, r.addr)
	c.want("220")
	c.do("250", "EHLO c")
}

// TestShutdownDrains: who is at a command is sent away, who is inside a
// message may end it and hears 250.
func TestShutdownDrains(t *testing.T) {
	r := newRig(t, false)
	idle := hello(t, r)
	busy := hello(t, r)
	busy.do("250", "MAIL FROM:<a@example.org>", "RCPT TO:<list@plenary.test>")
	busy.do("354", "DATA")
	busy.send("Subject: x\r\n")
	done := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		done <- r.Shutdown(ctx)
	}()
	idle.want("421 4.3.2")
	idle.want("")
	if c, err := net.Dial("tcp", r.addr); err == nil {
		c.Close()
		t.Error("it still listens")
	}
	select {
	case err := <-done:
		t.Fatalf("Shutdown did not wait: %v", err)
	default:
	}
	busy.send("\r\n.\r\n")
	busy.want("250 2.0.0 Queued")
	busy.want("421 4.3.2")
	busy.want("")
	if err := <-done; err != nil {
		t.Errorf("shutdown: %v", err)
	}
	if len(r.inbox.take()) != 1 {
		t.Error("the message is lost")
	}
}

// TestShutdownCuts: past its time Shutdown cuts off, and accepts nothing that
// was not whole.
func TestShutdownCuts(t *testing.T) {
	r := newRig(t, false)
	c := hello(t, r)
	c.do("250", "MAIL FROM:<a@example.org>", "RCPT TO:<list@plenary.test>")
	c.do("354", "DATA")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.Shutdown(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("shutdown: %v", err)
	}
	for c.reply() != "" {
	}
	if len(r.inbox.take()) != 0 {
		t.Error("something was accepted")
	}
}

// TestServeAfterShutdown: a server that was shut down takes no listener.
func TestServeAfterShutdown(t *testing.T) {
	s := receive.New(receive.Config{Hostname: "h", Domain: "d"}, &directory{ask: named("list")}, &inbox{}, &screen{})
	if err := s.Shutdown(context.Background()); err != nil {
		t.Fatal(err)
	}
	l := listen(t)
	if err := s.ServeSMTP(context.Background(), l); err != nil {
		t.Errorf("serve: %v", err)
	}
	if _, err := l.Accept(); err == nil {
		t.Error("the listener is still open")
	}
}

// TestServeTellsWhy: a listener that breaks by itself is an error.
func TestServeTellsWhy(t *testing.T) {
	s := receive.New(receive.Config{Hostname: "h", Domain: "d"}, &directory{ask: named("list")}, &inbox{}, &screen{})
	l := listen(t)
	l.Close()
	if err := s.ServeLMTP(context.Background(), l); err == nil {
		t.Error("no error")
	}
}

// TestProxy: the address in the trace field and in the limits is the client's
// where a named proxy tells it, and nobody else may tell one.
func TestProxy(t *testing.T) {
	var remote string
	loopback := func(c *receive.Config) {
		c.ProxyFrom = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		c.Limits.PerAddress = 1
	}
	r := newRig(t, false, loopback)
	r.wall.judge = func(env smtp.Envelope, _ []byte) *smtp.Reply { remote = env.Remote; return nil }
	v2 := "\r\n\r\n\x00\r\nQUIT\n\x21\x21\x00\x24" +
		"\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x07" + "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01" + "\x01\x02\x00\x19"
	for head, want := range map[string]string{
		"PROXY TCP4 192.0.2.7 192.0.2.1 4242 25\r\n": "192.0.2.7",
		v2:                  "2001:db8::7",
		"PROXY UNKNOWN\r\n": "127.0.0.1",
	} {
		c := dial(t, r.addr)
		c.send(head)
		c.want("220")
		c.do("250", "EHLO c", "MAIL FROM:<a@example.org>", "RCPT TO:<list@plenary.test>")
		c.do("354", "DATA")
		c.send(note + ".\r\n")
		c.want("250")
		if remote != want {
			t.Errorf("%q: remote is %s, want %s", head, remote, want)
		}
		twin := dial(t, r.addr)
		twin.send(head)
		twin.want("421 4.7.0 Too many connections from your address")
		twin.want("")
		c.do("221", "QUIT")
	}
	c := dial(t, r.addr)
	c.send("EHLO client.example\r\n")
	c.want("") // no header, no greeting

	c = hello(t, newRig(t, false))
	c.do("501", "PROXY TCP4 192.0.2.7 192.0.2.1 4242 25")
}

// TestMemoryComesBack: what was handed over, or refused, no longer counts.
func TestMemoryComesBack(t *testing.T) {
	for _, lmtp := range []bool{false, true} {
		r := newRig(t, lmtp, func(c *receive.Config) { c.Limits.InFlight = 20 << 10 })
		r.wall.judge = judge
		c := dial(t, r.addr)
		c.want("220")
		c.do("250", map[bool]string{false: "EHLO c", true: "LHLO c"}[lmtp])
		for i := range 12 {
			c.do("250", "MAIL FROM:<a@example.org>", "RCPT TO:<list@plenary.test>", "RCPT TO:<dc@plenary.test>")
			want := "250"
			if i%4 == 3 {
				c.do(want, "BDAT 0", "RSET")
				continue
			}
			c.do("354", "DATA")
			switch i % 4 {
			case 0:
				c.send(".\r\n")
			case 1:
				c.send("Subject: x\r\nRefuse: all\r\n\r\n.\r\n")
				want = "550"
			case 2:
				c.send("Subject: x\x00\r\n\r\n.\r\n")
				want = "550"
			}
			c.want(want)
			if lmtp {
				c.want(want)
			}
		}
	}
}

// TestLastWordIsHeard: when we end the connection while the client still
// talks, it is closed, not reset: a reset could overtake the reply.
func TestLastWordIsHeard(t *testing.T) {
	r := newRig(t, false)
	c := hello(t, r)
	c.do("250", "MAIL FROM:<a@example.org>", "RCPT TO:<list@plenary.test>")
	c.do("354", "DATA")
	c.send("Subject: x\n\r\n.\r\n" + strings.Repeat("NOOP\r\n", 20_000))
	c.want("550 5.6.11")
	if rest, err := io.ReadAll(c.in); err != nil || len(rest) != 0 {
		t.Errorf("then came %q, %v", rest, err)
	}
}

// TestOneListenerEnds: the end of one listener is the end of its sessions,
// and of no others.
func TestOneListenerEnds(t *testing.T) {
	r := newRig(t, false)
	stays := hello(t, r)
	l := listen(t)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.ServeSMTP(ctx, l) }()
	c := dial(t, l.Addr().String())
	c.want("220")
	cancel()
	c.want("421 4.3.2")
	c.want("")
	if err := <-done; err != nil {
		t.Error(err)
	}
	stays.do("250", "NOOP")
}
