package message

import (
	"bytes"
	"strings"
)

// Part is a mail or a part of one.
type Part struct {
	Type        string            // media type, lower case: text/plain where none is given
	Params      map[string]string // of Content-Type, names in lower case
	Disposition string            // inline, attachment or "", lower case
	Encoding    string            // Content-Transfer-Encoding, lower case
	Header      []byte            // with the empty line that ends it
	Body        []byte            // still encoded
	Parts       []*Part           // of a multipart; the attached mail of a message/rfc822

	typed  bool // it had a Content-Type
	fields []Field
}

// Decoded is the part's content with its transfer encoding undone, max octets
// of it at most. Its charset is as sent.
func (p *Part) Decoded(max int) []byte { return decodeTransfer(p.Encoding, p.Body, max) }

// Walk calls visit for p and the parts within, in order, until visit says
// false for a part: then its inner parts are left out. Depth is bounded.
func (p *Part) Walk(visit func(*Part) bool) {
	if !visit(p) {
		return
	}
	for _, c := range p.Parts {
		c.Walk(visit)
	}
}

// parser scans a mail once, from its first line to its last.
type parser struct {
	raw        []byte
	boundaries []string // of the multiparts we are in, innermost last; at most MaxDepth
	parts      int
}

// delimiter is a line that parts the parts of a multipart.
type delimiter struct {
	level  int  // index of its multipart in boundaries; -1: the mail ended
	closes bool // it ends the multipart
	start  int  // where the line begins
	next   int  // where the next one does
}

var none = delimiter{level: -1}

// entity reads the part whose header begins at pos, and tells the delimiter
// that ended it. A delimiter of an outer multipart ends inner ones too. It
// calls itself for parts within parts, MaxDepth deep at most.
func (p *parser) entity(pos, depth int, inDigest bool) (*Part, delimiter, error) {
	if p.parts++; p.parts > MaxParts {
		return nil, none, &LimitError{"parts", MaxParts}
	}
	if depth > MaxDepth {
		return nil, none, &LimitError{"levels of parts within parts", MaxDepth}
	}
	fields, next, d, err := p.header(pos)
	if err != nil {
		return nil, none, err
	}
	part := describe(fields, inDigest)
	part.Header = p.raw[pos:next]
	if d.level >= 0 { // a part of nothing but a header
		return part, d, nil
	}
	switch {
	case part.multipart():
		d, err = p.multipart(part, next, depth)
	case part.Type == "message/rfc822" && part.plainCoded():
		var attached *Part
		attached, d, err = p.entity(next, depth+1, false)
		part.Parts = []*Part{attached}
	default:
		d = p.skip(next)
	}
	if err != nil {
		return nil, none, err
	}
	if depth > 1 {
		part.fields = nil
	}
	part.Body = p.raw[next:max(next, p.bodyEnd(d))]
	return part, d, nil
}

// multipart reads the parts of a multipart whose body begins at pos. What
// stands before the first and after the last is no part.
func (p *parser) multipart(part *Part, pos, depth int) (delimiter, error) {
	level := len(p.boundaries)
	p.boundaries = append(p.boundaries, part.Params["boundary"])
	d := p.skip(pos)
	for d.level == level && !d.closes {
		child, ended, err := p.entity(d.next, depth+1, part.Type == "multipart/digest")
		if err != nil {
			return none, err
		}
		part.Parts = append(part.Parts, child)
		d = ended
	}
	p.boundaries = p.boundaries[:level]
	if d.level == level {
		d = p.skip(d.next)
	}
	return d, nil
}

// skip finds the next delimiter of any multipart we are in.
func (p *parser) skip(pos int) delimiter {
	if len(p.boundaries) > 0 {
		for pos < len(p.raw) {
			if d, found := p.delimiterAt(pos); found {
				return d
			}
			i := bytes.Index(p.raw[pos:], []byte("\n--"))
			if i < 0 {
				break
			}
			pos += i + 1
		}
	}
	return delimiter{level: -1, start: len(p.raw), next: len(p.raw)}
}

// delimiterAt tells whether the line at pos is a delimiter; the innermost
// multipart is asked first.
func (p *parser) delimiterAt(pos int) (delimiter, bool) {
	if len(p.boundaries) == 0 || !bytes.HasPrefix(p.raw[pos:], []byte("--")) {
		return none, false
	}
	line, next := p.line(pos)
	text := bytes.TrimRight(line[2:], " \t\r")
	for level := len(p.boundaries) - 1; level >= 0; level-- {
		rest, ok := bytes.CutPrefix(text, []byte(p.boundaries[level]))
		if ok && (len(rest) == 0 || string(rest) == "--") {
			return delimiter{level: level, closes: len(rest) > 0, start: pos, next: next}, true
		}
	}
	return none, false
}

// bodyEnd is where a body ends: the line end before a delimiter is part of
// the delimiter (RFC 2046 5.1.1).
func (p *parser) bodyEnd(d delimiter) int {
	end := d.start
	if d.level >= 0 && end > 0 && p.raw[end-1] == '\n' {
		if end--; end > 0 && p.raw[end-1] == '\r' {
			end--
		}
	}
	return end
}

// describe reads the Content fields of a part. What can't be read is taken
// for text/plain (RFC 2045 5.2), in a multipart/digest for a mail.
func describe(fields []Field, inDigest bool) *Part {
	part := &Part{Type: "text/plain", fields: fields}
	if inDigest {
		part.Type = "message/rfc822"
	}
	if f, ok := Get(fields, "Content-Type"); ok {
		if kind, params := parseParams(f.Unfolded()); strings.Count(kind, "/") == 1 && !strings.ContainsAny(kind, " \t") {
			part.Type, part.Params, part.typed = kind, params, true
		}
	}
	if f, ok := Get(fields, "Content-Disposition"); ok {
		part.Disposition, _ = parseParams(f.Unfolded())
	}
	if f, ok := Get(fields, "Content-Transfer-Encoding"); ok {
		part.Encoding, _ = parseParams(f.Unfolded())
	}
	if strings.HasPrefix(part.Type, "multipart/") && part.Params["boundary"] == "" {
		part.Type = "text/plain" // nothing can part it: show what is there
	}
	return part
}

func (p *Part) multipart() bool { return strings.HasPrefix(p.Type, "multipart/") }

func (p *Part) plainCoded() bool { return p.Encoding != "base64" && p.Encoding != "quoted-printable" }
