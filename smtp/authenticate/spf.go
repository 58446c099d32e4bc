package authenticate

import (
	"context"
	"net"
	"strings"

	"blitiri.com.ar/go/spf"

	"plenary/smtp"
)

// checkSPF asks whether the client may send for the reverse-path's domain, or
// for its HELO name where the reverse-path is empty (RFC 7208 2.4). The
// library keeps to 10 lookups and 2 void ones.
func (c *Checker) checkSPF(ctx context.Context, env smtp.Envelope) SPF {
	ip := net.ParseIP(env.Remote)
	if ip == nil {
		return SPF{Result: None, Reason: "the client's address is not known"}
	}
	if four := ip.To4(); four != nil {
		ip = four
	}
	s := SPF{Helo: env.From == ""}
	sender := env.From
	if s.Helo {
		sender = "postmaster@" + env.Helo
	}
	s.Domain = hostname(sender[strings.LastIndexByte(sender, '@')+1:])
	if s.Domain == "" || !strings.Contains(s.Domain, ".") {
		s.Result, s.Reason = None, "the name to look up is no domain"
		return s
	}
	local := "postmaster" // where there is none (RFC 7208 4.3)
	if at := strings.LastIndexByte(sender, '@'); at > 0 {
		local = strings.ReplaceAll(sender[:at], "@", "=") // the library takes the first for the domain's
	}
	result, err := spf.CheckHostWithSender(ip, hostname(env.Helo), local+"@"+s.Domain, spf.WithContext(ctx), spf.WithResolver(spfRecords{c.DNS}))
	s.Result = Result(result)
	if err != nil {
		s.Reason = err.Error()
	}
	if s.Result != Pass && ctx.Err() != nil {
		s.Result, s.Reason = TempError, "no time is left"
	}
	return s
}
