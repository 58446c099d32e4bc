// Package certifytest is an ACME server (RFC 8555) for tests: accounts, orders,
// HTTP-01, and certificates of a root of its own, on loopback. It is strict where
// a client could cheat: every request is signed by its account's key (ES256) over
// a nonce that serves once and the address it goes to, and the answer to a
// challenge names that key.
package certifytest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"
)

// Giver is a running server; its directory is at URL + "/directory".
type Giver struct {
	*httptest.Server
	Root *x509.Certificate // of what it gives

	ask string // host and port where all names live
	key *ecdsa.PrivateKey

	mu     sync.Mutex
	nonces map[string]bool
	key1   *ecdsa.PublicKey // of the one account
	order  order
	given  int
	faults []string
}

// order is the one order under way.
type order struct {
	names []string
	valid bool // they were found to be the client's
	chain []byte
}

// New starts a giver that asks at this address whether names are the client's,
// whatever DNS says.
func New(ask string) (*Giver, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test giver"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	root, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	g := &Giver{ask: ask, key: key, Root: root, nonces: map[string]bool{}}
	g.Server = httptest.NewTLSServer(http.HandlerFunc(g.serve))
	return g, nil
}

// Roots are, in PEM, what clients know the server itself by.
func (g *Giver) Roots() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: g.Certificate().Raw})
}

// Trusts tells whether a chain's first certificate is of this giver, and for
// this host.
func (g *Giver) Trusts(chain []*x509.Certificate, host string) error {
	roots := x509.NewCertPool()
	roots.AddCert(g.Root)
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: roots, DNSName: host})
	return err
}

// Given is how many certificates were given, and Faults what requests were
// refused for.
func (g *Giver) Given() (n int, faults []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.given, append([]string(nil), g.faults...)
}

func (g *Giver) serve(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	nonce := rand.Text()
	g.nonces[nonce] = true
	w.Header().Set("Replay-Nonce", nonce)
	switch r.URL.Path {
	case "/directory":
		say(w, 200, map[string]string{"newNonce": g.URL + "/nonce", "newAccount": g.URL + "/account", "newOrder": g.URL + "/order"})
		return
	case "/nonce":
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	var payload []byte
	if err == nil {
		payload, err = g.signed(r, body)
	}
	if err == nil {
		err = g.do(w, r.URL.Path, payload)
	}
	if err != nil {
		g.faults = append(g.faults, r.URL.Path+": "+err.Error())
		say(w, 400, map[string]string{"type": "urn:ietf:params:acme:error:malformed", "detail": err.Error()})
	}
}

func say(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// do answers a request that its account has signed.
func (g *Giver) do(w http.ResponseWriter, path string, payload []byte) error {
	switch path {
	case "/account":
		w.Header().Set("Location", g.URL+"/account/1")
		say(w, 201, map[string]string{"status": "valid"})
	case "/order":
		var o struct{ Identifiers []struct{ Value string } }
		if err := json.Unmarshal(payload, &o); err != nil || len(o.Identifiers) == 0 {
			return fmt.Errorf("an order without names: %v", err)
		}
		g.order = order{}
		for _, id := range o.Identifiers {
			g.order.names = append(g.order.names, id.Value)
		}
		w.Header().Set("Location", g.URL+"/order/1")
		say(w, 201, g.ordered())
	case "/order/1":
		say(w, 200, g.ordered())
	case "/authz":
		say(w, 200, map[string]any{"status": g.status(), "identifier": map[string]string{"type": "dns", "value": g.order.names[0]}, "challenges": []any{g.challenge()}})
	case "/challenge":
		if err := g.asked(); err != nil {
			return err
		}
		g.order.valid = true
		say(w, 200, g.challenge())
	case "/finalize":
		var f struct{ CSR string }
		if err := json.Unmarshal(payload, &f); err != nil {
			return err
		}
		if err := g.sign(f.CSR); err != nil {
			return err
		}
		say(w, 200, g.ordered())
	case "/cert":
		w.Header().Set("Content-Type", "application/pem-certificate-chain")
		_, _ = w.Write(g.order.chain)
	default:
		return fmt.Errorf("no such resource")
	}
	return nil
}

func (g *Giver) status() string {
	if g.order.valid {
		return "valid"
	}
	return "pending"
}

func (g *Giver) ordered() any {
	status := "pending"
	var ids []any
	for _, n := range g.order.names {
		ids = append(ids, map[string]string{"type": "dns", "value": n})
	}
	o := map[string]any{"identifiers": ids, "authorizations": []string{g.URL + "/authz"}, "finalize": g.URL + "/finalize"}
	if g.order.valid {
		status = "ready"
	}
	if g.order.chain != nil {
		status, o["certificate"] = "valid", g.URL+"/cert"
	}
	o["status"] = status
	return o
}

const challengeToken = "the-token-of-the-test"

func (g *Giver) challenge() any {
	return map[string]string{"type": "http-01", "url": g.URL + "/challenge", "token": challengeToken, "status": g.status()}
}

// asked fetches the answer to the challenge: the token and the account's key
// (RFC 8555 8.1, 8.3).
func (g *Giver) asked() error {
	req, err := http.NewRequest("GET", "http://"+g.ask+"/.well-known/acme-challenge/"+challengeToken, nil)
	if err != nil {
		return err
	}
	req.Host = g.order.names[0]
	client := http.Client{Timeout: 20 * time.Second}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 1<<10))
	if want := challengeToken + "." + thumbprint(g.key1); err != nil || res.StatusCode != 200 || string(text) != want {
		return fmt.Errorf("the answer to the challenge is %d %q, not %q: %v", res.StatusCode, text, want, err)
	}
	return nil
}

// sign gives the certificate that a request asks for.
func (g *Giver) sign(csr string) error {
	der, err := base64.RawURLEncoding.DecodeString(csr)
	if err != nil {
		return err
	}
	req, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return err
	}
	if err := req.CheckSignature(); err != nil {
		return err
	}
	if !g.order.valid || fmt.Sprint(req.DNSNames) != fmt.Sprint(g.order.names) {
		return fmt.Errorf("a request for %v, of an order for %v", req.DNSNames, g.order.names)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(int64(100 + g.given)), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(12 * time.Hour), DNSNames: req.DNSNames,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	made, err := x509.CreateCertificate(rand.Reader, c, g.Root, req.PublicKey, g.key)
	if err != nil {
		return err
	}
	g.given++
	for _, der := range [][]byte{made, g.Root.Raw} {
		g.order.chain = append(g.order.chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return nil
}
