// Package keyring makes and keeps the keys that outgoing mail is signed with:
// an RSA-2048 key at selector S and an Ed25519 key at S-ed, in Redis for every
// server, or in files. What they sign is for others.
//
// In Redis they stand in one hash, {plenary}:dkim: a field for each selector,
// "current", which names the one in use, "before", the one it took the place
// of, and "published", since when its records are seen. A ring that was used
// before stays, so that a selector never stands for two keys. Where a secret is
// given, the keys are kept encrypted under it.
package keyring

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// bits is the length of RSA keys: longer ones do not fit everywhere, shorter
// ones count for less.
const bits = 2048

// Key is a private key and its selector.
type Key struct {
	Selector string
	Private  crypto.Signer // *rsa.PrivateKey or ed25519.PrivateKey
}

// Record is a TXT record by which others find a public key.
type Record struct{ Name, Value string }

var selectorForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?$`)

// CheckSelector tells what is wrong with a selector's name.
func CheckSelector(s string) error {
	if !selectorForm.MatchString(s) {
		return fmt.Errorf("%q is no selector: write letters a to z, digits and hyphens, as p2026", s)
	}
	return nil
}

// New makes the keys of a selector.
func New(selector string) ([]Key, error) {
	if err := CheckSelector(selector); err != nil {
		return nil, err
	}
	r, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return nil, fmt.Errorf("make an RSA key: %w", err)
	}
	_, e, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make an Ed25519 key: %w", err)
	}
	return []Key{{selector, r}, {selector + "-ed", e}}, nil
}

// Read reads a key from PEM: PKCS #8, or an RSA key in PKCS #1. An RSA key is
// the selector's, an Ed25519 key that of selector-ed.
func Read(text []byte, selector string) (Key, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return Key{}, errors.New("there is no key in PEM in it")
	}
	if private, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return of(private, selector)
	}
	private, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return Key{}, fmt.Errorf("it is no private key: %w", err)
	}
	return of(private, selector)
}

func of(private any, selector string) (Key, error) {
	switch k := private.(type) {
	case *rsa.PrivateKey:
		if k.N.BitLen() < 1024 {
			return Key{}, errors.New("an RSA key needs 1024 bits, better 2048")
		}
		return Key{selector, k}, nil
	case ed25519.PrivateKey:
		return Key{selector + "-ed", k}, nil
	}
	return Key{}, errors.New("it is neither an RSA nor an Ed25519 key")
}

// RecordOf is the record for a key that signs for a domain.
func RecordOf(k Key, domain string) Record {
	r := Record{Name: k.Selector + "._domainkey." + domain}
	switch public := k.Private.Public().(type) {
	case ed25519.PublicKey:
		r.Value = "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)
	case *rsa.PublicKey:
		der, err := x509.MarshalPKIXPublicKey(public)
		if err != nil {
			return Record{} // no RSA key that was made or read is one
		}
		r.Value = "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der)
	}
	return r
}

// Published tells whether one of the TXT records at a key's name is its
// record: whatever the blanks, the order and the further tags, it is the key
// that counts.
func (r Record) Published(texts []string) bool {
	want := tag(r.Value, "p")
	for _, text := range texts {
		if want != "" && tag(text, "p") == want {
			return true
		}
	}
	return false
}

// tag is the value of a tag without blanks, "" where there is none.
func tag(text, name string) string {
	for part := range strings.SplitSeq(text, ";") {
		if n, value, ok := strings.Cut(part, "="); ok && strings.TrimSpace(n) == name {
			return strings.Join(strings.Fields(value), "")
		}
	}
	return ""
}
