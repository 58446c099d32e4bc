package redisopen

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists/store/redistest"
)

// Each form of address is opened on the real thing.

func TestOpensACluster(t *testing.T) {
	nodes := redistest.StartCluster(t)
	c, err := Open(t.Context(), Options{Address: nodes.URL(), Wait: time.Minute, Durable: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for i := range 30 { // some on each node
		if err := c.Set(t.Context(), fmt.Sprint("k", i), "v", 0).Err(); err != nil {
			t.Fatal(err)
		}
	}
	// One node's fault is found, whichever it is.
	one := nodes.Servers[2].Client(t)
	if err := one.ConfigSet(t.Context(), "appendfsync", "everysec").Err(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Options{Address: nodes.URL(), Wait: time.Minute, Durable: true}); err == nil || !strings.Contains(err.Error(), "appendfsync is everysec") {
		t.Error(err)
	}
}

// What a sentinel watches is followed to the server that takes over.
func TestFollowsASentinel(t *testing.T) {
	program, relaxed := redistest.Newer(), false
	if program == "" {
		program, relaxed = "redis-server", true // knows no WAITAOF: refused otherwise
		redistest.Start(t).Kill()               // skips, or fails in CI, where there is none at all
	}
	master, others := redistest.Replicated(t, program, 1)
	sentinel := redistest.Sentinel(t, program, master, 1)
	ctx := t.Context()
	c, err := Open(ctx, Options{Address: "redis+sentinel://" + sentinel + "/mymaster/0", Wait: time.Minute, Durable: true, Relaxed: relaxed})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Set(ctx, "before", "1", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if relaxed { // nothing waits for the replica here but the test
		if n, err := master.Client(t).(*redis.Client).Wait(ctx, 1, time.Minute).Result(); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	master.Kill()
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if err = c.Set(ctx, "after", "1", 0).Err(); err == nil {
			break
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
	for _, key := range []string{"before", "after"} {
		if got, err := others[0].Client(t).Get(ctx, key).Result(); got != "1" || err != nil {
			t.Errorf("%s on the new master: %q, %v", key, got, err)
		}
	}
	if _, err := Open(ctx, Options{Address: "redis+sentinel://" + sentinel + "/another/0", Wait: time.Millisecond}); err == nil {
		t.Error("a name that the sentinel does not know was opened")
	}
}

func TestOpensTLS(t *testing.T) {
	dir := t.TempDir()
	certify(t, dir)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	redistest.Start(t, "--tls-port", port, "--tls-auth-clients", "no", "--tls-cert-file", filepath.Join(dir, "cert.pem"),
		"--tls-key-file", filepath.Join(dir, "key.pem"), "--tls-ca-cert-file", filepath.Join(dir, "cert.pem"))
	t.Setenv("SSL_CERT_FILE", filepath.Join(dir, "cert.pem")) // read once, by the first to verify: nobody else does here
	c, err := Open(t.Context(), Options{Address: "rediss://127.0.0.1:" + port, Wait: time.Minute, Durable: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Set(t.Context(), "k", "v", 0).Err(); err != nil {
		t.Error(err)
	}
	// The certificate is not for this name: said at once, not after waiting.
	if _, err := Open(t.Context(), Options{Address: "rediss://localhost:" + port, Wait: time.Hour}); err == nil || !strings.Contains(err.Error(), "does not let us in") {
		t.Error(err)
	}
}

// certify writes a certificate for 127.0.0.1 and its key.
func certify(t *testing.T, dir string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "redis"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	cert, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: cert}, "key.pem": {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
