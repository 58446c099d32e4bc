package receive_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/xdg-go/scram"

	"plenary/lists"
	"plenary/smtp/receive"
)

// accounts has ada, with two app passwords.
type accounts struct {
	mu     sync.Mutex
	fail   error
	asked  int
	nobody bool // she is no member any longer
}

const (
	adaFirst  = "aaaaa-bbbbb-ccccc-ddddd"
	adaSecond = "eeeee-fffff-ggggg-hhhhh"
)

func (a *accounts) SignIn(_ context.Context, account lists.Address, secret string) (bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked++
	return !a.nobody && account.Same("ada@example.org") && (secret == adaFirst || secret == adaSecond), a.fail
}

func (a *accounts) Verifiers(_ context.Context, account lists.Address) (scram.KeyFactors, []scram.StoredCredentials, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked++
	factors := scram.KeyFactors{Salt: "salt of " + account.Key(), Iters: 4096}
	if a.fail != nil || a.nobody || !account.Same("ada@example.org") {
		return factors, nil, a.fail
	}
	var all []scram.StoredCredentials
	for _, secret := range []string{adaFirst, adaSecond} {
		client, err := scram.SHA256.NewClient("", secret, "")
		if err != nil {
			return factors, nil, err
		}
		stored, err := client.GetStoredCredentialsWithError(factors)
		if err != nil {
			return factors, nil, err
		}
		all = append(all, stored)
	}
	return factors, all, nil
}

func submission(r *rig) func(context.Context, net.Listener) error { return r.ServeSubmission }

func newSubmission(t testing.TB, options ...func(*receive.Config)) (*rig, *accounts) {
	a := &accounts{}
	return newServing(t, submission, append([]func(*receive.Config){withTLS(t), func(c *receive.Config) { c.Accounts = a }}, options...)...), a
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func signIn(user, secret string) string { return "AUTH PLAIN " + b64("\x00"+user+"\x00"+secret) }

// scramLogin signs in by SCRAM-SHA-256, and gives the last reply.
func (c *client) scramLogin(user, secret string) string {
	c.t.Helper()
	client, err := scram.SHA256.NewClient(user, secret, "")
	if err != nil {
		c.t.Fatal(err)
	}
	talk := client.NewConversation()
	first, err := talk.Step("")
	if err != nil {
		c.t.Fatal(err)
	}
	c.send("AUTH SCRAM-SHA-256 " + b64(first) + "\r\n")
	for {
		reply := c.reply()
		text, ok := strings.CutPrefix(reply, "334 ")
		if !ok {
			if strings.HasPrefix(reply, "235") && !talk.Valid() {
				c.t.Fatal("the server did not prove itself")
			}
			return reply
		}
		challenge, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
		if err != nil {
			c.t.Fatal(err)
		}
		answer, err := talk.Step(string(challenge))
		if err != nil {
			c.t.Fatalf("%q: %v", challenge, err)
		}
		c.send(b64(answer) + "\r\n")
	}
}

// TestSubmission: who signs in under TLS sends as themselves, to our lists,
// and nobody is told where they were.
func TestSubmission(t *testing.T) {
	r, _ := newSubmission(t)
	for _, way := range []func(c *client) string{
		func(c *client) string { c.send(signIn("Ada@Example.org", adaFirst) + "\r\n"); return c.reply() },
		func(c *client) string {
			c.do("334", "AUTH PLAIN")
			c.send(b64("ada@example.org\x00ada@example.org\x00"+adaSecond) + "\r\n")
			return c.reply()
		},
		func(c *client) string { return c.scramLogin("ada@example.org", adaFirst) },
		func(c *client) string { return c.scramLogin("ADA@example.org", adaSecond) },
	} {
		c := hello(t, r)
		c.do("220", "STARTTLS")
		c.startTLS()
		c.do("250", "EHLO laptop.home.example")
		c.do("530 5.7.0", "MAIL FROM:<ada@example.org>")
		if got := way(c); !strings.HasPrefix(got, "235 2.7.0") {
			t.Fatalf("sign-in: %q", got)
		}
		c.do("503", "AUTH PLAIN")
		c.do("553 5.7.1 You are signed in as", "MAIL FROM:<bob@example.org>", "MAIL FROM:<>")
		c.do("250", "MAIL FROM:<ADA@example.org>")
		c.do("550 5.7.1 This server takes mail to its own lists only", "RCPT TO:<someone@elsewhere.example>")
		c.do("550 5.1.1", "RCPT TO:<nobody@plenary.test>")
		c.do("250", "RCPT TO:<list@plenary.test>")
		c.do("354", "DATA")
		c.send("From: Ada <ada@example.org>\r\nTo: list@plenary.test\r\nSubject: x\r\n\r\nHi.\r\n.\r\n")
		c.want("250 2.0.0 Queued")
		c.do("221", "QUIT")
		got := r.inbox.take()
		if len(got) != 1 || !lists.Address(got[0].env.Account).Same("ada@example.org") || got[0].env.Protocol != "ESMTPSA" {
			t.Fatalf("accepted %+v", got)
		}
		if trace := string(got[0].raw); strings.Contains(trace, "127.0.0.1") || strings.Contains(trace, "laptop") {
			t.Errorf("the trace field tells where she was:\n%s", trace)
		}
	}
}

// TestSubmissionAuthor: From, and Sender, are the account's own.
func TestSubmissionAuthor(t *testing.T) {
	r, _ := newSubmission(t)
	c := hello(t, r) // from this machine itself no TLS is needed
	c.do("235", signIn("ada@example.org", adaFirst))
	for head, want := range map[string]string{
		"From: ada@example.org":                                               "250",
		"From: \"A, L\" <ADA@EXAMPLE.ORG>":                                    "250",
		"From: ada@example.org\r\nSender: ada@example.org":                    "250",
		"From: bob@example.org":                                               "553 5.7.1 You are signed in as ada@example.org: write one From",
		"From: ada@example.org, bob@example.org":                              "553 5.7.1",
		"From: ada@example.org\r\nFrom: bob@example.org":                      "553 5.7.1",
		"Subject: no From":                                                    "553 5.7.1",
		"From: ada@example.org\r\nSender: bob@example.org":                    "553 5.7.1 You are signed in as ada@example.org: leave the Sender",
		"From: ada@example.org\r\nTo: a@b.c" + strings.Repeat(",a@b.c", 1000): "550 5.6.0 The message cannot be taken",
	} {
		c.do("250", "MAIL FROM:<ada@example.org>", "RCPT TO:<list@plenary.test>")
		c.do("354", "DATA")
		c.send(head + "\r\n\r\nHi.\r\n.\r\n")
		if got := c.reply(); !strings.HasPrefix(got, want) {
			t.Errorf("%.60q: %q, want %q", head, got, want)
		}
	}
}

// TestRefusalsNameNobodyInTheLog: what a member is told names them, the log does not.
func TestRefusalsNameNobodyInTheLog(t *testing.T) {
	var log logged
	r, _ := newSubmission(t, func(c *receive.Config) { c.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	c := hello(t, r)
	c.do("235", signIn("ada@example.org", adaFirst))
	c.do("250", "MAIL FROM:<ada@example.org>", "RCPT TO:<list@plenary.test>")
	c.do("354", "DATA")
	c.send("From: bob@example.org\r\n\r\nHi.\r\n.\r\n")
	c.want("553 5.7.1 You are signed in as ada@example.org")
	if text := log.String(); !strings.Contains(text, "refused") || strings.Contains(text, "@") {
		t.Errorf("the log says:\n%s", text)
	}
}

// logged is a log that may be read while it is written.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// TestSubmissionsNeedsTLSFirst: TLS from the first octet, behind a proxy too.
func TestSubmissions(t *testing.T) {
	for _, proxied := range []bool{false, true} {
		a := &accounts{}
		r := newServing(t, func(r *rig) func(context.Context, net.Listener) error { return r.ServeSubmissions },
			withTLS(t), func(c *receive.Config) {
				c.Accounts = a
				if proxied {
					c.ProxyFrom = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
				}
			})
		raw, err := net.Dial("tcp", r.addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { raw.Close() })
		if proxied {
			if _, err := raw.Write([]byte("PROXY TCP4 192.0.2.7 192.0.2.1 4242 465\r\n")); err != nil {
				t.Fatal(err)
			}
		}
		conn := tls.Client(raw, &tls.Config{InsecureSkipVerify: true})
		c := &client{t: t, Conn: conn, in: bufio.NewReader(conn)}
		c.want("220")
		c.send("EHLO c\r\n")
		if got := c.want("250"); !strings.Contains(got, "AUTH SCRAM-SHA-256 PLAIN") || strings.Contains(got, "STARTTLS") {
			t.Errorf("offers %q", got)
		}
		if got := c.scramLogin("ada@example.org", adaSecond); !strings.HasPrefix(got, "235") {
			t.Errorf("%q", got)
		}
	}
	s := receive.New(receive.Config{Hostname: "h", Domain: "d"}, &directory{ask: named("list")}, &inbox{}, &screen{})
	if err := s.ServeSubmissions(context.Background(), listen(t)); err == nil {
		t.Error("it served without a certificate")
	}
}

// TestAuthRefused: no password is asked for in clear, none that is wrong lets
// in, and nobody learns which accounts there are.
func TestAuthRefused(t *testing.T) {
	far := func(c *receive.Config) {
		c.ProxyFrom = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	}
	r, a := newSubmission(t, far)
	c := dial(t, r.addr)
	c.send("PROXY TCP4 192.0.2.7 192.0.2.1 4242 587\r\n")
	c.want("220")
	c.send("EHLO c\r\n")
	if got := c.want("250"); strings.Contains(got, "AUTH") {
		t.Errorf("offers %q in clear", got)
	}
	c.do("538 5.7.11", signIn("ada@example.org", adaFirst))
	c.do("530", "MAIL FROM:<ada@example.org>")
	if a.asked != 0 {
		t.Error("a password that came in clear was looked at")
	}

	r, a = newSubmission(t, func(c *receive.Config) {
		c.Limits.SignIns, c.Limits.SignInsPerAddress, c.Limits.Errors = 100, 100, 1000
	})
	c = hello(t, r)
	for _, line := range []string{
		signIn("ada@example.org", "wrong"), signIn("bob@example.org", adaFirst), signIn("no address", adaFirst), signIn("", ""),
		"AUTH PLAIN " + b64("bob@example.org\x00ada@example.org\x00"+adaFirst), "AUTH PLAIN " + b64("ada@example.org\x00"+adaFirst), "AUTH PLAIN =",
		"AUTH SCRAM-SHA-256 " + b64("nonsense"), "AUTH SCRAM-SHA-256 " + b64("p=tls-unique,,n=ada@example.org,r=abc"),
		"AUTH SCRAM-SHA-256 " + b64("n,a=bob@example.org,n=ada@example.org,r=abc"), "AUTH SCRAM-SHA-256 " + b64("n,,n=nobody,r=abc"),
	} {
		c.do("535 5.7.8", line)
	}
	c.do("501 5.5.2", "AUTH PLAIN !!!")
	c.do("501 5.5.4", "AUTH", "AUTH PLAIN a b")
	c.do("504 5.5.4", "AUTH LOGIN", "AUTH CRAM-MD5")
	c.do("334", "AUTH PLAIN")
	c.do("501 5.7.0", "*")
	for _, user := range []string{"ada@example.org", "nobody@example.org"} {
		if got := c.scramLogin(user, "wrong"); !strings.HasPrefix(got, "535") {
			t.Errorf("%s: %q", user, got)
		}
	}
	c.send("AUTH SCRAM-SHA-256 " + b64("n,,n=ada@example.org,r=abc") + "\r\n")
	c.want("334")
	c.do("535", b64("c=biws,r=forged,p=AAAA"))
	a.mu.Lock()
	a.fail = errors.New("Redis is away")
	a.mu.Unlock()
	c.do("454 4.7.0", signIn("ada@example.org", adaFirst))
	if got := c.scramLogin("ada@example.org", adaFirst); !strings.HasPrefix(got, "454 4.7.0") {
		t.Errorf("%q", got)
	}
	c.do("530", "MAIL FROM:<ada@example.org>")

	c = hello(t, newRig(t, false, func(c *receive.Config) { c.Accounts = a })) // the port of other servers
	c.do("502", signIn("ada@example.org", adaFirst))
}

// TestAuthAttempts: three failures end the connection, ten a minute are taken
// from one address; a sign-in that works is none.
func TestAuthAttempts(t *testing.T) {
	r, a := newSubmission(t, func(c *receive.Config) { c.Limits.SignInsPerAddress = 5 })
	try := func(n int) *client {
		t.Helper()
		c := hello(t, r)
		for range n {
			c.do("535", signIn("ada@example.org", "wrong"))
		}
		return c
	}
	c := try(3)
	c.want("421 4.7.0 ")
	c.want("")
	c = try(2)
	asked := a.asked
	c.do("421 4.7.0 Too many failed sign-ins from your address", signIn("ada@example.org", adaFirst))
	c.want("")
	if a.asked != asked {
		t.Error("a password was looked at past the limit")
	}
}

// TestStartTLSForgetsTheAccount (RFC 3207 4.2).
func TestStartTLSForgetsTheAccount(t *testing.T) {
	r, _ := newSubmission(t)
	c := hello(t, r)
	c.do("235", signIn("ada@example.org", adaFirst))
	c.do("220", "STARTTLS")
	c.startTLS()
	c.do("250", "EHLO c")
	c.do("530", "MAIL FROM:<ada@example.org>")
}

// FuzzAuth sends anything as an AUTH exchange: it never signs in, and never
// hangs.
func FuzzAuth(f *testing.F) {
	for _, s := range []string{
		signIn("ada@example.org", "wrong"), "AUTH PLAIN\r\n*", "AUTH PLAIN =", "AUTH SCRAM-SHA-256 " + b64("n,,n=ada@example.org,r=abc") + "\r\n" + b64("c=biws,r=abc,p=AAAA"),
		"AUTH SCRAM-SHA-256 " + b64("y,a=x,n==2C,r=\x00,m=1"), "auth scram-sha-256\r\n=\r\n", "AUTH SCRAM-SHA-256\r\nbiws\r\n",
	} {
		f.Add([]byte(s))
	}
	r, _ := newSubmission(f, func(c *receive.Config) { c.Limits.SignIns, c.Limits.SignInsPerAddress = 1<<30, 1<<30 })
	f.Fuzz(func(t *testing.T, raw []byte) {
		conn, err := net.Dial("tcp", r.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		go func() {
			_, _ = conn.Write(append(append([]byte("EHLO c\r\n"), raw...), "\r\n"...))
			_ = conn.(*net.TCPConn).CloseWrite()
		}()
		for in := bufio.NewScanner(conn); in.Scan(); {
			if strings.HasPrefix(in.Text(), "235") && !strings.Contains(string(raw), strings.TrimPrefix(signIn("ada@example.org", adaFirst), "AUTH PLAIN ")) {
				t.Fatalf("signed in by %q", raw)
			}
		}
	})
}
