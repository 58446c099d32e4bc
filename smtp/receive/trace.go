package receive

import (
	"crypto/tls"
	"net/netip"
	"strings"
	"time"

	"plenary/smtp"
)

// protocol is the word after "with" (RFC 3848; RFC 6531 3.7.3).
func protocol(hello string, secure, signedIn, utf8 bool) string {
	name := "ESMTP"
	switch {
	case hello == "LHLO" && utf8:
		name = "UTF8LMTP"
	case hello == "LHLO":
		name = "LMTP"
	case utf8:
		name = "UTF8SMTP"
	case hello == "HELO":
		name = "SMTP"
	}
	if secure && name != "SMTP" {
		name += "S"
	}
	if signedIn && name != "SMTP" {
		name += "A"
	}
	return name
}

// received is the trace field of RFC 5321 4.4 that goes on top of the
// message. Whatever the client chose has been cleaned before; the recipient
// is named only where there is one, so that none learns of another.
func received(env smtp.Envelope, hostname string, state *tls.ConnectionState) string {
	var b strings.Builder
	if env.Account != "" { // where a member was, and on which machine, is nobody's business
		b.WriteString("Received: from member.invalid")
	} else {
		b.WriteString("Received: from " + env.Helo)
	}
	if a, err := netip.ParseAddr(env.Remote); err == nil && env.Account == "" {
		literal := a.String()
		if a.Is6() {
			literal = "IPv6:" + literal
		}
		b.WriteString(" ([" + literal + "])")
	}
	b.WriteString("\r\n\tby " + hostname + " (Plenary) with " + env.Protocol)
	if state != nil {
		b.WriteString(" (" + strings.ReplaceAll(tls.VersionName(state.Version), " ", "") + " " + tls.CipherSuiteName(state.CipherSuite) + ")")
	}
	b.WriteString("\r\n\tid " + env.ID)
	if len(env.To) == 1 && ascii(env.To[0]) {
		b.WriteString("\r\n\tfor <" + env.To[0] + ">")
	}
	b.WriteString("; " + env.Received.Format(time.RFC1123Z) + "\r\n")
	return b.String()
}
