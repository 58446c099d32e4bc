package receive

import (
	"bytes"
	"fmt"
	"strings"
	"time"
)

// Write takes what go-smtp replies, line by line.
func (w *wire) Write(p []byte) (int, error) {
	if !w.opened {
		w.opened = true
		if !w.open() {
			w.muted = 1 // go-smtp's greeting
		}
	}
	w.mu.Lock()
	due, rest := false, p
	if len(w.raw) > 0 { // a line began with what was written before
		w.raw = append(w.raw, p...)
		rest = w.raw
	}
	for {
		end := bytes.IndexByte(rest, '\n')
		if end < 0 {
			break
		}
		due = w.take(rest[:end+1]) || due
		rest = rest[end+1:]
	}
	w.raw = append(w.raw[:0], rest...)
	w.mu.Unlock()
	if due {
		w.flush()
	}
	return len(p), nil
}

// take reads one line of a reply and puts it with those to be sent. due: it
// ends a reply that may not wait for the next. Those to RSET, MAIL and RCPT
// may (RFC 2920 3.2), and go out before the next read that waits.
func (w *wire) take(line []byte) (due bool) {
	last := len(line) > 3 && line[3] != '-'
	if w.muted > 0 {
		if last {
			w.muted--
		}
		return false
	}
	if w.verb == "BDAT" && bytes.HasPrefix(line, []byte("354 ")) {
		return false // to the DATA that go-smtp was given
	}
	w.out = append(w.out, w.polish(line)...)
	if !last {
		return false
	}
	w.answered(line)
	return w.verb != "RSET" && w.verb != "MAIL" && w.verb != "RCPT"
}

// polish mends go-smtp's wording where the standard has another: a reply to
// EHLO begins with the server's name (RFC 5321 4.1.1.1), STARTTLS is not
// offered again under TLS, and commands out of order get 503.
func (w *wire) polish(line []byte) []byte {
	switch w.verb {
	case "EHLO", "LHLO", "HELO":
		s := string(line)
		if text, ok := strings.CutPrefix(s, "250 2.0.0 Hello "); ok {
			return []byte("250 " + w.srv.cfg.Hostname + " greets " + text)
		}
		if text, ok := strings.CutPrefix(s, "250-Hello "); ok {
			return []byte("250-" + w.srv.cfg.Hostname + " greets " + text)
		}
		if w.secure && s == "250-STARTTLS\r\n" {
			return nil
		}
		if w.submit && w.srv.cfg.Accounts != nil && w.private() && s == "250-PIPELINING\r\n" {
			return []byte(s + "250-AUTH " + mechanisms + "\r\n")
		}
	case "MAIL", "RCPT", "DATA", "BDAT":
		if text, ok := bytes.CutPrefix(line, []byte("502 ")); ok {
			return append([]byte("503 "), text...)
		}
	}
	return line
}

// answered notes what a whole reply means for what comes next.
func (w *wire) answered(line []byte) {
	switch class := line[0]; {
	case bytes.HasPrefix(line, []byte("250")) && (w.verb == "EHLO" || w.verb == "LHLO" || w.verb == "HELO"):
		w.hello = w.verb
	case class == '4' || class == '5':
		if w.errors++; w.errors > w.srv.cfg.Limits.Errors && !w.closing {
			w.out = append(w.out, "421 4.7.0 Too many errors\r\n"...)
			w.closing = true
		}
	}
}

// flush sends what is due.
func (w *wire) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.out) == 0 {
		return
	}
	if !w.lost {
		if now := time.Now(); now.After(w.writable.Add(-writeTimeout)) {
			w.writable = now.Add(writeTimeout + writeTimeout/64)
			_ = w.conn.SetWriteDeadline(w.writable)
		}
		_, err := w.conn.Write(w.out)
		w.lost = err != nil
	}
	if w.out = w.out[:0]; cap(w.out) > 64<<10 {
		w.out = nil
	}
}

// sendAway has a client go whose message id is being dealt with for too long:
// a session that is not its own master can say nothing else.
func (w *wire) sendAway(id string) {
	w.srv.cfg.Log.Warn("a message is dealt with for too long; its client was sent away", "id", id)
	w.mu.Lock()
	if !w.lost {
		_ = w.conn.SetWriteDeadline(time.Now().Add(writeTimeout))
		r := replyStuck
		_, _ = fmt.Fprintf(w.conn, "%d %d.%d.%d %s\r\n", r.Code, r.Enhanced[0], r.Enhanced[1], r.Enhanced[2], r.Text)
		w.lost = true
	}
	w.mu.Unlock()
	if half, ok := w.conn.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
	w.wind()
}
