package message

import (
	"bytes"
	"crypto/sha256"
	"hash"
)

// BodyHash is SHA-256 over the body as DKIM's relaxed form has it (RFC 6376
// 3.4.4): runs of blanks count as one, blanks at a line's end and empty lines
// at the body's end not at all, and every line end is CRLF. Two copies of a
// post that servers on the way have re-wrapped at most have one hash.
func BodyHash(raw []byte) []byte {
	h := sha256.New()
	hashRelaxed(h, raw[headerEnd(raw):])
	return h.Sum(nil)
}

// headerEnd is where the body begins, also where Parse would refuse the
// header.
func headerEnd(raw []byte) int {
	p := parser{raw: raw}
	pos := p.afterMboxLine()
	for first := true; pos < len(raw); first = false {
		line, next := p.line(pos)
		if len(line) == 0 {
			return next
		}
		if _, isField := fieldName(line); !isField && (first || line[0] != ' ' && line[0] != '\t') {
			return pos
		}
		pos = next
	}
	return pos
}

func hashRelaxed(h hash.Hash, body []byte) {
	empty := 0 // empty lines seen and not yet counted
	line := make([]byte, 0, 1024)
	for len(body) > 0 {
		text, rest, _ := bytes.Cut(body, []byte("\n"))
		body = rest
		line = relaxLine(line[:0], text)
		if len(line) == 0 {
			empty++
			continue
		}
		for ; empty > 0; empty-- {
			h.Write([]byte("\r\n"))
		}
		h.Write(append(line, '\r', '\n'))
	}
}

// relaxLine appends text with its runs of blanks made one and those at its
// end, a CR included, left out.
func relaxLine(line, text []byte) []byte {
	text = bytes.TrimRight(text, " \t\r")
	blank := false
	for _, c := range text {
		if c == ' ' || c == '\t' {
			blank = true
			continue
		}
		if blank {
			line = append(line, ' ')
			blank = false
		}
		line = append(line, c)
	}
	return line
}
