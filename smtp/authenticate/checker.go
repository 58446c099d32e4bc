package authenticate

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"plenary/lists"
	"plenary/smtp"
	"plenary/smtp/message"
)

// Checker finds out about senders. Any number of goroutines may use it.
type Checker struct {
	DNS     Resolver
	Trusted string        // authserv-id of the server before us, believed where the client's address is not known; "" none
	Timeout time.Duration // for what a message's sender brings, and as much for what its domain asks for; 0 means 8 s
}

// Check finds out about the sender of a message. It never fails: what could
// not be found out says so.
func (c *Checker) Check(ctx context.Context, env smtp.Envelope, m *message.Message) Findings {
	f := c.proofs(ctx, env, m)
	// What From's domain asks for has time of its own: else a sender whose own
	// names take all of it would keep us from hearing that.
	ctx, cancel := withBudget(ctx, c.limit())
	defer cancel()
	f.DMARC = c.checkDMARC(ctx, &f)
	if f.Told != nil {
		f.believeTold()
	} else if env.Remote == "" && f.DMARC.Result == Fail {
		// SPF could not be asked about, so nothing has failed.
		f.DMARC.Result, f.DMARC.Reason = None, "no signature proves the sender, and the client's address is not known"
	}
	return f
}

// proofs are what the sender brings.
func (c *Checker) proofs(ctx context.Context, env smtp.Envelope, m *message.Message) Findings {
	ctx, cancel := withBudget(ctx, c.limit())
	defer cancel()
	f := Findings{From: Author(m), Remote: env.Remote}
	if slices.ContainsFunc(m.Fields, signature) { // several lookups, at the same time
		var wait sync.WaitGroup
		wait.Go(func() { f.SPF = c.checkSPF(ctx, env) })
		wait.Go(func() { f.ARC = c.checkARC(ctx, m) })
		f.DKIM = c.checkDKIM(ctx, m)
		wait.Wait()
	} else {
		f.SPF, f.ARC = c.checkSPF(ctx, env), Chain{Result: None}
	}
	if env.Remote == "" && c.Trusted != "" {
		f.Told = told(m, c.Trusted)
	}
	return f
}

// signature tells whether a field belongs to one, or to an ARC set.
func signature(f message.Field) bool {
	return f.Is("DKIM-Signature") || len(f.Name) > 4 && strings.EqualFold(f.Name[:4], "ARC-")
}

// Proven tells whether a DKIM signature aligned with the author's domain
// verifies on a message as it stands: on a copy that is about to go out, whose
// author must be its From still. What can't be looked up proves nothing.
func (c *Checker) Proven(ctx context.Context, author lists.Address, raw []byte) bool {
	m, err := message.Parse(raw)
	if err != nil || author == "" || Author(m) != author {
		return false
	}
	brought, done := withBudget(ctx, c.limit())
	f := Findings{From: author, DKIM: c.checkDKIM(brought, m)}
	done()
	if !slices.ContainsFunc(f.DKIM, func(s Signature) bool { return s.Result == Pass }) {
		return false
	}
	ctx, cancel := withBudget(ctx, c.limit())
	defer cancel()
	c.checkDMARC(ctx, &f)
	return slices.ContainsFunc(f.DKIM, func(s Signature) bool { return s.Result == Pass && s.Aligned })
}

func (c *Checker) limit() time.Duration {
	if c.Timeout > 0 {
		return c.Timeout
	}
	return 8 * time.Second
}

// Author is the address of the one From field with one mailbox, "" where the
// mail has it otherwise.
func Author(m *message.Message) lists.Address {
	fields := 0
	for _, f := range m.Fields {
		if f.Is("From") {
			fields++
		}
	}
	if fields != 1 || len(m.From) != 1 {
		return ""
	}
	a, err := lists.ParseAddress(m.From[0].Addr)
	if err != nil {
		return ""
	}
	return a
}
