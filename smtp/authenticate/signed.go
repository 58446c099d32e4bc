package authenticate

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"strings"

	"plenary/smtp/message"
)

// tags are a tag=value list (RFC 6376 3.2), without blanks in values.
type tags map[string]string

func (t tags) has(name string) bool {
	_, ok := t[name]
	return ok
}

// readTags reads a list. A tag that stands twice, or without a value, makes
// it void.
func readTags(s string) (tags, error) {
	t := tags{}
	parts := strings.Split(s, ";")
	for i, part := range parts {
		name, value, ok := strings.Cut(part, "=")
		name = strings.TrimSpace(name)
		switch {
		case strings.TrimSpace(part) == "" && i == len(parts)-1:
			continue
		case !ok || !tagName(name):
			return nil, errors.New("no list of tags")
		case t.has(name):
			return nil, errors.New("a tag stands there twice")
		}
		t[name] = strings.Map(func(r rune) rune {
			if r == ' ' || r == '\t' || r == '\r' || r == '\n' {
				return -1
			}
			return r
		}, value)
	}
	return t, nil
}

// tagName tells whether s is ALPHA *ALNUMPUNC (RFC 6376 3.2).
func tagName(s string) bool {
	for i := 0; i < len(s); i++ {
		letter := 'a' <= s[i]|0x20 && s[i]|0x20 <= 'z'
		if !letter && (i == 0 || s[i] != '_' && (s[i] < '0' || s[i] > '9')) {
			return false
		}
	}
	return s != ""
}

func decode64(s string) ([]byte, bool) {
	b, err := base64.StdEncoding.DecodeString(s)
	return b, err == nil
}

// simpleField appends a field as it is (RFC 6376 3.4.1).
func simpleField(dst, raw []byte) []byte { return append(dst, raw...) }

// picked are the fields that h= names, each name's from the bottom up
// (RFC 6376 5.4.2).
func picked(fields []message.Field, names []string) [][]byte {
	below := map[string]int{} // where the last one of a name was found
	var raw [][]byte
	for _, name := range names {
		from, ok := below[name]
		if !ok {
			from = len(fields)
		}
		i := from - 1
		for ; i >= 0; i-- {
			if fields[i].Is(name) {
				raw = append(raw, fields[i].Raw)
				break
			}
		}
		below[name] = max(i, 0)
	}
	return raw
}

// emptied is a field with the value of its b= taken out.
func emptied(raw []byte) []byte {
	at := bytes.IndexByte(raw, ':') + 1
	for at < len(raw) {
		end := bytes.IndexByte(raw[at:], ';')
		if end < 0 {
			end = len(raw)
			for end > at && (raw[end-1] == '\r' || raw[end-1] == '\n') {
				end--
			}
		} else {
			end += at
		}
		name, _, ok := bytes.Cut(raw[at:end], []byte("="))
		if ok && string(bytes.TrimSpace(name)) == "b" {
			out := append([]byte(nil), raw[:at+len(name)+1]...)
			return append(out, raw[end:]...)
		}
		at = end + 1
	}
	return raw
}

// publicKey is a DKIM key as DNS has it (RFC 6376 3.6.1, RFC 8463).
type publicKey struct {
	rsa     *rsa.PublicKey
	ed25519 ed25519.PublicKey
}

// minKey is the shortest RSA key that counts, in bits (RFC 8301), and maxKey the
// longest: verifying by longer ones takes seconds.
const (
	minKey = 1024
	maxKey = 8192
)

// key looks a key up.
func (c *Checker) key(ctx context.Context, name string) (publicKey, *chainError) {
	texts, err := c.DNS.LookupTXT(ctx, name)
	switch {
	case isNotFound(err):
		return publicKey{}, broken("there is no key at %s", name)
	case err != nil:
		return publicKey{}, &chainError{"the key at " + name + " can't be looked up", true}
	case len(texts) != 1:
		return publicKey{}, broken("there are several keys at %s", name)
	}
	k, err := readKey(texts[0])
	if err != nil {
		return publicKey{}, broken("the key at %s: %v", name, err)
	}
	return k, nil
}

// readKey reads a key record.
func readKey(text string) (k publicKey, err error) {
	t, err := readTags(text)
	if err != nil {
		return k, err
	}
	if v, ok := t["v"]; ok && v != "DKIM1" {
		return k, errors.New("its version is not known")
	}
	if h, ok := t["h"]; ok && !listed(h, "sha256") {
		return k, errors.New("it is not for SHA-256")
	}
	if s, ok := t["s"]; ok && !listed(s, "*") && !listed(s, "email") {
		return k, errors.New("it is not for mail")
	}
	raw, ok := decode64(t["p"])
	if !ok || len(raw) == 0 {
		return k, errors.New("it is revoked, or broken")
	}
	switch t["k"] {
	case "", "rsa":
		any, err := x509.ParsePKIXPublicKey(raw)
		if err != nil {
			any, err = x509.ParsePKCS1PublicKey(raw)
		}
		k.rsa, ok = any.(*rsa.PublicKey)
		if err != nil || !ok || k.rsa.N.BitLen() < minKey || k.rsa.N.BitLen() > maxKey {
			return publicKey{}, errors.New("it is no RSA key of 1024 bits or more, 8192 at most")
		}
	case "ed25519":
		if len(raw) != ed25519.PublicKeySize {
			return k, errors.New("it is no Ed25519 key")
		}
		k.ed25519 = raw
	default:
		return k, errors.New("its kind is not known")
	}
	return k, nil
}

func listed(list, word string) bool {
	for _, s := range strings.Split(list, ":") {
		if strings.TrimSpace(s) == word {
			return true
		}
	}
	return false
}

func (k publicKey) verifies(algorithm string, sum, signature []byte) bool {
	switch {
	case algorithm == "rsa" && k.rsa != nil:
		return rsa.VerifyPKCS1v15(k.rsa, crypto.SHA256, sum, signature) == nil
	case algorithm == "ed25519" && k.ed25519 != nil:
		return ed25519.Verify(k.ed25519, sum, signature)
	}
	return false
}
