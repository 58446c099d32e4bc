package lists

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"strings"
)

// Minter makes the tokens of many members of one list, the same as
// MemberToken's: the secret is prepared once, and nothing is allocated for a
// token. One goroutine may use it at a time.
type Minter struct {
	mac  hash.Hash
	what []byte   // purpose, 0, then the member: what the MAC is of
	raw  [16]byte // of the token
	sum  []byte
}

// NewMinter prepares the tokens of a list for one purpose.
func NewMinter(secret []byte, purpose string, list List) *Minter {
	m := &Minter{mac: hmac.New(sha256.New, secret), what: make([]byte, len(purpose)+9), sum: make([]byte, 0, sha256.Size)}
	copy(m.what, purpose)
	binary.BigEndian.PutUint32(m.what[len(purpose)+1:], list.Serial)
	return m
}

// Append writes the token of member n.
func (m *Minter) Append(b []byte, n Number) []byte {
	member := m.what[len(m.what)-8:]
	binary.BigEndian.PutUint32(member[4:], uint32(n))
	m.mac.Reset()
	m.mac.Write(m.what)
	m.sum = m.mac.Sum(m.sum[:0])
	copy(m.raw[:8], member)
	copy(m.raw[8:], m.sum[:8])
	return tokenCode.AppendEncode(b, m.raw[:])
}

// AroundToken is what stands before and after the token in RoleAddress.
func AroundToken(l List, role, domain string) (before, after string) {
	token := strings.Repeat("?", MaxToken)
	before, after, _ = strings.Cut(string(RoleAddress(l, role, token, domain)), token)
	return before, after
}
