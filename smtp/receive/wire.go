package receive

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"

	"plenary/smtp"
)

const (
	lineMax      = 4096 // octets of a command line, with its CR LF
	writeTimeout = time.Minute
	rateGrace    = time.Minute
	lingerTime   = time.Second
	lingerBytes  = 256 << 10
)

// wire is a client's connection as go-smtp sees it. Read gives go-smtp one
// command line at a time. Content never passes through it: the session takes
// that by readContent, and go-smtp gets an empty one after DATA. It sees no
// BDAT either, but a DATA for all chunks of a message: its own way, a
// goroutine beside the commands, takes an end in mid-chunk for the end of the
// message, and races with RSET. Write gathers the replies. go-smtp runs one
// command at a time, so all but what mu and armMu guard belongs to whoever is
// in Read, Write or readContent.
type wire struct {
	srv  *Server
	gate *gate
	sock net.Conn      // the socket
	conn net.Conn      // the socket, or TLS over it
	in   *bufio.Reader // over timed
	kind
	addr  netip.Addr // the client's, zero where there is none
	leave []func()   // what the door counted
	watch watch      // over what is done with messages that came whole

	verb    string // of the command that go-smtp has in hand, or its first words
	hello   string // HELO, EHLO or LHLO, once it was answered with 250
	secure  bool   // TLS runs
	account string // who signed in, "" nobody
	given   []byte // octets for go-smtp before anything from the client
	again   []byte // a command line to be read once more
	chunk   int64  // octets of a BDAT chunk still to come
	last    bool   // it is the last

	opened   bool // PROXY header read, greeting due
	muted    int  // so many of the next replies are not for the client
	closing  bool // no further command is read
	dead     bool // the connection failed, or an error was final
	commands int  // since the last accepted message
	errors   int
	signIns  int // that failed

	mu       sync.Mutex // guards the next four: over LMTP a reply may be written while content is read
	raw      []byte     // what go-smtp has written of a line so far
	out      []byte     // whole replies not sent yet
	lost     bool       // they could not be sent
	writable time.Time  // when the next write gives up, as the socket knows it

	armMu    sync.Mutex    // guards what follows
	winding  bool          // the server shuts down
	waiting  bool          // for a command
	since    time.Time     // last accepted message, or the beginning
	content  time.Time     // begin of the content that is coming, zero none
	octets   int64         // of it
	patience time.Duration // longest silence that is borne now, 0 the usual
	armed    time.Time     // when the next read gives up, as the socket knows it

	once sync.Once // of Close
}

func newWire(s *Server, c net.Conn, k kind) *wire {
	w := &wire{srv: s, sock: c, conn: c, kind: k, since: time.Now(), addr: addrOf(c.RemoteAddr())}
	w.in = bufio.NewReaderSize(timed{w}, lineMax)
	w.watch.base, w.watch.longer, w.watch.late = s.base, s.cfg.Limits.Hand/2, w.sendAway
	return w
}

// addrOf is the IP address of a TCP peer; sockets of other kinds have none.
func addrOf(a net.Addr) netip.Addr {
	if tcp, ok := a.(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}

// Read is called by go-smtp only when it wants the next octets.
func (w *wire) Read(p []byte) (int, error) {
	switch {
	case w.dead:
		w.flush()
		return 0, io.EOF
	case len(w.given) > 0:
	default:
		w.skipChunk()
		line, err := w.nextCommand()
		if err != nil {
			return 0, err
		}
		w.given = line
	}
	n := copy(p, w.given)
	w.given = w.given[n:]
	return n, nil
}

// cutReply is what to say when content broke off.
func cutReply(err error) smtp.Reply {
	if timeout(err) {
		return replySlow
	}
	return replyCut
}

// Close ends the connection. Where we end it while the client talks, it gets
// a moment to read why.
func (w *wire) Close() error {
	var err error
	w.once.Do(func() {
		w.flush()
		if !w.dead && (w.closing || w.in.Buffered() > 0) {
			w.linger()
		}
		err = w.conn.Close()
		w.watch.close()
		w.srv.gone(w)
		for _, leave := range w.leave {
			leave()
		}
	})
	return err
}

// linger says that we are done and reads on for a moment: a socket closed
// with octets unread would be reset, and the reply before it lost.
func (w *wire) linger() {
	half, ok := w.conn.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	if w.sock.SetReadDeadline(time.Now().Add(lingerTime)) == nil {
		_, _ = io.CopyN(io.Discard, w.conn, lingerBytes)
	}
}

// The rest of net.Conn. go-smtp sets no deadlines, its timeouts are off: wire
// has its own.

func (w *wire) LocalAddr() net.Addr              { return w.sock.LocalAddr() }
func (w *wire) RemoteAddr() net.Addr             { return w.sock.RemoteAddr() }
func (w *wire) SetDeadline(time.Time) error      { return nil }
func (w *wire) SetReadDeadline(time.Time) error  { return nil }
func (w *wire) SetWriteDeadline(time.Time) error { return nil }

// remote is the client's address in words, "" where there is none (LMTP: it
// is our own mail server's, and proves nothing).
func (w *wire) remote() string {
	if w.lmtp || !w.addr.IsValid() {
		return ""
	}
	return w.addr.String()
}

func timeout(err error) bool {
	if err == nil {
		return false
	}
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}
