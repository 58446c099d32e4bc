package deliver

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// issue makes a certificate for a host, signed by the parent or itself.
func issue(t *testing.T, host string, until time.Time, parent *x509.Certificate, parentKey *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: until, IsCA: parent == nil, BasicConstraintsValid: true}
	if parent == nil {
		parent, parentKey = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	out, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return out, key
}

func record(t *testing.T, usage, selector, matching int, c *x509.Certificate) *dns.TLSA {
	t.Helper()
	r := &dns.TLSA{}
	if err := r.Sign(usage, selector, matching, c); err != nil {
		t.Fatal(err)
	}
	return r
}

// What TLSA records vouch for (RFC 7672 section 3).
func TestMatchTLSA(t *testing.T) {
	later := time.Now().Add(time.Hour)
	ca, caKey := issue(t, "ca.example", later, nil, nil)
	leaf, _ := issue(t, "mx.example", later, ca, caKey)
	old, _ := issue(t, "mx.example", time.Now().Add(-time.Hour), ca, caKey)
	alien, _ := issue(t, "mx.example", later, nil, nil)
	for _, c := range []struct {
		name    string
		records []*dns.TLSA
		host    string
		chain   []*x509.Certificate
		want    string // of the error; "" none
	}{
		{"the key itself", []*dns.TLSA{record(t, 3, 1, 1, leaf)}, "mx.example", []*x509.Certificate{leaf}, ""},
		{"the certificate itself, by another name", []*dns.TLSA{record(t, 3, 0, 2, leaf)}, "other.example", []*x509.Certificate{leaf}, ""},
		{"out of date, by its key", []*dns.TLSA{record(t, 3, 1, 1, old)}, "mx.example", []*x509.Certificate{old}, ""},
		{"the second record", []*dns.TLSA{record(t, 3, 1, 1, alien), record(t, 3, 1, 0, leaf)}, "mx.example", []*x509.Certificate{leaf}, ""},
		{"another key", []*dns.TLSA{record(t, 3, 1, 1, leaf)}, "mx.example", []*x509.Certificate{alien}, "no TLSA record"},
		{"by its authority", []*dns.TLSA{record(t, 2, 0, 1, ca)}, "mx.example", []*x509.Certificate{leaf, ca}, ""},
		{"by its authority, another name", []*dns.TLSA{record(t, 2, 0, 1, ca)}, "other.example", []*x509.Certificate{leaf, ca}, "other.example"},
		{"by its authority, out of date", []*dns.TLSA{record(t, 2, 0, 1, ca)}, "mx.example", []*x509.Certificate{old, ca}, "expired"},
		{"an authority that did not sign", []*dns.TLSA{record(t, 2, 0, 1, ca)}, "mx.example", []*x509.Certificate{alien, ca}, "DANE"},
		{"no authority shown", []*dns.TLSA{record(t, 2, 0, 1, ca)}, "mx.example", []*x509.Certificate{leaf}, "no TLSA record"},
		{"no certificate", []*dns.TLSA{record(t, 3, 1, 1, leaf)}, "mx.example", nil, "no certificate"},
	} {
		err := matchTLSA(c.records, c.host, c.chain, time.Now())
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	usable := usableTLSA([]*dns.TLSA{record(t, 0, 0, 1, ca), record(t, 1, 0, 1, leaf), record(t, 2, 0, 1, ca), record(t, 3, 1, 1, leaf),
		{Usage: 3, Selector: 2, MatchingType: 1, Certificate: "00"}, {Usage: 3, Selector: 1, MatchingType: 9, Certificate: "00"}})
	if len(usable) != 2 {
		t.Errorf("%d records can be used, not 2: %v", len(usable), usable)
	}
}
