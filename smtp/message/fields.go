package message

import (
	"bytes"
	"strings"
)

// Field is one header field.
type Field struct {
	Name string // as written
	Raw  []byte // all its bytes, folds and line end included
}

// Is tells whether the field has this name; case does not matter.
func (f Field) Is(name string) bool { return strings.EqualFold(f.Name, name) }

// lower is the name in lower case.
func (f Field) lower() string {
	if lower, ok := lowerNames[f.Name]; ok {
		return lower
	}
	return strings.ToLower(f.Name)
}

// Names that nearly all mail has, as nearly all mail writes them: found by
// their octets, so that no copy of them is made for each mail.
var names, lowerNames = func(all ...string) (names, lower map[string]string) {
	names, lower = map[string]string{}, map[string]string{}
	for _, name := range all {
		names[name], lower[name] = name, strings.ToLower(name)
	}
	return names, lower
}("Received", "Return-Path", "Authentication-Results", "DKIM-Signature", "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Subject", "Date",
	"Message-ID", "Message-Id", "In-Reply-To", "References", "MIME-Version", "Mime-Version", "Content-Type", "Content-Transfer-Encoding",
	"Content-Disposition", "Content-Language", "User-Agent", "Auto-Submitted", "Precedence", "List-Id", "List-ID")

// nameOf is a name as a string.
func nameOf(written []byte) string {
	if name, ok := names[string(written)]; ok {
		return name
	}
	return string(written)
}

// Unfolded is the field's value in one line, otherwise as sent: encoded words
// and octets beyond ASCII stay. It holds no CR, LF or NUL.
func (f Field) Unfolded() string {
	_, value, _ := bytes.Cut(f.Raw, []byte(":"))
	if value = bytes.TrimSpace(value); plainASCII(value) {
		return string(value)
	}
	out := make([]byte, 0, len(value))
	for _, c := range value {
		switch c {
		case '\r', '\n', 0:
		case '\t':
			out = append(out, ' ')
		default:
			out = append(out, c)
		}
	}
	return string(bytes.TrimSpace(out))
}

// Value is the field's value for people: encoded words (RFC 2047) decoded,
// one line, without control characters.
func (f Field) Value() string { return DecodeWords(f.Unfolded()) }

// ReadFields reads a header block that stands by itself, such as that of a
// mail quoted in a report, and gives what follows it. Past the caps it stops:
// what was read is given, with a *LimitError.
func ReadFields(raw []byte) (fields []Field, rest []byte, err error) {
	p := parser{raw: raw}
	fields, next, _, err := p.header(0)
	return fields, raw[next:], err
}

// Get is the first field of this name.
func Get(fields []Field, name string) (Field, bool) {
	for _, f := range fields {
		if f.Is(name) {
			return f, true
		}
	}
	return Field{}, false
}

// Get is the first field of this name, decoded, or "".
func (m *Message) Get(name string) string {
	f, ok := Get(m.Fields, name)
	if !ok {
		return ""
	}
	return f.Value()
}

// Has tells whether there is a field of this name.
func (m *Message) Has(name string) bool {
	_, ok := Get(m.Fields, name)
	return ok
}

// header reads fields from pos on. It ends after an empty line, before a
// delimiter of an enclosing multipart, or, as Postfix does it, before the
// first line that is no field: that one begins the body.
func (p *parser) header(pos int) (fields []Field, next int, d delimiter, err error) {
	start := pos
	for pos < len(p.raw) {
		line, after := p.line(pos)
		if d, found := p.delimiterAt(pos); found {
			return fields, pos, d, nil
		}
		if len(line) == 0 {
			return fields, after, none, nil
		}
		folded := line[0] == ' ' || line[0] == '\t'
		name, isField := fieldName(line)
		switch {
		case after-start > MaxHeader:
			return fields, pos, none, &LimitError{"octets in a header", MaxHeader}
		case folded && len(fields) > 0:
			last := &fields[len(fields)-1]
			last.Raw = p.raw[pos-len(last.Raw) : after]
		case !isField:
			return fields, pos, none, nil
		case len(fields) == MaxFields:
			return fields, pos, none, &LimitError{"header fields", MaxFields}
		default:
			fields = append(fields, Field{Name: name, Raw: p.raw[pos:after]})
		}
		pos = after
	}
	return fields, pos, none, nil
}

// fieldName is the name that a line begins with: printable ASCII up to a
// colon, before which obsolete syntax allows blanks (RFC 5322 4.5).
func fieldName(line []byte) (name string, ok bool) {
	colon := bytes.IndexByte(line, ':')
	if colon <= 0 {
		return "", false
	}
	trimmed := bytes.TrimRight(line[:colon], " \t")
	for _, c := range trimmed {
		if c <= ' ' || c > '~' {
			return "", false
		}
	}
	return nameOf(trimmed), len(trimmed) > 0
}

// line is the line at pos without its end, which is CRLF or LF, and where the
// next one begins.
func (p *parser) line(pos int) (line []byte, next int) {
	end := bytes.IndexByte(p.raw[pos:], '\n')
	if end < 0 {
		return p.raw[pos:], len(p.raw)
	}
	line = p.raw[pos : pos+end]
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	return line, pos + end + 1
}

// afterMboxLine is where the header begins: a first line of an mbox file
// ("From ann@example.net Mon …") is no part of a mail.
func (p *parser) afterMboxLine() int {
	if bytes.HasPrefix(p.raw, []byte("From ")) || bytes.HasPrefix(p.raw, []byte(">From ")) {
		_, next := p.line(0)
		return next
	}
	return 0
}
