package mailbox

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func plain(fields ...string) string {
	return base64.StdEncoding.EncodeToString([]byte(strings.Join(fields, "\x00")))
}

// Each conversation begins after the greeting: lines sent, and what the
// answer to each begins with. "end" means that the connection is closed.
func TestTheDoor(t *testing.T) {
	caps := "* CAPABILITY IMAP4rev1 SASL-IR LITERAL- ID AUTH=PLAIN"
	for name, talk := range map[string][]string{
		"capability":               {"a CAPABILITY", caps, "", "a OK"},
		"capability, lower case":   {"a capability", caps, "", "a OK"},
		"noop":                     {"a NOOP", "a OK"},
		"logout":                   {"a LOGOUT", "* BYE", "", "a OK", "", "end"},
		"id before sign-in":        {`a ID ("name" "x")`, "* ID", "", "a OK", "b NOOP", "b OK"},
		"id with a literal":        {"a ID (\"name\" {3+}", "", "xyz)", "* ID", "", "a OK"},
		"login":                    {"a LOGIN alice@example.org " + secret, "a OK [CAPABILITY IMAP4rev1", "b NOOP", "b OK"},
		"login, any case":          {"a login ALICE@Example.ORG " + secret, "a OK"},
		"login of an admin":        {"a LOGIN admin@example.org " + secret, "a OK"},
		"login, quoted":            {`a LOGIN "alice@example.org" "correct\\horse"`, "a NO [AUTHENTICATIONFAILED]", `b LOGIN "alice@example.org" "` + secret + `"`, "b OK"},
		"login, literals":          {"a LOGIN {17}", "+ ", alice.String() + " {21}", "+ ", secret, "a OK"},
		"login, literals, unasked": {"a LOGIN {17+}", "", alice.String() + " {21+}", "", secret, "a OK"},
		"login, bare LF":           {"a LOGIN alice@example.org " + secret + "\nb NOOP", "a OK", "", "b OK"},
		"login, arguments":         {"a LOGIN alice@example.org", "a BAD", "b LOGIN a b c", "b BAD", "c LOGIN a  b", "c BAD", `d LOGIN "a b`, "d BAD", `e LOGIN "a"b c`, "e BAD", "f LOGIN (a) b", "f BAD"},
		"login of one in no list":  {"a LOGIN nobody@example.org " + secret, "a NO [AUTHENTICATIONFAILED]"},
		"login of a stranger":      {"a LOGIN eve@example.org " + secret, "a NO [AUTHENTICATIONFAILED]"},
		"login without address":    {"a LOGIN alice " + secret, "a NO [AUTHENTICATIONFAILED]"},
		"three wrong passwords":    {"a LOGIN alice@example.org x", "a NO", "b LOGIN alice@example.org x", "b NO", "c LOGIN alice@example.org x", "c NO", "", "* BYE", "", "end"},
		"plain":                    {"a AUTHENTICATE PLAIN", "+ ", plain("", alice.String(), secret), "a OK"},
		"plain at once":            {"a AUTHENTICATE plain " + plain("", alice.String(), secret), "a OK"},
		"plain as oneself":         {"a AUTHENTICATE PLAIN " + plain(alice.String(), alice.String(), secret), "a OK"},
		"plain as another":         {"a AUTHENTICATE PLAIN " + plain(bob.String(), alice.String(), secret), "a NO [AUTHORIZATIONFAILED]"},
		"plain given up":           {"a AUTHENTICATE PLAIN", "+ ", "*", "a BAD", "b NOOP", "b OK"},
		"plain, broken":            {"a AUTHENTICATE PLAIN ===", "a BAD", "b AUTHENTICATE PLAIN " + plain("x"), "b BAD"},
		"another mechanism":        {"a AUTHENTICATE CRAM-MD5", "a NO [CANNOT]"},
		"no TLS here":              {"a STARTTLS", "a BAD"},
		"sign in first":            {"a SELECT dc", "a BAD Sign in first", "b UID FETCH 1 FLAGS", "b BAD", "c IDLE", "c BAD", "d LOGIN alice@example.org " + secret, "d OK"},
		"unknown command":          {"a XYZZY", "a BAD", "", "* BYE", "", "end"},
		"a web page":               {"POST / HTTP/1.1", "POST BAD", "", "* BYE", "", "end"},
		"no command":               {"a", "* BAD", "", "* BAD", "a+b NOOP", "* BAD", strings.Repeat("x", 65) + " NOOP", "* BAD", "c NOOP", "c OK"},
		"many mistakes":            {"1 LIST", "1 BAD", "2 LIST", "2 BAD", "3 LIST", "3 BAD", "4 LIST", "4 BAD", "5 LIST", "5 BAD", "6 LIST", "6 BAD", "7 LIST", "7 BAD", "8 LIST", "8 BAD", "9 LIST", "9 BAD", "10 LIST", "10 BAD", "", "* BYE", "", "end"},
		"a long line":              {"a LOGIN " + strings.Repeat("x", 3000), "* BYE", "", "end"},
		"a long literal":           {"a LOGIN {513}", "* BYE", "", "end"},
		"an endless literal":       {"a LOGIN {99999999999999999999999999}", "* BYE", "", "end"},
		"a negative literal":       {"a LOGIN {-1}", "a BAD", "b LOGIN alice@example.org {-9223372036854775808+}", "b BAD", "c NOOP", "c OK"},
		"many literals":            {"a LOGIN {500+}\r\n" + strings.Repeat(strings.Repeat("x", 500)+" {500+}\r\n", 4) + strings.Repeat("x", 500), "* BYE", "", "end"},
		"NUL":                      {"a LOGIN alice\x00 x", "* BYE", "", "end"},
		"a bare CR":                {"a NOOP\rb NOOP", "* BYE", "", "end"},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t)
			c := dial(t, w.addr)
			if greeting := c.line(); !strings.HasPrefix(greeting, "* OK [CAPABILITY IMAP4rev1 SASL-IR LITERAL- ID AUTH=PLAIN]") {
				t.Fatalf("greeting %q", greeting)
			}
			for i := 0; i < len(talk); i += 2 {
				if talk[i+1] == "end" {
					c.ended()
					return
				}
				if talk[i] != "" || talk[i+1] == "* BAD" {
					c.send(talk[i] + "\r\n")
				}
				if talk[i+1] == "" {
					continue
				}
				if got := c.line(); !strings.HasPrefix(got, talk[i+1]) {
					t.Fatalf("%.70q: %q, want %q", talk[i], got, talk[i+1])
				}
			}
		})
	}
}

// Who can be overheard is not let in, and no password of theirs is looked at.
func TestNoPasswordWithoutTLSButOnLoopback(t *testing.T) {
	w := start(t)
	for _, from := range []string{"192.0.2.1:1000", "[2001:db8::1]:1000", "10.0.0.1:1000"} {
		c := dial(t, w.listen(func(ln net.Listener) net.Listener { return far{ln, from} }))
		if greeting := c.line(); !strings.Contains(greeting, "LOGINDISABLED]") || strings.Contains(greeting, "AUTH=") {
			t.Errorf("from %s: greeting %q", from, greeting)
		}
		c.want("LOGIN alice@example.org "+secret, "NO [PRIVACYREQUIRED]")
		c.want("AUTHENTICATE PLAIN "+plain("", alice.String(), secret), "NO [PRIVACYREQUIRED]")
		c.want("AUTHENTICATE PLAIN", "NO [PRIVACYREQUIRED]")
	}
	if w.people.checks != 0 {
		t.Errorf("%d passwords were looked at", w.people.checks)
	}
	mapped := dial(t, w.listen(func(ln net.Listener) net.Listener { return far{ln, "[::ffff:127.0.0.1]:1000"} }))
	mapped.until("* OK")
	mapped.want("LOGIN alice@example.org "+secret, "OK")
}

func certificate(t *testing.T) (*tls.Config, *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "lists.example.org"}, DNSNames: []string{"lists.example.org"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, &tls.Config{RootCAs: pool, ServerName: "lists.example.org"}
}

func TestStartTLS(t *testing.T) {
	server, trust := certificate(t)
	w := start(t, func(c *Config) { c.TLS = server })
	addr := w.listen(func(ln net.Listener) net.Listener { return far{ln, "192.0.2.1:1000"} })
	c := dial(t, addr)
	if greeting := c.line(); !strings.Contains(greeting, "STARTTLS LOGINDISABLED]") {
		t.Fatalf("greeting %q", greeting)
	}
	c.want("STARTTLS", "OK")
	conn := tls.Client(c.conn, trust)
	c.conn = conn
	c.r.Reset(conn)
	if got := c.want("CAPABILITY", "OK"); !strings.HasSuffix(got[0], "ID AUTH=PLAIN") {
		t.Errorf("capabilities under TLS: %q", got)
	}
	c.want("STARTTLS", "BAD")
	c.want("LOGIN alice@example.org "+secret, "OK")
	c.want("SELECT dc", "OK")

	// Commands that were sent in clear are not read as if they came by TLS.
	c = dial(t, addr)
	c.until("* OK")
	c.send("a STARTTLS\r\nb LOGIN alice@example.org x\r\n")
	c.ended("* BYE")

	// A client that speaks no TLS after it is cut off.
	c = dial(t, addr)
	c.until("* OK")
	c.want("STARTTLS", "OK")
	c.send("b NOOP\r\n")
	if rest := c.line(); strings.Contains(rest, "OK") {
		t.Errorf("the clear goes on: %q", rest)
	}

	// On loopback TLS is offered too, and not asked for.
	c = dial(t, w.addr)
	if greeting := c.line(); !strings.Contains(greeting, "STARTTLS AUTH=PLAIN]") {
		t.Errorf("greeting on loopback %q", greeting)
	}
	c.want("LOGIN alice@example.org "+secret, "OK")
}

func TestTLSFromTheStart(t *testing.T) {
	server, trust := certificate(t)
	w := start(t)
	addr := w.listen(func(ln net.Listener) net.Listener { return tls.NewListener(far{ln, "192.0.2.1:1000"}, server) })
	c := dial(t, addr)
	conn := tls.Client(c.conn, trust)
	c.conn = conn
	c.r.Reset(conn)
	if greeting := c.line(); !strings.Contains(greeting, "AUTH=PLAIN]") || strings.Contains(greeting, "STARTTLS") {
		t.Errorf("greeting %q", greeting)
	}
	c.want("LOGIN alice@example.org "+secret, "OK")
}

// clock is a time that only a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func TestWrongPasswordsShutTheDoorForAMinute(t *testing.T) {
	at := &clock{now: noon}
	w := start(t, func(c *Config) { c.Now, c.MaxFailures = at.Now, 5 })
	near := w.listen(func(ln net.Listener) net.Listener { return far{ln, "127.0.0.2:1"} })
	for i := range 5 {
		c := dial(t, w.addr)
		c.until("* OK")
		c.want("LOGIN alice@example.org wrong", "NO [AUTHENTICATIONFAILED]")
		if i == 0 {
			c.want("LOGIN alice@example.org "+secret, "OK")
		}
	}
	checks := w.people.checks
	c := dial(t, w.addr)
	c.until("* OK")
	c.want("LOGIN alice@example.org "+secret, "NO [LIMIT]")
	c.ended("* BYE")
	if w.people.checks != checks {
		t.Error("a password was looked at while the door is shut")
	}
	c = dial(t, near)
	c.until("* OK")
	c.want("LOGIN alice@example.org "+secret, "OK") // another address
	at.move(61 * time.Second)
	w.login(alice)
}

func TestConnectionsAreLimited(t *testing.T) {
	var refused atomic.Int32
	w := start(t, func(c *Config) { c.MaxConns, c.MaxPerIP, c.Refused = 5, 3, func() { refused.Add(1) } })
	var here []*client
	for range 3 {
		here = append(here, w.login(alice))
	}
	dial(t, w.addr).ended("* BYE Too many connections from your address")
	// Two addresses of one IPv6 network are one household.
	six := w.listen(func(ln net.Listener) net.Listener { return far{ln, "[2001:db8::1]:1"} })
	other := w.listen(func(ln net.Listener) net.Listener { return far{ln, "[2001:db8::2]:1"} })
	dial(t, six).until("* OK")
	dial(t, other).until("* OK")
	dial(t, other).ended("* BYE Too many connections just now")
	// Whoever leaves makes room, in whatever way.
	here[0].want("LOGOUT", "OK")
	here[0].ended()
	here[1].conn.Close()
	wait(t, func() bool { return w.server.limits.count() == 3 })
	w.login(alice)
	if n := refused.Load(); n != 2 {
		t.Errorf("told of %d refused connections, not of 2", n)
	}
}

func (l *limits) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.total
}

// wait asks until it is so.
func wait(t testing.TB, so func() bool) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited in vain")
		}
	}
}

func TestSilentClientsAreSentAway(t *testing.T) {
	w := start(t, func(c *Config) { c.SignIn, c.Idle = 2*time.Second, 2*time.Second })
	new := []*client{dial(t, w.addr), dial(t, w.addr)}
	for _, c := range new {
		c.until("* OK")
	}
	new[1].send("a LOG") // half a line is silence
	known := []*client{w.login(alice), w.login(alice), w.login(alice)}
	known[1].want("SELECT dc", "OK")
	known[2].send("a IDLE\r\n")
	known[2].until("+ ")
	for _, c := range slices.Concat(new, known) {
		c.ended("* BYE You were silent for too long")
	}
}

func TestAStoreThatFailsIsNoWrongPassword(t *testing.T) {
	w := start(t)
	w.people.set(func() { w.people.broken = errors.New("redis is away at 10.0.0.1") })
	c := dial(t, w.addr)
	c.until("* OK")
	for range 5 {
		c.want("LOGIN alice@example.org "+secret, "NO [UNAVAILABLE]")
	}
	w.people.set(func() { w.people.broken = nil })
	c.want("LOGIN alice@example.org "+secret, "OK")
}

func TestShutdown(t *testing.T) {
	w := start(t)
	before, signedIn, idling := dial(t, w.addr), w.login(alice), w.login(alice)
	before.until("* OK")
	idling.want("SELECT dc", "OK")
	idling.send("a IDLE\r\n")
	idling.until("+ ")
	busy := w.login(alice)
	busy.want("SELECT dc", "OK")
	w.archive.add("dc", "Subject: x\r\n\r\nbody")
	busy.want("NOOP", "OK")
	entered, leave := make(chan struct{}), make(chan struct{})
	w.archive.hook = func(uint32) error {
		close(entered)
		<-leave
		return nil
	}
	busy.send("b FETCH 1 BODY[TEXT]\r\n")
	<-entered
	down := make(chan error, 1)
	go func() { down <- w.server.Shutdown(context.Background()) }()
	for _, c := range []*client{before, signedIn} {
		c.ended("* BYE Plenary is restarting")
	}
	idling.until("* BYE Plenary is restarting")
	close(leave)
	if got := busy.until("b "); !strings.HasPrefix(got[len(got)-1], "b OK") {
		t.Errorf("the command that was at work: %q", got)
	}
	busy.ended("* BYE Plenary is restarting")
	if err := <-down; err != nil {
		t.Error(err)
	}
	if conn, err := net.Dial("tcp", w.addr); err == nil {
		conn.Close()
		t.Error("the listener is still open")
	}
	if err := w.server.Serve(context.Background(), nil); err == nil {
		t.Error("Serve after Shutdown")
	}
}

func TestShutdownDoesNotWaitForEver(t *testing.T) {
	w := start(t)
	w.archive.add("dc", "Subject: x\r\n\r\nbody")
	c := w.login(alice)
	c.want("SELECT dc", "OK")
	entered, leave := make(chan struct{}), make(chan struct{})
	w.archive.hook = func(uint32) error {
		close(entered)
		<-leave
		return nil
	}
	defer close(leave)
	c.send("b FETCH 1 BODY[TEXT]\r\n")
	<-entered
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := w.server.Shutdown(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestServeEndsWithItsContext(t *testing.T) {
	w := start(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.server.Serve(ctx, ln) }()
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestWords(t *testing.T) {
	for in, want := range map[string]string{
		"a b": "[a b]", `"a b" c`: "[a b c]", `"a\"\\" c`: `[a"\ c]`, "{3}\r\na b c": "[a b c]", "{0+}\r\n c]": "[ c]]",
		"": "", `"a`: "", `a"b`: "", `"a\b"`: "", "{4}\r\nabc": "", "{x}\r\nabc": "", "a(": "", "a ": "", " a": "", "{2}{2}\r\nab": "",
	} {
		got, ok := words(in)
		if ok != (want != "") || ok && fmt.Sprint(got) != want {
			t.Errorf("%q: %q, %v; want %s", in, got, ok, want)
		}
	}
}

// Whatever comes before sign-in, nobody gets in who has no password, and
// nothing falls over.
func FuzzDoor(f *testing.F) {
	for _, seed := range []string{"a LOGIN {3+}\r\nabc x\r\n", "a AUTHENTICATE PLAIN\r\nAGEAYg==\r\n", "a ID (\"x\" {3}\r\n", "GET / HTTP/1.0\r\n\r\n", "a LOGIN \"a\\\"\" \"\r\n"} {
		f.Add([]byte(seed))
	}
	w := start(f, func(c *Config) { c.MaxConns, c.MaxPerIP, c.MaxFailures = 1<<20, 1<<20, 1<<20 })
	f.Fuzz(func(t *testing.T, in []byte) {
		if bytes.Contains(in, []byte(secret)) {
			return // it may sign in
		}
		here, there := net.Pipe()
		go func() {
			_, _ = here.Write(in)
			_, _ = here.Write([]byte("\r\nz LOGOUT\r\n"))
		}()
		go func() { // reads all there is, so that the door never waits
			b := make([]byte, 4096)
			for {
				if _, err := here.Read(b); err != nil {
					return
				}
			}
		}()
		defer here.Close()
		d := newDoor(w.server, there, source(there))
		d.secure = true
		d.until = time.Now().Add(200 * time.Millisecond)
		if user, _, err := d.admit(context.Background()); err == nil || user != "" {
			t.Fatalf("%q signed in as %q", in, user)
		}
	})
}
