package mailbox

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"
)

// Each conversation begins signed in: what is sent, and all that must come
// back, line by line, in the answers. Nothing of one command may ever be run
// as another: a line that begins with "evil" would be.
func TestTheGuard(t *testing.T) {
	long := strings.Repeat("x", 5000)
	for name, c := range map[string]struct {
		send string
		want []string
		ends bool
	}{
		"commands one after the other": {"a NOOP\r\nb NOOP\r\nc NOOP\r\n", []string{"a OK", "b OK", "c OK"}, false},
		"a literal, unasked":           {"a STATUS {2+}\r\ndc (MESSAGES)\r\nb NOOP\r\n", []string{"* STATUS \"dc\" (MESSAGES 0)", "a OK", "b OK"}, false},
		"a literal, asked for":         {"a STATUS {2}\r\ndc (MESSAGES)\r\nb NOOP\r\n", []string{"+ ", "* STATUS \"dc\" (MESSAGES 0)", "a OK", "b OK"}, false},
		"two literals":                 {"a LIST {0+}\r\n {2+}\r\ndc\r\nb NOOP\r\n", []string{"* LIST", "a OK", "b OK"}, false},
		"bare LF":                      {"a NOOP\nb NOOP\n", []string{"a OK", "b OK"}, false},
		"a refused command's literal":  {"a XYZZY {14+}\r\nevil LOGOUT\r\n. rest\r\nb NOOP\r\n", []string{"a BAD", "b OK"}, false},
		"and the literals after it":    {"a XYZZY {4+}\r\nevil {13+}\r\nevil LOGOUT\r\n {3+}\r\nevi\r\nb NOOP\r\n", []string{"a BAD", "b OK"}, false},
		"broken after a literal":       {"a STATUS {2+}\r\ndc ) {13+}\r\nevil LOGOUT\r\n\r\nb NOOP\r\n", []string{"a BAD", "b OK"}, false},
		"a literal nobody asks for":    {"a XYZZY {14}\r\nb NOOP\r\n", []string{"a BAD", "b OK"}, false},
		"too long, unasked":            {"a STATUS {5000+}\r\nevil LOGOUT\r\n" + long, []string{"* BYE [TOOBIG]"}, true},
		"too long, waits":              {"a STATUS {5000}\r\nb NOOP\r\n", []string{"a NO [TOOBIG]", "b OK"}, false},
		"too long, second, unasked":    {"a LIST {0+}\r\n {5000+}\r\nevil LOGOUT\r\n", []string{"* BYE [TOOBIG]"}, true},
		"more digits than fit":         {"a STATUS {99999999999999999999999+}\r\nevil LOGOUT\r\n", []string{"* BYE [TOOBIG]"}, true},
		"append, waits":                {"a APPEND dc (\\Seen) {100000}\r\nb NOOP\r\n", []string{"a NO [NOPERM]", "b OK"}, false},
		"append, unasked":              {"a APPEND dc {13+}\r\nevil LOGOUT\r\n\r\nb NOOP\r\n", []string{"a NO [NOPERM]", "b OK"}, false},
		"append, large, unasked":       {"a APPEND dc {100000+}\r\nevil LOGOUT\r\n", []string{"* BYE [TOOBIG]"}, true},
		"append without literal":       {"a APPEND dc\r\nb NOOP\r\n", []string{"a NO [NOPERM]", "b OK"}, false},
		"id":                           {"a ID NIL\r\nb ID (\"x\" {13+}\r\nevil LOGOUT\r\n)\r\nc NOOP\r\n", []string{"* ID", "a OK", "* ID", "b OK", "c OK"}, false},
		"an open quote":                {"a STATUS \"dc\r\nevil LOGOUT\r\n", []string{"* BYE That command doesn't end"}, true},
		"a long line":                  {"a NOOP " + strings.Repeat("x", maxLine) + "\r\nevil LOGOUT\r\n", []string{"* BYE"}, true},
		"long by its pieces":           {"a LIST \"\" (" + strings.Repeat(strings.Repeat("x", 8000)+" {1+}\r\nx ", 8) + "x)\r\nevil LOGOUT\r\n", []string{"* BYE That command is too long"}, true},
		"NUL":                          {"a NOOP\x00\r\nevil LOGOUT\r\n", []string{"* BYE"}, true},
		"a bare CR":                    {"a NOOP \revil LOGOUT\r\n", []string{"* BYE"}, true},
		"no command":                   {"\r\n(\r\na\r\n+ NOOP\r\nb NOOP\r\n", []string{"* BAD", "* BAD", "* BAD", "* BAD", "b OK"}, false},
		"no command, with a literal":   {"( {13+}\r\nevil LOGOUT\r\n\r\nb NOOP\r\n", []string{"* BAD", "b OK"}, false},
		"no command, large literal":    {"( {5000+}\r\nevil LOGOUT\r\n", []string{"* BYE [TOOBIG]"}, true},
		"many of none":                 {strings.Repeat("\r\n", guardMistakes), append(many("* BAD", guardMistakes-1), "* BYE Too many mistakes"), true},
		"an unknown command":           {"a XYZZY\r\nb NOOP\r\n", []string{"a BAD", "b OK"}, false},
		"idle":                         {"a IDLE\r\nDONE\r\nb NOOP\r\n", []string{"+ idling", "a OK", "b OK"}, false},
		"idle ended by a command":      {"a IDLE\r\nb NOOP\r\nc NOOP\r\n", []string{"+ idling", "a BAD", "c OK"}, false},
		"sign in twice":                {"a LOGIN alice@example.org " + secret + "\r\nb AUTHENTICATE PLAIN\r\nc STARTTLS\r\nd NOOP\r\n", []string{"a BAD", "b BAD", "c NO", "d OK"}, false},
		"fetch 0 and unknown keys":     {"a SELECT dc\r\nb FETCH 0 FLAGS\r\nc SEARCH XYZZY\r\nd NOOP\r\n", []string{"* 0 EXISTS", "* 0 RECENT", "* OK", "* OK", "* FLAGS", "* OK", "a OK", "b BAD The arguments", "c BAD The arguments", "d OK"}, false},
		"a negative literal":           {"a STATUS {-1}\r\nb STATUS dc {+7}\r\nc NOOP\r\n", []string{"a BAD", "b BAD", "c OK"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t)
			cl := w.login(alice)
			cl.send(c.send)
			for _, want := range c.want {
				if got := cl.line(); !strings.HasPrefix(got, want) {
					t.Fatalf("got %q, want %q", got, want)
				}
			}
			if c.ends {
				cl.ended()
				return
			}
			cl.want("LOGOUT", "OK")
			if strings.Contains(w.log.String(), "level=") {
				t.Errorf("an odd client filled the log: %s", w.log.String())
			}
		})
	}
}

func many(s string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = s
	}
	return all
}

// What was sent together with the sign-in is run after it.
func TestCommandsSentWithTheSignIn(t *testing.T) {
	w := start(t)
	c := dial(t, w.addr)
	c.until("* OK")
	c.send("a LOGIN alice@example.org " + secret + "\r\nb NOOP\r\nc LOGOUT\r\n")
	c.until("a OK")
	c.until("b OK")
	c.until("c OK")
	c.ended()
}

func TestTheAnswerToASignInTellsWhatTheServerCan(t *testing.T) {
	w := start(t)
	c := dial(t, w.addr)
	c.until("* OK")
	_, got := c.do("LOGIN alice@example.org " + secret)
	if !strings.HasPrefix(got, "OK [CAPABILITY IMAP4rev1 ") || !strings.HasSuffix(got, "] Signed in") || strings.Contains(got, "PREAUTH") {
		t.Errorf("%q", got)
	}
	want := "* CAPABILITY" + strings.TrimSuffix(strings.TrimPrefix(got, "OK [CAPABILITY"), "] Signed in")
	if caps := c.want("CAPABILITY", "OK"); len(caps) != 1 || caps[0] != want {
		t.Errorf("%q, want %q", caps, want)
	}
	for _, lack := range []string{"SEARCHRES", "MOVE", "UIDPLUS", "APPENDLIMIT", "AUTH=", "IMAP4rev2", "LITERAL+"} {
		if strings.Contains(got, lack) {
			t.Errorf("%s is offered: %s", lack, got)
		}
	}
}

// scripted stands for go-imap: it reads a command as go-imap would, stops
// where the script says, and answers.
func TestGuardHandsOverOneCommandAtATime(t *testing.T) {
	here, there := net.Pipe()
	defer here.Close()
	go func() { _, _ = io.WriteString(here, "a ONE {3+}\r\nabc def\r\nb TWO\r\n") }()
	said := make(chan string, 10)
	go func() {
		r := bufio.NewReader(here)
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				close(said)
				return
			}
			said <- line
		}
	}()
	w := start(t)
	g := newGuard(w.server, &door{server: w.server, conn: there, r: bufio.NewReader(there)}, alice, "", func() {})
	defer g.Close()
	buf := make([]byte, 4096)
	n, err := g.Read(buf)
	if err != nil || string(buf[:n]) != "a ONE {3+}\r\n" {
		t.Fatalf("first %q, %v: the literal must wait until it is wanted", buf[:n], err)
	}
	if _, err := g.Write([]byte("a BAD no\r\n")); err != nil {
		t.Fatal(err)
	}
	if n, err = g.Read(buf); err != nil || string(buf[:n]) != "b TWO\r\n" {
		t.Fatalf("then %q, %v", buf[:n], err)
	}
	if got := <-said; got != "a BAD no\r\n" {
		t.Errorf("said %q", got)
	}
}

// Whatever a signed-in client sends, every line that comes back is an answer
// of the protocol, and nothing falls over.
func FuzzGuard(f *testing.F) {
	for _, seed := range []string{"a SELECT dc\r\nb FETCH 1:* (ENVELOPE BODYSTRUCTURE BODY[]<0.9>)\r\n", "a LIST {1+}\r\nx *\r\n", "a IDLE\r\nDONE\r\n",
		"a SELECT dc\r\nb SEARCH NOT (OR TEXT x 1:* UID 2)\r\n", "a STATUS \"dc", "a SELECT dc\r\nb STORE 1 +FLAGS (\\Seen)\r\nc CLOSE\r\n", "a APPEND dc {3+}\r\nabc\r\n"} {
		f.Add([]byte(seed))
	}
	w := start(f, func(c *Config) { c.MaxConns, c.MaxPerIP, c.Idle = 1<<20, 1<<20, time.Second })
	w.archive.add("dc", "Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b--\r\n", "bare\nlf")
	w.server.config.Log = slog.New(slog.DiscardHandler)
	f.Fuzz(func(t *testing.T, in []byte) {
		here, there := net.Pipe()
		defer here.Close()
		d := &door{server: w.server, conn: there, r: bufio.NewReader(there)}
		if !w.server.handoff.give(newGuard(w.server, d, alice, "t0", func() {})) {
			t.Fatal("nobody takes it")
		}
		go func() {
			_, _ = here.Write(in)
			// More than any literal that is still open can swallow.
			_, _ = io.WriteString(here, "\r\nDONE\r\n"+strings.Repeat("z LOGOUT\r\n", maxLiteral/5))
		}()
		var out bytes.Buffer
		_ = here.SetReadDeadline(time.Now().Add(time.Minute))
		_, err := io.Copy(&out, here)
		if err != nil {
			t.Fatalf("%q: no end: %v; so far %q", in, err, out.Bytes())
		}
	})
}
