package sink

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"
)

func open(t *testing.T, o Options) *Sink {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// A common client finds an SMTP server that takes and refuses as told.
func TestSink(t *testing.T) {
	var told []string
	s := open(t, Options{Keep: true, Got: func(m Mail) { told = append(told, m.From) }, Rcpt: func(to string) string {
		if strings.HasPrefix(to, "gone@") {
			return "550 5.1.1 gone"
		}
		return ""
	}, Data: func(m Mail) string {
		if strings.Contains(string(m.Data), "virus") {
			return "554 5.7.1 no"
		}
		return ""
	}})
	c, err := gosmtp.Dial(s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	send := func(to []string, text string) error {
		return c.SendMail("a@x.example", to, strings.NewReader(text))
	}
	if err := send([]string{"b@y.example", "c@y.example"}, "Subject: hi\r\n\r\n.dot\r\n..\r\n"); err != nil {
		t.Fatal(err)
	}
	if err := send([]string{"gone@y.example"}, "x\r\n"); err == nil || !strings.Contains(err.Error(), "gone") {
		t.Errorf("gone: %v", err)
	}
	if err := c.Reset(); err != nil {
		t.Fatal(err)
	}
	if err := send([]string{"b@y.example"}, "a virus\r\n"); err == nil {
		t.Error("the refused message was taken")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := s.Wait(ctx, 2); err != nil {
		t.Fatal(err)
	}
	got := s.Mails()
	if len(got) != 1 || got[0].From != "a@x.example" || fmt.Sprint(got[0].To) != "[b@y.example c@y.example]" || string(got[0].Data) != "Subject: hi\r\n\r\n.dot\r\n..\r\n" {
		t.Errorf("got %+v", got)
	}
	if n := s.Counts(); n.Mails != 1 || n.Rcpts != 2 || n.Conns != 1 || n.Octets != int64(len(got[0].Data)) || len(told) != 1 {
		t.Errorf("counts %+v, told %v", n, told)
	}
	s.Reset()
	if len(s.Mails()) != 0 || s.Counts().Rcpts != 0 {
		t.Error("Reset left something")
	}
}

// Only CR LF . CR LF ends a message.
func TestSinkEndOfData(t *testing.T) {
	s := open(t, Options{Keep: true})
	c, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	long := strings.Repeat("x", 40_000)
	fmt.Fprintf(c, "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@x.example>\r\nDATA\r\na\n.\r\nb\r\n.\nc\n.\n%s\r\n..\r\n.\r\nQUIT\r\n", long)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := s.Wait(ctx, 1); err != nil {
		t.Fatal(err)
	}
	// A dot after CR LF is taken off, also where LF alone follows.
	if got, want := string(s.Mails()[0].Data), "a\n.\r\nb\r\n\nc\n.\n"+long+"\r\n.\r\n"; got != want {
		t.Errorf("got %.40q…, want %.40q…", got, want)
	}
}

func TestWaitEnds(t *testing.T) {
	s := open(t, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Wait(ctx, 1); err == nil {
		t.Error("Wait did not end with its context")
	}
}
