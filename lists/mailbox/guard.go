package mailbox

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"plenary/lists"
)

// guard is the connection as go-imap sees it once somebody has signed in. It
// hands over one command at a time. go-imap stops in the middle of a command
// when it doesn't like it, and would read the rest (the octets of a literal,
// the next line of a string that was not closed) as commands; here the rest
// is taken away as soon as the command is answered. It hears that from what
// go-imap writes: answers begin with the command's tag, invitations with "+".
type guard struct {
	net.Conn // the client, through TLS if there is any
	r        *bufio.Reader
	server   *Server
	user     lists.Address
	closed   func() // called once

	ready    []byte  // to be read by go-imap
	owed     owed    // what belongs to the command and has not been read
	lit      literal // announced, if owed is owesLiteral
	measure  int     // octets of the command's lines
	mistakes int
	over     error // why there is nothing more to read; go-imap asks twice

	mu         sync.Mutex
	greeting   string // tag of the sign-in, until the greeting became its answer
	tag        string // of the command at work
	answered   bool
	invited    bool
	mute       bool      // goodbye is said
	writeUntil time.Time // as go-imap asks
}

type owed int

const (
	owesNothing owed = iota
	owesLiteral
	owesLine // the rest of the line that a literal stood in
)

const (
	guardStep     = time.Minute      // for the rest of a command
	writeStep     = 30 * time.Second // for each piece written
	writePiece    = 32 << 10
	guardMistakes = 50
)

func newGuard(s *Server, d *door, user lists.Address, tag string, closed func()) *guard {
	return &guard{Conn: d.conn, r: d.r, server: s, user: user, closed: sync.OnceFunc(closed), greeting: tag, answered: true}
}

// Close ends the connection, once for those who count.
func (g *guard) Close() error {
	err := g.Conn.Close()
	g.closed()
	return err
}

// SetReadDeadline does nothing: how long a client may be silent is ours to
// say. go-imap would wait 35 minutes for a client that says nothing.
func (g *guard) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline is a limit beside ours.
func (g *guard) SetWriteDeadline(t time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.writeUntil = t
	return nil
}

// Read gives go-imap the octets of the command at work, or of the next one
// when that is answered.
func (g *guard) Read(p []byte) (int, error) {
	for len(g.ready) == 0 && g.over == nil {
		g.over = g.refill()
	}
	if g.over != nil {
		return 0, g.over
	}
	n := copy(p, g.ready)
	g.ready = g.ready[n:]
	return n, nil
}

func (g *guard) refill() error {
	answered, invited := g.standing()
	switch {
	case answered:
		return g.next()
	case g.owed == owesLiteral && (invited || !g.lit.sync):
		return g.readLiteral()
	case g.owed == owesLine:
		return g.readRest()
	case g.owed == owesNothing && invited: // IDLE waits for DONE
		line, err := g.line(g.server.config.Idle)
		g.ready = line
		return err
	}
	return g.bye("That command doesn't end where it should") // a quote that is not closed
}

func (g *guard) standing() (answered, invited bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.answered, g.invited
}

// next reads the line of a new command, after the rest of the last one.
func (g *guard) next() error {
	if err := g.skipRest(); err != nil {
		return err
	}
	line, err := g.line(g.server.config.Idle)
	if err != nil {
		return err
	}
	lit, announces := announced(line)
	tag, name, _, ok := command(line)
	switch {
	case announces && lit.size > maxLiteral && (!lit.sync || !ok):
		return g.bye("[TOOBIG] Literals are limited to 4096 octets")
	case !ok:
		return g.mistake(lit, announces)
	case name == "APPEND":
		return g.refuse(tag, "NO [NOPERM] The archive can only be read; write to the list instead", lit, announces)
	case name == "ID":
		_, err := io.WriteString(g, "* ID (\"name\" \"Plenary\")\r\n")
		return errors.Join(err, g.refuse(tag, "OK That is who I am", lit, announces))
	case announces && lit.size > maxLiteral:
		return g.refuse(tag, "NO [TOOBIG] Literals are limited to 4096 octets", lit, announces)
	}
	g.start(tag)
	g.ready, g.measure = line, len(line)
	g.owe(lit, announces)
	return nil
}

// start notes that go-imap has this command to answer.
func (g *guard) start(tag string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tag, g.answered, g.invited = tag, false, false
}

func (g *guard) owe(lit literal, announces bool) {
	g.lit, g.owed = lit, owesNothing
	if announces {
		g.owed = owesLiteral
	}
}

// refuse answers a command that go-imap never sees.
func (g *guard) refuse(tag, answer string, lit literal, announces bool) error {
	g.owe(lit, announces)
	_, err := fmt.Fprintf(g, "%s %s\r\n", tag, answer)
	return err
}

// mistake answers what is no command.
func (g *guard) mistake(lit literal, announces bool) error {
	if g.mistakes++; g.mistakes >= guardMistakes {
		return g.bye("Too many mistakes")
	}
	return g.refuse("*", "BAD A command is a tag, a space and a name", lit, announces)
}

// skipRest reads over what the client sent of an answered command, or will
// send: octets that it announced without waiting to be asked.
func (g *guard) skipRest() error {
	for g.owed == owesLiteral && !g.lit.sync || g.owed == owesLine {
		g.ready = nil
		step := g.readRest
		if g.owed == owesLiteral {
			step = g.readLiteral
		}
		if err := step(); err != nil {
			return err
		}
	}
	g.ready, g.owed = nil, owesNothing
	return nil
}

func (g *guard) readLiteral() error {
	if g.lit.size > maxLiteral {
		return g.bye("[TOOBIG] Literals are limited to 4096 octets")
	}
	octets := make([]byte, g.lit.size)
	if err := g.server.arm(g.Conn, time.Now().Add(guardStep)); err != nil {
		return err
	}
	if _, err := io.ReadFull(g.r, octets); err != nil {
		return err
	}
	g.mu.Lock()
	g.invited = false
	g.mu.Unlock()
	g.ready, g.owed = octets, owesLine
	return nil
}

func (g *guard) readRest() error {
	line, err := g.line(guardStep)
	if err != nil {
		return err
	}
	if g.measure += len(line); g.measure > maxLine { // go-imap stops reading at 50 KB, and goes on in the middle
		return g.bye("That command is too long")
	}
	g.ready = line
	g.owe(announced(line))
	return nil
}

// line reads a line, and says goodbye where there is none.
func (g *guard) line(patience time.Duration) ([]byte, error) {
	if err := g.server.arm(g.Conn, time.Now().Add(patience)); err != nil {
		return nil, err
	}
	line, err := readLine(g.r, maxLine)
	var silent net.Error
	switch {
	case errors.Is(err, errLong), errors.Is(err, errOctets):
		return nil, g.bye("That is no command: " + err.Error())
	case errors.As(err, &silent) && silent.Timeout():
		return nil, g.bye(g.server.partingWord("You were silent for too long"))
	}
	return line, err
}

func (g *guard) bye(text string) error {
	_, err := io.WriteString(g, "* BYE "+text+"\r\n")
	g.mu.Lock()
	defer g.mu.Unlock()
	g.mute = true // go-imap would answer the command that was cut off
	return errors.Join(errShut, err)
}

// Write passes on what go-imap says, and notes answers and invitations. Each
// response of go-imap begins a new Write; the middle of a long one may look
// like an answer, but then its command has been read whole.
func (g *guard) Write(p []byte) (int, error) {
	out, mute := g.note(p)
	if mute {
		return 0, errShut
	}
	for len(out) > 0 {
		piece := out[:min(len(out), writePiece)]
		if err := g.armWrite(); err != nil {
			return 0, err
		}
		if _, err := g.Conn.Write(piece); err != nil {
			return 0, err
		}
		out = out[len(piece):]
	}
	return len(p), nil
}

func (g *guard) note(p []byte) (out []byte, mute bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.greeting != "" {
		p = g.answerSignIn(p)
	}
	switch rest, mine := bytes.CutPrefix(p, []byte(g.tag+" ")); {
	case bytes.HasPrefix(p, []byte("+ ")):
		g.invited = true
	case mine && g.tag != "" && (bytes.HasPrefix(rest, []byte("OK")) || bytes.HasPrefix(rest, []byte("NO")) || bytes.HasPrefix(rest, []byte("BAD"))):
		g.answered = true
		if string(rest) == libraryFailed {
			p = []byte(g.tag + " BAD " + notUnderstood + "\r\n")
		}
	}
	return p, g.mute
}

// go-imap answers so where it could not read a command's arguments; what goes
// wrong in ours has words of its own (session.do). To a client NO would mean
// that the command was right (RFC 3501 7.1.3).
const (
	libraryFailed = "NO [SERVERBUG] Internal server error\r\n"
	notUnderstood = "The arguments of that command are not understood"
)

// answerSignIn makes of go-imap's greeting to somebody who is signed in the
// answer that the sign-in waits for, with the same capabilities.
func (g *guard) answerSignIn(p []byte) []byte {
	text, ok := strings.CutPrefix(string(p), "* PREAUTH ")
	end := strings.IndexByte(text, ']')
	if !ok || end < 0 {
		return p
	}
	answer := g.greeting + " OK " + text[:end+1] + " Signed in\r\n"
	g.greeting = ""
	return []byte(answer)
}

func (g *guard) armWrite() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	until := time.Now().Add(writeStep)
	if !g.writeUntil.IsZero() && g.writeUntil.Before(until) {
		until = g.writeUntil
	}
	return g.Conn.SetWriteDeadline(until)
}
