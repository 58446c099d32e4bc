package authenticate

import (
	"strings"

	"plenary/smtp"
	"plenary/smtp/message"
)

// Results is the value of an Authentication-Results field without its first
// word, the server's id; an ARC set carries the same.
func (f Findings) Results() string {
	parts := []string{f.spfResult()}
	for _, s := range f.DKIM {
		part := "dkim=" + string(s.Result)
		if s.Reason != "" {
			part += " reason=" + quoted(s.Reason)
		}
		if s.Domain != "" {
			part += " header.d=" + token(s.Domain)
		}
		parts = append(parts, part)
	}
	if len(f.DKIM) == 0 {
		parts = append(parts, "dkim=none")
	}
	dmarc := "dmarc=" + string(f.DMARC.Result)
	if f.DMARC.Policy != "" {
		dmarc += " (p=" + f.DMARC.Policy + ")"
	}
	if domain := hostname(f.From.Domain()); domain != "" {
		dmarc += " header.from=" + token(domain)
	}
	return strings.Join(append(parts, dmarc, "arc="+string(f.ARC.Result)), ";\r\n\t")
}

func (f Findings) spfResult() string {
	spf := "spf=" + string(f.SPF.Result)
	switch {
	case f.SPF.Domain == "":
	case f.SPF.Helo:
		spf += " smtp.helo=" + token(f.SPF.Domain)
	default:
		spf += " smtp.mailfrom=" + token(f.SPF.Domain)
	}
	return spf
}

// maxReason is how much of a reason is told to others.
const maxReason = 120

// printable is what of others' words is told.
func printable(s string) string { return smtp.Printable(s, maxReason) }

func quoted(s string) string {
	return `"` + strings.Map(func(r rune) rune {
		if r == '"' || r == '\\' {
			return '\''
		}
		return r
	}, printable(s)) + `"`
}

// token is a value that needs no quotes: a domain. Anything else is dropped.
func token(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '.' || r == '-' || r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return -1
	}, s)
}

// Mark is the message with our Authentication-Results on top, and without
// those that bear our id already: nobody but us may have written them.
func Mark(m *message.Message, id string, f Findings) []byte { return mark(m, id, f.Results()) }

func mark(m *message.Message, id, results string) []byte {
	field := "Authentication-Results: " + id + ";\r\n\t" + results + "\r\n"
	out := make([]byte, 0, len(field)+len(m.Raw))
	out = append(out, field...)
	read := 0
	for _, f := range m.Fields {
		read += len(f.Raw)
		if f.Is("Authentication-Results") {
			if by, _ := readResults(f.Unfolded()); sameServer(by, id) {
				continue
			}
		}
		out = append(out, f.Raw...)
	}
	return append(out, m.Raw[headerStart(m)+read:]...)
}

// sameServer tells whether two ids are one server's to whoever reads them, with
// a dot at the end or in another script.
func sameServer(a, b string) bool {
	return strings.EqualFold(a, b) || hostname(a) != "" && hostname(a) == hostname(b)
}

// headerStart is where the header begins: after the line of an mbox file, if
// there is one.
func headerStart(m *message.Message) int { return cap(m.Raw) - cap(m.Header) }

// body is all that follows the header.
func body(m *message.Message) []byte { return m.Raw[headerStart(m)+len(m.Header):] }
