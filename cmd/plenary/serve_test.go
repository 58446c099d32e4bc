package main

import (
	"context"
	"io"
	"net"
	"net/textproto"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Whoever calls while a server drains is turned away at once, and can call
// another: they don't wait for one that takes nobody any more. So too where it
// is told to stop while one that is there before a reload drains.
func TestNobodyIsLetInWhileAServerDrains(t *testing.T) {
	t.Run("stopped", func(t *testing.T) { drains(t, false) })
	t.Run("reloaded and stopped", func(t *testing.T) { drains(t, true) })
}

func drains(t *testing.T, reload bool) {
	ports, err := freePorts(1)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	said := make(chan string, 100)
	a := &app{ctx: ctx, out: io.Discard, errs: lines(said), now: time.Now, environ: []string{
		"PLENARY_DOMAIN=lists.example.org", "PLENARY_ADMINS=admin@example.org", "PLENARY_DATA_DIR=" + t.TempDir(),
		"PLENARY_REDIS_URL=embedded", "PLENARY_REDIS_DURABILITY=relaxed", "PLENARY_SMTP_LISTEN=" + ports[0], "PLENARY_DELIVERY_RELAY=127.0.0.1:1",
	}}
	ended := make(chan error, 1)
	go func() { ended <- serveCmd{}.Run(a) }()

	var c *textproto.Conn
	soon(t, "a server", func() bool {
		c, err = textproto.Dial("tcp", ports[0])
		return err == nil
	})
	defer c.Close()
	answered := func(code int) {
		t.Helper()
		if _, _, err := c.ReadResponse(code); err != nil {
			t.Fatal(err)
		}
	}
	answered(220)
	for _, line := range []string{"EHLO far.example", "MAIL FROM:<ann@example.org>", "RCPT TO:<postmaster@lists.example.org>"} {
		if err := c.PrintfLine("%s", line); err != nil {
			t.Fatal(err)
		}
		answered(250)
	}
	if err := c.PrintfLine("DATA"); err != nil {
		t.Fatal(err)
	}
	answered(354)

	if reload {
		for len(said) > 0 {
			<-said
		}
		if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		for !strings.Contains(<-said, "listening") {
			continue
		}
	}
	stop()
	soon(t, "a shut door", func() bool {
		late, err := net.Dial("tcp", ports[0])
		if err == nil {
			late.Close()
		}
		return err != nil
	})
	if err := c.PrintfLine("From: ann@example.org\r\nSubject: Hello\r\n\r\nHello.\r\n."); err != nil {
		t.Fatal(err)
	}
	answered(250)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// lines hands on what is logged.
type lines chan<- string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}

// soon waits until something is so.
func soon(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
