package certify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"testing"
	"time"

	"plenary/lists/store/redistest"
	"plenary/smtp/certify/certifytest"
)

// TestACME: a certificate is got by HTTP-01, kept in Redis, and shown; a
// second server on the same Redis shows it without asking again.
func TestACME(t *testing.T) {
	db := redistest.New(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g, err := certifytest.New(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	roots := x509.NewCertPool()
	roots.AddCert(g.Certificate())
	host, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	made := func() (*ACME, chan error) {
		a, err := NewACME(ACMEConfig{Directory: g.URL + "/directory", Email: "root@example.org", Names: []string{"lists.plenary.test"},
			Host: host, Port: port, Roots: roots, Storage: &Redis{DB: db, Secret: "s", Now: time.Now}})
		if err != nil {
			t.Fatal(err)
		}
		events := make(chan error, 100)
		a.OnEvent(func(event, _ string, err error) {
			switch event {
			case "cert_obtained", "cert_failed":
				events <- err
			}
		})
		return a, events
	}
	a, events := made()
	server := &http.Server{Handler: a.Handler(http.NotFoundHandler())}
	go func() { _ = server.Serve(l) }()
	defer server.Close()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	select {
	case err := <-events:
		if err != nil {
			t.Fatalf("not got: %v", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("nothing came")
	}
	shows(t, a, g)
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}

	b, _ := made()
	ctx, cancel = context.WithCancel(context.Background())
	go func() { ended <- b.Run(ctx) }()
	defer func() { cancel(); <-ended }()
	shows(t, b, g)
	if given, faults := g.Given(); given != 1 || len(faults) > 0 {
		t.Errorf("%d certificates were given for two servers; faults %q", given, faults)
	}
}

// shows waits until handshakes show what g has signed: with the name it is for,
// without one, and with a name of ours that no certificate was asked for.
func shows(t *testing.T, a *ACME, g *certifytest.Giver) {
	t.Helper()
	for _, asked := range []string{"lists.plenary.test", "", "mx.plenary.test"} {
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) { // it is loaded in the background
			err := shown(a, g, asked)
			if err == nil {
				break
			}
			if time.Now().After(end) {
				t.Fatalf("asked for %q: no good certificate is shown: %v", asked, err)
			}
		}
	}
}

func shown(a *ACME, g *certifytest.Giver, asked string) error {
	near, far := net.Pipe()
	defer far.Close()
	go func() {
		_ = tls.Server(near, a.TLS()).Handshake()
		near.Close()
	}()
	client := tls.Client(far, &tls.Config{InsecureSkipVerify: true, ServerName: asked})
	if err := client.Handshake(); err != nil {
		return err
	}
	return g.Trusts(client.ConnectionState().PeerCertificates, "lists.plenary.test")
}
