package deliver

import (
	"context"
	"fmt"
	"strings"
)

// exchangers finds the servers that take mail for domains, and what their
// TLS must prove.
type exchangers struct {
	resolve  *resolver
	policies *policies // nil: MTA-STS is not asked
	dane     bool
	port     int
}

// of gives a domain's servers, best first.
func (x *exchangers) of(ctx context.Context, domain string) ([]endpoint, error) {
	hosts, secure, err := x.resolve.mailHosts(ctx, domain)
	if err != nil {
		return nil, err
	}
	var policy *stsPolicy
	if x.policies != nil {
		policy = x.policies.of(ctx, domain)
	}
	var out []endpoint
	var failed error
	for _, h := range hosts {
		some, err := x.host(ctx, h, secure, policy)
		if err != nil {
			failed = err
		}
		out = append(out, some...)
	}
	switch {
	case len(out) > 0:
		return out[:min(len(out), 20)], nil
	case failed != nil:
		return nil, fmt.Errorf("mail hosts of %s: %w", domain, failed)
	}
	return nil, fmt.Errorf("mail hosts of %s: %w", domain, &noMail{reply{550, [3]int{5, 4, 4}, "no address for " + strings.Join(hosts, ", ")}})
}

// host gives one server's addresses. Secure tells that the DNS vouches for
// its being the domain's.
func (x *exchangers) host(ctx context.Context, host string, secure bool, policy *stsPolicy) ([]endpoint, error) {
	var p proof
	if policy != nil {
		switch listed := policy.allows(host); {
		case policy.mode == stsTesting:
			p.trial = true
		case !listed:
			return nil, fmt.Errorf("the domain's MTA-STS policy does not name %s", host)
		default:
			p.name = true
		}
	}
	to, signed, err := x.resolve.endpoints(ctx, host, x.port)
	if err != nil || len(to) == 0 {
		return nil, err
	}
	if x.dane && secure && signed {
		records, err := x.resolve.tlsa(ctx, host, x.port)
		if err != nil {
			return nil, err // whoever can't prove that there are none, may hide them (RFC 7672 2.1)
		}
		p.dane, p.tlsa = len(records) > 0, usableTLSA(records)
	}
	for i := range to {
		to[i].proof = p
	}
	return to, nil
}
