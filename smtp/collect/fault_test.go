package collect_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"plenary/smtp/collect"
)

// lines is a log that a test can look into.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

func (l *lines) count(words string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.b.String(), words)
}

// between stands between collector and server and spoils what passes.
type between struct {
	addr string

	mu    sync.Mutex
	conns int
}

// spoiler sees what goes one way, on the nth connection, and gives what is to
// be passed on; false: nothing more is, in either direction, and the
// connection stays open.
type spoiler func(conn int, fromServer bool, octets []byte) ([]byte, bool)

func newBetween(t *testing.T, to string, spoil spoiler) *between {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	t.Cleanup(func() { l.Close(); cancel(); all.Wait() })
	b := &between{addr: l.Addr().String()}
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", to)
			if err != nil {
				client.Close()
				continue
			}
			b.mu.Lock()
			b.conns++
			n := b.conns
			b.mu.Unlock()
			stop := context.AfterFunc(ctx, func() { client.Close(); server.Close() })
			mute := make(chan struct{})
			var once sync.Once
			pass := func(dst, src net.Conn, fromServer bool) {
				defer all.Done()
				defer stop()
				buf := make([]byte, 64<<10)
				for {
					n0, err := src.Read(buf)
					if err != nil {
						dst.Close()
						return
					}
					out, on := spoil(n, fromServer, buf[:n0])
					if !on {
						once.Do(func() { close(mute) })
					}
					select {
					case <-mute:
						_, _ = io.Copy(io.Discard, src) // silence, until they hang up
						dst.Close()
						return
					default:
					}
					if _, err := dst.Write(out); err != nil {
						src.Close()
						return
					}
				}
			}
			all.Add(2)
			go pass(server, client, false)
			go pass(client, server, true)
		}
	}()
	return b
}

func (b *between) connections() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.conns
}

// TestSilentServer: a server that stops answering at any command is left, and
// what was not marked is collected over the next connection, once.
func TestSilentServer(t *testing.T) {
	for _, at := range []string{"AUTHENTICATE", "SELECT", "STATUS", "SEARCH", "RFC822.SIZE", "BODY", "MOVE", "IDLE", "DONE"} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			p, b := newPost(t, imap.CapMove), newInbox()
			p.deliver(note("dc@lists.example.org", 1))
			gap := newBetween(t, p.addr, func(conn int, fromServer bool, octets []byte) ([]byte, bool) {
				return octets, conn > 1 || fromServer || !bytes.Contains(octets, []byte(at))
			})
			start(t, config(gap.addr, func(c *collect.Config) { c.Silence = 500 * time.Millisecond }), b)
			b.await(t, "it is taken", has(1))
			eventually(t, "it is moved", func() bool { return p.count("Plenary/Done") == 1 && p.count("INBOX") == 0 })
			p.deliver(note("dc@lists.example.org", 2)) // IDLE, DONE
			b.await(t, "the second is taken", has(2))
			eventually(t, "it is left and joined again", func() bool { return gap.connections() > 1 })
			if len(b.all()) != 2 {
				t.Errorf("%d were taken", len(b.all()))
			}
		})
	}
}

// TestSilenceInsideLiteral: the server stops in the middle of a message.
func TestSilenceInsideLiteral(t *testing.T) {
	p, b := newPost(t, imap.CapMove), newInbox()
	whole := note("dc@lists.example.org", 1) + strings.Repeat("A line.\r\n", 20_000)
	p.deliver(whole)
	gap := newBetween(t, p.addr, func(conn int, fromServer bool, octets []byte) ([]byte, bool) {
		return octets, conn > 1 || !fromServer || !bytes.Contains(octets, []byte("A line."))
	})
	start(t, config(gap.addr, func(c *collect.Config) { c.Silence = 500 * time.Millisecond }), b)
	b.await(t, "it is taken", has(1))
	if got := b.all()[0].raw; !strings.HasSuffix(got, whole) {
		t.Errorf("%d octets came", len(got))
	}
}

// TestCutConnections: every second connection breaks at its next command.
func TestCutConnections(t *testing.T) {
	p, b := newPost(t, imap.CapMove), newInbox()
	for i := range 10 {
		p.deliver(note("dc@lists.example.org", i))
	}
	var mu sync.Mutex
	commands := 0
	gap := newBetween(t, p.addr, func(conn int, fromServer bool, octets []byte) ([]byte, bool) {
		mu.Lock()
		defer mu.Unlock()
		if !fromServer {
			commands++
		}
		return octets, fromServer || commands%13 != 0
	})
	start(t, config(gap.addr, func(c *collect.Config) { c.Silence = 500 * time.Millisecond }), b)
	b.await(t, "all are taken", has(10))
	eventually(t, "all are moved", func() bool { return p.count("INBOX") == 0 })
	if len(b.all()) != 10 {
		t.Errorf("%d were taken, 10 came", len(b.all()))
	}
}

// TestLarge: what the server says is too large is not even fetched; and where
// it lies about that, no more than the limit is held.
func TestLarge(t *testing.T) {
	for _, lies := range []bool{false, true} {
		p, b := newPost(t, imap.CapMove), newInbox()
		p.deliver(note("dc@lists.example.org", 1) + strings.Repeat("A long line.\r\n", 1000))
		p.deliver(note("dc@lists.example.org", 2))
		var fetched atomic.Int64
		gap := newBetween(t, p.addr, func(_ int, fromServer bool, octets []byte) ([]byte, bool) {
			if !fromServer {
				fetched.Add(int64(bytes.Count(octets, []byte("BODY.PEEK[]"))))
			} else if lies {
				octets = regexp.MustCompile(`RFC822\.SIZE \d+`).ReplaceAll(octets, []byte("RFC822.SIZE 10"))
			}
			return octets, true
		})
		said := &lines{}
		stop := start(t, config(gap.addr, func(c *collect.Config) { c.MaxBytes, c.Log = 4000, said.logger() }), b)
		b.await(t, "the small one is taken", has(1))
		eventually(t, "the large one is spoken of", func() bool { return said.count("larger than") == 1 })
		eventually(t, "the small one is moved", func() bool { return p.count("INBOX") == 1 })
		stop()
		if want := map[bool]int64{false: 1, true: 2}[lies]; fetched.Load() != want {
			t.Errorf("lies=%v: %d messages were fetched, want %d", lies, fetched.Load(), want)
		}
		if len(b.all()) != 1 {
			t.Errorf("%d were taken", len(b.all()))
		}
	}
}

// TestFolderMadeAnew: UIDs begin again with a new UIDVALIDITY, and mean other
// messages.
func TestFolderMadeAnew(t *testing.T) {
	p, b := newPost(t, imap.CapMove), newInbox()
	p.deliver(note("dc@lists.example.org", 1))
	var mu sync.Mutex
	cut := false
	gap := newBetween(t, p.addr, func(conn int, _ bool, octets []byte) ([]byte, bool) {
		mu.Lock()
		defer mu.Unlock()
		return octets, !cut || conn > 1
	})
	start(t, config(gap.addr, func(c *collect.Config) { c.Silence = 500 * time.Millisecond }), b)
	b.await(t, "the first is taken", has(1))
	eventually(t, "it is moved", func() bool { return p.count("INBOX") == 0 })
	if err := errors.Join(p.user.Delete("INBOX"), p.user.Create("INBOX", nil)); err != nil {
		t.Fatal(err)
	}
	p.deliver(note("dc@lists.example.org", 2))
	mu.Lock()
	cut = true
	mu.Unlock()
	b.await(t, "the second is taken", has(2))
	eventually(t, "it is moved", func() bool { return p.count("INBOX") == 0 })
}

// TestPolling: a server without IDLE is asked again and again, and one that
// rings for nothing is not asked for ever.
func TestPolling(t *testing.T) {
	p, b := newPost(t, imap.CapMove), newInbox()
	noIdle := newBetween(t, p.addr, func(_ int, fromServer bool, octets []byte) ([]byte, bool) {
		if fromServer {
			octets = bytes.ReplaceAll(octets, []byte(" IDLE"), []byte(" XDLE"))
		}
		return octets, !bytes.Contains(octets, []byte("IDLE\r\n"))
	})
	start(t, config(noIdle.addr), b)
	for i := range 3 {
		p.deliver(note("dc@lists.example.org", i))
		b.await(t, "it is taken", has(i+1))
	}
}

// TestNoKeywords: without a folder to move to, a server that keeps no
// keywords is of no use, and the log says so; nothing is taken.
func TestNoKeywords(t *testing.T) {
	p, b := newPost(t), newInbox()
	p.deliver(note("dc@lists.example.org", 1))
	log := &lines{}
	gap := newBetween(t, p.addr, func(_ int, fromServer bool, octets []byte) ([]byte, bool) {
		return bytes.ReplaceAll(octets, []byte(`(\*)`), []byte(`(\Seen)`)), true
	})
	stop := start(t, config(gap.addr, func(c *collect.Config) { c.Done, c.Log = "", log.logger() }), b)
	eventually(t, "the log tells", func() bool { return log.count("name a folder to move it to") > 0 })
	stop()
	if len(b.all()) != 0 {
		t.Error("it was taken")
	}
}

// TestMoveRefused: where the folder can't be written, the message is flagged.
func TestMoveRefused(t *testing.T) {
	p, b := newPost(t, imap.CapMove), newInbox()
	gap := newBetween(t, p.addr, func(_ int, fromServer bool, octets []byte) ([]byte, bool) {
		if !fromServer && bytes.Contains(octets, []byte("UID MOVE")) {
			octets = bytes.ReplaceAll(octets, []byte("Plenary/Done"), []byte("Plenary/Nono"))
		}
		return octets, true
	})
	p.deliver(note("dc@lists.example.org", 1))
	start(t, config(gap.addr), b)
	b.await(t, "it is taken", has(1))
	eventually(t, "it is flagged", func() bool { return flagged(p) == 1 })
}

// TestFolderBelowInbox: some servers keep every folder below INBOX.
func TestFolderBelowInbox(t *testing.T) {
	p, b := newPost(t, imap.CapMove), newInbox()
	if err := p.user.Create("INBOX/Plenary/Done", nil); err != nil {
		t.Fatal(err)
	}
	gap := newBetween(t, p.addr, func(_ int, fromServer bool, octets []byte) ([]byte, bool) {
		if !fromServer {
			octets = bytes.ReplaceAll(octets, []byte(`CREATE "Plenary/Done"`), []byte(`CREATE "INBOX"`))
			octets = bytes.ReplaceAll(octets, []byte(`CREATE Plenary/Done`), []byte(`CREATE INBOX`))
		}
		return octets, true
	})
	p.deliver(note("dc@lists.example.org", 1))
	start(t, config(gap.addr), b)
	b.await(t, "it is taken", has(1))
	eventually(t, "it is moved", func() bool { return p.count("INBOX/Plenary/Done") == 1 })
}

func TestWrongPassword(t *testing.T) {
	p, b := newPost(t), newInbox()
	log := &lines{}
	start(t, config(p.addr, func(c *collect.Config) { c.Password, c.Log = "wrong", log.logger() }), b)
	eventually(t, "it is tried again", func() bool { return log.count("sign in") > 1 })
	if log.count("box@mail.example") != 0 || log.count("wrong") != 0 {
		t.Error("the log tells too much")
	}
}
