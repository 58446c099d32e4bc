package message

import (
	"strings"
	"unicode"
)

// maxWord is the longest encoded word that is read, in octets. RFC 2047
// allows 75; mailers write longer ones. It bounds the search for a word's
// end, so that a header of nothing but beginnings takes linear time.
const maxWord = 2000

// DecodeWords decodes the encoded words (RFC 2047) of a header value and
// cleans it: one line, valid UTF-8, no control characters, none of the marks
// that turn the direction of writing around.
func DecodeWords(s string) string {
	if !strings.Contains(s, "=?") {
		if plainASCII(s) {
			return strings.TrimSpace(s)
		}
		return clean(toUTF8("", []byte(s)))
	}
	var out strings.Builder
	var held []byte // octets of words that follow each other, in one charset
	heldIn := ""
	flush := func() {
		out.WriteString(toUTF8(heldIn, held))
		held, heldIn = nil, ""
	}
	for s != "" {
		start := strings.Index(s, "=?")
		if start < 0 {
			break
		}
		label, content, length, ok := encodedWord(s[start:])
		if !ok {
			flush()
			out.WriteString(toUTF8("", []byte(s[:start+2])))
			s = s[start+2:]
			continue
		}
		between := s[:start]
		if strings.TrimSpace(between) != "" || !strings.EqualFold(label, heldIn) {
			flush()
		}
		if strings.TrimSpace(between) != "" || out.Len() == 0 && len(held) == 0 {
			out.WriteString(toUTF8("", []byte(between)))
		}
		held, heldIn = append(held, content...), label
		s = s[start+length:]
		if strings.TrimSpace(s) == "" {
			s = ""
		}
	}
	flush()
	out.WriteString(toUTF8("", []byte(s)))
	return clean(out.String())
}

// encodedWord reads =?charset?encoding?text?= at the beginning of s.
func encodedWord(s string) (label string, content []byte, length int, ok bool) {
	s = s[:min(len(s), maxWord)]
	parts := strings.SplitN(s[2:], "?", 3)
	if len(parts) < 3 || parts[0] == "" || strings.ContainsAny(parts[0], " \t=") || len(parts[1]) != 1 {
		return "", nil, 0, false
	}
	end := strings.Index(parts[2], "?=")
	if end < 0 {
		return "", nil, 0, false
	}
	text := parts[2][:end]
	switch parts[1] {
	case "B", "b":
		content = decodeBase64([]byte(text), maxWord)
	case "Q", "q":
		content = appendUnquoted(nil, []byte(strings.ReplaceAll(text, "_", " ")))
	default:
		return "", nil, 0, false
	}
	label, _, _ = strings.Cut(parts[0], "*") // RFC 2231 lets a language follow
	return label, content, 2 + len(parts[0]) + 1 + len(parts[1]) + 1 + end + 2, true
}

// clean makes a header value fit to be shown or written again.
func clean(s string) string {
	if plainASCII(s) {
		return strings.TrimSpace(s)
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r) || '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069' || r == '\ufeff':
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}
