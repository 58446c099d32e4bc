package queue

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"time"
)

var idCode = base32.NewEncoding("0123456789abcdefghijklmnopqrstuv").WithPadding(base32.NoPadding)

// NewID gives a queue id: 20 characters of [0-9a-v], the first ten of them
// the time, so that ids sort as they were made; the rest is chance.
func (q *Queue) NewID() string { return newID(q.now()) }

func newID(at time.Time) string {
	var b [13]byte
	binary.BigEndian.PutUint64(b[:8], uint64(at.UnixMilli())<<14) // 50 bits: ten characters
	var r [8]byte
	rand.Read(r[:])
	b[6] |= r[6] & 0x3f
	copy(b[7:], r[:6])
	return idCode.EncodeToString(b[:])[:20]
}
