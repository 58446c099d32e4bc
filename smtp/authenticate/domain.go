package authenticate

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// maxLabels is how deep the tree walk begins below a long name (RFC 9989 4.10).
const maxLabels = 7

// hostname is a domain in lower case ASCII, "" for what can't be one.
func hostname(s string) string {
	s = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(s), "."))
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			var err error
			if s, err = idna.Lookup.ToASCII(s); err != nil {
				return ""
			}
			break
		}
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; !(c == '.' || c == '-' || c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z') {
			return ""
		}
	}
	if len(s) > 253 || strings.HasPrefix(s, ".") || strings.Contains(s, "..") {
		return ""
	}
	return s
}

// policyAt is the DMARC record of exactly this domain, nil for none.
func (c *Checker) policyAt(ctx context.Context, domain string) (*record, error) {
	texts, err := c.DNS.LookupTXT(ctx, "_dmarc."+domain)
	if err != nil {
		if isNotFound(err) {
			err = nil
		}
		return nil, err
	}
	texts = slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return !isRecord(text) })
	if len(texts) != 1 { // of several none counts
		return nil, nil
	}
	if r, ok := parseRecord(domain, texts[0]); ok {
		return &r, nil
	}
	return nil, nil
}

// walk finds the records at a domain and above it, from below (RFC 9989
// 4.10). It ends where a record says psd=.
func (c *Checker) walk(ctx context.Context, domain string) (records []record, err error) {
	for at := domain; at != ""; at = above(at) {
		r, err := c.policyAt(ctx, at)
		if err != nil {
			return nil, err
		}
		if r != nil {
			records = append(records, *r)
			if r.psd != 'u' {
				break
			}
		}
	}
	return records, nil
}

// above is where the tree walk goes next.
func above(domain string) string {
	labels := strings.Split(domain, ".")
	return strings.Join(labels[max(1, len(labels)-maxLabels):], ".")
}

// organisation is the domain that a domain belongs to: what the tree walk
// says, else what the public suffix list does.
func organisation(domain string, records []record) string {
	for _, r := range records {
		switch {
		case r.psd == 'n':
			return r.domain
		case r.psd == 'y' && r.domain != domain:
			return below(r.domain, domain)
		}
	}
	if len(records) == 0 {
		return registered(domain)
	}
	org := records[len(records)-1].domain
	// A registry's record without psd=y must not make its customers one.
	if suffix, icann := publicsuffix.PublicSuffix(domain); icann && (org == suffix || strings.HasSuffix(suffix, "."+org)) {
		return registered(domain)
	}
	return org
}

// registered is the organisation by the public suffix list.
func registered(domain string) string {
	if org, err := publicsuffix.EffectiveTLDPlusOne(domain); err == nil {
		return org
	}
	return domain
}

// below is the domain one label below parent on the way to domain.
func below(parent, domain string) string {
	rest := strings.TrimSuffix(domain, "."+parent)
	if rest == domain {
		return domain
	}
	return rest[strings.LastIndexByte(rest, '.')+1:] + "." + parent
}
