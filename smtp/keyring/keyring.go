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
	"cmp"
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
	"slices"
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
// that counts, and that others may verify mail by it.
func (r Record) Published(texts []string) bool { return r.Fault(texts) == "" }

// Fault is what is wrong with the TXT records at a key's name, "" where others
// verify by one of them.
func (r Record) Fault(texts []string) string {
	want := tag(r.Value, "p")
	fault := "is not that of the key in use"
	for _, text := range texts {
		if want == "" || tag(text, "p") != want {
			continue
		}
		switch v, k := tag(text, "v"), tag(text, "k"); {
		case v != "" && v != "DKIM1":
			fault = "is not of the version DKIM1 (v=)"
		case cmp.Or(k, "rsa") != tag(r.Value, "k"):
			fault = "is for another kind of key (k=)"
		case !allows(tag(text, "h"), "sha256"):
			fault = "does not allow SHA-256 (h=)"
		case !allows(tag(text, "s"), "email") && !allows(tag(text, "s"), "*"):
			fault = "is not for mail (s=)"
		default:
			return ""
		}
	}
	return fault
}

// OnTrial tells whether a key's record asks others not to rely on it (t=y).
func OnTrial(text string) bool {
	flags := tag(text, "t")
	return flags != "" && allows(flags, "y")
}

// allows tells whether a list with colons has a word; an absent one has any.
func allows(list, word string) bool {
	return list == "" || slices.Contains(strings.Split(list, ":"), word)
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
