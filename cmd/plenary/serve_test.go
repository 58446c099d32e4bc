package main

import (
	"context"
	"io"
	"net"
	"net/textproto"
	"testing"
	"time"
)

// Whoever calls while a server drains is turned away at once, and can call
// another: they don't wait for one that takes nobody any more.
func TestNobodyIsLetInWhileAServerDrains(t *testing.T) {
	ports, err := freePorts(1)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	a := &app{ctx: ctx, in: nil, out: io.Discard, errs: io.Discard, now: time.Now, environ: []string{
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
	said := func(code int) {
		t.Helper()
		if _, _, err := c.ReadResponse(code); err != nil {
			t.Fatal(err)
		}
	}
	said(220)
	for _, line := range []string{"EHLO far.example", "MAIL FROM:<ann@example.org>", "RCPT TO:<postmaster@lists.example.org>"} {
		if err := c.PrintfLine("%s", line); err != nil {
			t.Fatal(err)
		}
		said(250)
	}
	if err := c.PrintfLine("DATA"); err != nil {
		t.Fatal(err)
	}
	said(354)

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
	said(250)
	if err := <-ended; err != nil {
		t.Error(err)
	}
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
