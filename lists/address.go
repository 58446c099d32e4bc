package lists

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Address is a mailbox address, local@domain, with the domain in lower-case
// A-labels (RFC 5890) and the local part as its owner writes it. Two addresses
// are the same mailbox when their Keys are equal.
type Address string

// ErrAddress is wrapped by every error of ParseAddress.
var ErrAddress = errors.New("not a mail address")

// AddressError is what is wrong with an address that somebody wrote.
type AddressError struct {
	Written string
	Why     *Refusal
}

func (e *AddressError) Error() string {
	return fmt.Sprintf("%q: %v: %s", e.Written, ErrAddress, e.Why.Text)
}

func (e *AddressError) Unwrap() error { return ErrAddress }

// ParseAddress reads one addr-spec without display name or angle brackets.
// The local part is at most 64 octets, the whole at most 254 (RFC 5321
// 4.5.3.1); quoted local parts, address literals and control characters are
// refused: no list member has them, and many attacks do.
func ParseAddress(s string) (Address, error) {
	bad := func(why string, args ...any) (Address, error) {
		return "", &AddressError{clip(s, 80), refusal(why, args...)}
	}
	s = strings.TrimSpace(s)
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return bad("it has no @")
	}
	local, domain := s[:at], s[at+1:]
	switch {
	case local == "":
		return bad("nothing stands before the @")
	case len(local) > 64:
		return bad("the part before the @ is longer than 64 octets")
	case !utf8.ValidString(local):
		return bad("it is not UTF-8")
	case strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, ".."):
		return bad("a dot stands in the wrong place before the @")
	}
	for _, r := range local {
		if r < 0x80 && !atext(r) && r != '.' || r >= 0x80 && (!unicode.IsPrint(r) || unicode.IsSpace(r)) {
			return bad("%q may not stand before the @", r)
		}
	}
	domain, no := domainOf(domain)
	if no != nil {
		return "", &AddressError{clip(s, 80), no}
	}
	if len(local)+1+len(domain) > 254 {
		return bad("it is longer than 254 octets")
	}
	return Address(local + "@" + domain), nil
}

// atext is that of RFC 5322 3.2.3.
func atext(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
}

// ParseDomain returns the domain in lower-case A-labels. It needs two labels
// at least, or to be localhost.
func ParseDomain(s string) (string, error) {
	d, no := domainOf(s)
	if no != nil {
		return "", errors.New(no.Text)
	}
	return d, nil
}

func domainOf(s string) (string, *Refusal) {
	if plainDomain(s) {
		return s, nil
	}
	return anyDomain(s)
}

// anyDomain is domainOf for domains of all kinds.
func anyDomain(s string) (string, *Refusal) {
	if strings.ContainsFunc(s, mark) {
		return "", refusal("%q is no domain name", clip(s, 80))
	}
	d, err := idna.Lookup.ToASCII(strings.TrimSuffix(s, "."))
	if again, wrong := idna.Lookup.ToASCII(d); err != nil || d == "" || wrong != nil || again != d || !utf8.ValidString(s) {
		return "", refusal("%q is no domain name", clip(s, 80))
	}
	d = strings.ToLower(d)
	if !strings.Contains(d, ".") && d != "localhost" {
		return "", refusal("the domain %q has no dot", clip(d, 80))
	}
	for _, label := range strings.Split(d, ".") {
		if label == "" || len(label) > 63 {
			return "", refusal("%q is no domain name", clip(d, 80))
		}
	}
	if len(d) > 253 {
		return "", refusal("the domain is longer than 253 octets")
	}
	return d, nil
}

// plainDomain tells that s is a domain as anyDomain would give it, where that
// is seen without reading tables: labels of lower-case ASCII letters, digits
// and single hyphens within them.
func plainDomain(s string) bool {
	label, dots := 0, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9':
			label++
		case c == '-' && label > 0 && i+1 < len(s) && s[i+1] != '-' && s[i+1] != '.':
			label++
		case c == '.' && 0 < label && label <= 63:
			label, dots = 0, dots+1
		default:
			return false
		}
	}
	return dots > 0 && 0 < label && label <= 63 && len(s) <= 253
}

// mark tells whether r is a quotation mark or bracket: idna makes A-labels of
// those that are not ASCII, and no domain has them.
func mark(r rune) bool { return unicode.In(r, unicode.Pi, unicode.Pf, unicode.Ps, unicode.Pe) }

// Key is the form in which addresses are compared: lower case throughout.
func (a Address) Key() string { return strings.ToLower(string(a)) }

// Same tells whether a and b are one mailbox.
func (a Address) Same(b Address) bool { return a.Key() == b.Key() }

// Mailbox is the key of the mailbox that mail to a ends up in, by the custom
// that what follows a + only sorts it: for counting what may be sent there.
func (a Address) Mailbox() string {
	local, _, tagged := strings.Cut(a.Local(), "+")
	if !tagged || local == "" {
		return a.Key()
	}
	return strings.ToLower(local + "@" + a.Domain())
}

// Local is what stands before the last @.
func (a Address) Local() string {
	if at := strings.LastIndexByte(string(a), '@'); at >= 0 {
		return string(a)[:at]
	}
	return string(a)
}

// Domain is what stands after the last @, or "".
func (a Address) Domain() string {
	if at := strings.LastIndexByte(string(a), '@'); at >= 0 {
		return string(a)[at+1:]
	}
	return ""
}

func (a Address) String() string { return string(a) }

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
