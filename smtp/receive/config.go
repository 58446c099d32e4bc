package receive

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/base32"
	"log/slog"
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

// Inbox takes a message for good: when Accept returns without an error, a
// crash of any machine can't lose it. An error that is (or wraps) a
// *smtp.Reply is given to the client, any other becomes a 451. raw is not
// kept or changed after Accept returned.
type Inbox interface {
	Accept(ctx context.Context, env smtp.Envelope, raw []byte) (id string, err error)
}

// Screen judges a whole message before it is taken: nil to take it, or the
// reply that refuses it. Over LMTP it is asked for each recipient by itself.
type Screen interface {
	Screen(ctx context.Context, env smtp.Envelope, raw []byte) *smtp.Reply
}

// What to do with a line of content that ends in a bare LF or CR.
const (
	RefuseBare = "refuse" // 550 5.6.11, and the connection is closed
	FixBare    = "fix"    // it becomes CR LF, after the end of data was found by the strict rule
)

// Config is what a Server needs to know. Hostname and Domain are needed, all
// else has a default.
type Config struct {
	Hostname string // how the server calls itself: greeting, EHLO, Received
	Domain   string // the domain whose addresses are ours
	MaxBytes int64  // the largest message in octets, 25 MiB

	TLS          *tls.Config    // nil: STARTTLS is not offered. GetCertificate lets certificates be reloaded
	BareNewlines string         // RefuseBare (the default) or FixBare
	ProxyFrom    []netip.Prefix // peers that must begin with a PROXY header naming the true client
	Limits       Limits
	Accounts     Accounts // who may submit mail; nil nobody

	Refused func() // told of each connection that is turned away at once, past a limit; may be nil

	NewID func() string    // makes queue ids; by default 80 random bits
	Log   *slog.Logger     // by default discarded
	Now   func() time.Time // by default time.Now
}

// Limits bound what one client, and all of them, may take up. A zero value
// means the default.
type Limits struct {
	Connections int // at once, in all; 1000. Past it, and the next two: 421
	PerAddress  int // of them from one address; 100 (not over LMTP)
	Per64       int // of them from one IPv6 /64; 200 (not over LMTP)

	Recipients int // of one message; 1000. Past it: 452
	Commands   int // between two accepted messages; 3000. Past it: 421, closed
	Errors     int // refused commands of a connection; 100. Past it: 421, closed

	InFlight int64 // octets of messages that are in memory at once, in all; 256 MiB. Past it: 452

	Idle    time.Duration // longest silence; 5 minutes (RFC 5321 4.5.3.2.7)
	Total   time.Duration // longest time between two accepted messages; 30 minutes
	MinRate int64         // octets of content a second, once a minute has passed; 256
	Hand    time.Duration // longest wait for Directory, and for Screen and Inbox together; 30 seconds. Past it: 451, or 421 to who waits half as long again for one that heeds no context

	SignIns           int // failed ones of a connection; 3. Past it: 421, closed
	SignInsPerAddress int // failed ones of an address, or /64, in a minute; 10. Past it: 421, closed

	// GreetPause is how long to listen before the greeting: who speaks in
	// that time is turned away with 554, as RFC 5321 4.3.1 has clients wait.
	// Zero, the default, does not look.
	GreetPause time.Duration
}

func (c Config) withDefaults() Config {
	c.MaxBytes = cmp.Or(c.MaxBytes, 25<<20)
	c.BareNewlines = cmp.Or(c.BareNewlines, RefuseBare)
	c.Domain = strings.ToLower(c.Domain)
	l := &c.Limits
	l.Connections = cmp.Or(l.Connections, 1000)
	l.PerAddress = cmp.Or(l.PerAddress, 100)
	l.Per64 = cmp.Or(l.Per64, 200)
	l.Recipients = cmp.Or(l.Recipients, 1000)
	l.Commands = cmp.Or(l.Commands, 3000)
	l.Errors = cmp.Or(l.Errors, 100)
	l.InFlight = cmp.Or(l.InFlight, 256<<20)
	l.Idle = cmp.Or(l.Idle, 5*time.Minute)
	l.Total = cmp.Or(l.Total, 30*time.Minute)
	l.MinRate = cmp.Or(l.MinRate, 256)
	l.Hand = cmp.Or(l.Hand, 30*time.Second)
	l.SignIns = cmp.Or(l.SignIns, 3)
	l.SignInsPerAddress = cmp.Or(l.SignInsPerAddress, 10)
	if c.NewID == nil {
		c.NewID = newID
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// newID is 16 letters and digits that stand well in a Received field.
func newID() string {
	var b [10]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}
