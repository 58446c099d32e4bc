package mailbox

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"time"

	"plenary/lists"
)

// What a client may do before it has signed in.
const (
	doorLine     = 2 << 10 // a line
	doorLiteral  = 512     // a user or a password
	doorFailures = 3       // wrong passwords a connection
	doorMistakes = 10      // commands that make no sense here
)

// door speaks with one client until it has signed in. It opens for nobody
// whose password could be read on the way.
type door struct {
	server *Server
	conn   net.Conn // TLS once it is
	r      *bufio.Reader
	from   netip.Prefix
	secure bool // TLS, or loopback
	tls    bool
	until  time.Time

	failures, mistakes int
}

// errShut ends a conversation that came to its end.
var errShut = errors.New("the conversation is over")

func newDoor(s *Server, conn net.Conn, from netip.Prefix) *door {
	d := &door{server: s, from: from, until: time.Now().Add(s.config.SignIn)}
	_, d.tls = conn.(interface{ ConnectionState() tls.ConnectionState })
	d.secure = d.tls || from.Addr().IsLoopback()
	d.use(conn)
	return d
}

func (d *door) use(conn net.Conn) {
	d.conn, d.r = conn, bufio.NewReaderSize(conn, 4<<10)
}

// admit speaks until somebody has signed in, and tells who, and the tag that
// still waits for its OK.
func (d *door) admit(ctx context.Context) (user lists.Address, tag string, err error) {
	if err := d.say("* OK [CAPABILITY %s] Plenary's archive, to be read", d.caps()); err != nil {
		return "", "", err
	}
	for {
		line, err := d.read()
		if err != nil {
			return "", "", err
		}
		tag, name, rest, ok := command(line)
		if !ok {
			err = d.mistake("*", "A command is a tag, a space and a name")
		} else {
			user, err = d.handle(ctx, tag, name, rest)
		}
		if err != nil || user != "" {
			return user, tag, err
		}
	}
}

// handle carries out one command. It returns a user when one has signed in.
func (d *door) handle(ctx context.Context, tag, name, rest string) (lists.Address, error) {
	switch name {
	case "CAPABILITY":
		return "", errors.Join(d.say("* CAPABILITY %s", d.caps()), d.say("%s OK These are my capabilities", tag))
	case "NOOP":
		return "", d.say("%s OK Nothing done", tag)
	case "ID": // harmless, and some clients begin with it
		return "", errors.Join(d.say(`* ID ("name" "Plenary")`), d.say("%s OK That is who I am", tag))
	case "LOGOUT":
		return "", errors.Join(d.say("* BYE Goodbye"), d.say("%s OK Goodbye", tag), errShut)
	case "STARTTLS":
		return "", d.startTLS(tag)
	case "LOGIN":
		args, ok := words(rest)
		if !ok || len(args) != 2 {
			return "", d.mistake(tag, "LOGIN takes a user and a password")
		}
		return d.signIn(ctx, tag, args[0], args[1])
	case "AUTHENTICATE":
		return d.authenticate(ctx, tag, rest)
	}
	if !inIMAP(name) {
		// What talks another protocol here may have been sent by a web page.
		return "", errors.Join(d.say("%s BAD Unknown command", tag), d.say("* BYE Unknown command"), errShut)
	}
	return "", d.mistake(tag, "Sign in first")
}

// inIMAP tells whether a command is one that clients send after signing in.
func inIMAP(name string) bool {
	switch name {
	case "SELECT", "EXAMINE", "LIST", "LSUB", "STATUS", "NAMESPACE", "ENABLE", "IDLE", "UID", "FETCH", "SEARCH", "SORT", "THREAD",
		"STORE", "COPY", "MOVE", "APPEND", "CREATE", "DELETE", "RENAME", "SUBSCRIBE", "UNSUBSCRIBE", "CHECK", "CLOSE", "UNSELECT",
		"EXPUNGE", "GETQUOTA", "GETQUOTAROOT", "COMPRESS", "NOTIFY":
		return true
	}
	return false
}

func (d *door) caps() string {
	caps := "IMAP4rev1 SASL-IR LITERAL- ID"
	if !d.tls && d.server.config.TLS != nil {
		caps += " STARTTLS"
	}
	if d.secure {
		return caps + " AUTH=PLAIN"
	}
	return caps + " LOGINDISABLED"
}

func (d *door) authenticate(ctx context.Context, tag, rest string) (lists.Address, error) {
	mechanism, initial, given := strings.Cut(rest, " ")
	if !strings.EqualFold(mechanism, "PLAIN") {
		return "", d.say("%s NO [CANNOT] Only PLAIN is known here", tag)
	}
	if !d.secure {
		return "", d.needsTLS(tag)
	}
	if !given {
		if err := d.say("+ "); err != nil {
			return "", err
		}
		line, err := d.readPlain()
		if err != nil {
			return "", err
		}
		initial = strings.TrimSuffix(string(line), "\r\n")
	}
	if initial == "*" {
		return "", d.say("%s BAD Given up", tag)
	}
	data, err := base64.StdEncoding.DecodeString(initial)
	field := bytes.Split(data, []byte{0})
	if err != nil || len(field) != 3 {
		return "", d.mistake(tag, "That is no PLAIN answer in base64")
	}
	if as := string(field[0]); as != "" && as != string(field[1]) {
		return "", d.say("%s NO [AUTHORIZATIONFAILED] Nobody may act as somebody else here", tag)
	}
	return d.signIn(ctx, tag, string(field[1]), string(field[2]))
}

func (d *door) signIn(ctx context.Context, tag, name, password string) (lists.Address, error) {
	if !d.secure {
		return "", d.needsTLS(tag)
	}
	if d.server.limits.shut(d.from) {
		return "", errors.Join(d.say("%s NO [LIMIT] Too many wrong passwords from your address; try again in a minute", tag), d.bye("Try again in a minute"))
	}
	user, ok, err := d.server.check(ctx, name, password)
	switch {
	case err != nil:
		d.server.config.Log.Warn("an IMAP sign-in could not be checked", "err", err)
		return "", d.say("%s NO [UNAVAILABLE] Your password can't be checked just now; try again in a minute", tag)
	case ok:
		return user, nil
	}
	d.server.limits.fail(d.from)
	err = d.say("%s NO [AUTHENTICATIONFAILED] Wrong address or app password. Write the command password to the list to get one", tag)
	if d.failures++; err == nil && d.failures >= doorFailures {
		err = d.bye("Too many wrong passwords")
	}
	return "", err
}

func (d *door) needsTLS(tag string) error {
	return d.say("%s NO [PRIVACYREQUIRED] Signing in needs TLS: your password could be read on the way", tag)
}

func (d *door) startTLS(tag string) error {
	switch {
	case d.tls:
		return d.mistake(tag, "TLS is on")
	case d.server.config.TLS == nil:
		return d.mistake(tag, "There is no TLS here")
	}
	if d.r.Buffered() > 0 {
		// Sent in clear to be read as if it had come through TLS (RFC 3501 6.2.1).
		return d.bye("Nothing may follow STARTTLS")
	}
	if err := d.say("%s OK Begin", tag); err != nil {
		return err
	}
	conn := tls.Server(d.conn, d.server.config.TLS)
	if err := d.deadline(); err != nil {
		return err
	}
	if err := conn.Handshake(); err != nil {
		return err
	}
	d.use(conn)
	d.tls, d.secure = true, true
	return nil
}

// mistake answers BAD, until there were too many.
func (d *door) mistake(tag, text string) error {
	err := d.say("%s BAD %s", tag, text)
	if d.mistakes++; err == nil && d.mistakes >= doorMistakes {
		err = d.bye("Too many mistakes")
	}
	return err
}

func (d *door) bye(text string) error { return errors.Join(d.say("* BYE %s", text), errShut) }

func (d *door) say(format string, args ...any) error {
	if err := d.deadline(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(d.conn, format+"\r\n", args...)
	return err
}

// deadline gives the client another step, a quarter of its time and within it.
func (d *door) deadline() error {
	step := time.Now().Add(d.server.config.SignIn / 4)
	if d.until.Before(step) {
		step = d.until
	}
	return d.server.arm(d.conn, step)
}

// read reads a command with its literals.
func (d *door) read() ([]byte, error) {
	whole, err := d.readPlain()
	for line := whole; err == nil; {
		lit, ok := announced(line)
		if !ok {
			return whole, nil
		}
		if lit.size > doorLiteral || len(whole) > doorLine {
			return nil, d.bye("That is too long for a user or a password")
		}
		if lit.sync {
			if err := d.say("+ Go on"); err != nil {
				return nil, err
			}
		}
		octets := make([]byte, lit.size)
		if err = d.deadline(); err == nil {
			_, err = io.ReadFull(d.r, octets)
		}
		if err == nil {
			line, err = d.readPlain()
			whole = append(append(whole, octets...), line...)
		}
	}
	return nil, err
}

// readPlain reads a line.
func (d *door) readPlain() ([]byte, error) {
	if err := d.deadline(); err != nil {
		return nil, err
	}
	line, err := readLine(d.r, doorLine)
	var silent net.Error
	switch {
	case errors.Is(err, errLong), errors.Is(err, errOctets):
		return nil, errors.Join(d.bye("That is no command: " + err.Error()))
	case errors.As(err, &silent) && silent.Timeout():
		_ = d.conn.SetWriteDeadline(time.Now().Add(time.Second))
		_, _ = io.WriteString(d.conn, "* BYE "+d.server.partingWord("You were silent for too long")+"\r\n") // it may be gone
		return nil, errShut
	}
	return line, err
}
