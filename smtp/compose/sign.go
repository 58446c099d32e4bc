package compose

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
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

// wired is a copy's fields and body with the line ends that they are sent
// with. Where those end the header early, the rest of it is sent as body.
func wired(c lists.Copy) (fields []field, body []byte) {
	head := smtp.WireForm(c.Head)
	if !bytes.HasSuffix(head, []byte("\r\n\r\n")) {
		head = append(head[:len(head):len(head)], "\r\n"...)
	}
	fields, rest := split(head)
	body = smtp.WireForm(c.Body)
	if len(rest) > 0 {
		body = slices.Concat(rest, body)
	}
	return fields, body
}

// Sign gives the DKIM-Signature fields of a whole message.
func (s *Signer) Sign(raw []byte) []byte {
	return s.sealed(split(smtp.WireForm(raw)))(nil)
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
// own fields, of which only the names are given, stand above the common ones.
func covered(common map[string][][]byte, own, signedNames, sealedNames []string) (names []string, pieces []piece) {
	take := func(name string) {
		for _, f := range common[name] {
			names, pieces = append(names, name), append(pieces, piece{shared: f})
		}
		for i := len(own) - 1; i >= 0; i-- {
			if own[i] == name {
				names, pieces = append(names, name), append(pieces, piece{own: i})
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
	return names, pieces
}

// begun is a DKIM-Signature field up to where its signature begins.
func (s *Signer) begun(k SigningKey, now int64, names []string, bodyHash string) []byte {
	return fmt.Appendf(nil, "DKIM-Signature: v=1; a=%s; c=relaxed/relaxed; d=%s;\r\n\ts=%s; t=%d; h=%s;\r\n\tbh=%s;\r\n\tb=",
		k.algorithm(), s.Domain, k.Selector, now, folded(names), bodyHash)
}

// algorithm is a= for a key.
func (k SigningKey) algorithm() string {
	if _, ok := k.Private.(ed25519.PrivateKey); ok {
		return "ed25519-sha256"
	}
	return "rsa-sha256"
}

// signatureWidth is how much of a signature stands on a line.
const signatureWidth = 72

// finish gives a field that ends in an empty b= with the signature of a hash.
func (k SigningKey) finish(begun, sum []byte) []byte {
	opts := crypto.SignerOpts(crypto.SHA256)
	if _, ok := k.Private.(ed25519.PrivateKey); ok {
		opts = crypto.Hash(0) // of the hash itself, RFC 8463 3
	}
	signature, err := k.Private.Sign(rand.Reader, sum, opts)
	if err != nil {
		return nil // a key that can't sign was refused when it was read
	}
	n := base64.StdEncoding.EncodedLen(len(signature))
	field := make([]byte, len(begun), len(begun)+n+n/signatureWidth*3+2)
	copy(field, begun)
	for line := range slices.Chunk(signature, signatureWidth/4*3) {
		if len(field) > len(begun) {
			field = append(field, "\r\n\t"...)
		}
		field = base64.StdEncoding.AppendEncode(field, line)
	}
	return append(field, "\r\n"...)
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
