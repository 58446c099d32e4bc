package compose

import (
	"bytes"
	"mime"
	"strings"
)

// writeField writes one field; several values are a comma list, each on a
// folded line of its own so that no line grows past what RFC 5322 2.1.1 likes.
func writeField(w *bytes.Buffer, name string, values ...string) {
	w.WriteString(name)
	w.WriteString(": ")
	w.WriteString(strings.Join(values, ",\r\n "))
	w.WriteString("\r\n")
}

// phrase is a display name as RFC 5322 3.2.5 and RFC 2047 want it.
func phrase(s string) string {
	s = clean(s)
	ascii, plain := true, true
	for _, r := range s {
		if r >= 0x7f {
			ascii = false
		}
		if !(r == ' ' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z') {
			plain = false
		}
	}
	switch {
	case !ascii:
		return encoded(s)
	case plain:
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// encoded is s as RFC 2047 encoded words, each folded onto its own line, or s
// itself where it is ASCII.
func encoded(s string) string { return encodedWords(clean(s)) }

// encodedWords is encoded of what is clean, blanks at its ends kept.
func encodedWords(s string) string {
	return strings.ReplaceAll(mime.QEncoding.Encode("utf-8", s), "?= =?", "?=\r\n =?")
}

// mailbox is an author for an address field.
func mailbox(a Author) string {
	if clean(a.Name) == "" {
		return "<" + string(a.Address) + ">"
	}
	return phrase(a.Name) + " <" + string(a.Address) + ">"
}

// clean drops control characters: no name or title breaks a header line.
func clean(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029 {
			return -1
		}
		return r
	}, s))
}
