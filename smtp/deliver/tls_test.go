package deliver_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"plenary/lists/store/redistest"
	"plenary/smtp/deliver"
	"plenary/smtp/deliver/sink"
)

// certificate makes a certificate for localhost, and the roots that prove it.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, roots
}

// clientTLS proves names by the roots given.
func clientTLS(roots *x509.CertPool) *tls.Config {
	return &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
}

// How a relay is spoken to, and what is never said in clear.
func TestRelayTLSAndAuth(t *testing.T) {
	server, roots := certificate(t)
	for _, c := range []struct {
		name     string
		sink     sink.Options
		mode     deliver.TLSMode
		roots    *x509.CertPool
		user     string
		tls, got bool
		reply    string
	}{
		{name: "opportunistic", sink: sink.Options{TLS: server}, tls: true, got: true},
		{name: "opportunistic_stripped", sink: sink.Options{TLS: server, Without: []string{"STARTTLS"}}, got: true},
		{name: "opportunistic_refused", sink: sink.Options{TLS: server, Lie: func(at sink.Stage, _ int) *sink.Lie {
			if at == sink.StartTLS {
				return &sink.Lie{Reply: "220 go\r\n", Close: true}
			}
			return nil
		}}, got: true},
		{name: "off", sink: sink.Options{TLS: server}, mode: deliver.TLSOff, got: true},
		{name: "required", sink: sink.Options{TLS: server}, mode: deliver.TLSRequired, roots: roots, tls: true, got: true},
		{name: "required_stripped", sink: sink.Options{TLS: server, Without: []string{"STARTTLS"}}, mode: deliver.TLSRequired, roots: roots, reply: "does not offer STARTTLS"},
		{name: "required_unproven", sink: sink.Options{TLS: server}, mode: deliver.TLSRequired, reply: "certificate"},
		{name: "implicit", sink: sink.Options{TLS: server, Implicit: true}, mode: deliver.TLSImplicit, roots: roots, tls: true, got: true},
		{name: "injected_answer", sink: sink.Options{TLS: server, Lie: func(at sink.Stage, _ int) *sink.Lie {
			if at == sink.StartTLS {
				return &sink.Lie{Reply: "220 go\r\n250 injected\r\n", Close: true}
			}
			return nil
		}}, mode: deliver.TLSRequired, roots: roots, reply: "goes on in clear"},
		{name: "auth", sink: sink.Options{TLS: server, User: "dc", Pass: "s3cret"}, user: "dc", tls: true, got: true},
		{name: "auth_on_loopback_in_clear", sink: sink.Options{User: "dc", Pass: "s3cret"}, user: "dc", got: true},
		{name: "auth_refused", sink: sink.Options{TLS: server, User: "dc", Pass: "other"}, user: "dc", reply: "535 5.7.8"},
		{name: "auth_not_offered", sink: sink.Options{}, user: "dc", reply: "neither AUTH PLAIN nor LOGIN"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.sink.Keep = true
			s, rdb, f := newSink(t, c.sink), redistest.Mini(t), family{n: 3}
			n := start(t, rdb, f, func(o *options) {
				relay(s)(o)
				o.deliver.RelayTLS, o.deliver.RelayUser, o.deliver.RelayPassword = c.mode, c.user, "s3cret"
				o.deliver.RelayWait = time.Nanosecond
				o.deliver.TLS = clientTLS(c.roots)
			})
			plan(t, rdb, f, "p1")
			if !c.got {
				soon(t, "it is put off", func() bool { return rdb.ZCard(t.Context(), "{f:dc}:q:due").Val() == 1 })
				all, err := n.List(t.Context())
				if err != nil || len(all) != 3 || !strings.Contains(all[0].LastReply, c.reply) || s.Counts().Mails > 0 {
					t.Errorf("%+v, %v, %d mails", all, err, s.Counts().Mails)
				}
				return
			}
			settled(t, rdb)
			everyone(t, f, copies(s, "p1"), 0)
			for _, m := range s.Mails() {
				if m.TLS != c.tls || m.User != c.user {
					t.Errorf("TLS %v, user %q", m.TLS, m.User)
				}
			}
		})
	}
}
