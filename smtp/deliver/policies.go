package deliver

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// Bounds on what is fetched and kept of MTA-STS policies.
const (
	policiesKept  = 10_000
	policyOctets  = 64 << 10
	policyTimeout = 30 * time.Second
	policyRetry   = 5 * time.Minute // between attempts to fetch one (RFC 8461 section 3.3)
)

// policies fetches domains' MTA-STS policies and keeps them as long as they
// say. A policy that can't be fetched anew stands until it has run out.
type policies struct {
	resolve *resolver
	client  *http.Client
	port    int
	now     func() time.Time
	log     *slog.Logger

	mu   sync.Mutex
	held map[string]*keptPolicy
}

type keptPolicy struct {
	policy *stsPolicy // nil: none
	id     string
	until  time.Time // when policy is over
	next   time.Time // no attempt to fetch it before
}

func newPolicies(r *resolver, base *tls.Config, port int, now func() time.Time, log *slog.Logger) *policies {
	p := &policies{resolve: r, port: port, now: now, log: log, held: map[string]*keptPolicy{}}
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: base.RootCAs}
	p.client = &http.Client{
		Timeout:       policyTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return errors.New("a policy may not be redirected") },
		Transport:     &http.Transport{TLSClientConfig: cfg, DialContext: p.dial, DisableKeepAlives: true, MaxResponseHeaderBytes: 32 << 10},
	}
	return p
}

// dial connects to a policy's server by the sender's own resolver.
func (p *policies) dial(ctx context.Context, network, hostport string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		return nil, err
	}
	addrs, _, err := p.resolve.addresses(ctx, host)
	if err != nil {
		return nil, err
	}
	err = fmt.Errorf("no address for %s", host)
	for _, a := range addrs {
		var c net.Conn
		if c, err = (&net.Dialer{}).DialContext(ctx, network, net.JoinHostPort(a.String(), strconv.Itoa(p.port))); err == nil {
			return c, nil
		}
	}
	return nil, err
}

// of gives a domain's policy, nil where it has none in force.
func (p *policies) of(ctx context.Context, domain string) *stsPolicy {
	p.mu.Lock()
	k := p.held[domain]
	if k == nil {
		k = &keptPolicy{}
	}
	kept := *k
	p.mu.Unlock()
	now := p.now()
	if !now.Before(kept.until) {
		kept.policy, kept.id = nil, ""
	}
	id, ok, err := p.id(ctx, domain)
	switch {
	case err != nil, !ok, id == kept.id, now.Before(kept.next):
		return inForce(kept.policy) // what is kept stands, also where the record is gone
	}
	got, err := p.fetch(ctx, domain)
	if err != nil {
		p.log.Info("MTA-STS policy not fetched", "domain", domain, "kept", kept.policy != nil, "err", err)
		kept.next = now.Add(policyRetry)
	} else {
		kept = keptPolicy{policy: got, id: id, until: now.Add(got.age)}
	}
	p.keep(domain, kept)
	return inForce(kept.policy)
}

func inForce(p *stsPolicy) *stsPolicy {
	if p == nil || p.mode == stsNone {
		return nil
	}
	return p
}

// keep remembers a policy, in the place of any other where there are too many.
func (p *policies) keep(domain string, k keptPolicy) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held[domain] == nil && len(p.held) >= policiesKept {
		for other := range p.held { // in no order
			delete(p.held, other)
			break
		}
	}
	p.held[domain] = &k
}

// id looks up which policy the domain says it has.
func (p *policies) id(ctx context.Context, domain string) (string, bool, error) {
	a, err := p.resolve.ask(ctx, "_mta-sts."+domain, dns.TypeTXT)
	if err != nil {
		return "", false, err
	}
	var texts []string
	for _, rr := range a.records {
		if t, ok := rr.(*dns.TXT); ok {
			texts = append(texts, strings.Join(t.Txt, ""))
		}
	}
	id, ok := stsID(texts)
	return id, ok, nil
}

// fetch reads the policy from where RFC 8461 section 3.3 says it stands.
func (p *policies) fetch(ctx context.Context, domain string) (*stsPolicy, error) {
	ctx, cancel := context.WithTimeout(ctx, policyTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://mta-sts."+domain+"/.well-known/mta-sts.txt", nil)
	if err != nil {
		return nil, err
	}
	resp, err := p.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	switch {
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("its server answers %s", resp.Status)
	case kind != "text/plain":
		return nil, fmt.Errorf("it is %.40q, not text/plain", kind)
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, policyOctets+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > policyOctets:
		return nil, fmt.Errorf("it is longer than %d octets", policyOctets)
	}
	return parsePolicy(text)
}
