package receive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	gosmtp "github.com/emersion/go-smtp"
)

// Server takes mail in on any number of listeners. Make it by New.
type Server struct {
	cfg    Config
	inbox  Inbox
	screen Screen
	dir    snapshot
	door   *door
	purse  purse

	attempts *attempts

	smtp, lmtp *gosmtp.Server

	base context.Context // ends when connections are cut
	cut  context.CancelFunc

	mu      sync.Mutex
	gates   map[*gate]struct{}
	wires   map[*wire]struct{}
	winding bool
	empty   *sync.Cond // wires is empty
}

// New makes a Server that asks dir for addresses, screen for judgement, and
// gives what is taken to inbox.
func New(cfg Config, dir Directory, inbox Inbox, screen Screen) *Server {
	cfg = cfg.withDefaults()
	s := &Server{
		cfg: cfg, inbox: inbox, screen: screen,
		dir:   snapshot{dir: dir, wait: cfg.Limits.Hand, now: time.Now},
		door:  newDoor(cfg.Limits),
		purse: purse{limit: cfg.Limits.InFlight}, attempts: newAttempts(cfg.Limits.SignInsPerAddress, time.Now),
		gates: map[*gate]struct{}{}, wires: map[*wire]struct{}{},
	}
	s.empty = sync.NewCond(&s.mu)
	s.base, s.cut = context.WithCancel(context.Background())
	s.smtp, s.lmtp = s.engine(false), s.engine(true)
	return s
}

// engine is go-smtp for one of the two protocols. Its own timeouts and line
// limit are off: they work on whole commands and inside content (see wire).
func (s *Server) engine(lmtp bool) *gosmtp.Server {
	e := gosmtp.NewServer(gosmtp.BackendFunc(func(c *gosmtp.Conn) (gosmtp.Session, error) {
		w, ok := c.Conn().(*wire)
		if !ok {
			return nil, fmt.Errorf("%T is no connection of ours", c.Conn())
		}
		return &session{srv: s, wire: w, conn: c}, nil
	}))
	e.LMTP, e.Domain, e.TLSConfig = lmtp, s.cfg.Hostname, s.cfg.TLS
	e.MaxMessageBytes, e.MaxRecipients, e.MaxLineLength = s.cfg.MaxBytes, s.cfg.Limits.Recipients, 0
	// DSN (RFC 3461) is spoken so that clients which ask for it are not turned
	// away. What fails is refused in the session, or answered for by a mail; a
	// report of success is not sent, for it would go to whoever a stranger
	// names (DESIGN, invariant 5).
	e.EnableSMTPUTF8, e.EnableDSN = true, true
	e.ErrorLog = quiet{s}
	return e
}

// quiet has go-smtp's log lines go to ours.
type quiet struct{ s *Server }

func (q quiet) Printf(format string, v ...any) {
	q.s.cfg.Log.Warn("go-smtp: " + printable(fmt.Sprintf(format, v...), true))
}
func (q quiet) Println(v ...any) { q.Printf("%s", fmt.Sprint(v...)) }

// ServeSMTP takes SMTP connections on l until ctx ends or Shutdown is called,
// and then returns nil, with l closed. Sessions that are under way end at
// their next command; Shutdown waits for them.
func (s *Server) ServeSMTP(ctx context.Context, l net.Listener) error {
	return s.serve(ctx, l, s.smtp, kind{})
}

// ServeLMTP does the same for LMTP.
func (s *Server) ServeLMTP(ctx context.Context, l net.Listener) error {
	return s.serve(ctx, l, s.lmtp, kind{lmtp: true})
}

func (s *Server) serve(ctx context.Context, l net.Listener, engine *gosmtp.Server, k kind) error {
	g := &gate{Listener: l, srv: s, kind: k, shut: make(chan struct{})}
	s.mu.Lock()
	s.gates[g] = struct{}{}
	late := s.winding
	s.mu.Unlock()
	if late {
		g.Close()
	}
	stop := context.AfterFunc(ctx, func() {
		g.Close()
		s.windUp(g)
	})
	defer stop()
	err := engine.Serve(g)
	g.Close()
	s.mu.Lock()
	delete(s.gates, g)
	s.mu.Unlock()
	if errors.Is(err, errShut) {
		return nil
	}
	return fmt.Errorf("serve %s: %w", l.Addr(), err)
}

// windUp has the connections of one gate, or of all (nil), end at their next
// command.
func (s *Server) windUp(g *gate) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for w := range s.wires {
		if g == nil || w.gate == g {
			w.wind()
		}
	}
}

// Shutdown stops listening, lets every message that is being received come to
// its end and be answered, and closes the connections. Where ctx ends before
// that, the rest are cut off unanswered, and its error is returned.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.winding = true
	for g := range s.gates {
		g.Close()
	}
	s.mu.Unlock()
	s.windUp(nil)

	stop := context.AfterFunc(ctx, func() {
		s.cut()
		s.mu.Lock()
		defer s.mu.Unlock()
		for w := range s.wires {
			_ = w.sock.Close()
		}
	})
	defer stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.wires) > 0 {
		s.empty.Wait()
	}
	s.cut()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("wait for mail sessions to end: %w", err)
	}
	return nil
}

// came and gone keep the set of connections.
func (s *Server) came(w *wire) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wires[w] = struct{}{}
	if s.winding {
		w.wind()
	}
}

func (s *Server) gone(w *wire) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.wires, w)
	if len(s.wires) == 0 {
		s.empty.Broadcast()
	}
}

// gate is a listener that lets in no more than the limits allow.
type gate struct {
	net.Listener
	srv  *Server
	kind kind
	once sync.Once
	shut chan struct{}
}

// errShut is what Accept says once the gate was closed on purpose.
var errShut = errors.New("the listener was closed")

// Accept gives the next connection that may come in. The others are told why
// not and closed.
func (g *gate) Accept() (net.Conn, error) {
	for {
		c, err := g.Listener.Accept()
		if err != nil {
			select {
			case <-g.shut:
				return nil, errShut
			default:
				return nil, err
			}
		}
		w := newWire(g.srv, c, g.kind)
		w.gate = g
		if why := w.admit(); why != "" {
			g.srv.cfg.Log.Warn("connection refused", "remote", c.RemoteAddr().String(), "reason", why)
			if g.srv.cfg.Refused != nil {
				g.srv.cfg.Refused()
			}
			_ = c.SetWriteDeadline(time.Now().Add(time.Second))
			_, _ = io.WriteString(c, "421 4.7.0 "+g.srv.cfg.Hostname+" "+why+", try again in a minute\r\n")
			_ = c.Close()
			continue
		}
		g.srv.came(w)
		return w, nil
	}
}

// Close is safe to call more than once.
func (g *gate) Close() error {
	var err error
	g.once.Do(func() {
		close(g.shut)
		err = g.Listener.Close()
	})
	return err
}

// admit passes w through the door, or says why not. A peer that speaks for
// others by PROXY headers is counted for them, once they are known.
func (w *wire) admit() (why string) {
	leave, why := w.srv.door.enter()
	if why != "" {
		return why
	}
	w.leave = append(w.leave, leave)
	if !w.lmtp && !w.speaksForOthers() {
		if leave, why = w.srv.door.sit(w.addr); why != "" {
			w.leave[0]()
			return why
		}
		w.leave = append(w.leave, leave)
	}
	return ""
}

func (w *wire) speaksForOthers() bool {
	for _, p := range w.srv.cfg.ProxyFrom {
		if w.addr.IsValid() && p.Contains(w.addr) {
			return true
		}
	}
	return false
}
