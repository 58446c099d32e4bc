// Package certify gets the certificates that all doors show: from files, read
// again when they change, or by ACME (RFC 8555), kept in Redis for every
// server. Which hosts they are for, and where files stand, is its caller's.
package certify

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// Files are a certificate and its key in PEM. Whoever renews them need tell
// nobody: a handshake soon after sees that they have changed. Make them by
// OpenFiles.
type Files struct {
	cert, key string
	now       func() time.Time
	log       *slog.Logger

	mu     sync.Mutex
	pair   *tls.Certificate
	stamp  string    // how the files looked when they were last read
	looked time.Time // when that was found out
}

// lookEvery is how often, at most, the files are looked at.
const lookEvery = 2 * time.Second

// OpenFiles reads both files.
func OpenFiles(cert, key string, now func() time.Time, log *slog.Logger) (*Files, error) {
	f := &Files{cert: cert, key: key, now: now, log: log, looked: now()}
	var err error
	if f.stamp, err = f.look(); err == nil {
		f.pair, err = f.read()
	}
	if err != nil {
		return nil, fmt.Errorf("read the certificate %s and its key %s: %w", cert, key, err)
	}
	return f, nil
}

// TLS is a configuration that shows what the files hold at each handshake.
func (f *Files) TLS() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return f.Certificate(), nil }}
}

// Certificate is the newest that could be read: where new files can't be, as
// between the writing of the two, the one before goes on.
func (f *Files) Certificate() *tls.Certificate {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	if since := now.Sub(f.looked); since >= 0 && since < lookEvery {
		return f.pair
	}
	f.looked = now
	stamp, err := f.look()
	if err == nil && stamp == f.stamp {
		return f.pair
	}
	var pair *tls.Certificate
	if err == nil {
		pair, err = f.read()
	}
	if err != nil {
		f.log.Warn("the certificate's files can't be read; the one before is still shown", "cert", f.cert, "key", f.key, "err", err)
		return f.pair
	}
	f.pair, f.stamp = pair, stamp
	f.log.Info("the certificate is read again", "cert", f.cert, "until", pair.Leaf.NotAfter)
	return f.pair
}

// look is how the files look from outside.
func (f *Files) look() (stamp string, err error) {
	for _, name := range []string{f.cert, f.key} {
		info, err := os.Stat(name)
		if err != nil {
			return "", err
		}
		stamp += fmt.Sprint(info.ModTime().UnixNano(), " ", info.Size(), "\n")
	}
	return stamp, nil
}

func (f *Files) read() (*tls.Certificate, error) {
	pair, err := tls.LoadX509KeyPair(f.cert, f.key)
	return &pair, err
}
