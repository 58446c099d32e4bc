package receive

import (
	"crypto/tls"
	"io"
	"strings"

	gosmtp "github.com/emersion/go-smtp"

	"plenary/lists"
	"plenary/smtp"
)

// session answers go-smtp for one connection: one transaction after another.
type session struct {
	srv  *Server
	wire *wire
	conn *gosmtp.Conn

	tx *transaction // nil: none is open
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
func (s *session) Reset() { s.tx = nil }

// Logout drops the transaction; the connection is wire's.
func (s *session) Logout() error { s.tx = nil; return nil }

// Mail opens a transaction.
func (s *session) Mail(from string, opts *gosmtp.MailOptions) error {
	if s.tx != nil {
		return refusal(replyNested, false)
	}
	if !ascii(from) && !opts.UTF8 {
		return refusal(replyNeedUTF8, false)
	}
	sender, ok := reversePath(from)
	if !ok {
		return refusal(replyBadSender, opts.UTF8)
	}
	if s.wire.submit {
		if refused := mayEnvelope(s.wire.account, sender); refused != nil {
			return refusal(*refused, opts.UTF8)
		}
	}
	s.tx = &transaction{
		size: opts.Size,
		env: smtp.Envelope{
			From: sender, Remote: s.wire.remote(), Helo: cleanHelo(s.conn.Hostname()),
			Protocol: protocol(s.wire.hello, s.wire.secure, s.wire.account != "", opts.UTF8), Account: s.wire.account,
			SMTPUTF8: opts.UTF8, EightBit: opts.Body == gosmtp.Body8BitMIME,
		},
	}
	return nil
}

// Rcpt takes one recipient, if it is an address of ours.
func (s *session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	tx := s.tx
	if tx == nil {
		return refusal(replyNoMail, false)
	}
	if !ascii(to) && !tx.env.SMTPUTF8 {
		return refusal(replyNeedUTF8, false)
	}
	local, domain, ok := splitPath(to)
	if !ok || !s.srv.ours(domain) {
		if s.wire.submit {
			return refusal(replyListsOnly, tx.env.SMTPUTF8)
		}
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

// Data takes the content, of DATA or of all BDAT chunks, from wire and gives
// one reply.
func (s *session) Data(io.Reader) error {
	tx := s.tx
	if tx == nil {
		return refusal(replyNoMail, false)
	}
	in, refused := s.content(tx)
	if in == nil {
		return refused
	}
	return s.srv.store(s.wire, tx.env, in)
}

// LMTPData takes the content and gives each recipient its own reply: a
// message that one of them refuses is stored once for the others.
func (s *session) LMTPData(_ io.Reader, status gosmtp.StatusCollector) error {
	tx := s.tx
	if tx == nil {
		return refusal(replyNoMail, false)
	}
	in, refused := s.content(tx)
	if in == nil {
		return refused
	}
	rejected, done := s.srv.storeEach(s.wire, tx.env, in)
	for _, rcpt := range tx.rcpts {
		local, domain, _ := splitPath(rcpt)
		if reply := rejected[strings.ToLower(mailbox(local, domain))]; reply != nil {
			status.SetStatus(rcpt, refusal(*reply, tx.env.SMTPUTF8))
		}
	}
	return done
}

// content reads the message behind a trace field of ours. nil: it came
// wrongly, or is of a kind that nobody is to see, and refused is the reply.
func (s *session) content(tx *transaction) (in *intake, refused error) {
	tx.env.ID, tx.env.Received = s.srv.cfg.NewID(), s.srv.cfg.Now()
	in = newIntake(&s.srv.purse, s.srv.cfg.MaxBytes, tx.size, received(tx.env, s.srv.cfg.Hostname, s.wire.tlsState()))
	replies := 1
	if s.wire.lmtp {
		replies = len(tx.rcpts)
	}
	f := s.wire.readContent(in, replies)
	if f.dropped {
		in.drop()
		return nil, refusal(replyCut, false)
	}
	if reply := s.verdict(in, f); reply != nil {
		in.drop()
		logged := *reply // which may name the account
		logged.Text = smtp.WithoutAddresses(logged.Text)
		s.srv.logRefusal(tx.env, logged)
		return nil, refusal(*reply, tx.env.SMTPUTF8)
	}
	if f.bare {
		in.replace(smtp.MendLineEnds(in.content()))
	}
	tx.env.EightBit = tx.env.EightBit || smtp.EightBit(in.content())
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
	if refused := smtp.CheckContent(in.content()); refused != nil || s.wire.account == "" {
		return refused
	}
	return mayAuthor(s.wire.account, in.content())
}

// tlsState is nil where the client speaks in clear.
func (w *wire) tlsState() *tls.ConnectionState {
	if c, ok := w.conn.(*tls.Conn); ok {
		state := c.ConnectionState()
		return &state
	}
	return nil
}
