package authenticate

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/emersion/go-msgauth/dkim"

	"plenary/smtp/message"
)

// maxSignatures is how many signatures of a message are looked at, maxSigned
// how many fields one may name: each is looked for in the whole header.
const (
	maxSignatures = 8
	maxSigned     = 200
)

// checkDKIM verifies the signatures. The library is given the header as our
// own reading has it, so that both can't see different From fields.
func (c *Checker) checkDKIM(ctx context.Context, m *message.Message) []Signature {
	var fields []message.Field
	for _, f := range m.Fields {
		if f.Is("DKIM-Signature") {
			fields = append(fields, f)
			if bytes.Count(f.Raw, []byte(":")) > maxSigned {
				return []Signature{{Result: PermError, Reason: "a signature names too many fields"}}
			}
		}
	}
	if len(fields) == 0 {
		return nil
	}
	verifications, err := dkim.VerifyWithOptions(content(m), &dkim.VerifyOptions{
		MaxVerifications: maxSignatures,
		LookupTXT:        func(name string) ([]string, error) { return c.keyRecords(ctx, name) },
	})
	if err != nil && !errors.Is(err, dkim.ErrTooManySignatures) {
		return []Signature{{Result: PermError, Reason: err.Error()}}
	}
	signatures := make([]Signature, 0, len(verifications))
	for i, v := range verifications {
		s := Signature{Result: Pass, Domain: hostname(v.Domain), Signed: v.HeaderKeys}
		switch {
		case v.Err != nil:
			s.Result, s.Reason = failure(v.Err), strings.TrimPrefix(v.Err.Error(), "dkim: ")
			if misread(s.Reason, fields[i]) {
				s = c.again(ctx, m, fields[i], s)
			}
		case !strings.HasSuffix(v.Identifier, "@"+v.Domain) && c.exact(ctx, fields[i]):
			s.Result, s.Reason = PermError, exactKey
		}
		signatures = append(signatures, s)
	}
	return signatures
}

// maxKeyRecord is how long a key's record may be, so that a key of 8192 bits
// fits. What the longest ones cost to verify by grows to many seconds.
const maxKeyRecord = 2048

// keyRecords looks up a key. The parts of its name may be in any script (RFC
// 8616).
func (c *Checker) keyRecords(ctx context.Context, name string) ([]string, error) {
	selector, domain, _ := strings.Cut(name, "._domainkey.")
	if selector, domain = hostname(selector), hostname(domain); selector != "" && domain != "" {
		name = selector + "._domainkey." + domain
	}
	texts, err := c.DNS.LookupTXT(ctx, name)
	if err != nil && !isNotFound(err) {
		err = &net.DNSError{Err: err.Error(), Name: name, IsTemporary: true}
	}
	for _, text := range texts {
		if len(text) > maxKeyRecord {
			return nil, errors.New("the key is too long")
		}
	}
	return texts, err
}

const exactKey = "the key is for d= itself, and i= is below it"

// exact tells whether the key of a signature allows no i= below its domain
// (t=s, RFC 6376 3.6.1).
func (c *Checker) exact(ctx context.Context, signature message.Field) bool {
	t, err := readTags(signature.Unfolded())
	if err != nil {
		return false
	}
	texts, err := c.keyRecords(ctx, t["s"]+"._domainkey."+t["d"])
	if err != nil || len(texts) != 1 {
		return false
	}
	key, err := readTags(texts[0])
	return err == nil && listed(key["t"], "s")
}

// failure tells what kind of error a verification ended with. Any but a
// temporary one means that the signature says nothing.
func failure(err error) Result {
	switch {
	case dkim.IsTempFail(err):
		return TempError
	case strings.Contains(err.Error(), "body length"): // l=: anything may follow what was signed
		return Policy
	case dkim.IsPermFail(err):
		return PermError
	}
	return Fail
}

// content is the message with a header of the fields we read, and no others.
// Where they are all there is, as in nearly every mail, nothing is copied.
func content(m *message.Message) io.Reader {
	octets := 0
	for _, f := range m.Fields {
		octets += len(f.Raw)
	}
	if whole := m.Raw[headerStart(m):]; octets+2 == len(m.Header) && bytes.HasSuffix(m.Header, []byte("\n\r\n")) {
		return bytes.NewReader(whole)
	}
	head := make([]byte, 0, len(m.Header)+2)
	for _, f := range m.Fields {
		head = append(head, f.Raw...)
		if !bytes.HasSuffix(f.Raw, []byte("\n")) {
			head = append(head, "\r\n"...)
		}
	}
	return io.MultiReader(bytes.NewReader(append(head, "\r\n"...)), bytes.NewReader(body(m)))
}

// signs tells whether every field of the name is signed, and, where there is
// none, that none may be added: h= names it as often as it stands there, once
// at least.
func (s Signature) signs(m *message.Message, name string) bool {
	named, there := 0, 0
	for _, n := range s.Signed {
		if strings.EqualFold(n, name) {
			named++
		}
	}
	for _, f := range m.Fields {
		if f.Is(name) {
			there++
		}
	}
	return named >= max(there, 1)
}
