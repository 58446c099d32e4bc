package deliver

import (
	"bytes"
	"unicode/utf8"

	"plenary/smtp"
)

// Up to this size a message is written in one piece with what surrounds it.
const flatSize = 64 << 10

// content is a message as it is written to every connection: with CRLF line
// ends only, ending in one, and dot-stuffed where it is for DATA. Workers
// share it, and what is large is there once (one body a process).
type content struct {
	plain    [][]byte                     // in one piece up to flatSize
	stuffed  []byte                       // for DATA, without the final dot; nil where it is large: then each block is stuffed as it is written
	size     int                          // of plain
	eightBit bool                         // octets over 127 anywhere
	utf8     bool                         // octets over 127 in the header
	envid    string                       // names it in delivery reports (RFC 3461), as xtext
	seal     func(personal []byte) []byte // signs it for a member; nil: it is not signed
}

// newContent makes the content of a header and a body, in the form that they
// are signed in: a lone CR or LF would let a message end early at a lax server
// (SMTP smuggling), and break the signature. The empty line
// between them is put where head does not end in one.
func newContent(head, body []byte) *content {
	head = smtp.WireForm(head)
	if !bytes.HasSuffix(head, []byte("\r\n\r\n")) {
		head = append(head[:len(head):len(head)], "\r\n"...)
	}
	body = smtp.WireForm(body)
	c := &content{utf8: !ascii(head)}
	c.eightBit = c.utf8 || !ascii(body)
	c.add(head)
	c.add(body)
	return c
}

// wholeContent makes the content of a whole message.
func wholeContent(raw []byte) *content {
	raw = smtp.WireForm(raw)
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	c := &content{utf8: !ascii(head), eightBit: !ascii(raw)}
	c.add(raw)
	return c
}

func (c *content) add(b []byte) {
	if len(b) == 0 {
		return
	}
	if c.size += len(b); c.size > flatSize {
		c.plain, c.stuffed = append(c.plain, b), nil
		return
	}
	if len(c.plain) > 0 { // one piece is written faster than two
		b = append(c.plain[0][:len(c.plain[0]):len(c.plain[0])], b...)
	}
	c.plain, c.stuffed = [][]byte{b}, stuff(b)
}

// stuff doubles the dot at the start of a line (RFC 5321 4.5.2); b begins a
// line. Without such a dot it is b itself.
func stuff(b []byte) []byte {
	out, _ := stuffBlock(nil, b, true)
	return out
}

// stuffBlock gives a block of a longer text, dot-stuffed: the block itself
// where there is nothing to stuff, else a copy in room. Start tells that the
// block begins a line; next tells that of the one after it.
func stuffBlock(room, b []byte, start bool) (out []byte, next bool) {
	next = len(b) > 0 && b[len(b)-1] == '\n'
	if !(start && len(b) > 0 && b[0] == '.') && !bytes.Contains(b, []byte("\n.")) {
		return b, next
	}
	room = room[:0]
	if start && b[0] == '.' {
		room = append(room, '.')
	}
	for {
		i := bytes.Index(b, []byte("\n."))
		if i < 0 {
			return append(room, b...), next
		}
		room = append(append(room, b[:i+2]...), '.')
		b = b[i+2:]
	}
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func asciiText(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
