package receive

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// nextCommand gives the next line that go-smtp may see. Lines that are no
// mail command, or that go-smtp would misread, are answered here. Its only
// error is io.EOF, at which go-smtp closes without another word.
func (w *wire) nextCommand() ([]byte, error) {
	for {
		line := w.again
		if w.again = nil; line == nil {
			line = w.command()
		}
		if line == nil {
			w.flush()
			return nil, io.EOF
		}
		if line = w.examine(line); line != nil {
			return line, nil
		}
	}
}

// command gives the next line that has the form of a command, and sets verb.
// nil: there will be no other.
func (w *wire) command() []byte {
	for !w.closing && !w.dead {
		line, err := w.readLine()
		if err != nil {
			w.dead = true
			break
		}
		if line == nil {
			continue
		}
		if w.commands++; w.commands > w.srv.cfg.Limits.Commands {
			w.hangUp(421, "4.7.0", "Too many commands without a message")
			break
		}
		if w.verb = verbOf(line); w.proper(line) {
			return line
		}
	}
	return nil
}

// readLine waits for a line. nil without an error: there is none, and the
// client was told.
func (w *wire) readLine() ([]byte, error) {
	w.await()
	line, err := w.in.ReadSlice('\n')
	switch winding := w.awaited(); {
	case winding:
		w.hangUp(421, "4.3.2", "The server shuts down, come back in a moment")
		return nil, nil
	case errors.Is(err, bufio.ErrBufferFull):
		w.hangUp(500, "5.5.2", "The line is too long")
		return nil, nil
	case timeout(err):
		w.hangUp(421, "4.4.2", "Nothing came for too long")
		return nil, nil
	case err != nil:
		return nil, err
	}
	return line, nil
}

// verbOf is the command word as go-smtp will read it.
func verbOf(line []byte) string {
	word := bytes.TrimRight(line, "\r\n")
	if i := bytes.IndexAny(word, " \t"); i >= 0 {
		word = word[:i]
	}
	if len(word) > 12 {
		word = word[:12]
	}
	return strings.ToUpper(string(word))
}

// proper tells whether the line has the form of a command: it ends in CR LF,
// and no control character stands in it, for it is echoed, logged and
// written to trace fields. What ends otherwise is the mark of content that is
// run as commands, so the connection ends with it.
func (w *wire) proper(line []byte) bool {
	text := bytes.TrimSuffix(line[:len(line)-1], []byte("\r"))
	switch {
	case len(text) == len(line)-1 && w.srv.cfg.BareNewlines != FixBare:
		w.hangUp(500, "5.5.2", "A command must end in CR LF, not in a bare LF")
	case bytes.IndexByte(text, '\r') >= 0:
		w.hangUp(500, "5.5.2", "A command may not hold a bare CR")
	case bytes.IndexFunc(text, func(r rune) bool { return r < ' ' && r != '\t' || r >= 0x7f && r < 0xa0 }) >= 0:
		w.say(500, "5.5.2", "A command may not hold control characters")
	case !utf8.Valid(text):
		w.say(500, "5.5.2", "The command is not UTF-8")
	default:
		return true
	}
	return false
}

// examine gives the line as go-smtp may have it, or answers it and gives nil.
func (w *wire) examine(line []byte) []byte {
	if strings.HasPrefix(w.verb, "STARTTLS") { // go-smtp takes any word that begins so
		w.startTLS()
		line = w.given
		w.given = nil
		return line
	}
	switch w.verb {
	case "GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH", "CONNECT", "TRACE":
		w.hangUp(554, "5.5.1", "This is a mail server") // a browser that was sent here
		return nil
	case "AUTH":
		w.auth(line)
		return nil
	case "MAIL", "RCPT", "DATA":
		if w.hello == "" {
			w.say(503, "5.5.1", "Introduce yourself by "+w.greetVerb()+" first")
			return nil
		}
	case "BDAT":
		if !w.openChunk(line) {
			return nil
		}
		return []byte("DATA\r\n")
	}
	if w.verb == "RCPT" {
		line = w.fullPostmaster(line)
	}
	if !bytes.HasSuffix(line, []byte("\r\n")) {
		line = append(bytes.TrimSuffix(line[:len(line):len(line)], []byte("\n")), '\r', '\n')
	}
	return line
}

func (w *wire) greetVerb() string {
	if w.lmtp {
		return "LHLO"
	}
	return "EHLO"
}

// fullPostmaster gives <Postmaster> its domain, which RFC 5321 4.1.1.3 lets
// the client leave out and go-smtp does not.
func (w *wire) fullPostmaster(line []byte) []byte {
	const name = "<postmaster>"
	at := bytes.IndexByte(line, '<')
	if at < 0 || len(line) < at+len(name) || !strings.EqualFold(string(line[at:at+len(name)]), name) {
		return line
	}
	full := append([]byte(nil), line[:at]...)
	full = append(full, "<postmaster@"+w.srv.cfg.Domain+">"...)
	return append(full, line[at+len(name):]...)
}

// startTLS changes to TLS (RFC 3207). What the client said in clear is
// forgotten: a new EHLO is asked for, and go-smtp is given a RSET of ours.
// Whoever sent more in clear behind the command, or fails the handshake, is
// not listened to any longer.
func (w *wire) startTLS() {
	switch {
	case w.verb != "STARTTLS":
		w.say(500, "5.5.2", "There is no such command")
		return
	case w.srv.cfg.TLS == nil:
		w.say(502, "5.5.1", "TLS is not offered here")
		return
	case w.secure:
		w.say(503, "5.5.1", "TLS runs already")
		return
	case w.in.Buffered() > 0:
		w.hangUp(554, "5.5.0", "Nothing may follow STARTTLS before the reply")
		return
	}
	w.say(220, "2.0.0", "Go ahead with TLS")
	if err := w.handshake(w.sock); err != nil {
		w.srv.cfg.Log.Debug("STARTTLS failed", "err", err)
		w.dead = true
		return
	}
	w.verb, w.muted = "RSET", 1
	w.given = []byte("RSET\r\n")
}

// say answers a command that go-smtp does not see.
func (w *wire) say(code int, enhanced, text string) {
	w.mu.Lock()
	w.take([]byte(fmt.Sprintf("%d %s %s\r\n", code, enhanced, text)))
	w.mu.Unlock()
	w.flush()
}

// hangUp is the last that the client hears.
func (w *wire) hangUp(code int, enhanced, text string) {
	w.say(code, enhanced, text)
	w.closing = true
}
