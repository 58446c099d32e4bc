package authenticate

import (
	"context"
	"fmt"
	"strings"
)

// checkDMARC holds what passed against From's domain (RFC 9989 section 5). It
// notes in f which results are aligned with it.
func (c *Checker) checkDMARC(ctx context.Context, f *Findings) DMARC {
	from := hostname(f.From.Domain())
	if from == "" {
		return DMARC{Result: PermError, Reason: "there is not exactly one author to ask about"}
	}
	d, a := c.discover(ctx, from)
	if f.SPF.Domain != "" {
		f.SPF.Aligned = a.with(f.SPF.Domain, a.strictSPF)
	}
	unsure := a.failed
	passed := ""
	if f.SPF.Aligned {
		switch f.SPF.Result {
		case Pass:
			passed = "SPF"
		case TempError:
			unsure = true
		}
	}
	for i := range f.DKIM {
		s := &f.DKIM[i]
		s.Aligned = s.Domain != "" && a.with(s.Domain, a.strictDKIM)
		switch {
		case s.Aligned && s.Result == Pass:
			passed = "DKIM"
		case s.Aligned && s.Result == TempError:
			unsure = true
		}
	}
	unsure = unsure || a.failed
	switch {
	case passed != "":
		d.Aligned = true
		d.Reason = passed + " passes for " + from
		if d.Policy != "" || a.failed {
			d.Result = Pass
		}
	case unsure:
		d.Result, d.Reason = TempError, "DNS did not answer for "+from
	case d.Policy == "":
		d.Result, d.Reason = None, fmt.Sprintf("%s publishes no policy, and nothing proves the sender", from)
	default:
		d.Result, d.Reason = Fail, fmt.Sprintf("neither SPF nor DKIM passes for %s, which asks for %s", from, d.Policy)
	}
	return d
}

// alignment tells which domains stand for From's.
type alignment struct {
	c                     *Checker
	ctx                   context.Context
	from, organisation    string
	strictDKIM, strictSPF bool
	failed                bool // something could not be looked up
}

// discover finds the policy for mail from a domain, and what is aligned with it.
func (c *Checker) discover(ctx context.Context, from string) (DMARC, *alignment) {
	a := &alignment{c: c, ctx: ctx, from: from, strictDKIM: true, strictSPF: true}
	d := DMARC{Result: None}
	records, err := c.walk(ctx, from)
	if err != nil {
		a.failed, d.Unasked = true, true
		return d, a // the very same domain is still aligned
	}
	a.strictDKIM, a.strictSPF = false, false
	a.organisation = organisation(from, records)
	use := -1
	for i, r := range records { // its own, else its organisation's, else the registry's
		if r.domain == from || r.domain == a.organisation || i == len(records)-1 && r.psd == 'y' {
			use = i
			break
		}
	}
	if use < 0 {
		return d, a
	}
	r := records[use]
	a.strictDKIM, a.strictSPF = r.strictDKIM, r.strictSPF
	d.Domain, d.Policy = r.domain, r.asks(from, func() bool { return a.exists(from) })
	return d, a
}

// exists tells whether a domain has any record that mail could do with; also
// where that could not be found out.
func (a *alignment) exists(domain string) bool {
	if _, err := a.c.DNS.LookupIPAddr(a.ctx, domain); !isNotFound(err) {
		return true
	}
	_, err := a.c.DNS.LookupMX(a.ctx, domain)
	return !isNotFound(err)
}

// with tells whether a domain is aligned with From's: the same one, or, where
// that is enough, one of the same organisation.
func (a *alignment) with(domain string, strict bool) bool {
	switch {
	case domain == a.from:
		return true
	case strict, a.organisation == "":
		return false
	case domain != a.organisation && !strings.HasSuffix(domain, "."+a.organisation):
		return false
	}
	records, err := a.c.walk(a.ctx, domain)
	if err != nil {
		a.failed = true
		return false
	}
	return organisation(domain, records) == a.organisation
}
