package certify

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
	"strings"
	"sync"
	"testing"
	"time"
)

// giver is as much of an ACME server (RFC 8555) as a client needs: it asks by
// HTTP-01 where the test says, and signs. It takes any signature for good.
type giver struct {
	*httptest.Server
	t     *testing.T
	ask   string // host and port where all names live
	key   *ecdsa.PrivateKey
	root  *x509.Certificate
	mu    sync.Mutex
	names []string
	valid bool
	chain []byte
	given int
}

func newGiver(t *testing.T, ask string) *giver {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test giver"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	root, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	g := &giver{t: t, ask: ask, key: key, root: root}
	g.Server = httptest.NewTLSServer(http.HandlerFunc(g.serve))
	t.Cleanup(g.Close)
	return g
}

func (g *giver) serve(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	w.Header().Set("Replay-Nonce", rand.Text())
	var signed struct{ Payload string }
	raw, _ := io.ReadAll(r.Body)
	_ = json.Unmarshal(raw, &signed) // GET and HEAD have none
	payload, _ := base64.RawURLEncoding.DecodeString(signed.Payload)
	say := func(status int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	order := func() any {
		status := "pending"
		var ids []any
		for _, n := range g.names {
			ids = append(ids, map[string]string{"type": "dns", "value": n})
		}
		o := map[string]any{"identifiers": ids, "authorizations": []string{g.URL + "/authz"}, "finalize": g.URL + "/finalize"}
		if g.valid {
			status = "ready"
		}
		if g.chain != nil {
			status, o["certificate"] = "valid", g.URL+"/cert"
		}
		o["status"] = status
		return o
	}
	challenge := func() any {
		status := "pending"
		if g.valid {
			status = "valid"
		}
		return map[string]string{"type": "http-01", "url": g.URL + "/challenge", "token": "the-token-of-the-test", "status": status}
	}
	switch r.URL.Path {
	case "/directory":
		say(200, map[string]string{"newNonce": g.URL + "/nonce", "newAccount": g.URL + "/account", "newOrder": g.URL + "/order"})
	case "/nonce":
	case "/account":
		w.Header().Set("Location", g.URL+"/account/1")
		say(201, map[string]string{"status": "valid"})
	case "/order":
		var o struct{ Identifiers []struct{ Value string } }
		_ = json.Unmarshal(payload, &o)
		g.names, g.valid, g.chain = nil, false, nil
		for _, id := range o.Identifiers {
			g.names = append(g.names, id.Value)
		}
		w.Header().Set("Location", g.URL+"/order/1")
		say(201, order())
	case "/order/1":
		say(200, order())
	case "/authz":
		status := "pending"
		if g.valid {
			status = "valid"
		}
		say(200, map[string]any{"status": status, "identifier": map[string]string{"type": "dns", "value": g.names[0]}, "challenges": []any{challenge()}})
	case "/challenge":
		g.valid = g.asked()
		say(200, challenge())
	case "/finalize":
		var f struct{ CSR string }
		_ = json.Unmarshal(payload, &f)
		g.sign(f.CSR)
		say(200, order())
	case "/cert":
		w.Header().Set("Content-Type", "application/pem-certificate-chain")
		_, _ = w.Write(g.chain)
	default:
		http.NotFound(w, r)
	}
}

// asked fetches the answer to the challenge, as the standard has it.
func (g *giver) asked() bool {
	req, err := http.NewRequest("GET", "http://"+g.ask+"/.well-known/acme-challenge/the-token-of-the-test", nil)
	if err != nil {
		return false
	}
	req.Host = g.names[0]
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		g.t.Logf("the challenge: %v", err)
		return false
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	return res.StatusCode == 200 && strings.HasPrefix(string(text), "the-token-of-the-test.")
}

func (g *giver) sign(csr string) {
	der, err := base64.RawURLEncoding.DecodeString(csr)
	if err != nil {
		return
	}
	req, err := x509.ParseCertificateRequest(der)
	if err != nil || req.CheckSignature() != nil || fmt.Sprint(req.DNSNames) != fmt.Sprint(g.names) {
		return
	}
	g.given++
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(int64(100 + g.given)), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(12 * time.Hour), DNSNames: req.DNSNames,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	made, err := x509.CreateCertificate(rand.Reader, tmpl, g.root, req.PublicKey, g.key)
	if err != nil {
		return
	}
	g.chain = append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: made}), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: g.root.Raw})...)
}
