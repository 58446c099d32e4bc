package collect

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"time"

	"plenary/lists"
	"plenary/smtp"
)

// Directory tells which addresses are ours.
type Directory interface {
	Directory(ctx context.Context) (*lists.Directory, error)
}

// Inbox takes a message for good, once for each env.ID, however often it is
// offered. raw is not kept or changed after Accept returned.
type Inbox interface {
	Accept(ctx context.Context, env smtp.Envelope, raw []byte) (id string, err error)
}

// How the connection is protected.
const (
	ImplicitTLS = "tls" // from the first octet on, port 993
	StartTLS    = "starttls"
	NoTLS       = "none" // on loopback only
)

// Config is what a Collector needs to know. Addr, User, Password, Domain and
// Hostname are needed, all else has a default.
type Config struct {
	Addr      string      // host:port of the IMAP server
	TLS       string      // ImplicitTLS (the default), StartTLS or NoTLS
	TLSConfig *tls.Config // nil: the system's roots, and the name in Addr

	User     string
	Password string
	Mailbox  string // the mailbox's own address, for user+list@; by default User where it is one
	Folder   string // to collect from; INBOX
	Done     string // folder for what was collected, made where it is not there; "": it stays, flagged \Seen and $Plenary

	Hostname string // how we call ourselves in the trace field
	Domain   string // the domain whose addresses are ours
	MaxBytes int64  // a larger message is left; 25 MiB

	Poll    time.Duration // how often to look where the server can't tell that mail came, else nine times as rarely; 1 minute
	Silence time.Duration // longest silence inside a command; 1 minute
	Retry   time.Duration // pause after a failure, doubled after each more; 2 seconds
	Limit   time.Duration // longest pause; 5 minutes

	Log *slog.Logger     // by default discarded
	Now func() time.Time // by default time.Now
}

func (c Config) withDefaults() (Config, error) {
	c.TLS = cmp.Or(c.TLS, ImplicitTLS)
	c.Folder = cmp.Or(c.Folder, "INBOX")
	c.MaxBytes = cmp.Or(c.MaxBytes, 25<<20)
	c.Poll = cmp.Or(c.Poll, time.Minute)
	c.Silence = cmp.Or(c.Silence, time.Minute)
	c.Retry = cmp.Or(c.Retry, 2*time.Second)
	c.Limit = cmp.Or(c.Limit, 5*time.Minute)
	if c.Mailbox == "" && strings.Contains(c.User, "@") {
		c.Mailbox = c.User
	}
	c.Domain = strings.ToLower(c.Domain)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c, c.check()
}

func (c Config) check() error {
	host, _, err := net.SplitHostPort(c.Addr)
	switch {
	case err != nil || host == "":
		return fmt.Errorf("collect: the server's address %q is not host:port", c.Addr)
	case c.User == "" || c.Password == "":
		return errors.New("collect: a user and a password are needed")
	case c.Domain == "" || c.Hostname == "":
		return errors.New("collect: our own domain and host name are needed")
	case c.TLS != ImplicitTLS && c.TLS != StartTLS && c.TLS != NoTLS:
		return fmt.Errorf("collect: %q is no way to protect a connection; write tls, starttls or none", c.TLS)
	case c.TLS == NoTLS && !loopback(host):
		return fmt.Errorf("collect: without TLS the password would be sent to %s in clear; write tls or starttls", host)
	case c.Poll > maxQuiet:
		return fmt.Errorf("collect: a connection that is silent for %v is closed by many servers; look every 20 minutes at least", c.Poll)
	case c.Done != "" && strings.EqualFold(c.Done, c.Folder):
		return fmt.Errorf("collect: mail can not be moved from %s to itself", c.Folder)
	}
	return nil
}

func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}
