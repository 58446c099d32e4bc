package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"sync"
	"time"

	"plenary/lists"
	"plenary/smtp"
	"plenary/smtp/authenticate"
	"plenary/smtp/message"
)

const (
	replayMemory = 7 * 24 * time.Hour // how long the Message-ID of a signed mail is remembered (DESIGN, "Who may do what")
	beliefKept   = 1024               // findings between a message's screening and its acceptance
)

// belief finds out, once for each message, what may be believed of its
// sender, before reception screens it and puts it in the queue. Whether that
// is enough for a command (commands.trust) is for those who carry it out.
type belief struct {
	checker *authenticate.Checker
	screen  interface {
		Screen(ctx context.Context, env smtp.Envelope, raw []byte) *smtp.Reply
	}
	inbox interface {
		Accept(ctx context.Context, env smtp.Envelope, raw []byte) (string, error)
	}
	once interface {
		Freeze(ctx context.Context, tag, key string, value []byte, ttl time.Duration) ([]byte, bool, error)
	}
	id  string // our authserv-id
	now func() time.Time

	recent *message.Recent // shared with the screen: a mail is read once

	mu    sync.Mutex
	known map[string]*opinion
	order []string
}

// opinion is what was found out about a message's sender, and what counts of
// it for a message to these addresses.
type opinion struct {
	found       authenticate.Findings
	to          []string
	verdict     smtp.Verdict
	bySignature bool
}

// newBelief joins what finds out about senders to reception.
func (s *service) newBelief() *belief {
	return &belief{
		checker: s.checker, screen: s.router, inbox: s.queue, once: s.store, id: s.site.Domain, now: s.now,
		recent: &s.router.Recent, known: map[string]*opinion{},
	}
}

// Screen judges a message by who is believed to have sent it.
func (b *belief) Screen(ctx context.Context, env smtp.Envelope, raw []byte) *smtp.Reply {
	if m, err := b.recent.Parse(raw); err == nil { // else the screen says why it can't be taken
		env.Verdict = b.find(ctx, env, m).verdict
	}
	refused := b.screen.Screen(ctx, env, raw)
	if refused != nil {
		b.recent.Forget(raw)
	}
	return refused
}

// Accept puts a message in the queue with what is believed of its sender, and
// with our Authentication-Results on top.
func (b *belief) Accept(ctx context.Context, env smtp.Envelope, raw []byte) (string, error) {
	m, err := b.recent.Parse(raw)
	defer b.recent.Forget(raw)
	if err != nil { // it came in by a door without a screen, and is answered for
		return b.inbox.Accept(ctx, env, raw)
	}
	o := b.find(ctx, env, m)
	verdict := o.verdict
	if o.found.Replayable() && m.MessageID != "" {
		fresh, err := b.fresh(ctx, env, o.found.From, m.MessageID)
		if err != nil {
			return "", err
		}
		if !fresh && o.bySignature {
			verdict.Believed = false
			verdict.Reason += "; not believed for commands: it was seen before"
		}
	}
	env.Verdict = verdict
	id, err := b.inbox.Accept(ctx, env, authenticate.Mark(m, b.id, verdict.Results))
	if err == nil {
		b.forget(env.ID)
	}
	return id, err
}

// opinion draws from findings what counts here. Mail that comes through
// another server is not refused: that server would send a report to whoever
// is named as the sender. Owners look at it instead.
func (b *belief) opinion(env smtp.Envelope, m *message.Message, f authenticate.Findings) *opinion {
	o := &opinion{found: f, to: env.To}
	o.verdict, o.bySignature = f.Verdict(env, m, b.now())
	if env.Remote == "" && o.verdict.Refused() {
		o.verdict.Policy = "quarantine"
	}
	return o
}

// fresh tells whether a signed message comes to each of its addresses for the
// first time. The same envelope counts as one.
func (b *belief) fresh(ctx context.Context, env smtp.Envelope, from lists.Address, messageID string) (bool, error) {
	const most = 20 // commands go to one address or two
	if len(env.To) > most {
		return false, nil
	}
	fresh := true
	for _, to := range env.To {
		key := to
		if a, err := lists.ParseAddress(to); err == nil {
			key = a.Key()
		}
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s", from.Key(), messageID, key))
		stands, first, err := b.once.Freeze(ctx, "", "signed/"+base64.RawURLEncoding.EncodeToString(sum[:18]), []byte(env.ID), replayMemory)
		if err != nil {
			return false, fmt.Errorf("note the signed message %s: %w", env.ID, err)
		}
		fresh = fresh && (first || string(stands) == env.ID)
	}
	return fresh, nil
}

// find gives the opinion of a message. The findings are made once, and kept
// until it is accepted, or until many others have come.
func (b *belief) find(ctx context.Context, env smtp.Envelope, m *message.Message) *opinion {
	b.mu.Lock()
	o, ok := b.known[env.ID]
	b.mu.Unlock()
	switch {
	case ok && slices.Equal(o.to, env.To):
		return o
	case ok: // over LMTP each recipient is asked about by itself
		return b.opinion(env, m, o.found)
	}
	o = b.opinion(env, m, b.checker.Check(ctx, env, m))
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.known[env.ID]; !ok {
		if len(b.order) >= beliefKept {
			delete(b.known, b.order[0])
			b.order = b.order[1:]
		}
		b.order = append(b.order, env.ID)
	}
	b.known[env.ID] = o
	return o
}

func (b *belief) forget(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.known[id]; !ok {
		return
	}
	delete(b.known, id)
	for i, o := range b.order {
		if o == id {
			b.order = append(b.order[:i], b.order[i+1:]...)
			return
		}
	}
}
