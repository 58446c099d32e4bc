package receive

import (
	"context"
	"crypto/tls"
	"net"
	"time"
)

const proxyTime = 10 * time.Second

// open does what comes before the greeting: read the PROXY header of a peer
// that sends one, begin TLS where it runs from the first octet, and listen
// whether the client can wait. false: the client was told to go.
func (w *wire) open() bool {
	if !w.lmtp && w.speaksForOthers() && !w.openProxied() {
		return false
	}
	if w.implicit && !w.openTLS() {
		return false
	}
	if pause := w.srv.cfg.Limits.GreetPause; pause > 0 {
		w.hurry(pause)
		_, err := w.in.Peek(1)
		w.hurry(0)
		switch {
		case err == nil:
			w.hangUp(554, "5.5.1", "You spoke before the greeting")
			return false
		case !timeout(err):
			w.dead = true
			return false
		}
	}
	return true
}

// openProxied learns for whom the proxy speaks, and counts the connection
// for them.
func (w *wire) openProxied() bool {
	w.hurry(proxyTime)
	client, err := readProxy(w.in)
	w.hurry(0)
	if err != nil {
		w.srv.cfg.Log.Warn("the proxy did not say for whom it speaks", "err", err)
		w.dead = true
		return false
	}
	if client.IsValid() {
		w.addr = client
	}
	leave, why := w.srv.door.sit(w.addr)
	if why != "" {
		w.dead = w.implicit // no TLS runs in which to say it
		w.hangUp(421, "4.7.0", why+", try again in a minute")
		return false
	}
	w.leave = append(w.leave, leave)
	return true
}

// openTLS is the handshake that comes before everything (RFC 8314 3.3).
func (w *wire) openTLS() bool {
	// What was read with the PROXY header is the client's.
	early, err := w.in.Peek(w.in.Buffered())
	if err != nil {
		w.dead = true
		return false
	}
	begun := &resumed{Conn: w.sock, early: append([]byte(nil), early...)}
	if err := w.handshake(begun); err != nil {
		w.srv.cfg.Log.Debug("the TLS handshake failed", "err", err)
		w.dead = true
		return false
	}
	return true
}

// handshake has TLS run over sock from now on.
func (w *wire) handshake(sock net.Conn) error {
	ctx, cancel := context.WithTimeout(context.Background(), min(w.srv.cfg.Limits.Idle, 30*time.Second))
	defer cancel()
	if err := w.sock.SetDeadline(time.Time{}); err != nil {
		return err
	}
	conn := tls.Server(sock, w.srv.cfg.TLS)
	if err := conn.HandshakeContext(ctx); err != nil {
		return err
	}
	w.conn, w.secure, w.hello, w.account = conn, true, "", ""
	w.in.Reset(timed{w})
	w.disarm()
	return nil
}

// resumed is a connection of which some octets were read already.
type resumed struct {
	net.Conn
	early []byte
}

func (r *resumed) Read(p []byte) (int, error) {
	if len(r.early) == 0 {
		return r.Conn.Read(p)
	}
	n := copy(p, r.early)
	r.early = r.early[n:]
	return n, nil
}
