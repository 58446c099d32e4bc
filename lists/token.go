package lists

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strings"
)

// The purposes of member tokens. A token made for one serves no other.
const (
	TokenBounce = "bounce" // envelope senders
	TokenChunk  = "chunk"  // envelope senders that members share: the number is the first of theirs
	TokenLeave  = "leave"  // List-Unsubscribe
)

// tokenCode is base32 (RFC 4648) in lower case: it survives every mail
// system that folds case.
var tokenCode = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// MemberToken stands for one member of one list in an address or a link. It
// is 26 characters, needs no store, and only who holds secret can make it:
// the list's serial and the member's number, 4 octets each, then the first 8
// of an HMAC-SHA256 over them and the purpose.
func MemberToken(secret []byte, purpose string, list List, n Number) string {
	var raw [16]byte
	binary.BigEndian.PutUint32(raw[0:4], list.Serial)
	binary.BigEndian.PutUint32(raw[4:8], uint32(n))
	copy(raw[8:], tokenMAC(secret, purpose, raw[:8]))
	return tokenCode.EncodeToString(raw[:])
}

// ReadMemberToken gives back what MemberToken was told; ok is false for a
// token that was not made with this secret for this purpose. Case does not
// matter. The comparison takes the same time for every wrong token.
func ReadMemberToken(secret []byte, purpose, token string) (serial uint32, n Number, ok bool) {
	raw, ok := tokenBytes(token)
	if !ok || !hmac.Equal(raw[8:], tokenMAC(secret, purpose, raw[:8])) {
		return 0, 0, false
	}
	return binary.BigEndian.Uint32(raw[0:4]), Number(binary.BigEndian.Uint32(raw[4:8])), true
}

// tokenSerial is the list serial that a token claims, unproven; ok is false
// for what is no member token.
func tokenSerial(token string) (serial uint32, ok bool) {
	raw, ok := tokenBytes(token)
	if !ok {
		return 0, false
	}
	return binary.BigEndian.Uint32(raw[0:4]), true
}

// tokenBytes decodes a token. One that decodes but is not what encoding
// gives back (spare bits set) is none: each token has one spelling.
func tokenBytes(token string) (raw []byte, ok bool) {
	token = strings.ToLower(token)
	if len(token) != MaxToken {
		return nil, false
	}
	raw, err := tokenCode.DecodeString(token)
	if err != nil || len(raw) != 16 || tokenCode.EncodeToString(raw) != token {
		return nil, false
	}
	return raw, true
}

func tokenMAC(secret []byte, purpose string, member []byte) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(purpose))
	mac.Write([]byte{0})
	mac.Write(member)
	return mac.Sum(nil)[:8]
}
