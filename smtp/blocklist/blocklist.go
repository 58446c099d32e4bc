// Package blocklist asks blocklists by DNS (RFC 5782) about the clients that
// bring mail. What is done about one that is listed, or about a list that
// does not answer, is for its caller.
package blocklist

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"plenary/smtp"
)

// Resolver asks DNS. What is not there is a *net.DNSError with IsNotFound.
type Resolver interface {
	LookupIPAddr(ctx context.Context, host string) ([]net.IPAddr, error)
	LookupTXT(ctx context.Context, name string) ([]string, error)
}

// Lists are the zones that are asked, in this order.
type Lists struct {
	Zones   []string
	DNS     Resolver
	Timeout time.Duration // for all of them; 0 means 8 s
}

// Finding is what the lists say of one client.
type Finding struct {
	Zone   string // the first that lists it, "" none does
	Reason string // in that zone's words, one line, "" none given
	Err    error  // a zone that did not answer, where none lists it
}

// maxReason is how much of a zone's words is kept, in octets.
const maxReason = 200

// Check asks about a client. An address of no public network is on no list,
// and is not asked about.
func (l Lists) Check(ctx context.Context, client netip.Addr) (f Finding) {
	client = client.Unmap().WithZone("")
	if !client.IsValid() || client.IsLoopback() || client.IsPrivate() || client.IsLinkLocalUnicast() || client.IsUnspecified() {
		return Finding{}
	}
	limit := l.Timeout
	if limit == 0 {
		limit = 8 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for _, zone := range l.Zones {
		name := reversed(client) + zone + "."
		listed, err := l.listed(ctx, name)
		switch {
		case err != nil:
			f.Err = errors.Join(f.Err, fmt.Errorf("ask %s: %w", zone, err))
		case listed:
			return Finding{Zone: zone, Reason: l.reason(ctx, name)}
		}
	}
	return f
}

// listed tells whether a zone has the name. Lists answer by IPv4 addresses, so
// that there was no answer about others is no matter. Answers beyond
// 127.0.0.0/8 come of a domain that somebody else has taken, those in
// 127.255.255.0/24 say that the question was not allowed: neither lists anybody.
func (l Lists) listed(ctx context.Context, name string) (bool, error) {
	answers, err := l.DNS.LookupIPAddr(ctx, name)
	if gone := (*net.DNSError)(nil); errors.As(err, &gone) && gone.IsNotFound {
		return false, nil
	}
	if err != nil && len(answers) == 0 {
		return false, err
	}
	for _, a := range answers {
		four := a.IP.To4()
		if four == nil || four[0] != 127 || four[1] == 255 && four[2] == 255 {
			return false, fmt.Errorf("the answer %s means no listing", a.IP)
		}
	}
	return len(answers) > 0, nil
}

func (l Lists) reason(ctx context.Context, name string) string {
	texts, err := l.DNS.LookupTXT(ctx, name)
	if err != nil || len(texts) == 0 {
		return ""
	}
	return smtp.Printable(texts[0], maxReason)
}

// reversed is an address as blocklists name it, with a dot at its end (RFC
// 5782 2.1, 2.4).
func reversed(a netip.Addr) string {
	raw := a.AsSlice()
	var b strings.Builder
	for i := len(raw) - 1; i >= 0; i-- {
		if a.Is4() {
			fmt.Fprintf(&b, "%d.", raw[i])
		} else {
			fmt.Fprintf(&b, "%x.%x.", raw[i]&0xf, raw[i]>>4)
		}
	}
	return b.String()
}
