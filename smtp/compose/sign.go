package compose

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"time"

	"plenary/lists"
	"plenary/smtp"
	"plenary/smtp/message"
)

// SigningKey is a private key and the selector its public one is found by.
type SigningKey struct {
	Selector string
	Private  crypto.Signer // *rsa.PrivateKey or ed25519.PrivateKey
}

// Signer signs outgoing mail by DKIM (RFC 6376, RFC 8463), relaxed/relaxed,
// with every key it has. Without keys it signs nothing.
type Signer struct {
	Domain string
	Keys   func() []SigningKey // in use now
	Now    func() time.Time
}

// signedNames are the fields that are signed as often as they stand in the
// header. sealedNames are signed once more than that, so that nobody can add
// one; those of them that are a member's own come last.
var (
	signedNames = []string{"to", "cc", "date", "message-id", "in-reply-to", "references", "sender", "mime-version", "content-type",
		"content-transfer-encoding", "archived-at"}
	sealedNames = []string{"from", "subject", "reply-to", "list-id", "list-post", "list-help", "list-subscribe", "list-owner", "list-archive",
		"list-unsubscribe", "list-unsubscribe-post"}
)

// Seal prepares the signing of a copy: its body is hashed here, once. What it
// gives signs the copy with a member's own fields on top, and gives the
// DKIM-Signature fields that go above them. Any number of goroutines may use
// it.
func (s *Signer) Seal(c lists.Copy) func(personal []byte) []byte {
	keys := s.Keys()
	if len(keys) == 0 {
		return func([]byte) []byte { return nil }
	}
	head, body := mended(c)
	fields, _ := split(head)
	common := byName(fields)
	bodyHash := base64.StdEncoding.EncodeToString(message.RelaxedBodyHash(body))
	now := s.Now().Unix()
	sign := func(personal []byte) []byte {
		own, _ := split(personal)
		names, signed := covered(common, byName(own), signedNames, sealedNames)
		var out []byte
		for _, k := range keys {
			out = append(out, s.sign(k, now, names, bodyHash, signed)...)
		}
		return out
	}
	shared := sync.OnceValue(func() []byte { return sign(nil) })
	return func(personal []byte) []byte {
		if len(personal) == 0 {
			return shared()
		}
		return sign(personal)
	}
}

// mended is a copy with the line ends that it is sent with.
func mended(c lists.Copy) (head, body []byte) {
	head, body = c.Head, c.Body
	if smtp.BareLineEnds(head) {
		head = smtp.MendLineEnds(head)
	}
	if smtp.BareLineEnds(body) {
		body = smtp.MendLineEnds(body)
	}
	return head, body
}

// Sign gives the DKIM-Signature fields of a whole message.
func (s *Signer) Sign(raw []byte) []byte {
	fields, body := split(raw)
	var head bytes.Buffer
	for _, f := range fields {
		head.Write(f.ended())
	}
	return s.Seal(lists.Copy{Head: head.Bytes(), Body: body})(nil)
}

// byName gathers the fields that are signed, in their relaxed form, from the
// bottom up, as RFC 6376 5.4.2 has them signed.
func byName(fields []field) map[string][][]byte {
	found := map[string][][]byte{}
	for i := len(fields) - 1; i >= 0; i-- {
		found[fields[i].name] = append(found[fields[i].name], message.RelaxedField(nil, fields[i].raw))
	}
	return found
}

// covered is what h= names, and the fields it stands for: the signed ones as
// often as they are there, the sealed ones once more than that. A member's
// own fields stand above the common ones.
func covered(common, own map[string][][]byte, signedNames, sealedNames []string) (names []string, signed []byte) {
	take := func(name string) {
		for _, part := range [][][]byte{common[name], own[name]} {
			for _, f := range part {
				names, signed = append(names, name), append(signed, f...)
			}
		}
	}
	for _, name := range signedNames {
		take(name)
	}
	for _, name := range sealedNames {
		take(name)
		names = append(names, name) // and no other
	}
	return names, signed
}

// sign makes one DKIM-Signature field over what was signed.
func (s *Signer) sign(k SigningKey, now int64, names []string, bodyHash string, signed []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "DKIM-Signature: v=1; a=%s; c=relaxed/relaxed; d=%s;\r\n\ts=%s; t=%d; h=%s;\r\n\tbh=%s;\r\n\tb=",
		k.algorithm(), s.Domain, k.Selector, now, folded(names), bodyHash)
	return k.finish(b.Bytes(), signed)
}

// algorithm is a= for a key.
func (k SigningKey) algorithm() string {
	if _, ok := k.Private.(ed25519.PrivateKey); ok {
		return "ed25519-sha256"
	}
	return "rsa-sha256"
}

// finish signs what was signed and the field itself, which ends in an empty
// b= (RFC 6376 3.7), and gives the field with the signature in it.
func (k SigningKey) finish(field, signed []byte) []byte {
	opts := crypto.SignerOpts(crypto.SHA256)
	if _, ok := k.Private.(ed25519.PrivateKey); ok {
		opts = crypto.Hash(0) // of the hash itself, RFC 8463 3
	}
	sum := sha256.New()
	sum.Write(signed)
	sum.Write(bytes.TrimSuffix(message.RelaxedField(nil, field), []byte("\r\n")))
	signature, err := k.Private.Sign(rand.Reader, sum.Sum(nil), opts)
	if err != nil {
		return nil // a key that can't sign was refused when it was read
	}
	text := base64.StdEncoding.EncodeToString(signature)
	for len(text) > 72 {
		field = append(append(field, text[:72]...), "\r\n\t"...)
		text = text[72:]
	}
	return append(append(field, text...), "\r\n"...)
}

// folded joins the names of h=, on lines of moderate length.
func folded(names []string) string {
	var b strings.Builder
	width := 40
	for i, name := range names {
		if i > 0 {
			b.WriteByte(':')
		}
		if width += len(name) + 1; width > 74 {
			b.WriteString("\r\n\t")
			width = len(name)
		}
		b.WriteString(name)
	}
	return b.String()
}
