package receive_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"

	"plenary/smtp"
	"plenary/smtp/receive"
)

// send delivers n messages over conn, each as one group of commands and then
// its content. The first of them begins the session where greeted is 0.
func send(conn net.Conn, n, greeted int, content []byte) error {
	in := bufio.NewReader(conn)
	want := func(code string) error {
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return err
			}
			if !strings.HasPrefix(line, code) {
				return fmt.Errorf("reply %q, want %s", line, code)
			}
			if line[3] == ' ' {
				return nil
			}
		}
	}
	step := func(out string, codes ...string) error {
		if _, err := io.WriteString(conn, out); err != nil {
			return err
		}
		for _, code := range codes {
			if err := want(code); err != nil {
				return err
			}
		}
		return nil
	}
	if greeted == 0 {
		if err := want("220"); err != nil {
			return err
		}
		if err := step("EHLO c.example\r\n", "250"); err != nil {
			return err
		}
	}
	for range n {
		if err := step("MAIL FROM:<a@example.org>\r\nRCPT TO:<list@plenary.test>\r\nDATA\r\n", "250", "250", "354"); err != nil {
			return err
		}
		if err := step(string(content), "250"); err != nil {
			return err
		}
	}
	return nil
}

// plain is go-smtp by itself, with a session that reads and takes everything.
type plain struct{}

func (plain) NewSession(*gosmtp.Conn) (gosmtp.Session, error) { return plain{}, nil }
func (plain) Reset()                                          {}
func (plain) Logout() error                                   { return nil }
func (plain) Mail(string, *gosmtp.MailOptions) error          { return nil }
func (plain) Rcpt(string, *gosmtp.RcptOptions) error          { return nil }
func (plain) Data(r io.Reader) error                          { _, err := io.ReadAll(r); return err }

// idle is an inbox that does nothing, and keeps nothing.
type idle struct{}

func (idle) Accept(_ context.Context, env smtp.Envelope, _ []byte) (string, error) {
	return env.ID, nil
}

// BenchmarkAccept takes 4 KiB messages over 20 connections, by us with an
// inbox that does nothing and by go-smtp alone, turn by turn in one run.
func BenchmarkAccept(b *testing.B) {
	bare := gosmtp.NewServer(plain{})
	bare.Domain = "mx.plenary.test"
	l := listen(b)
	go func() { _ = bare.Serve(l) }()
	defer bare.Close()
	ours := receive.New(receive.Config{Hostname: "mx.plenary.test", Domain: "plenary.test"}, &directory{ask: named("list")}, idle{}, &screen{})
	m := listen(b)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- ours.ServeSMTP(ctx, m) }()
	defer func() { cancel(); <-done }()

	content := []byte(note + strings.Repeat(strings.Repeat("x", 70)+"\r\n", 55) + ".\r\n")
	b.SetBytes(int64(len(content)))
	const connections, turn = 20, 50
	all := map[string][]net.Conn{}
	for name, addr := range map[string]string{"ours": m.Addr().String(), "go-smtp": l.Addr().String()} {
		for range connections {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			if err := send(c, 1, 0, content); err != nil {
				b.Fatal(err)
			}
			all[name] = append(all[name], c)
		}
	}
	took := map[string]time.Duration{}
	b.ReportAllocs() // client and go-smtp's turn included
	b.ResetTimer()
	sent := 0
	for ; sent < b.N; sent += turn * connections {
		for name, conns := range all {
			begin := time.Now()
			var wait sync.WaitGroup
			for _, c := range conns {
				wait.Add(1)
				go func() {
					defer wait.Done()
					if err := send(c, turn, 1, content); err != nil {
						b.Error(err)
					}
				}()
			}
			wait.Wait()
			took[name] += time.Since(begin)
		}
	}
	b.ReportMetric(float64(sent)/took["ours"].Seconds(), "accepted/s")
	b.ReportMetric(took["go-smtp"].Seconds()/took["ours"].Seconds(), "x-go-smtp")
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}
