package main

import (
	"context"
	"crypto/tls"
	"errors"

	"github.com/xdg-go/scram"

	"plenary/lists"
	"plenary/lists/store"
	"plenary/smtp"
	"plenary/smtp/authenticate"
	"plenary/smtp/message"
	"plenary/smtp/receive"
)

// joinReception builds what takes mail in over sockets, and binds its doors.
func (s *service) joinReception(certs *tls.Config, believed *belief) error {
	door := reception{members: members{s.store, s.site}, others: believed, id: s.site.Domain, screen: s.router, inbox: s.queue, hooks: s.newHooks()}
	in := receive.New(receive.Config{
		Hostname: s.site.Domain, Domain: s.site.Domain, MaxBytes: s.cfg.SMTP.MaxBytes, TLS: certs, ProxyFrom: s.cfg.Proxies(),
		BareNewlines: s.cfg.SMTP.BareNewlines, Accounts: door.members, Refused: func() { s.metrics.Refused("smtp") }, NewID: s.queue.NewID, Log: s.log, Now: s.now,
	}, s.store, door, door)
	return errors.Join(
		s.bind("smtp", "smtp.listen", s.cfg.SMTP.Listen, in.ServeSMTP, in.Shutdown),
		s.bind("lmtp", "smtp.lmtp", s.cfg.SMTP.LMTP, in.ServeLMTP, in.Shutdown),
		s.bind("submission", "smtp.submission", s.cfg.SMTP.Submission, in.ServeSubmission, in.Shutdown),
		s.bind("submissions", "smtp.submissions", s.cfg.SMTP.Submissions, in.ServeSubmissions, in.Shutdown),
	)
}

// reception tells mail of those who signed in from that of others: of the
// first the sender is known, of the others it is found out.
type reception struct {
	members members
	others  *belief
	id      string // our authserv-id
	hooks   *hooks // nil none
	screen  interface {
		Screen(ctx context.Context, env smtp.Envelope, raw []byte) *smtp.Reply
	}
	inbox interface {
		Accept(ctx context.Context, env smtp.Envelope, raw []byte) (string, error)
	}
}

// Screen judges a message before it is taken.
func (r reception) Screen(ctx context.Context, env smtp.Envelope, raw []byte) *smtp.Reply {
	if _, refused := r.hooks.Look(ctx, env, raw); refused != nil {
		return refused
	}
	if env.Account == "" {
		return r.others.Screen(ctx, env, raw)
	}
	env.Verdict = authenticate.SignedIn(lists.Address(env.Account))
	return r.screen.Screen(ctx, env, raw)
}

// Accept puts it in the queue, with what is believed of its sender.
func (r reception) Accept(ctx context.Context, env smtp.Envelope, raw []byte) (string, error) {
	fields, _ := r.hooks.Look(ctx, env, raw)
	raw = r.hooks.Mark(env, raw, fields)
	if env.Account == "" {
		return r.others.Accept(ctx, env, raw)
	}
	account := lists.Address(env.Account)
	env.Verdict = authenticate.SignedIn(account)
	if m, err := message.Parse(raw); err == nil { // the screen has read it already
		raw = authenticate.MarkSignedIn(m, r.id, account)
	}
	return r.inbox.Accept(ctx, env, raw)
}

// members may submit mail: those who are in a list, and the site's admins,
// each with an app password of the mail command "password", as over IMAP.
type members struct {
	store *store.Store
	site  lists.Site
}

// SignIn tells whether the password is the account's, and the account a member's.
func (m members) SignIn(ctx context.Context, account lists.Address, secret string) (bool, error) {
	ok, err := m.store.CheckPassword(ctx, account, secret)
	if err != nil || !ok {
		return false, err
	}
	return m.is(ctx, account)
}

// Verifiers are a member's, for SCRAM-SHA-256.
func (m members) Verifiers(ctx context.Context, account lists.Address) (scram.KeyFactors, []scram.StoredCredentials, error) {
	factors, all, err := m.store.Verifiers(ctx, account)
	if err != nil {
		return factors, nil, err
	}
	if is, err := m.is(ctx, account); err != nil || !is {
		return factors, nil, err
	}
	return factors, all, nil
}

func (m members) is(ctx context.Context, a lists.Address) (bool, error) {
	if m.site.Admin(a) {
		return true, nil
	}
	people, err := m.store.PeopleFor(ctx, a)
	return len(people) > 0, err
}
