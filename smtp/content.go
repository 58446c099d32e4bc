package smtp

import "bytes"

// What is refused of a message before anybody looks at its meaning.
const (
	maxHeader   = 256 << 10 // octets
	maxFields   = 1000
	maxReceived = 50 // RFC 5321 6.3: a loop
)

// CheckContent looks for what no message may have that comes in, whichever
// way: NUL, a header beyond all measure, a loop. nil: fit to be judged.
func CheckContent(content []byte) *Reply {
	if bytes.IndexByte(content, 0) >= 0 {
		return &Reply{Code: 550, Enhanced: [3]int{5, 6, 0}, Text: "The message holds a NUL octet, which mail may not (RFC 5321 4.5.2)"}
	}
	fields, hops, octets := header(content)
	switch {
	case octets > maxHeader:
		return &Reply{Code: 550, Enhanced: [3]int{5, 6, 0}, Text: "The header is longer than 256 KiB"}
	case fields > maxFields:
		return &Reply{Code: 550, Enhanced: [3]int{5, 6, 0}, Text: "The header has more than 1000 fields"}
	case hops > maxReceived:
		return &Reply{Code: 554, Enhanced: [3]int{5, 4, 6}, Text: "The message has passed more than 50 servers; it seems to go in a loop"}
	}
	return nil
}

// header counts the fields of the header, those called Received, and its
// octets. It stops when a limit is passed.
func header(content []byte) (fields, hops, octets int) {
	for rest := content; len(rest) > 0; {
		line := rest
		if end := bytes.IndexByte(rest, '\n'); end >= 0 {
			line = rest[:end+1]
		}
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			break
		}
		if line[0] != ' ' && line[0] != '\t' {
			fields++
			if name, _, ok := bytes.Cut(line, []byte(":")); ok && bytes.EqualFold(bytes.TrimRight(name, " \t"), []byte("Received")) {
				hops++
			}
		}
		octets += len(line)
		if octets > maxHeader || fields > maxFields {
			break
		}
		rest = rest[len(line):]
	}
	return fields, hops, octets
}

// BareLineEnds tells whether a CR stands without its LF, or a LF without its CR.
func BareLineEnds(b []byte) bool {
	for at := 0; ; {
		i := bytes.IndexByte(b[at:], '\n')
		if i < 0 {
			return bytes.IndexByte(b[at:], '\r') >= 0
		}
		if i == 0 || bytes.IndexByte(b[at:at+i], '\r') != i-1 {
			return true
		}
		at += i + 1
	}
}

// MendLineEnds makes every line end CR LF: of any CRs and the LF after them one, and
// of a CR by itself one.
func MendLineEnds(b []byte) []byte {
	out := make([]byte, 0, len(b)+len(b)/16)
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\n':
			out = append(out, '\r', '\n')
		case '\r':
			end := i
			for end+1 < len(b) && b[end+1] == '\r' {
				end++
			}
			if end+1 < len(b) && b[end+1] == '\n' {
				i = end + 1
			}
			out = append(out, '\r', '\n')
		default:
			out = append(out, b[i])
		}
	}
	return out
}

// WireForm is b as it goes over a connection: MendLineEnds, and a line end at
// the end of what is not empty. It is b itself where that changes nothing. What
// is signed must have it, or the signature is of something else than is sent.
func WireForm(b []byte) []byte {
	n := bytes.Count(b, []byte("\r\n"))
	if bytes.Count(b, []byte{'\n'}) != n || bytes.Count(b, []byte{'\r'}) != n {
		b = MendLineEnds(b)
	}
	if len(b) > 0 && !bytes.HasSuffix(b, []byte("\r\n")) {
		b = append(b[:len(b):len(b)], "\r\n"...)
	}
	return b
}

// EightBit tells whether an octet has its high bit set: it is not all ASCII.
func EightBit[T ~string | ~[]byte](s T) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return true
		}
	}
	return false
}
