package deliver

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"plenary/lists"
)

// Config says how mail leaves. Zero values take the defaults.
type Config struct {
	Domain string // the site's; stands in VERP senders
	Secret []byte // the site's, for member tokens

	Hostname      string // for EHLO; default Domain
	Relay         string // host:port; empty: straight to each domain's MX
	RelayUser     string
	RelayPassword string
	RelayTLS      TLSMode // default TLSAuto
	Port          int     // of mail exchangers; default 25
	Resolver      string  // DNS server host:port; empty: the system's
	MTASTS        bool    // ask for domains' MTA-STS policies and keep to them
	PolicyPort    int     // of their HTTPS servers; default 443
	DANE          bool    // keep to TLSA records that the resolver vouches for

	Connections  int           // sessions to the relay at once, for posts; default 8
	PerDomain    int           // sessions to one domain's exchangers at once, for posts; default 5
	PerMinute    int           // recipients a minute, to the relay or to each domain; 0: no limit
	Destinations []Destination // domains with limits of their own
	Workers      int           // parts of posts under way at once; default, to a relay, half as many again as Connections: some are read and recorded while others are sent; straight to MX, shareOfWorkers times the most sessions to one domain
	Letters      int           // letters sent at once, over sessions of their own; default 2, straight to MX 8
	RelayWait    time.Duration // for a relay that is not there, before its mail is put off; default 2 min
	Batch        int           // recipients served and not yet recorded, for each worker, at most: one may have more while others have fewer; default 40
	Seal         Seal          // signs posts; nil: they go out as they are
	Refused      Refused       // is told of letters that can't be delivered; nil: nobody
	Timeouts     Timeouts
	TLS          *tls.Config // a base for client TLS, such as RootCAs
	Now          func() time.Time
	Location     *time.Location // the site's, for vacations; default UTC
	Log          *slog.Logger
}

// Destination is a domain with limits of its own, each 0 for what the others
// have. They are for this process; several share nothing.
type Destination struct {
	Domain      string
	Connections int // sessions at once, for posts
	PerMinute   int // recipients a minute
}

// shareOfWorkers is which part of the workers one domain's posts may hold: a
// slow destination takes only its own share.
const shareOfWorkers = 4

// Queue is where work comes from.
type Queue interface {
	// Letter and Part lease the next piece of work, nil where none waits.
	Letter(ctx context.Context) (Letter, error)
	Part(ctx context.Context) (Part, error)
	// WaitLetter and WaitPart return when there may be one, after d at the latest.
	WaitLetter(ctx context.Context, d time.Duration)
	WaitPart(ctx context.Context, d time.Duration)
	// Hasten makes due what a destination put off: it is there again.
	Hasten(ctx context.Context, destination string) (n int, err error)
	// Keep keeps what is leased until ctx ends.
	Keep(ctx context.Context) error
}

// Letter is a leased letter.
type Letter interface {
	ID() string
	From() string
	To() []string
	Raw() []byte
	Expired() bool // too old to be put off once more
	Valid() bool   // the lease stands
	Taken() bool   // another is known to have it
	Save(ctx context.Context, left []string) error
	End(ctx context.Context, left []string, put *lists.Deferral) error // put nil: another may take the rest at once
	Leave()
}

// Part is a leased part of a post's fan-out.
type Part interface {
	Fanout() *lists.Fanout
	Range() (from, to lists.Number)
	Todo(n lists.Number) bool
	Fresh() bool            // a first try, not one put off
	Expired() bool          // too old to be put off once more
	Valid() bool            // the lease stands
	Taken() bool            // another is known to have it
	Gone(ns []lists.Number) // members whom no list of the post reaches any more; before all that follows
	Save(ctx context.Context, done []lists.Number) error
	PutOff(ctx context.Context, done []lists.Number, put []lists.Deferral) error // of one destination once
	End(ctx context.Context, done []lists.Number, put []lists.Deferral, all bool) error
	Leave()
	String() string
}

// Roster reads who the members are.
type Roster interface {
	Roster(ctx context.Context, family string, from, to lists.Number) ([]lists.Person, error)
}

// Failure is a recipient that a post could not be delivered to, for good.
type Failure struct {
	Family   string
	List     string // list ID
	Number   lists.Number
	PostID   string
	Code     int
	Enhanced [3]int
	Text     string // what the far side said, in one line
	Stage    string // MAIL, RCPT, DATA, end of data; "" never got so far. Only RCPT speaks of the recipient for sure
	Expired  bool   // given up after many tries: Code is of the last, 4xx
}

// Failed is told of failures, before the ledger is: so it may be told again
// of the same post and number, which must count once.
type Failed interface {
	Failed(ctx context.Context, f Failure) error
}

// Refused is told that a letter, by its key, was refused for good to one of
// its recipients, or given up: before that is recorded, so it may be told again.
type Refused func(ctx context.Context, letter, to string, raw []byte) error

// Personal prepares the header fields that are a member's own in a list's
// copies: what it gives appends those of member n, with CRLF after each, and
// is asked by one goroutine at a time. It is nil where members have none.
type Personal func(l lists.List) func(b []byte, n lists.Number) []byte

// Seal prepares the signing of a copy, once for all its members. What it
// gives is asked for each message, by many goroutines at once, with the
// member's own fields (Personal): the fields that go on top of them, with CRLF
// after each, or nil.
type Seal func(c lists.Copy) func(personal []byte) []byte

// Sender sends what the queue leases to it.
type Sender struct {
	cfg      Config
	log      *slog.Logger
	queue    Queue
	roster   Roster
	personal Personal
	failed   Failed
	to       *destinations
	contents contents
	ledgers  *ledgers
	stats    stats
	scout    chan struct{} // held by the one worker that waits for parts
	idle     atomic.Int32  // workers without a part
	stopping atomic.Bool
}

// New makes a sender. Personal and failed may be nil.
func New(cfg Config, q Queue, r Roster, personal Personal, failed Failed) (*Sender, error) {
	cfg.orDefault()
	s := &Sender{cfg: cfg, log: cfg.Log, queue: q, roster: r, personal: personal, failed: failed, scout: make(chan struct{}, 1)}
	s.ledgers = newLedgers(cfg.Workers * cfg.Batch)
	if s.personal == nil {
		s.personal = func(lists.List) func([]byte, lists.Number) []byte { return nil }
	}
	base := cfg.TLS
	if base == nil {
		base = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	base = base.Clone()
	if base.ClientSessionCache == nil {
		base.ClientSessionCache = tls.NewLRUClientSessionCache(512)
	}
	dial := &dialer{hostname: cfg.Hostname, mode: TLSAuto, tls: base, times: cfg.Timeouts, log: s.log}
	s.to = &destinations{cfg: &s.cfg, dial: dial, all: map[string]*destination{}, back: s.back}
	if cfg.Relay != "" {
		dial.mode, dial.user, dial.pass = cfg.RelayTLS, cfg.RelayUser, cfg.RelayPassword
		host, port, err := net.SplitHostPort(cfg.Relay)
		if err != nil {
			return nil, fmt.Errorf("delivery.relay %q: want host:port: %w", cfg.Relay, err)
		}
		sessions := min(cfg.Workers, cfg.Connections) // as Window counts
		t := terms{first: sessions, most: sessions, share: sessions, perMinute: cfg.PerMinute, letters: cfg.Letters}
		where, err := s.relayAt(host, port)
		if err != nil {
			return nil, err
		}
		s.to.relay = newDestination("relay", t, dial, cfg.Now, where)
		s.to.relay.relay, s.to.relay.wait, s.to.relay.back = true, cfg.RelayWait, s.back
		return s, nil
	}
	resolve, err := newResolver(cfg.Resolver, cfg.Now)
	if err != nil {
		return nil, err
	}
	s.to.to = &exchangers{resolve: resolve, dane: cfg.DANE, port: cfg.Port}
	if cfg.MTASTS {
		s.to.to.policies = newPolicies(resolve, base, cfg.PolicyPort, cfg.Now, s.log)
	}
	return s, nil
}

// Window is how many recipients may get a second copy when a sender dies, or
// is paused for longer than a lease: of all parts under way what is not
// recorded, and of each connection to the relay what is on the wire. Straight
// to the MX, each worker may have groupsAtOnce connections.
func (c Config) Window() int { return c.window(outstanding) }

// SharedWindow is the same for lists whose members share one copy: a
// connection has up to outstandingRcpts of them on the wire.
func (c Config) SharedWindow() int { return c.window(outstandingRcpts) }

func (c Config) window(wire int) int {
	c.orDefault()
	return c.Workers*c.Batch + min(c.Workers, c.Connections)*wire
}

func (c *Config) orDefault() {
	if c.Hostname == "" {
		c.Hostname = c.Domain
	}
	if c.Letters <= 0 && c.Relay == "" { // a slow domain holds one of them
		c.Letters = 8
	}
	if c.RelayTLS == "" {
		c.RelayTLS = TLSAuto
	}
	for _, n := range []struct {
		p *int
		v int
	}{{&c.Port, 25}, {&c.PolicyPort, 443}, {&c.Connections, 8}, {&c.Letters, 2}, {&c.PerDomain, 5}, {&c.Batch, 40}} {
		if *n.p <= 0 {
			*n.p = n.v
		}
	}
	if c.Workers <= 0 {
		c.Workers = c.Connections + (c.Connections+1)/2
		if c.Relay == "" {
			most := c.PerDomain
			for _, d := range c.Destinations {
				most = max(most, d.Connections)
			}
			c.Workers = max(c.Workers, shareOfWorkers*most)
		}
	}
	c.Timeouts = c.Timeouts.orDefault()
	if c.RelayWait <= 0 {
		c.RelayWait = 2 * time.Minute
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Location == nil {
		c.Location = time.UTC
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
}

// relayAt finds the relay's addresses: by dns.resolver where one is set,
// else as the system does, /etc/hosts included.
func (s *Sender) relayAt(host, port string) (func(context.Context) ([]endpoint, error), error) {
	if net.ParseIP(host) != nil || host == "localhost" || s.cfg.Resolver == "" {
		to := []endpoint{{host: host, addr: net.JoinHostPort(host, port)}}
		return func(context.Context) ([]endpoint, error) { return to, nil }, nil
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return nil, fmt.Errorf("delivery.relay: port %q: %w", port, err)
	}
	r, err := newResolver(s.cfg.Resolver, s.cfg.Now)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) ([]endpoint, error) {
		to, _, err := r.endpoints(ctx, host, n)
		if err == nil && len(to) == 0 {
			err = fmt.Errorf("delivery.relay: no address for %s", host)
		}
		return to, err
	}, nil
}

// Run sends until ctx ends. Then messages on the wire are finished, what
// came of them is recorded, and the rest is given back to the queue.
func (s *Sender) Run(ctx context.Context) error {
	alive, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	defer context.AfterFunc(ctx, func() { s.stopping.Store(true) })()
	var keeper, workers sync.WaitGroup
	keeper.Go(func() {
		if err := s.queue.Keep(alive); err != nil {
			s.log.Error("leases are not kept", "err", err)
		}
	})
	keeper.Go(func() { s.tidy(alive) })
	for range s.cfg.Letters {
		workers.Go(func() { s.letters(ctx) })
	}
	for range s.cfg.Workers {
		workers.Go(func() { s.parts(ctx) })
	}
	workers.Wait()
	stop()
	keeper.Wait()
	s.to.tidy(true)
	return nil
}

func (s *Sender) tidy(ctx context.Context) {
	t := time.NewTicker(5 * time.Second)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			s.to.tidy(false)
		}
	}
}

// idle is how long the queue is left alone when it had nothing and nobody
// rang.
const idle = 200 * time.Millisecond

// parts sends parts of posts, one after the other. Of the workers that have
// nothing to do one waits for work to come and the others wait for their
// turn to wait.
func (s *Sender) parts(ctx context.Context) {
	trouble := time.Duration(0)
	for ctx.Err() == nil {
		p, err := s.queue.Part(ctx)
		switch {
		case err != nil:
			trouble = s.rest(ctx, trouble, err)
			continue
		case p != nil:
			s.part(ctx, p)
		default:
			s.idle.Add(1)
			select {
			case s.scout <- struct{}{}:
				s.queue.WaitPart(ctx, idle)
				<-s.scout
			case <-ctx.Done():
			}
			s.idle.Add(-1)
		}
		trouble = 0
	}
}

// crowded tells whether all workers are busy: more work may be waiting.
func (s *Sender) crowded() bool { return s.idle.Load() == 0 }

func (s *Sender) letters(ctx context.Context) {
	trouble := time.Duration(0)
	for ctx.Err() == nil {
		l, err := s.queue.Letter(ctx)
		switch {
		case err != nil:
			trouble = s.rest(ctx, trouble, err)
			continue
		case l == nil:
			s.queue.WaitLetter(ctx, idle)
		default:
			s.letter(ctx, l)
		}
		trouble = 0
	}
}

// rest waits after trouble with the queue, ever longer.
func (s *Sender) rest(ctx context.Context, last time.Duration, err error) time.Duration {
	if ctx.Err() != nil {
		return 0
	}
	s.log.Warn("the queue gives no work", "err", err)
	d := min(max(2*last, 100*time.Millisecond), 5*time.Second)
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
	return d
}
