package deliver

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/miekg/dns"
)

// proof is what a mail exchanger's TLS must prove: by its domain's MTA-STS
// policy (RFC 8461), by TLSA records in the signed DNS (RFC 7672), or both.
// The zero proof asks for nothing.
type proof struct {
	name  bool        // a certificate that proves the host's name: an enforced policy
	trial bool        // the same, but a failure is only logged: a policy in testing
	dane  bool        // the host has TLSA records: TLS or nothing
	tlsa  []*dns.TLSA // those of them that can be used; none: any certificate will do
}

// needed tells whether a session without TLS is none.
func (p proof) needed() bool { return p.name || p.dane }

// by names who asks for TLS, for the log.
func (p proof) by() string {
	switch {
	case p.dane:
		return "DANE"
	case p.name:
		return "the domain's MTA-STS policy"
	}
	return "delivery.relay_tls"
}

// check gives what looks at the server's certificate, nil where nothing has
// to be looked at.
func (p proof) check(host string, roots *x509.CertPool, log *slog.Logger) func(tls.ConnectionState) error {
	if !p.name && !p.trial && len(p.tlsa) == 0 {
		return nil
	}
	return func(s tls.ConnectionState) error {
		if len(p.tlsa) > 0 {
			if err := matchTLSA(p.tlsa, host, s.PeerCertificates, time.Now()); err != nil {
				return err
			}
		}
		if !p.name && !p.trial {
			return nil
		}
		err := proveName(host, roots, s.PeerCertificates)
		if err != nil && !p.name {
			log.Info("MTA-STS in testing: with its policy enforced nothing would be sent there", "host", host, "err", err)
			return nil
		}
		return err
	}
}

// proveName verifies a chain as the web does.
func proveName(host string, roots *x509.CertPool, chain []*x509.Certificate) error {
	if len(chain) == 0 {
		return errors.New("the server showed no certificate")
	}
	_, err := chain[0].Verify(x509.VerifyOptions{DNSName: host, Roots: roots, Intermediates: poolOf(chain[1:])})
	return err
}

func poolOf(certs []*x509.Certificate) *x509.CertPool {
	pool := x509.NewCertPool()
	for _, c := range certs {
		pool.AddCert(c)
	}
	return pool
}

// The fields of a TLSA record (RFC 6698 section 2.1).
const (
	usageTA = 2 // a certificate authority of the domain's own
	usageEE = 3 // the server's certificate or key itself
)

// usableTLSA gives the records that RFC 7672 section 3.1 lets a mail server
// use.
func usableTLSA(all []*dns.TLSA) []*dns.TLSA {
	var out []*dns.TLSA
	for _, r := range all {
		if (r.Usage == usageTA || r.Usage == usageEE) && r.Selector <= 1 && r.MatchingType <= 2 && r.Certificate != "" {
			out = append(out, r)
		}
	}
	return out
}

// matchTLSA tells whether one of the records vouches for the chain. For
// usage 3 the key alone counts, neither name nor dates (RFC 7672 3.1.1); for
// usage 2 the chain must lead to the named authority and prove the name.
func matchTLSA(records []*dns.TLSA, host string, chain []*x509.Certificate, now time.Time) error {
	if len(chain) == 0 {
		return errors.New("DANE: the server showed no certificate")
	}
	var why error
	for _, r := range records {
		if r.Usage == usageEE {
			if r.Verify(chain[0]) == nil {
				return nil
			}
			continue
		}
		for _, authority := range chain {
			if r.Verify(authority) != nil {
				continue
			}
			_, err := chain[0].Verify(x509.VerifyOptions{DNSName: host, Roots: poolOf([]*x509.Certificate{authority}), Intermediates: poolOf(chain[1:]), CurrentTime: now})
			if err == nil {
				return nil
			}
			why = err
		}
	}
	if why != nil {
		return fmt.Errorf("DANE: %w", why)
	}
	return fmt.Errorf("DANE: no TLSA record of %s vouches for its certificate", host)
}
