package certify

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// pair makes a certificate for a host, and its key, in PEM.
func pair(t *testing.T, host string) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: serial, NotAfter: time.Now().Add(time.Hour), DNSNames: []string{host}}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: raw})
}

// TestFilesAreReadAgain: new files are shown without a word to anybody; while
// only one of the two is new, or what stands there is none, the old one is.
func TestFilesAreReadAgain(t *testing.T) {
	dir := t.TempDir()
	crt, key := filepath.Join(dir, "c.pem"), filepath.Join(dir, "k.pem")
	now := time.Now()
	var stamp time.Duration
	write := func(name string, data []byte) {
		t.Helper()
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		stamp += time.Second // a file system may have coarse clocks
		if err := os.Chtimes(name, now.Add(stamp), now.Add(stamp)); err != nil {
			t.Fatal(err)
		}
	}
	oldCert, oldKey := pair(t, "old.example")
	write(crt, oldCert)
	write(key, oldKey)
	var said bytes.Buffer
	f, err := OpenFiles(crt, key, func() time.Time { return now }, slog.New(slog.NewTextHandler(&said, nil)))
	if err != nil {
		t.Fatal(err)
	}
	shown := func() string {
		now = now.Add(lookEvery)
		c, err := f.TLS().GetCertificate(nil)
		if err != nil {
			t.Fatal(err)
		}
		return c.Leaf.DNSNames[0]
	}
	if got := shown(); got != "old.example" {
		t.Errorf("shows %s", got)
	}
	newCert, newKey := pair(t, "new.example")
	write(crt, newCert)
	if got := shown(); got != "old.example" || !bytes.Contains(said.Bytes(), []byte("still shown")) {
		t.Errorf("between the two files it shows %s, and says %s", got, said.String())
	}
	write(key, newKey)
	if got := shown(); got != "new.example" {
		t.Errorf("shows %s", got)
	}
	write(crt, []byte("no certificate"))
	if got := shown(); got != "new.example" {
		t.Errorf("shows %s", got)
	}
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	if got := shown(); got != "new.example" {
		t.Errorf("shows %s", got)
	}
	if _, err := OpenFiles(crt, key, time.Now, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("no key is no error")
	}
}
