package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	gosmtp "github.com/emersion/go-smtp"
	"github.com/rogpeppe/go-internal/testscript"
)

// served is a server that a script has started.
type served struct {
	cmd   *exec.Cmd
	ended chan struct{} // its log has ended

	mu    sync.Mutex
	lines []string // of its log, which no earlier verb has waited for
	kept  *os.File // all of them
}

// read keeps what the server logs; PLENARY_TEST_LOG shows it too.
func (s *served) read(name string, log io.Reader) {
	defer close(s.ended)
	for in := bufio.NewScanner(log); in.Scan(); {
		if os.Getenv("PLENARY_TEST_LOG") != "" {
			fmt.Fprintf(os.Stderr, "%s: %s\n", name, in.Text())
		}
		s.mu.Lock()
		s.lines = append(s.lines, in.Text())
		fmt.Fprintln(s.kept, in.Text())
		s.mu.Unlock()
	}
}

// says looks for a line, and forgets all up to it.
func (s *served) says(re *regexp.Regexp) (line string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, l := range s.lines {
		if re.MatchString(l) {
			s.lines = s.lines[i+1:]
			return l, true
		}
	}
	return "", false
}

// has looks for a line, and forgets it alone: others may have been written at
// the same time, before or after.
func (s *served) has(re *regexp.Regexp) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.lines, re.MatchString)
	if i >= 0 {
		s.lines = slices.Delete(s.lines, i, i+1)
	}
	return i >= 0
}

func (s *served) all() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.lines, "\n") + "\n"
}

// settings are the variables that a server of this name is started with: those
// of the script, with addresses of its own for the second.
func settings(ts *testscript.TestScript, name string) []string {
	env := append(os.Environ(), "HOME="+ts.Getenv("HOME"), "GORACE="+raceOptions, "PLENARY_DNS_RESOLVER="+ts.Getenv("DNS"))
	for _, key := range []string{"DOMAIN", "DATA_DIR", "ADMINS", "REDIS_URL", "REDIS_DURABILITY", "DELIVERY_RELAY", "DELIVERY_RELAY_TLS",
		"SMTP_LISTEN", "SMTP_LMTP", "SMTP_TLS_CERT", "SMTP_TLS_KEY", "SMTP_MAX_BYTES", "IMAP_LISTEN", "HTTP_LISTEN", "HTTP_BASE_URL", "CONFIG",
		"COLLECT_SERVER", "COLLECT_USER", "COLLECT_PASSWORD", "COLLECT_TLS", "COMMANDS_TRUST", "DIGEST_PERSONAL_POSTS", "DIGEST_PERSONAL_DAILY", "SMTP_TRUSTED_AUTHSERV"} {
		if v := ts.Getenv("PLENARY_" + key); v != "" {
			env = append(env, "PLENARY_"+key+"="+v)
		}
	}
	if name == "two" {
		env = append(env, "PLENARY_SMTP_LISTEN="+ts.Getenv("SMTP2"), "PLENARY_SMTP_LMTP="+ts.Getenv("LMTP2"),
			"PLENARY_IMAP_LISTEN="+ts.Getenv("IMAP2"), "PLENARY_HTTP_LISTEN="+ts.Getenv("HTTP2"))
	}
	return env
}

func nameOf(args []string) string {
	if len(args) == 0 {
		return "one"
	}
	return args[0]
}

func serveVerb(ts *testscript.TestScript, neg bool, args []string) {
	s := launch(ts, nameOf(args))
	ready := regexp.MustCompile("msg=ready")
	up := false
	until(ts, "the server", func() bool {
		if up = s.has(ready); up {
			return true
		}
		select {
		case <-s.ended:
			up = s.has(ready)
			return true
		default:
			return false
		}
	})
	if !up {
		_ = s.cmd.Wait()
		worldOf(ts).servers[nameOf(args)] = nil
		fmt.Fprint(ts.Stderr(), s.all())
	}
	if up == neg {
		ts.Fatalf("server %s is ready: %v\n%s", nameOf(args), up, s.all())
	}
}

// launch starts a server without waiting for it.
func launch(ts *testscript.TestScript, name string) *served {
	program, err := exec.LookPath("plenary")
	ts.Check(err)
	s := &served{cmd: exec.Command(program, "serve"), ended: make(chan struct{})}
	s.cmd.Dir, s.cmd.Env = ts.MkAbs("."), settings(ts, name)
	log, err := s.cmd.StderrPipe()
	ts.Check(err)
	s.kept, err = os.OpenFile(ts.MkAbs(name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	ts.Check(err)
	ts.Defer(func() { _ = s.kept.Close() })
	ts.Check(s.cmd.Start())
	worldOf(ts).servers[name] = s
	ts.Defer(func() {
		if worldOf(ts).servers[name] == s {
			_ = s.cmd.Process.Kill()
			_ = s.cmd.Wait()
		}
	})
	go s.read(name, log)
	return s
}

// launchVerb starts a server that is not expected to be ready soon.
func launchVerb(ts *testscript.TestScript, _ bool, args []string) { launch(ts, nameOf(args)) }

// logVerb waits until the server has logged a line like this.
func logVerb(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: log REGEXP")
	}
	s, re := serverOf(ts, nil), pattern(ts, args)
	until(ts, "a line of the log like "+args[0], func() bool {
		line, ok := s.says(re)
		if ok {
			fmt.Fprintln(ts.Stdout(), line)
		}
		return ok
	})
}

func hupVerb(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(serverOf(ts, args).cmd.Process.Signal(syscall.SIGHUP))
}

func shutdownVerb(ts *testscript.TestScript, _ bool, args []string) {
	s := serverOf(ts, args)
	ts.Check(s.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case <-s.ended:
	case <-time.After(patience):
		_ = s.cmd.Process.Kill()
		ts.Fatalf("the server did not end after SIGTERM")
	}
	if err := s.cmd.Wait(); err != nil {
		ts.Fatalf("after SIGTERM the server ended with %v\n%s", err, s.all())
	}
	worldOf(ts).servers[nameOf(args)] = nil
}

func kill9Verb(ts *testscript.TestScript, _ bool, args []string) {
	s := serverOf(ts, args)
	ts.Check(s.cmd.Process.Kill())
	_ = s.cmd.Wait()
	worldOf(ts).servers[nameOf(args)] = nil
}

func serverOf(ts *testscript.TestScript, args []string) *served {
	s := worldOf(ts).servers[nameOf(args)]
	if s == nil {
		ts.Fatalf("server %s does not run", nameOf(args))
	}
	return s
}

// certificateVerb writes NAME.crt and NAME.key, for the host NAME.
func certificateVerb(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: certificate NAME FILE")
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: args[0]}, DNSNames: []string{args[0]},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	ts.Check(err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	ts.Check(err)
	for suffix, block := range map[string]*pem.Block{".crt": {Type: "CERTIFICATE", Bytes: cert}, ".key": {Type: "PRIVATE KEY", Bytes: secret}} {
		ts.Check(os.WriteFile(ts.MkAbs(args[1]+suffix), pem.EncodeToMemory(block), 0o600))
	}
}

// starttlsVerb prints whom the server's certificate is for.
func starttlsVerb(ts *testscript.TestScript, _ bool, _ []string) {
	c, err := gosmtp.DialStartTLS(ts.Getenv("SMTP"), &tls.Config{InsecureSkipVerify: true})
	ts.Check(err)
	defer c.Close()
	ts.Check(c.Noop()) // the handshake is made now
	state, ok := c.TLSConnectionState()
	if !ok {
		ts.Fatalf("no TLS")
	}
	fmt.Fprintln(ts.Stdout(), state.PeerCertificates[0].Subject.CommonName)
}
