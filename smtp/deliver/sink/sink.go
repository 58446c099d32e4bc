// Package sink is an SMTP server that takes every mail and delivers none: the
// far side of the demo, of the benchmarks and of the tests. It is fast, so
// that it is not what a benchmark measures, and it can be told to be slow, to
// refuse, and to break the protocol. It imports nothing of ours.
package sink

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync"
	"time"
)

// Options say how the sink behaves. The zero value takes all mail at once
// and only counts it.
type Options struct {
	Addr       string        // where to listen; default a free port of 127.0.0.1
	Keep       bool          // remember mails, for Mails
	Got        func(Mail)    // told of each mail taken, by the goroutine of its connection
	Latency    time.Duration // before each answer that the client waits for
	Without    []string      // extensions not offered, such as PIPELINING or CHUNKING
	Pretend    []string      // offered, and not done: PIPELINING, CHUNKING, SMTPUTF8, 8BITMIME, SIZE or DSN; EHLO: it hangs up
	MostRcpts  int           // recipients a mail may have, 0 any number; to more it says 452
	Size       int64         // announced by SIZE
	TLS        *tls.Config   // offers STARTTLS
	Implicit   bool          // TLS from the first octet
	User, Pass string        // offers AUTH and asks for it
	Rcpt       func(to string) (reply string)
	Data       func(m Mail) (reply string)
	Lie        func(at Stage, n int) *Lie // nil, or nil given: the truth; n counts from 1 per stage
	Now        func() time.Time
}

// Stage is where in a session the sink speaks.
type Stage string

// The stages.
const (
	Banner   Stage = "banner"
	Ehlo     Stage = "ehlo"
	StartTLS Stage = "starttls"
	MailFrom Stage = "mail"
	RcptTo   Stage = "rcpt"
	Data     Stage = "data"
	Dot      Stage = "dot" // the end of the message, by DATA or BDAT
)

// Lie is what the sink does instead of answering as it should.
type Lie struct {
	Reply string        // sent as it is; may be none, or several replies
	Drip  time.Duration // between octets
	Close bool          // close afterwards
	Lost  bool          // at Dot: the mail is not taken, whatever the reply says
}

// Mail is a message taken.
type Mail struct {
	From   string
	To     []string
	Params []string // of MAIL FROM, upper case
	Rcpt   []string // what each RCPT TO asked for besides, as sent
	Data   []byte   // as sent, without dot-stuffing
	At     time.Time
	Conn   int // which connection it came by, from 1
	TLS    bool
	User   string // who signed in
}

// Counts is what the sink has seen.
type Counts struct {
	Conns  int       // connections made
	Open   int       // open now
	Peak   int       // open at once at most
	Mails  int       // mails taken
	Rcpts  int       // their recipients
	Octets int64     // their size
	Waits  int       // answers that a client waited for, where there is a latency
	First  time.Time // first mail
	Last   time.Time // last mail
}

// Sink is a running sink.
type Sink struct {
	opt Options
	ln  net.Listener

	mu     sync.Mutex
	more   *sync.Cond
	counts Counts
	mails  []Mail
	stage  map[Stage]int
	conns  map[net.Conn]bool
	closed bool
	done   sync.WaitGroup
}

// New starts a sink.
func New(o Options) (*Sink, error) {
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	ln, err := net.Listen("tcp", o.Addr)
	if err != nil {
		return nil, fmt.Errorf("starting the mail sink: %w", err)
	}
	s := &Sink{opt: o, ln: ln, stage: map[Stage]int{}, conns: map[net.Conn]bool{}}
	s.more = sync.NewCond(&s.mu)
	s.done.Add(1)
	go s.accept()
	return s, nil
}

// Addr is where the sink listens.
func (s *Sink) Addr() string { return s.ln.Addr().String() }

// Close stops the sink and drops its connections.
func (s *Sink) Close() error {
	err := s.ln.Close()
	s.mu.Lock()
	s.closed = true
	for c := range s.conns {
		c.Close()
	}
	s.mu.Unlock()
	s.done.Wait()
	return err
}

// Counts gives the counts so far.
func (s *Sink) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counts
}

// Mails gives the mails kept so far, in the order taken.
func (s *Sink) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.mails...)
}

// Reset forgets mails and counts.
func (s *Sink) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails, s.counts = nil, Counts{Open: s.counts.Open, Peak: s.counts.Open}
}

// Wait returns once the sink has taken mail for n recipients, or when ctx
// ends, with its error.
func (s *Sink) Wait(ctx context.Context, n int) error {
	stop := context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.more.Broadcast()
	})
	defer stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.counts.Rcpts < n {
		if ctx.Err() != nil {
			return fmt.Errorf("waiting for %d recipients at the sink, %d came: %w", n, s.counts.Rcpts, ctx.Err())
		}
		s.more.Wait()
	}
	return nil
}

func (s *Sink) accept() {
	defer s.done.Done()
	for {
		c, err := s.ln.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			c.Close()
			return
		}
		s.counts.Conns++
		s.counts.Open++
		s.counts.Peak = max(s.counts.Peak, s.counts.Open)
		n := s.counts.Conns
		s.conns[c] = true
		s.mu.Unlock()
		s.done.Add(1)
		go func() {
			defer s.done.Done()
			ses := &session{s: s, conn: c, raw: c, n: n}
			ses.run()
			ses.conn.Close()
			s.mu.Lock()
			delete(s.conns, c)
			s.counts.Open--
			s.mu.Unlock()
		}()
	}
}

// took counts a mail.
func (s *Sink) took(m Mail, size int) {
	if s.opt.Got != nil {
		s.opt.Got(m)
	}
	s.mu.Lock()
	if s.counts.Mails == 0 {
		s.counts.First = m.At
	}
	s.counts.Last = m.At
	s.counts.Mails++
	s.counts.Rcpts += len(m.To)
	s.counts.Octets += int64(size)
	if s.opt.Keep {
		s.mails = append(s.mails, m)
	}
	s.mu.Unlock()
	s.more.Broadcast()
}

// lie gives the lie to tell at a stage, nil for the truth.
func (s *Sink) lie(at Stage) *Lie {
	if s.opt.Lie == nil {
		return nil
	}
	s.mu.Lock()
	s.stage[at]++
	n := s.stage[at]
	s.mu.Unlock()
	return s.opt.Lie(at, n)
}
