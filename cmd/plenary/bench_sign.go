package main

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"plenary/smtp/keyring"
)

// signBy gives the server that will be started keys to sign with: none, rsa,
// ed25519, both.
func (b *bed) signBy(which string) (keys []keyring.Key, err error) {
	if which == "none" {
		return nil, nil
	}
	all, err := keyring.New("bench")
	if err != nil {
		return nil, err
	}
	var files []string
	for i, name := range []string{"rsa", "ed25519"} {
		if which != name && which != "both" {
			continue
		}
		der, err := x509.MarshalPKCS8PrivateKey(all[i].Private)
		if err != nil {
			return nil, err
		}
		file := filepath.Join(b.dir, name+".pem")
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
			return nil, err
		}
		keys, files = append(keys, all[i]), append(files, file)
	}
	b.env = append(b.env, "PLENARY_DKIM_SELECTOR=bench", "PLENARY_DKIM_KEYS="+strings.Join(files, ","))
	return keys, nil
}

// bareSignatures is how often all cores, doing nothing else, can sign by all
// of the keys in a second.
func bareSignatures(ctx context.Context, keys []keyring.Key) float64 {
	const long = 2 * time.Second
	sum := sha256.Sum256([]byte("bench"))
	ctx, cancel := context.WithTimeout(ctx, long)
	defer cancel()
	var made atomic.Int64
	var cores sync.WaitGroup
	began := time.Now()
	for range runtime.GOMAXPROCS(0) {
		cores.Go(func() {
			for ctx.Err() == nil {
				for _, k := range keys {
					how := crypto.SHA256
					if _, ok := k.Private.(ed25519.PrivateKey); ok {
						how = 0
					}
					_, _ = k.Private.Sign(rand.Reader, sum[:], how) // keys that were just made sign
				}
				made.Add(1)
			}
		})
	}
	cores.Wait()
	return float64(made.Load()) / seconds(time.Since(began))
}
