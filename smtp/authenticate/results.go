package authenticate

import (
	"strings"

	"plenary/smtp"
	"plenary/smtp/message"
)

// Results is the value of an Authentication-Results field without its first
// word, the server's id; an ARC set carries the same.
func (f Findings) Results() string {
	const next = ";\r\n\t"
	var b strings.Builder
	b.Grow(200)
	say := func(texts ...string) {
		for _, s := range texts {
			b.WriteString(s)
		}
	}
	say("spf=", string(f.SPF.Result))
	switch {
	case f.SPF.Domain == "":
	case f.SPF.Helo:
		say(" smtp.helo=", token(f.SPF.Domain))
	default:
		say(" smtp.mailfrom=", token(f.SPF.Domain))
	}
	for _, s := range f.DKIM {
		say(next, "dkim=", string(s.Result))
		if s.Reason != "" {
			say(" reason=", quoted(s.Reason))
		}
		if s.Domain != "" {
			say(" header.d=", token(s.Domain))
		}
	}
	if len(f.DKIM) == 0 {
		say(next, "dkim=none")
	}
	say(next, "dmarc=", string(f.DMARC.Result))
	if f.DMARC.Policy != "" {
		say(" (p=", f.DMARC.Policy, ")")
	}
	if domain := hostname(f.From.Domain()); domain != "" {
		say(" header.from=", token(domain))
	}
	say(next, "arc=", string(f.ARC.Result))
	return b.String()
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
// results are what Findings.Results says.
func Mark(m *message.Message, id, results string) []byte {
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
