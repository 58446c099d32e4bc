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
	b.Grow(512)
	say := func(texts ...string) {
		for _, s := range texts {
			b.WriteString(s)
		}
	}
	from := env.Helo
	if env.Account != "" { // where a member was, and on which machine, is nobody's business
		from = "member.invalid"
	}
	say("Received: from ", from)
	if a, err := netip.ParseAddr(env.Remote); err == nil && env.Account == "" {
		family := ""
		if a.Is6() {
			family = "IPv6:"
		}
		say(" ([", family, a.String(), "])")
	}
	say("\r\n\tby ", hostname, " (Plenary) with ", env.Protocol)
	if state != nil {
		say(" (", strings.ReplaceAll(tls.VersionName(state.Version), " ", ""), " ", tls.CipherSuiteName(state.CipherSuite), ")")
	}
	say("\r\n\tid ", env.ID)
	if len(env.To) == 1 && ascii(env.To[0]) {
		say("\r\n\tfor <", env.To[0], ">")
	}
	say("; ", env.Received.Format(time.RFC1123Z), "\r\n")
	return b.String()
}
