package parts

import (
	"bytes"
	"strings"
)

// Split cuts a message, or a part, after the empty line that ends its header.
// Without one all of it is header.
func Split(raw []byte) (header, body []byte) {
	for at := 0; at < len(raw); {
		end := lineEnd(raw, at)
		if line := raw[at:end]; len(trimLineEnd(line)) == 0 {
			return raw[:end], raw[end:]
		}
		at = end
	}
	return raw, nil
}

// Field is one header field as it stands, with its line ends.
type Field struct {
	Name string
	Raw  []byte
}

// Value is what follows the colon, unfolded and trimmed, not decoded.
func (f Field) Value() string {
	_, value, _ := bytes.Cut(f.Raw, []byte(":"))
	var b strings.Builder
	for _, r := range value {
		if r != '\r' && r != '\n' && r != 0 {
			b.WriteByte(r)
		}
	}
	return strings.TrimSpace(b.String())
}

// Header is a message's fields in their order.
type Header []Field

// Fields reads the fields of a header. Lines that belong to none, such as an
// mbox's "From ", are left out.
func Fields(header []byte) Header {
	var h Header
	open := false // the last line began or continued a field
	for at := 0; at < len(header); {
		end := lineEnd(header, at)
		line := header[at:end]
		if line[0] == ' ' || line[0] == '\t' {
			if open {
				last := &h[len(h)-1]
				last.Raw = last.Raw[:len(last.Raw)+len(line)] // the fields are slices of one array
			}
		} else if name, ok := fieldName(line); ok {
			h, open = append(h, Field{Name: name, Raw: line}), true
		} else {
			open = false
		}
		at = end
	}
	return h
}

func fieldName(line []byte) (string, bool) {
	name, _, ok := bytes.Cut(line, []byte(":"))
	if !ok {
		return "", false
	}
	name = bytes.TrimRight(name, " \t") // obsolete syntax, RFC 5322 4.5
	for _, c := range name {
		if c <= ' ' || c >= 0x7f {
			return "", false
		}
	}
	return string(name), len(name) > 0
}

// Find gives the first field of that name.
func (h Header) Find(name string) (value string, found bool) {
	for _, f := range h {
		if strings.EqualFold(f.Name, name) {
			return f.Value(), true
		}
	}
	return "", false
}

// Get is Find, "" for a missing field.
func (h Header) Get(name string) string {
	value, _ := h.Find(name)
	return value
}

// Param is a parameter of a Content-Type or Content-Disposition, its name in
// lower case, as it stands: not decoded, not joined (RFC 2231).
type Param struct{ Name, Value string }

// Get finds the first parameter of that name.
func Get(params []Param, name string) string {
	for _, p := range params {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// ParseType reads a Content-Type. The type is "" where none can be made out;
// broken parameters are skipped, of two with one name the first counts.
func ParseType(value string) (major, minor string, params []Param) {
	word, params := ParseParams(value)
	major, minor, ok := strings.Cut(word, "/")
	if !ok || !isToken(major) || !isToken(minor) {
		return "", "", nil
	}
	return major, minor, params
}

// maxParams caps the parameters of one field.
const maxParams = 64

// ParseParams reads a value with parameters, such as a Content-Disposition.
// The word is in lower case.
func ParseParams(value string) (word string, params []Param) {
	pieces := splitUnquoted(value)
	word = strings.ToLower(strings.TrimSpace(pieces[0]))
	for _, piece := range pieces[1:] {
		name, text, ok := strings.Cut(piece, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if !ok || !isToken(name) || Get(params, name) != "" || len(params) == maxParams {
			continue
		}
		params = append(params, Param{name, unquote(strings.TrimSpace(text))})
	}
	return word, params
}

// splitUnquoted cuts at semicolons outside quotes, and leaves comments out.
func splitUnquoted(s string) []string {
	var pieces []string
	var b strings.Builder
	quoted, comments := false, 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && (quoted || comments > 0) && i+1 < len(s):
			i++
			if quoted {
				b.WriteByte(c)
				b.WriteByte(s[i])
			}
		case comments > 0:
			switch c {
			case '(':
				comments++
			case ')':
				comments--
			}
		case c == '"':
			quoted = !quoted
			b.WriteByte(c)
		case c == '(' && !quoted:
			comments++
		case c == ';' && !quoted:
			pieces = append(pieces, b.String())
			b.Reset()
		default:
			b.WriteByte(c)
		}
	}
	return append(pieces, b.String())
}

// unquote reads a quoted string; anything else it leaves as it is.
func unquote(s string) string {
	if !strings.HasPrefix(s, `"`) {
		return s
	}
	var b strings.Builder
	for i := 1; i < len(s) && s[i] != '"'; i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`()<>@,;:\"/[]?=`, c) >= 0 {
			return false
		}
	}
	return s != ""
}
