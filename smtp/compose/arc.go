package compose

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"plenary/lists"
	"plenary/smtp"
	"plenary/smtp/message"
)

// maxInstances is the longest chain (RFC 8617 5.2).
const maxInstances = 50

// The fields of an ARC set, in the order in which a seal covers them (RFC
// 8617 5.1.1).
var arcNames = []string{"arc-authentication-results", "arc-message-signature", "arc-seal"}

// arcSigned and arcSealed are what the message signature covers, as
// signedNames and sealedNames are for DKIM. The author's own DKIM signatures
// are among them. List-Unsubscribe and its Post are not: they are each
// member's own, stand under the DKIM signature, and would make the set cost
// three signatures a member more. So one set serves all copies of a list, and
// it is made when the post is planned. Authentication-Results must not be
// covered (4.1.2): receivers take them out.
var (
	arcSigned = append([]string{"dkim-signature"}, signedNames...)
	arcSealed = slices.DeleteFunc(slices.Clone(sealedNames), func(name string) bool { return strings.HasPrefix(name, "list-unsubscribe") })
)

// ARC gives the set of fields that seals a copy with what was found out about
// its sender at arrival (RFC 8617 5.1): Authentication-Results under our id,
// a signature over the copy as it goes out, and a seal over the chain. It is
// signed by RSA, which every validator knows. A chain that failed is sealed
// once more with cv=fail, and by nobody after that. None is made where nothing
// was looked at, where the arriving chain could not be looked up (no value of
// cv= says that), past the fiftieth set, and without an RSA key.
func (s *Signer) ARC(c lists.Copy, id string, v smtp.Verdict, at time.Time) []byte {
	fields, body := wired(c)
	return s.arc(fields, body, id, v, at)
}

func (s *Signer) arc(fields []field, body []byte, id string, v smtp.Verdict, at time.Time) []byte {
	keys := s.Keys()
	i := slices.IndexFunc(keys, func(k SigningKey) bool { _, ok := k.Private.Public().(*rsa.PublicKey); return ok })
	if i < 0 || v.Results == "" {
		return nil
	}
	before, n := chain(fields)
	cv := v.Chain
	switch {
	case n >= maxInstances:
		return nil
	case cv == "none" && n == 0, cv == "pass" && n > 0:
	case cv == "fail" && n > 0 && !ended(before, n):
		before = nil // as if this set were the only one (RFC 8617 5.1.2)
	default:
		return nil
	}
	n++
	results := fmt.Appendf(nil, "ARC-Authentication-Results: i=%d; %s;\r\n\t%s\r\n", n, id, v.Results)
	signature := s.arcSignature(keys[i], n, at, fields, body)
	seal := s.arcSeal(keys[i], n, at, cv, append(before, results, signature))
	return slices.Concat(seal, signature, results)
}

// SealMail gives the set that seals a whole mail which is passed on as it came:
// ARC's fields, to go on top.
func (c *Composer) SealMail(raw []byte, v smtp.Verdict, at time.Time) []byte {
	if c.Signer == nil {
		return nil
	}
	fields, body := split(smtp.WireForm(raw))
	return c.Signer.arc(fields, body, c.Site.Domain, v, at)
}

// arcSignature is the set's ARC-Message-Signature.
func (s *Signer) arcSignature(k SigningKey, n int, at time.Time, fields []field, body []byte) []byte {
	names, pieces := covered(byName(fields), nil, arcSigned, arcSealed)
	begun := fmt.Appendf(nil, "ARC-Message-Signature: i=%d; a=%s; c=relaxed/relaxed; d=%s;\r\n\ts=%s; t=%d; h=%s;\r\n\tbh=%s;\r\n\tb=",
		n, k.algorithm(), s.Domain, k.Selector, at.Unix(), folded(names), base64.StdEncoding.EncodeToString(message.RelaxedBodyHash(body)))
	h := sha256.New()
	for _, p := range pieces {
		h.Write(p.shared)
	}
	h.Write(relaxedEnd(begun))
	return k.finish(begun, h.Sum(nil))
}

// arcSeal is the set's ARC-Seal over the fields of all sets, its own last.
func (s *Signer) arcSeal(k SigningKey, n int, at time.Time, cv string, sets [][]byte) []byte {
	begun := fmt.Appendf(nil, "ARC-Seal: i=%d; a=%s; cv=%s; d=%s;\r\n\ts=%s; t=%d;\r\n\tb=", n, k.algorithm(), cv, s.Domain, k.Selector, at.Unix())
	h := sha256.New()
	for _, f := range sets {
		h.Write(message.RelaxedField(nil, f))
	}
	h.Write(relaxedEnd(begun))
	return k.finish(begun, h.Sum(nil))
}

// chain gives the fields of the sets that are there, in the order of a seal,
// and the highest instance.
func chain(fields []field) (sets [][]byte, highest int) {
	byInstance := map[int][3][]byte{}
	for _, f := range fields {
		kind := slices.Index(arcNames, f.name)
		n := instance(f)
		if kind < 0 || n == 0 {
			continue
		}
		set := byInstance[n]
		set[kind] = f.raw
		byInstance[n] = set
		highest = max(highest, n)
	}
	for n := 1; n <= highest; n++ {
		set := byInstance[n]
		sets = append(sets, set[0], set[1], set[2])
	}
	return sets, highest
}

// instance is a field's i=, 0 where it has none that counts.
func instance(f field) int {
	for tag := range strings.SplitSeq(f.value(), ";") {
		if name, value, ok := strings.Cut(tag, "="); ok && strings.TrimSpace(name) == "i" {
			n, err := strconv.Atoi(strings.TrimSpace(value))
			if err != nil || n < 1 || n > maxInstances {
				return 0
			}
			return n
		}
	}
	return 0
}

// ended tells whether the newest seal says that the chain failed: then nobody
// adds to it.
func ended(sets [][]byte, n int) bool {
	seal := sets[3*n-1]
	for tag := range bytes.SplitSeq(seal[bytes.IndexByte(seal, ':')+1:], []byte(";")) {
		if name, value, ok := bytes.Cut(tag, []byte("=")); ok && string(bytes.TrimSpace(name)) == "cv" {
			return strings.EqualFold(string(bytes.TrimSpace(value)), "fail")
		}
	}
	return false
}
