package deliver_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"

	"plenary/lists"
	"plenary/lists/store/redistest"
	"plenary/smtp/deliver/sink"
)

// certificateFor makes a certificate for names, signed by itself, and the
// roots that prove it.
func certificateFor(t *testing.T, names ...string) (*tls.Config, *x509.CertPool, *x509.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), DNSNames: names, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
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
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, roots, parsed
}

// delivered tells what came of a post to three members of example.com whose
// one exchanger is the sink, under a zone and a configuration.
func delivered(t *testing.T, s *sink.Sink, server string, change func(*options)) (mails []sink.Mail, reply string) {
	t.Helper()
	rdb, f := redistest.Mini(t), family{n: 3, domain: func(lists.Number) string { return "example.com" }}
	_, port, _ := net.SplitHostPort(s.Addr())
	n := start(t, rdb, f, func(o *options) {
		o.deliver.Resolver = server
		o.deliver.Port, _ = strconv.Atoi(port)
		change(o)
	})
	plan(t, rdb, f, "p1")
	soon(t, "it is sent or put off", func() bool {
		ctx := context.Background()
		return rdb.ZCard(ctx, "{f:dc}:q:posts").Val() == 0 || rdb.ZCard(ctx, "{f:dc}:q:due").Val() == 1
	})
	all, err := n.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(all) > 0 {
		reply = all[0].LastReply
	}
	return s.Mails(), reply
}

// MTA-STS (RFC 8461): what a domain's policy asks of its servers' TLS is kept
// to; a domain without one is opportunistic.
func TestMTASTS(t *testing.T) {
	right, roots, _ := certificateFor(t, "mx.example.com", "mta-sts.example.com")
	wrong, _, _ := certificateFor(t, "mx.example.com")
	policy := func(mode, mx string) string {
		return "version: STSv1\r\nmode: " + mode + "\r\nmx: " + mx + "\r\nmax_age: 86400\r\n"
	}
	for _, c := range []struct {
		name   string
		text   string      // of the policy; "" the record says none
		cert   *tls.Config // of the mail server; nil: it has no STARTTLS
		answer func(http.ResponseWriter)
		off    bool
		tls    bool
		reply  string // why it is put off; "" it is not
	}{
		{name: "enforced", text: policy("enforce", "mx.example.com"), cert: right, tls: true},
		{name: "enforced, by a pattern", text: policy("enforce", "*.example.com"), cert: right, tls: true},
		{name: "enforced, unproven", text: policy("enforce", "mx.example.com"), cert: wrong, reply: "certificate"},
		{name: "enforced, STARTTLS stripped", text: policy("enforce", "mx.example.com"), reply: "the domain's MTA-STS policy requires it"},
		{name: "enforced, another MX", text: policy("enforce", "mx2.example.com"), cert: right, reply: "does not name mx.example.com"},
		{name: "testing, unproven", text: policy("testing", "mx.example.com"), cert: wrong, tls: true},
		{name: "testing, STARTTLS stripped", text: policy("testing", "mx.example.com")},
		{name: "none", text: "version: STSv1\nmode: none\nmax_age: 1\n", cert: wrong, tls: true},
		{name: "no record", cert: wrong, tls: true},
		{name: "not asked for", text: policy("enforce", "mx2.example.com"), cert: wrong, tls: true, off: true},
		{name: "redirected", text: "x", cert: wrong, tls: true, answer: func(w http.ResponseWriter) {
			w.Header().Set("Location", "https://mta-sts.example.com/other")
			w.WriteHeader(http.StatusMovedPermanently)
		}},
		{name: "not found", text: "x", cert: wrong, tls: true, answer: func(w http.ResponseWriter) { w.WriteHeader(http.StatusNotFound) }},
		{name: "without end", text: "x", cert: wrong, tls: true, answer: func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/plain")
			fmt.Fprint(w, policy("enforce", "mx2.example.com"), strings.Repeat("x: y\r\n", 1<<18))
		}},
		{name: "as HTML", text: "x", cert: wrong, tls: true, answer: func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, policy("enforce", "mx2.example.com"))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			web := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if c.answer != nil && r.URL.Path == "/.well-known/mta-sts.txt" {
					c.answer(w)
					return
				}
				w.Header().Set("Content-Type", "text/plain; charset=utf-8")
				fmt.Fprint(w, c.text)
			}))
			web.TLS = right
			web.StartTLS()
			t.Cleanup(web.Close)
			zone := "example.com. 300 IN MX 10 mx.example.com.\nmx.example.com. 300 IN A 127.0.0.1\nmta-sts.example.com. 300 IN A 127.0.0.1\n"
			if c.text != "" {
				zone += "_mta-sts.example.com. 300 IN TXT \"v=STSv1; id=1\"\n"
			}
			server, _ := nameServer(t, zone)
			mails, reply := delivered(t, newSink(t, sink.Options{Keep: true, TLS: c.cert}), server, func(o *options) {
				o.deliver.MTASTS, o.deliver.TLS = !c.off, clientTLS(roots)
				_, port, _ := net.SplitHostPort(web.Listener.Addr().String())
				o.deliver.PolicyPort, _ = strconv.Atoi(port)
			})
			if c.reply != "" {
				if len(mails) > 0 || !strings.Contains(reply, c.reply) {
					t.Errorf("%d mails, %q", len(mails), reply)
				}
				return
			}
			if len(mails) != 3 || mails[0].TLS != c.tls {
				t.Errorf("%d mails, %q", len(mails), reply)
			}
		})
	}
}

// A policy is fetched once for as long as it says, and stands when its
// server is gone.
func TestPolicyIsKept(t *testing.T) {
	right, roots, _ := certificateFor(t, "mx.example.com", "mta-sts.example.com")
	var asked atomic.Int32
	web := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) > 1 {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprint(w, "version: STSv1\nmode: enforce\nmx: mx.example.com\nmax_age: 86400\n")
	}))
	web.TLS = right
	web.StartTLS()
	t.Cleanup(web.Close)
	server, _ := nameServer(t, "example.com. 1 IN MX 10 mx.example.com.\nmx.example.com. 1 IN A 127.0.0.1\nmta-sts.example.com. 1 IN A 127.0.0.1\n_mta-sts.example.com. 1 IN TXT \"v=STSv1; id=1\"\n")
	s := newSink(t, sink.Options{Keep: true, TLS: right, Lie: at(sink.Dot, sink.Lie{Reply: "421 4.3.2 later\r\n", Close: true, Lost: true})})
	rdb, f := redistest.Mini(t), family{n: 1, domain: func(lists.Number) string { return "example.com" }}
	start(t, rdb, f, func(o *options) {
		o.deliver.Resolver, o.deliver.MTASTS, o.deliver.TLS = server, true, clientTLS(roots)
		_, port, _ := net.SplitHostPort(s.Addr())
		o.deliver.Port, _ = strconv.Atoi(port)
		_, port, _ = net.SplitHostPort(web.Listener.Addr().String())
		o.deliver.PolicyPort, _ = strconv.Atoi(port)
		o.queue.Retry.First, o.queue.Retry.Most = 1, 1
	})
	plan(t, rdb, f, "p1")
	soon(t, "it is tried several times", func() bool { return s.Counts().Conns >= 2 })
	if n := asked.Load(); n != 1 {
		t.Errorf("the policy was fetched %d times", n)
	}
}

// DANE (RFC 7672): TLSA records that the resolver vouches for are kept to;
// without its word they are no more than any other answer.
func TestDANE(t *testing.T) {
	cert, _, leaf := certificateFor(t, "mx.example.com")
	other, _, _ := certificateFor(t, "mx.example.com")
	ee := &dns.TLSA{}
	if err := ee.Sign(3, 1, 1, leaf); err != nil {
		t.Fatal(err)
	}
	tlsa := fmt.Sprintf("3 1 1 %s", ee.Certificate)
	for _, c := range []struct {
		name   string
		cert   *tls.Config
		record string
		plain  bool // the resolver vouches for nothing
		off    bool
		tls    bool
		reply  string
		fails  uint16 // the type of record that can't be looked up
	}{
		{name: "the right key", cert: cert, record: tlsa, tls: true},
		{name: "another key, no answer for AAAA", cert: other, record: tlsa, fails: dns.TypeAAAA, reply: "no TLSA record of mx.example.com vouches"},
		{name: "the right key, no answer for AAAA", cert: cert, record: tlsa, fails: dns.TypeAAAA, tls: true},
		{name: "unsigned, no answer for AAAA", cert: other, record: tlsa, plain: true, fails: dns.TypeAAAA, tls: true},
		{name: "another key", cert: other, record: tlsa, reply: "no TLSA record of mx.example.com vouches"},
		{name: "STARTTLS stripped", record: tlsa, reply: "DANE requires it"},
		{name: "no record", cert: other, tls: true},
		{name: "none that can be used", cert: other, record: "1 0 1 " + ee.Certificate, tls: true},
		{name: "none that can be used, stripped", record: "1 0 1 " + ee.Certificate, reply: "DANE requires it"},
		{name: "unsigned", cert: other, record: tlsa, plain: true, tls: true},
		{name: "not asked for", cert: other, record: tlsa, off: true, tls: true},
		{name: "the record can't be looked up", cert: cert, record: tlsa, fails: dns.TypeTLSA, reply: "SERVFAIL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSink(t, sink.Options{Keep: true, TLS: c.cert})
			_, port, _ := net.SplitHostPort(s.Addr())
			zone := "example.com. 300 IN MX 10 mx.example.com.\nmx.example.com. 300 IN A 127.0.0.1\n"
			if c.record != "" {
				zone += fmt.Sprintf("_%s._tcp.mx.example.com. 300 IN TLSA %s\n", port, c.record)
			}
			server := signedServer(t, zone, !c.plain, c.fails)
			mails, reply := delivered(t, s, server, func(o *options) { o.deliver.DANE = !c.off })
			if c.reply != "" {
				if len(mails) > 0 || !strings.Contains(reply, c.reply) {
					t.Errorf("%d mails, %q", len(mails), reply)
				}
				return
			}
			if len(mails) != 3 || mails[0].TLS != c.tls {
				t.Errorf("%d mails, %q", len(mails), reply)
			}
		})
	}
}

// signedServer answers from a zone as a resolver that validates does: with
// the AD bit where it is asked for and proven. Records of the type fails can't
// be looked up.
func signedServer(t *testing.T, zone string, proven bool, fails uint16) string {
	t.Helper()
	upstream, _ := nameServer(t, zone)
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &dns.Server{PacketConn: pc, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, m *dns.Msg) {
		r, _, err := new(dns.Client).Exchange(m, upstream)
		if err != nil {
			return
		}
		r.AuthenticatedData = proven && m.AuthenticatedData
		if fails != 0 && m.Question[0].Qtype == fails {
			r.Rcode, r.Answer = dns.RcodeServerFailure, nil
		}
		_ = w.WriteMsg(r)
	})}
	go func() { _ = s.ActivateAndServe() }()
	t.Cleanup(func() { _ = s.Shutdown() })
	return pc.LocalAddr().String()
}
