package authenticate

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"strings"

	"plenary/smtp/message"
)

// The fields of an ARC set (RFC 8617 section 4).
const (
	arcResults   = "ARC-Authentication-Results"
	arcSignature = "ARC-Message-Signature"
	arcSeal      = "ARC-Seal"
)

// maxInstances is the longest chain (RFC 8617 5.2).
const maxInstances = 50

// arcSet is what one handler added. The fields are as they stand there.
type arcSet struct {
	results, signature, seal []byte
	signed, sealed           tags
}

// chainError is why a chain fails; temporary: DNS did not answer.
type chainError struct {
	text      string
	temporary bool
}

func (e *chainError) Error() string { return e.text }

func broken(format string, args ...any) *chainError {
	return &chainError{text: fmt.Sprintf(format, args...)}
}

// checkARC validates the chain of a message (RFC 8617 5.2).
func (c *Checker) checkARC(ctx context.Context, m *message.Message) Chain {
	sets, err := arcSets(m.Fields)
	chain := Chain{Result: None, Instances: len(sets)}
	switch {
	case err != nil:
	case len(sets) == 0:
		return chain
	default:
		chain.Sealer = hostname(sets[len(sets)-1].sealed["d"])
		err = c.checkChain(ctx, m, sets)
	}
	switch {
	case err == nil:
		chain.Result = Pass
	case err.temporary:
		chain.Result, chain.Reason = TempError, err.text
	default:
		chain.Result, chain.Reason = Fail, err.text
	}
	return chain
}

// checkChain verifies the newest message signature, and every seal.
func (c *Checker) checkChain(ctx context.Context, m *message.Message, sets []arcSet) *chainError {
	n := len(sets)
	if err := c.checkMessageSignature(ctx, m, sets[n-1]); err != nil {
		return err
	}
	for i := n; i >= 1; i-- {
		if err := c.checkSeal(ctx, sets[:i]); err != nil {
			return err
		}
	}
	return nil
}

// arcSets gathers the sets by instance and looks at their structure.
func arcSets(fields []message.Field) ([]arcSet, *chainError) {
	byInstance := map[int]*arcSet{}
	for _, f := range fields {
		kind := ""
		for _, name := range []string{arcResults, arcSignature, arcSeal} {
			if f.Is(name) {
				kind = name
			}
		}
		if kind == "" {
			continue
		}
		i, t, err := instance(kind, f)
		if err != nil {
			return nil, err
		}
		set := byInstance[i]
		if set == nil {
			set = &arcSet{}
			byInstance[i] = set
		}
		field := &set.results
		switch kind {
		case arcSignature:
			field, set.signed = &set.signature, t
		case arcSeal:
			field, set.sealed = &set.seal, t
		}
		if *field != nil {
			return nil, broken("%s: instance %d is there twice", kind, i)
		}
		*field = f.Raw
	}
	sets := make([]arcSet, len(byInstance))
	for i := range sets {
		set := byInstance[i+1]
		if set == nil || set.results == nil || set.signature == nil || set.seal == nil {
			return nil, broken("set %d is not whole", i+1)
		}
		sets[i] = *set
		want := "pass"
		if i == 0 {
			want = "none"
		}
		if cv := strings.ToLower(set.sealed["cv"]); cv != want {
			return nil, broken("seal %d says cv=%s, not %s", i+1, printable(cv), want)
		}
	}
	return sets, nil
}

// instance reads a field's i= and its tags; the results field has only i=.
func instance(kind string, f message.Field) (int, tags, *chainError) {
	value := f.Unfolded()
	if kind == arcResults {
		head, _, _ := strings.Cut(value, ";")
		value = head
	}
	t, err := readTags(value)
	if err != nil {
		return 0, nil, broken("%s: %v", kind, err)
	}
	i := 0
	text := t["i"]
	for _, c := range []byte(text) {
		if c < '0' || c > '9' || len(text) > 2 {
			return 0, nil, broken("%s: i= is no instance", kind)
		}
		i = i*10 + int(c-'0')
	}
	if i < 1 || i > maxInstances {
		return 0, nil, broken("%s: i= is no instance", kind)
	}
	return i, t, nil
}

// checkMessageSignature verifies a set's signature over the message, which is
// as DKIM's but for i= and v= (RFC 8617 4.1.2).
func (c *Checker) checkMessageSignature(ctx context.Context, m *message.Message, set arcSet) *chainError {
	t := set.signed
	if t.has("l") {
		return broken("the message signature has l=")
	}
	headerForm, bodyForm, _ := strings.Cut(strings.ToLower(t["c"]), "/")
	bodyHash := message.SimpleBodyHash
	switch bodyForm {
	case "relaxed":
		bodyHash = message.RelaxedBodyHash
	case "", "simple":
	default:
		return broken("the message signature's c= is not known")
	}
	form := message.RelaxedField
	switch {
	case headerForm == "relaxed", !t.has("c"):
	case headerForm == "simple":
		form = simpleField
	default:
		return broken("the message signature's c= is not known")
	}
	want, ok := decode64(t["bh"])
	if !ok || subtle.ConstantTimeCompare(want, bodyHash(body(m))) != 1 {
		return broken("the body is not the one that was signed")
	}
	names := strings.Split(t["h"], ":")
	for i, name := range names {
		names[i] = strings.ToLower(strings.TrimSpace(name))
		if names[i] == strings.ToLower(arcSeal) {
			return broken("the message signature covers a seal")
		}
	}
	if !t.has("h") || len(names) > maxSigned {
		return broken("the message signature does not say what it covers, or covers too much")
	}
	var signed []byte
	for _, raw := range picked(m.Fields, names) {
		signed = form(signed, raw)
	}
	signed = append(signed, bytes.TrimRight(form(nil, emptied(set.signature)), "\r\n")...)
	return c.verify(ctx, t, signed)
}

// checkSeal verifies the seal of the last set, over all sets up to it.
func (c *Checker) checkSeal(ctx context.Context, sets []arcSet) *chainError {
	last := sets[len(sets)-1]
	if last.sealed.has("h") || last.sealed.has("bh") {
		return broken("seal %d has h= or bh=", len(sets))
	}
	var signed []byte
	for i, set := range sets {
		signed = message.RelaxedField(signed, set.results)
		signed = message.RelaxedField(signed, set.signature)
		if i < len(sets)-1 {
			signed = message.RelaxedField(signed, set.seal)
		}
	}
	signed = append(signed, bytes.TrimRight(message.RelaxedField(nil, emptied(last.seal)), "\r\n")...)
	return c.verify(ctx, last.sealed, signed)
}

// verify looks up the key that t names and holds its signature against what
// was signed.
func (c *Checker) verify(ctx context.Context, t tags, signed []byte) *chainError {
	algorithm, ok := strings.CutSuffix(strings.ToLower(t["a"]), "-sha256")
	if !ok {
		return broken("the algorithm is not known")
	}
	signature, ok := decode64(t["b"])
	if !ok || len(signature) == 0 {
		return broken("b= is no signature")
	}
	domain, selector := hostname(t["d"]), hostname(t["s"])
	if domain == "" || selector == "" {
		return broken("d= and s= name no key")
	}
	k, err := c.key(ctx, selector+"._domainkey."+domain)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(signed)
	if !k.verifies(algorithm, sum[:], signature) {
		return broken("the signature of %s does not verify", domain)
	}
	return nil
}
