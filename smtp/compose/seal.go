package compose

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"slices"
	"sync"

	"plenary/lists"
	"plenary/smtp/message"
)

// Seal prepares the signing of a copy: its body is hashed here, once. What it
// gives signs the copy with a member's own fields on top, and gives the
// DKIM-Signature fields that go above them. Any number of goroutines may use
// it.
func (s *Signer) Seal(c lists.Copy) func(personal []byte) []byte { return s.sealed(wired(c)) }

func (s *Signer) sealed(fields []field, body []byte) func(personal []byte) []byte {
	keys := s.Keys()
	if len(keys) == 0 {
		return func([]byte) []byte { return nil }
	}
	p := &sealing{s: s, keys: keys, now: s.Now().Unix(), common: byName(fields), bodyHash: base64.StdEncoding.EncodeToString(message.RelaxedBodyHash(body))}
	shared := sync.OnceValue(func() []byte { return p.sign(nil) })
	return func(personal []byte) []byte {
		if len(personal) == 0 {
			return shared()
		}
		return p.sign(personal)
	}
}

// sealing is the signing of one copy for its members.
type sealing struct {
	s        *Signer
	keys     []SigningKey
	now      int64
	common   map[string][][]byte
	bodyHash string

	mu    sync.Mutex
	forms []*form
}

// form is what is the same for all members whose own fields have the same
// names: what is signed before the first of those is hashed already, and the
// DKIM-Signature fields are there without their signatures.
type form struct {
	own     []string  // names of a member's own fields
	begun   hash.Hash // never written to
	rest    []piece   // from the first of a member's own fields on
	relaxed [][]byte  // each DKIM-Signature, up to b=, as it is hashed
	plain   [][]byte  // and as it is written
}

// piece is a stretch of what is signed: bytes that all members share, or one
// of a member's own fields.
type piece struct {
	shared []byte
	own    int // its place, where shared is nil
}

// sign gives the DKIM-Signature fields for a member's own fields.
func (p *sealing) sign(personal []byte) []byte {
	own, _ := split(personal)
	f := p.form(own)
	var last, out []byte
	for _, piece := range f.rest {
		if piece.shared != nil {
			last = append(last, piece.shared...)
		} else {
			last = message.RelaxedField(last, own[piece.own].raw)
		}
	}
	for i, k := range p.keys {
		h := cloned(f.begun)
		h.Write(last)
		h.Write(f.relaxed[i])
		out = append(out, k.finish(f.plain[i], h.Sum(nil))...)
	}
	return out
}

// form finds what was prepared for fields of these names, or prepares it.
// There is one for a list, seldom two.
func (p *sealing) form(own []field) *form {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range p.forms {
		if slices.EqualFunc(f.own, own, func(name string, o field) bool { return name == o.name }) {
			return f
		}
	}
	f := p.prepare(own)
	p.forms = append(p.forms, f)
	return f
}

func (p *sealing) prepare(own []field) *form {
	f := &form{begun: sha256.New()}
	for _, o := range own {
		f.own = append(f.own, o.name)
	}
	names, pieces := covered(p.common, f.own, signedNames, sealedNames)
	first := slices.IndexFunc(pieces, func(p piece) bool { return p.shared == nil })
	if first < 0 {
		first = len(pieces)
	}
	for _, piece := range pieces[:first] {
		f.begun.Write(piece.shared)
	}
	f.rest = pieces[first:]
	for _, k := range p.keys {
		plain := p.s.begun(k, p.now, names, p.bodyHash)
		f.plain = append(f.plain, plain)
		f.relaxed = append(f.relaxed, relaxedEnd(plain))
	}
	return f
}

// cloned is a hash that goes on from where h is.
func cloned(h hash.Hash) hash.Hash {
	c, err := h.(hash.Cloner).Clone() // every hash of the standard library can
	if err != nil {
		panic(err)
	}
	return c
}

// relaxedEnd is the field that a signature stands in, which is hashed last and
// without its line end (RFC 6376 3.7).
func relaxedEnd(field []byte) []byte {
	return bytes.TrimSuffix(message.RelaxedField(nil, field), []byte("\r\n"))
}
