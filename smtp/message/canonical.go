package message

import (
	"bytes"
	"crypto/sha256"
	"io"
)

// RelaxedField appends a field in DKIM's relaxed form (RFC 6376 3.4.2): its
// name in lower case, its value unfolded, runs of blanks as one, CR LF.
func RelaxedField(dst, raw []byte) []byte {
	name, value, _ := bytes.Cut(raw, []byte(":"))
	for _, c := range bytes.TrimRight(name, " \t") {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	dst = append(dst, ':')
	begun, blank := false, false
	for _, c := range value {
		switch c {
		case '\r', '\n':
			continue
		case ' ', '\t':
			blank = begun
			continue
		}
		if blank {
			dst, blank = append(dst, ' '), false
		}
		dst, begun = append(dst, c), true
	}
	return append(dst, '\r', '\n')
}

// RelaxedBodyHash is SHA-256 over a body in DKIM's relaxed form (RFC 6376
// 3.4.4).
func RelaxedBodyHash(body []byte) []byte {
	h := sha256.New()
	hashRelaxed(h, body)
	return h.Sum(nil)
}

// SimpleBodyHash is SHA-256 over a body in DKIM's simple form (RFC 6376
// 3.4.3): empty lines at its end count as none, and it ends in CR LF.
func SimpleBodyHash(body []byte) []byte {
	h := sha256.New()
	for bytes.HasSuffix(body, []byte("\r\n")) {
		body = body[:len(body)-2]
	}
	h.Write(body)
	_, _ = io.WriteString(h, "\r\n") // a hash never fails
	return h.Sum(nil)
}
