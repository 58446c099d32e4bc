// Package parts tells where in the octets of a message its header, its fields
// and its MIME parts lie. Nothing is rewritten: every part is a slice of the
// message as it came, whatever its line ends and however broken it is. It
// never fails: what can't be read as MIME is text. Depth and number of parts
// are capped, and the time taken is in proportion to the size.
// It imports nothing of ours.
package parts

import "bytes"

// The caps. A part below the deepest level, and what follows the last part
// counted, is not looked into.
const (
	MaxDepth = 32
	MaxParts = 1000
)

// Part is a message or a part of one. Type and Subtype are in lower case.
type Part struct {
	Header  []byte // with the empty line that ends it
	Body    []byte
	Type    string
	Subtype string
	Params  []Param // of Content-Type
	Parts   []*Part // of a multipart, at least one
	Message *Part   // of a message/rfc822
}

// Parse reads a whole message.
func Parse(raw []byte) *Part {
	left := MaxParts
	return parse(raw, 0, &left, false)
}

func parse(raw []byte, depth int, left *int, inDigest bool) *Part {
	*left--
	p := &Part{}
	p.Header, p.Body = Split(raw)
	p.setType(inDigest)
	switch {
	case p.Type == "multipart":
		p.multipart(depth, left)
	case p.Type == "message" && (p.Subtype == "rfc822" || p.Subtype == "global"):
		if depth < MaxDepth && *left > 0 && p.encoding() == "" {
			p.Message = parse(p.Body, depth+1, left, false)
		} else {
			p.Type, p.Subtype, p.Params = "application", "octet-stream", nil
		}
	}
	return p
}

// setType reads Content-Type, or takes what stands for a missing or broken
// one (RFC 2045 5.2, RFC 2046 5.1.5).
func (p *Part) setType(inDigest bool) {
	value, found := Fields(p.Header).Find("Content-Type")
	p.Type, p.Subtype, p.Params = ParseType(value)
	switch {
	case p.Type != "":
	case inDigest && !found:
		p.Type, p.Subtype = "message", "rfc822"
	default:
		p.Type, p.Subtype = "text", "plain"
	}
}

// multipart cuts the body at the boundary. One without a boundary, or below
// the caps, is shown as the text it is.
func (p *Part) multipart(depth int, left *int) {
	if boundary := Get(p.Params, "boundary"); boundary != "" && depth < MaxDepth {
		for _, raw := range cut(p.Body, boundary, *left) {
			if *left <= 0 {
				break // the parts of parts have used it up
			}
			p.Parts = append(p.Parts, parse(raw, depth+1, left, p.Subtype == "digest"))
		}
	}
	if len(p.Parts) == 0 {
		p.Type, p.Subtype, p.Params = "text", "plain", nil
	}
}

// cut gives what stands between the boundary's delimiter lines, at most most
// parts (RFC 2046 5.1.1). The line end before a delimiter belongs to it. A
// missing close delimiter is forgiven.
func cut(body []byte, boundary string, most int) [][]byte {
	var found [][]byte
	start := -1 // of the part that is open
	delimiter := []byte("--" + boundary)
	for at := 0; at <= len(body); {
		i := bytes.Index(body[at:], delimiter)
		if i < 0 {
			break
		}
		i += at
		if i > 0 && body[i-1] != '\n' {
			at = i + 1
			continue
		}
		end := lineEnd(body, i)
		closing, ok := endsDelimiter(body[i+len(delimiter) : end])
		if !ok {
			at = end
			continue
		}
		if start >= 0 {
			found = append(found, trimLineEnd(body[start:max(i, start)]))
		}
		if start = end; closing || len(found) >= most {
			return found
		}
		at = end
	}
	if start >= 0 && start <= len(body) {
		found = append(found, body[start:])
	}
	return found
}

// endsDelimiter tells whether a line that begins with a delimiter and goes on
// with rest is one, and whether it closes.
func endsDelimiter(rest []byte) (closing, ok bool) {
	if bytes.HasPrefix(rest, []byte("--")) {
		return true, true
	}
	return false, len(bytes.TrimRight(rest, " \t\r\n")) == 0
}

// lineEnd is the offset after the line that holds offset i.
func lineEnd(b []byte, i int) int {
	if n := bytes.IndexByte(b[i:], '\n'); n >= 0 {
		return i + n + 1
	}
	return len(b)
}

func trimLineEnd(b []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
}

// At finds the part that an IMAP section path names, such as 2.1 (RFC 3501
// 6.4.5), or nil. The empty path is the message itself.
func (p *Part) At(path []int) *Part {
	if len(path) == 0 {
		return p
	}
	var child *Part
	switch n := path[0]; {
	case len(p.Parts) > 0 && n >= 1 && n <= len(p.Parts):
		child = p.Parts[n-1]
	case len(p.Parts) == 0 && n == 1:
		child = p // the one part of a message without parts is its text
	default:
		return nil
	}
	if len(path) == 1 {
		return child
	}
	switch {
	case child.Message != nil:
		return child.Message.At(path[1:])
	case child != p && len(child.Parts) > 0:
		return child.At(path[1:])
	}
	return nil
}

// Walk calls fn with p and all below it, in order, until fn returns false.
func (p *Part) Walk(fn func(*Part) bool) bool {
	if !fn(p) {
		return false
	}
	for _, child := range p.Parts {
		if !child.Walk(fn) {
			return false
		}
	}
	return p.Message == nil || p.Message.Walk(fn)
}
