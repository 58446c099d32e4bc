package collect_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"plenary/smtp/collect"
)

// TestTLS: STARTTLS and TLS from the start; a certificate that is not trusted
// gets no password.
func TestTLS(t *testing.T) {
	p := newPost(t, imap.CapMove)
	secure := newBetween(t, p.addr, func(_ int, _ bool, octets []byte) ([]byte, bool) { return octets, true })
	front := tlsFront(t, secure.addr)
	for how, addr := range map[string]string{collect.StartTLS: p.addr, collect.ImplicitTLS: front} {
		b := newInbox()
		log := &lines{}
		stop := start(t, config(addr, func(c *collect.Config) { c.TLS, c.Log = how, log.logger() }), b)
		eventually(t, "an unknown certificate is refused", func() bool { return log.count("certificate") > 0 })
		stop()
		p.deliver(note("dc@lists.example.org", 1))
		stop = start(t, config(addr, func(c *collect.Config) {
			c.TLS, c.TLSConfig = how, &tls.Config{RootCAs: certificate().roots, ServerName: "mail.example"}
		}), b)
		b.await(t, "it is taken", has(1))
		stop()
	}
}

// tlsFront ends TLS before a server.
func tlsFront(t *testing.T, to string) string {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", serverTLS(t))
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	t.Cleanup(func() { l.Close(); all.Wait() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s, err := net.Dial("tcp", to)
			if err != nil {
				c.Close()
				continue
			}
			all.Add(2)
			for _, way := range [][2]net.Conn{{c, s}, {s, c}} {
				go func() {
					defer all.Done()
					_, _ = io.Copy(way[0], way[1])
					c.Close()
					s.Close()
				}()
			}
		}
	}()
	return l.Addr().String()
}

type identity struct {
	cert  tls.Certificate
	roots *x509.CertPool
}

var certificate = sync.OnceValue(func() identity {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		DNSNames: []string{"mail.example"}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return identity{tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots}
})

func serverTLS(t testing.TB) *tls.Config {
	t.Helper()
	return &tls.Config{Certificates: []tls.Certificate{certificate().cert}}
}
