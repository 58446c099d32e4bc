package main

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"fmt"
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
// ed25519, both. It gives their files too.
func (b *bed) signBy(which string) (keys []crypto.Signer, files []string, err error) {
	if which == "none" {
		return nil, nil, nil
	}
	all, err := keyring.New("bench")
	if err != nil {
		return nil, nil, err
	}
	for i, name := range []string{"rsa", "ed25519"} {
		if which != name && which != "both" {
			continue
		}
		der, err := x509.MarshalPKCS8PrivateKey(all[i].Private)
		if err != nil {
			return nil, nil, err
		}
		file := filepath.Join(b.dir, name+".pem")
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
			return nil, nil, err
		}
		keys, files = append(keys, all[i].Private), append(files, file)
	}
	b.env = append(b.env, "PLENARY_DKIM_SELECTOR=bench", "PLENARY_DKIM_KEYS="+strings.Join(files, ","))
	return keys, files, nil
}

// readKey reads what signBy wrote.
func readKey(file string) (crypto.Signer, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("%s holds no key", file)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("%s: a %T signs nothing", file, key)
	}
	return signer, nil
}

// bareSignatures is how often all cores, doing nothing else, can sign by all
// of the keys in a second, and the processor time that each takes.
func bareSignatures(ctx context.Context, keys []crypto.Signer) (rate, micros float64) {
	const long = 2 * time.Second
	sum := sha256.Sum256([]byte("bench"))
	ctx, cancel := context.WithTimeout(ctx, long)
	defer cancel()
	var made atomic.Int64
	var cores sync.WaitGroup
	began, used := time.Now(), cpuOf(os.Getpid())
	for range runtime.GOMAXPROCS(0) {
		cores.Go(func() {
			for ctx.Err() == nil {
				signAll(keys, sum[:])
				made.Add(1)
			}
		})
	}
	cores.Wait()
	n := float64(made.Load())
	return n / seconds(time.Since(began)), float64((cpuOf(os.Getpid()) - used).Microseconds()) / n
}

// signAll signs a sum by all of the keys.
func signAll(keys []crypto.Signer, sum []byte) (last []byte) {
	for _, k := range keys {
		how := crypto.SHA256
		if _, ok := k.(ed25519.PrivateKey); ok {
			how = 0
		}
		last, _ = k.Sign(rand.Reader, sum, how) // keys that were just made sign
	}
	return last
}
