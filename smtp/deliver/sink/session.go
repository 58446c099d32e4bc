package sink

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
)

var errClosed = errors.New("the sink closes")

// session is one connection.
type session struct {
	s    *Sink
	conn net.Conn
	raw  net.Conn // without TLS
	r    *bufio.Reader
	w    *bufio.Writer
	n    int
	user string
	tls  bool

	mail   bool // MAIL was taken
	from   string
	params []string
	to     []string
	rcpt   []string // what was asked for besides, of each of to
	chunks []byte   // of a message by BDAT
	size   int
}

func (c *session) run() {
	if c.s.opt.Implicit {
		c.conn, c.tls = tls.Server(c.raw, c.s.opt.TLS), true
	}
	c.r, c.w = bufio.NewReaderSize(c.conn, 32<<10), bufio.NewWriterSize(c.conn, 4<<10)
	if c.answer(Banner, "220 sink ESMTP") != nil {
		return
	}
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return
		}
		verb, rest, _ := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte(" "))
		if c.hears(line); c.deaf(verb) {
			return
		}
		if err := c.command(string(bytes.ToUpper(verb)), string(rest)); err != nil {
			c.w.Flush()
			return
		}
	}
}

func (c *session) command(verb, rest string) error {
	switch verb {
	case "EHLO", "LHLO":
		c.clear()
		return c.answer(Ehlo, c.offers())
	case "HELO":
		c.clear()
		return c.say("250 sink")
	case "STARTTLS":
		return c.startTLS()
	case "AUTH":
		return c.auth(rest)
	case "MAIL":
		return c.mailFrom(rest)
	case "RCPT":
		return c.rcptTo(rest)
	case "DATA":
		return c.data()
	case "BDAT":
		return c.bdat(rest)
	case "RSET":
		c.clear()
		return c.say("250 2.0.0 ok")
	case "NOOP":
		return c.say("250 2.0.0 ok")
	case "QUIT":
		c.say("221 2.0.0 bye")
		return errClosed
	}
	return c.say("502 5.5.2 unknown command")
}

func (c *session) clear() {
	c.mail, c.from, c.params, c.to, c.rcpt, c.chunks, c.size = false, "", nil, nil, nil, nil, 0
}

// Words are the extensions that are offered unless Options.Without names them.
var Words = []string{"PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN", "CHUNKING"}

func (c *session) offers() string {
	all := append(slices.Clone(Words), "SIZE "+strconv.FormatInt(c.s.opt.Size, 10))
	if c.s.opt.TLS != nil && !c.tls {
		all = append(all, "STARTTLS")
	}
	if c.s.opt.User != "" {
		all = append(all, "AUTH PLAIN LOGIN")
	}
	var b strings.Builder
	b.WriteString("250-sink")
	last := "HELP"
	for _, x := range all {
		word, _, _ := strings.Cut(x, " ")
		if !slices.Contains(c.s.opt.Without, word) {
			b.WriteString("\r\n250-" + x)
		}
	}
	return b.String() + "\r\n250 " + last
}

func (c *session) startTLS() error {
	if c.s.opt.TLS == nil || c.tls {
		return c.say("502 5.5.1 not now")
	}
	if err := c.answer(StartTLS, "220 2.0.0 go ahead"); err != nil {
		return err
	}
	if err := c.w.Flush(); err != nil {
		return err
	}
	c.conn, c.tls = tls.Server(c.raw, c.s.opt.TLS), true
	c.r, c.w = bufio.NewReaderSize(c.conn, 32<<10), bufio.NewWriterSize(c.conn, 4<<10)
	c.clear()
	return nil
}

func (c *session) auth(rest string) error {
	var user, pass string
	how, first, _ := strings.Cut(rest, " ")
	switch strings.ToUpper(how) {
	case "PLAIN":
		b, _ := base64.StdEncoding.DecodeString(first)
		if f := strings.Split(string(b), "\x00"); len(f) == 3 {
			user, pass = f[1], f[2]
		}
	case "LOGIN":
		var err error
		if user, err = c.ask("VXNlcm5hbWU6"); err != nil {
			return err
		}
		if pass, err = c.ask("UGFzc3dvcmQ6"); err != nil {
			return err
		}
	default:
		return c.say("504 5.5.4 unknown mechanism")
	}
	if user != c.s.opt.User || pass != c.s.opt.Pass || user == "" {
		return c.say("535 5.7.8 wrong")
	}
	c.user = user
	return c.say("235 2.7.0 welcome")
}

func (c *session) ask(what string) (string, error) {
	if err := c.say("334 " + what); err != nil {
		return "", err
	}
	if err := c.w.Flush(); err != nil {
		return "", err
	}
	line, err := c.r.ReadString('\n')
	if err != nil {
		return "", err
	}
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
	return string(b), err
}

func (c *session) mailFrom(rest string) error {
	if c.s.opt.User != "" && c.user == "" {
		return c.say("530 5.7.0 sign in first")
	}
	if c.mail {
		return c.say("503 5.5.1 one at a time")
	}
	addr, params := path(rest)
	if c.refuses(params) {
		return c.say("555 5.5.4 unknown parameter")
	}
	c.mail, c.from, c.params = true, addr, strings.Fields(strings.ToUpper(params))
	return c.answer(MailFrom, "250 2.1.0 ok")
}

func (c *session) rcptTo(rest string) error {
	if !c.mail {
		return c.say("503 5.5.1 MAIL first")
	}
	addr, params := path(rest)
	if c.refuses(params) {
		return c.say("555 5.5.4 unknown parameter")
	}
	if most := c.s.opt.MostRcpts; most > 0 && len(c.to) >= most {
		return c.answer(RcptTo, "452 4.5.3 too many recipients")
	}
	if c.s.opt.Rcpt != nil {
		if reply := c.s.opt.Rcpt(addr); reply != "" {
			return c.answer(RcptTo, reply)
		}
	}
	c.to = append(c.to, addr)
	if c.s.opt.Keep || c.s.opt.Got != nil {
		c.rcpt = append(c.rcpt, strings.TrimSpace(params))
	}
	return c.answer(RcptTo, "250 2.1.5 ok")
}

// path reads FROM:<a@b> or TO:<a@b> and what follows.
func path(s string) (addr, rest string) {
	_, s, _ = strings.Cut(s, "<")
	if end := strings.LastIndexByte(s, '>'); end >= 0 {
		return s[:end], s[end+1:]
	}
	return s, ""
}

func (c *session) data() error {
	if len(c.to) == 0 {
		return c.say("503 5.5.1 no recipients")
	}
	if err := c.answer(Data, "354 go ahead"); err != nil {
		return err
	}
	if err := c.w.Flush(); err != nil {
		return err
	}
	body, size, err := c.drain()
	if err != nil {
		return err
	}
	return c.finish(body, size)
}

func (c *session) bdat(rest string) error {
	f := strings.Fields(rest)
	if len(f) == 0 {
		return c.say("501 5.5.4 size?")
	}
	if c.pretends("CHUNKING") {
		return c.say("502 5.5.1 unknown command")
	}
	n, err := strconv.Atoi(f[0])
	if err != nil || n < 0 {
		c.say("501 5.5.4 size?")
		return errClosed
	}
	keep := c.keeps()
	if keep {
		at := len(c.chunks)
		c.chunks = append(c.chunks, make([]byte, n)...)
		_, err = io.ReadFull(c.r, c.chunks[at:])
	} else {
		_, err = c.r.Discard(n)
	}
	if err != nil {
		return err
	}
	c.size += n
	switch {
	case len(c.to) == 0:
		c.chunks, c.size = nil, 0
		return c.say("503 5.5.1 no recipients")
	case len(f) > 1 && strings.EqualFold(f[1], "LAST"):
		return c.finish(c.chunks, c.size)
	}
	return c.say("250 2.0.0 octets taken")
}

func (c *session) keeps() bool { return c.s.opt.Keep || c.s.opt.Got != nil || c.s.opt.Data != nil }

// finish takes the message, or refuses it.
func (c *session) finish(body []byte, size int) error {
	m := Mail{From: c.from, To: c.to, Params: c.params, Rcpt: c.rcpt, Data: body, At: c.s.opt.Now(), Conn: c.n, TLS: c.tls, User: c.user}
	c.clear()
	reply, lie := "", c.s.lie(Dot)
	if c.s.opt.Data != nil {
		reply = c.s.opt.Data(m)
	}
	if reply == "" {
		reply = "250 2.0.0 taken"
		if lie == nil || !lie.Lost {
			c.s.took(m, size)
		}
	}
	return c.tell(reply, lie)
}

// drain reads up to the line with a single dot. The message is kept only if
// somebody wants it.
func (c *session) drain() (body []byte, size int, err error) {
	keep, start, cr := c.keeps(), true, false
	for {
		line, err := c.r.ReadSlice('\n')
		full := err == nil
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return nil, 0, err
		}
		if start && len(line) > 0 && line[0] == '.' {
			if full && string(line) == ".\r\n" {
				return body, size, nil
			}
			line = line[1:]
		}
		size += len(line)
		if keep {
			body = append(body, line...)
		}
		// Only CR LF ends a line, also where the buffer cut between the two.
		start = full && (len(line) > 1 && line[len(line)-2] == '\r' || len(line) == 1 && cr)
		cr = len(line) > 0 && line[len(line)-1] == '\r'
	}
}

// answer says reply, or the lie that is due at this stage.
func (c *session) answer(at Stage, reply string) error { return c.tell(reply, c.s.lie(at)) }

func (c *session) tell(reply string, lie *Lie) error {
	if lie == nil {
		return c.say(reply)
	}
	c.pause()
	for i := 0; i < len(lie.Reply); i++ {
		c.w.WriteByte(lie.Reply[i])
		if lie.Drip > 0 {
			if err := c.w.Flush(); err != nil {
				return err
			}
			time.Sleep(lie.Drip)
		}
	}
	if err := c.w.Flush(); err != nil {
		return err
	}
	if lie.Close {
		return errClosed
	}
	return nil
}

// say answers; what answers pipelined commands is written together.
func (c *session) say(reply string) error {
	c.pause()
	c.w.WriteString(reply)
	c.w.WriteString("\r\n")
	if c.r.Buffered() == 0 {
		return c.w.Flush()
	}
	return nil
}

func (c *session) pause() {
	if c.s.opt.Latency > 0 && c.r.Buffered() == 0 {
		c.s.mu.Lock()
		c.s.counts.Waits++
		c.s.mu.Unlock()
		time.Sleep(c.s.opt.Latency)
	}
}
