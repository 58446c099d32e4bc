package compose

import "bytes"

// field is one header field as it arrived: its bytes with their line ends,
// folding included, so that what is not ours to change leaves unchanged.
type field struct {
	name string // lower case, "" for a line that is no field
	raw  []byte
}

// split takes a message apart into its fields and its body. A leading mbox
// "From " line is dropped, as MTAs do: below our own fields it would end the
// header for some readers. A message without an empty line is all header.
func split(raw []byte) (fields []field, body []byte) {
	for len(raw) > 0 {
		line := nextLine(raw)
		if isBlank(line) {
			return fields, raw[len(line):]
		}
		rest := raw[len(line):]
		switch {
		case (line[0] == ' ' || line[0] == '\t') && len(fields) > 0:
			last := &fields[len(fields)-1]
			last.raw = extend(last.raw, line)
		case len(fields) == 0 && (bytes.HasPrefix(line, []byte("From ")) || bytes.HasPrefix(line, []byte(">From "))):
		default:
			fields = append(fields, field{name: fieldName(line), raw: line})
		}
		raw = rest
	}
	return fields, nil
}

// extend joins two neighbouring slices of one message, without copying where it can.
func extend(head, next []byte) []byte {
	if cap(head) >= len(head)+len(next) {
		return head[:len(head)+len(next)]
	}
	return append(head[:len(head):len(head)], next...)
}

func nextLine(b []byte) []byte {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return b[:i+1]
	}
	return b
}

func isBlank(line []byte) bool {
	return string(line) == "\n" || string(line) == "\r\n"
}

// fieldName is the name before the colon in lower case (RFC 5322 2.2), or ""
// where the line is no field.
func fieldName(line []byte) string {
	i := bytes.IndexByte(line, ':')
	if i <= 0 {
		return ""
	}
	name := bytes.TrimRight(line[:i], " \t")
	for _, c := range name {
		if c <= ' ' || c >= 0x7f {
			return ""
		}
	}
	return string(bytes.ToLower(name))
}

// value is what stands after the colon, unfolded and trimmed, undecoded.
func (f field) value() string {
	i := bytes.IndexByte(f.raw, ':')
	if i < 0 {
		return ""
	}
	v := bytes.ReplaceAll(f.raw[i+1:], []byte("\r\n"), nil)
	v = bytes.ReplaceAll(v, []byte("\n"), nil)
	return string(bytes.TrimSpace(v))
}

// ended is the field's bytes with line ends as SMTP wants them. What came in
// over SMTP has no others; what came from a file may, and a message cut short
// lacks the last.
func (f field) ended() []byte {
	raw := f.raw
	if !bytes.HasSuffix(raw, []byte("\n")) {
		raw = append(raw[:len(raw):len(raw)], "\r\n"...)
	}
	if bytes.Count(raw, []byte("\n")) != bytes.Count(raw, []byte("\r\n")) {
		raw = bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
	}
	return raw
}
