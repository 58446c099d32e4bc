package receive

import (
	"crypto/tls"
	"io"
	"strings"
	"sync"

	gosmtp "github.com/emersion/go-smtp"

	"plenary/lists"
	"plenary/smtp"
)

// session answers go-smtp for one connection: one transaction after another.
type session struct {
	srv  *Server
	wire *wire
	conn *gosmtp.Conn

	mu sync.Mutex // go-smtp runs Data of a BDAT message beside what may reset it
	tx *transaction
}

// transaction is one message from MAIL on.
type transaction struct {
	env   smtp.Envelope
	size  int64    // as the client declared it, 0 unknown
	rcpts []string // each accepted RCPT as go-smtp gave it, repeated ones too
}

var (
	_ gosmtp.Session     = (*session)(nil)
	_ gosmtp.LMTPSession = (*session)(nil)
)

// Reset drops the transaction.
func (s *session) Reset() { s.set(nil) }

// Logout drops the transaction; the connection is wire's.
func (s *session) Logout() error { s.set(nil); return nil }

func (s *session) set(tx *transaction) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tx = tx
}

// current gives a copy of the transaction as it is now. A Data that go-smtp
// started for BDAT chunks may run late, beside the commands of a transaction
// that is none of its own: it may look at that, and change nothing.
func (s *session) current() (tx transaction, open bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tx == nil {
		return tx, false
	}
	return *s.tx, true
}

// Mail opens a transaction.
func (s *session) Mail(from string, opts *gosmtp.MailOptions) error {
	if _, open := s.current(); open {
		return refusal(replyNested, false)
	}
	if !ascii(from) && !opts.UTF8 {
		return refusal(replyNeedUTF8, false)
	}
	sender, ok := reversePath(from)
	if !ok {
		return refusal(replyBadSender, opts.UTF8)
	}
	s.set(&transaction{
		size: opts.Size,
		env: smtp.Envelope{
			From: sender, Remote: s.wire.remote(), Helo: cleanHelo(s.conn.Hostname()),
			Protocol: protocol(s.wire.hello, s.wire.secure, opts.UTF8),
			SMTPUTF8: opts.UTF8, EightBit: opts.Body == gosmtp.Body8BitMIME,
		},
	})
	return nil
}

// Rcpt takes one recipient, if it is an address of ours.
func (s *session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	tx, open := s.current()
	if !open {
		return refusal(replyNoMail, false)
	}
	if !ascii(to) && !tx.env.SMTPUTF8 {
		return refusal(replyNeedUTF8, false)
	}
	local, domain, ok := splitPath(to)
	if !ok || !s.srv.ours(domain) {
		return refusal(replyNoRelay, tx.env.SMTPUTF8)
	}
	known, err := s.srv.dir.resolve(s.srv.base, local)
	if err != nil {
		r := asReply(err, replyLookup)
		s.srv.cfg.Log.Warn("an address could not be looked up", "err", err)
		return refusal(r, tx.env.SMTPUTF8)
	}
	if !known {
		return refusal(replyNoAddress, tx.env.SMTPUTF8)
	}
	tx.rcpts = append(tx.rcpts, to)
	if address := mailbox(local, domain); !has(tx.env.To, address) {
		tx.env.To = append(tx.env.To, address)
	}
	s.set(&tx)
	return nil
}

// ours tells whether domain is the one whose addresses we have.
func (s *Server) ours(domain string) bool {
	if ascii(domain) {
		return strings.ToLower(strings.TrimSuffix(domain, ".")) == s.cfg.Domain
	}
	d, err := lists.ParseDomain(domain)
	return err == nil && d == s.cfg.Domain
}

func has(all []string, address string) bool {
	for _, a := range all {
		if strings.EqualFold(a, address) {
			return true
		}
	}
	return false
}

// Data takes the content, of DATA or of all BDAT chunks, and gives one reply.
func (s *session) Data(r io.Reader) error {
	tx, open := s.current()
	if !open {
		return refusal(replyNoMail, false)
	}
	in, refused := s.content(&tx, r)
	if refused != nil {
		return s.refuse(&tx, *refused)
	}
	return s.srv.store(s.wire, tx.env, in)
}

// LMTPData takes the content and gives each recipient its own reply: a
// message that one of them refuses is stored once for the others.
func (s *session) LMTPData(r io.Reader, status gosmtp.StatusCollector) error {
	tx, open := s.current()
	if !open {
		return refusal(replyNoMail, false)
	}
	in, refused := s.content(&tx, r)
	if refused != nil {
		return s.refuse(&tx, *refused)
	}
	done, rejected := s.srv.storeEach(s.wire, tx.env, in)
	for _, rcpt := range tx.rcpts {
		local, domain, _ := splitPath(rcpt)
		if reply := rejected[strings.ToLower(mailbox(local, domain))]; reply != nil {
			status.SetStatus(rcpt, refusal(*reply, tx.env.SMTPUTF8))
		}
	}
	return done
}

// content reads the message behind a trace field of ours. refused: it came
// wrongly, or is of a kind that nobody is to see.
func (s *session) content(tx *transaction, r io.Reader) (in *intake, refused *smtp.Reply) {
	tx.env.ID, tx.env.Received = s.srv.cfg.NewID(), s.srv.cfg.Now()
	in = newIntake(&s.srv.purse, s.srv.cfg.MaxBytes, tx.size, received(tx.env, s.srv.cfg.Hostname, s.wire.tlsState()))
	var f flaw
	if chunks, ok := r.(*io.PipeReader); ok { // BDAT
		_, f.cut = io.Copy(in, chunks)
		f.bare = !in.tooBig && !in.broke && bare(in.content())
	} else {
		f = s.wire.readData(in)
	}
	if reply := s.verdict(in, f); reply != nil {
		in.drop()
		return nil, reply
	}
	if f.bare {
		in.replace(mend(in.content()))
	}
	tx.env.EightBit = tx.env.EightBit || eightBit(in.content())
	return in, nil
}

// verdict says what is wrong with content as it came; nil: nothing.
func (s *session) verdict(in *intake, f flaw) *smtp.Reply {
	switch {
	case f.cut != nil:
		r := cutReply(f.cut)
		return &r
	case in.tooBig || f.over:
		return &replyTooBig
	case in.broke:
		return &replyBusy
	case f.clash, f.bare && s.srv.cfg.BareNewlines != FixBare:
		return &replyBare
	}
	return inspect(in.content())
}

// refuse is a refusal with its line in the log.
func (s *session) refuse(tx *transaction, r smtp.Reply) error {
	s.srv.logRefusal(tx.env, r)
	return refusal(r, tx.env.SMTPUTF8)
}

// tlsState is nil where the client speaks in clear.
func (w *wire) tlsState() *tls.ConnectionState {
	if c, ok := w.conn.(*tls.Conn); ok {
		state := c.ConnectionState()
		return &state
	}
	return nil
}
