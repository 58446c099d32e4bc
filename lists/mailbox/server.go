package mailbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"

	"plenary/lists"
)

// Config is what a server needs to know. Zero values stand for the defaults.
type Config struct {
	Site lists.Site
	TLS  *tls.Config // for STARTTLS; nil: people sign in on loopback only

	MaxConns    int           // connections in all; 500
	MaxPerIP    int           // connections from one address (IPv6: /64); 50
	MaxFailures int           // wrong passwords from one address a minute; 10
	Memory      int64         // octets of posts in memory at once, in all; 64 MB
	SignIn      time.Duration // how long a client may take to sign in; 2 minutes
	Idle        time.Duration // how long a client may say nothing; 30 minutes
	Poll        time.Duration // how soon those who idle hear of new posts; 2 seconds
	SearchTime  time.Duration // what one search may take; 20 seconds

	Refused func() // told of each connection that is turned away, past a limit; may be nil

	Now func() time.Time
	Log *slog.Logger
}

func (c Config) withDefaults() Config {
	if c.MaxConns == 0 {
		c.MaxConns = 500
	}
	if c.MaxPerIP == 0 {
		c.MaxPerIP = 50
	}
	if c.MaxFailures == 0 {
		c.MaxFailures = 10
	}
	if c.Memory == 0 {
		c.Memory = 64 << 20
	}
	if c.SignIn == 0 {
		c.SignIn = 2 * time.Minute
	}
	if c.Idle == 0 {
		c.Idle = 30 * time.Minute // at least, RFC 3501 5.4
	}
	if c.Poll == 0 {
		c.Poll = 2 * time.Second
	}
	if c.SearchTime == 0 {
		c.SearchTime = 20 * time.Second
	}
	return c
}

// People tells who may sign in and read. An unknown address is no error: it
// has no password and no people.
type People interface {
	CheckPassword(ctx context.Context, a lists.Address, secret string) (bool, error)
	PeopleFor(ctx context.Context, a lists.Address) ([]lists.Person, error)
	Directory(ctx context.Context) (*lists.Directory, error)
}

// Archive is what is read. Rows never change until the state's generation does.
type Archive interface {
	State(ctx context.Context, listID string) (lists.ArchiveState, error)
	Rows(ctx context.Context, listID string, from int) ([]lists.ArchiveRow, error)
	Get(ctx context.Context, listID string, uid uint32) ([]byte, error)
}

// Server is an IMAP server. It may serve several listeners.
type Server struct {
	config  Config
	people  People
	archive Archive
	limits  *limits
	folders *folders
	bodies  *bodies
	checks  chan struct{} // a password is dear to check: so many at once
	scans   chan struct{} // searches that read posts: so many at once
	imap    *imapserver.Server
	handoff *handoff
	ctx     context.Context // ends with Shutdown
	cancel  context.CancelFunc

	mu        sync.Mutex
	closing   bool
	begun     sync.Once // by the first listener
	listeners map[net.Listener]struct{}
	conns     map[net.Conn]struct{}
	idle      chan struct{} // closed when closing and the last connection ended
	working   sync.WaitGroup
}

// How much is done at once.
const (
	maxChecks = 4
	maxScans  = 2
	checkWait = 30 * time.Second
)

// New makes a server. It does nothing until Serve.
func New(config Config, people People, archive Archive) *Server {
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{
		config: config.withDefaults(), people: people, archive: archive,
		checks: make(chan struct{}, maxChecks), scans: make(chan struct{}, maxScans),
		handoff: newHandoff(), ctx: ctx, cancel: cancel,
		listeners: map[net.Listener]struct{}{}, conns: map[net.Conn]struct{}{}, idle: make(chan struct{}),
	}
	s.limits = newLimits(s.config.MaxConns, s.config.MaxPerIP, s.config.MaxFailures, s.config.Now)
	s.folders = newFolders(archive, s.config.Log)
	s.bodies = newBodies(archive, s.config.Memory)
	s.imap = imapserver.New(&imapserver.Options{
		NewSession:   s.newSession,
		Caps:         capabilities(),
		Logger:       libraryLog{s.config.Log},
		InsecureAuth: true, // the door has seen to it; here everybody is signed in
	})
	return s
}

// work begins what goes on beside the connections, until Shutdown.
func (s *Server) work() {
	s.working.Go(func() { _ = s.imap.Serve(s.handoff) }) // ends when handoff is closed
	s.working.Go(func() { s.folders.watch(s.ctx, s.config.Poll) })
}

// capabilities are those beyond what go-imap always has. SEARCHRES is not
// among them: it would be ours to keep.
func capabilities() imap.CapSet {
	set := imap.CapSet{}
	for _, c := range []imap.Cap{imap.CapIMAP4rev1, imap.CapNamespace, imap.CapESearch, imap.CapListExtended,
		imap.CapListStatus, imap.CapStatusSize, imap.CapChildren} {
		set[c] = struct{}{}
	}
	return set
}

// Serve takes connections until the listener is closed, ctx ends or the
// server shuts down, and returns nil then. Connections of a TLS listener
// count as safe.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	if !s.addListener(ln) {
		return errors.New("imap: the server is shut down")
	}
	stop := context.AfterFunc(ctx, func() { _ = ln.Close() }) // Accept returns
	defer stop()
	defer s.removeListener(ln)
	for {
		conn, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			// Out of file descriptors, most likely: those who are here go on.
			s.config.Log.Warn("an IMAP connection could not be taken", "err", err)
			select {
			case <-time.After(100 * time.Millisecond):
				continue
			case <-s.ctx.Done():
				return nil
			}
		}
		s.take(conn)
	}
}

// take begins to speak with a client, if there is room.
func (s *Server) take(conn net.Conn) {
	from := source(conn)
	if why := s.limits.enter(from); why != "" {
		if s.config.Refused != nil {
			s.config.Refused()
		}
		s.working.Go(func() {
			_ = conn.SetDeadline(time.Now().Add(time.Second))
			_, _ = io.WriteString(conn, "* BYE "+why+"\r\n") // it may not listen
			_ = conn.Close()
		})
		return
	}
	if !s.addConn(conn) {
		s.limits.leave(from)
		_ = conn.Close()
		return
	}
	gone := func() {
		s.limits.leave(from)
		s.removeConn(conn)
	}
	s.working.Go(func() {
		d := newDoor(s, conn, from)
		user, tag, err := s.admit(d)
		if err != nil {
			s.config.Log.Debug("an IMAP client left before it signed in", "err", err)
			_ = d.conn.Close()
			gone()
			return
		}
		g := newGuard(s, d, user, tag, gone)
		if !s.handoff.give(g) {
			_ = g.Close()
		}
	})
}

// admit is the door's, with a panic kept to its connection.
func (s *Server) admit(d *door) (user lists.Address, tag string, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
			s.config.Log.Error("panic before sign-in over IMAP", "panic", v)
		}
	}()
	return d.admit(s.ctx)
}

// check tells whether a password lets somebody in: a member of any list, or
// one of the site's admins.
func (s *Server) check(ctx context.Context, name, password string) (lists.Address, bool, error) {
	user, err := lists.ParseAddress(name)
	if err != nil {
		return "", false, nil
	}
	select {
	case s.checks <- struct{}{}:
		defer func() { <-s.checks }()
	case <-ctx.Done():
		return "", false, ctx.Err()
	case <-time.After(checkWait):
		return "", false, errors.New("too many passwords are being checked")
	}
	ok, err := s.people.CheckPassword(ctx, user, password)
	if err != nil || !ok {
		return "", false, err
	}
	if s.config.Site.Admin(user) {
		return user, true, nil
	}
	people, err := s.people.PeopleFor(ctx, user)
	for _, p := range people {
		if len(p.Subs) > 0 {
			return user, err == nil, err
		}
	}
	return "", false, err
}

// arm lets a connection be silent until t, or no longer when the server shuts
// down: then it is time to say goodbye.
func (s *Server) arm(conn net.Conn, t time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return conn.SetReadDeadline(time.Unix(1, 0))
	}
	return conn.SetDeadline(t)
}

func (s *Server) partingWord(otherwise string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return "Plenary is restarting; connect again in a minute"
	}
	return otherwise
}

// Shutdown takes no more connections, lets each client's command end, says
// goodbye, and closes what is still there when ctx ends.
func (s *Server) Shutdown(ctx context.Context) error {
	s.beginClosing()
	defer s.working.Wait()
	defer s.handoff.Close() // go-imap's own Close may race with its Serve
	defer s.cancel()
	select {
	case <-s.idle:
		return nil
	case <-ctx.Done():
		s.closeConns()
		return ctx.Err()
	}
}

func (s *Server) beginClosing() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return
	}
	s.closing = true
	for ln := range s.listeners {
		_ = ln.Close()
	}
	for conn := range s.conns {
		_ = conn.SetReadDeadline(time.Unix(1, 0)) // wakes those that wait for their client
	}
	if len(s.conns) == 0 {
		close(s.idle)
	}
}

func (s *Server) closeConns() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for conn := range s.conns {
		_ = conn.Close()
	}
}

func (s *Server) addListener(ln net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return false
	}
	s.begun.Do(s.work)
	s.listeners[ln] = struct{}{}
	return true
}

func (s *Server) removeListener(ln net.Listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.listeners, ln)
}

func (s *Server) addConn(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closing {
		s.conns[conn] = struct{}{}
	}
	return !s.closing
}

func (s *Server) removeConn(conn net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, conn)
	if s.closing && len(s.conns) == 0 {
		close(s.idle)
	}
}

// libraryLog takes what go-imap logs: a line for each odd client, so not for
// every eye, and panics.
type libraryLog struct{ log *slog.Logger }

func (l libraryLog) Printf(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if strings.HasPrefix(text, "panic") {
		l.log.Error("go-imap: " + text)
		return
	}
	l.log.Debug("go-imap: " + text)
}
