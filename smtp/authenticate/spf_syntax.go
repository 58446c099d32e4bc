package authenticate

import (
	"context"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
)

// spfRecords is a Resolver for the library of SPF, which reads a record only as
// far as it matches: one whose grammar is broken anywhere lets nobody send
// (RFC 7208 4.6), whatever stands before the fault.
type spfRecords struct{ Resolver }

func (r spfRecords) LookupTXT(ctx context.Context, name string) ([]string, error) {
	texts, err := r.Resolver.LookupTXT(ctx, name)
	for _, text := range texts {
		version, terms, _ := strings.Cut(text, " ")
		if !strings.EqualFold(version, "v=spf1") {
			continue
		}
		if fault := spfFault(terms); fault != "" {
			return nil, fmt.Errorf("the record of %s has %q, which SPF does not know", strings.TrimSuffix(name, "."), printable(fault))
		}
	}
	return texts, err
}

// Parts of the grammar (RFC 7208 12).
const (
	macro      = `%(?:[%_-]|\{(?i:[slodiphcrtv])[0-9]*[rR]?[-.+,/_=]*\})`
	macroText  = `(?:` + macro + `|[!-$&-~])*`
	domainEnd  = `(?:\.(?:[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*|[A-Za-z0-9]+-[A-Za-z0-9-]*[A-Za-z0-9])\.?|` + macro + `)`
	domainSpec = macroText + domainEnd
	masks      = `(?:/(?:[12]?[0-9]|3[0-2]))?(?://(?:[1-9]?[0-9]|1[01][0-9]|12[0-8]))?`
)

var (
	spfTerm = regexp.MustCompile(`^(?:[-+?~]?(?i:all|include:` + domainSpec + `|(?:a|mx)(?::` + domainSpec + `)?` + masks +
		`|ptr(?::` + domainSpec + `)?|exists:` + domainSpec + `|(ip4|ip6):([!-~]+))|(?i:(redirect|exp)=)` + domainSpec +
		`|([A-Za-z][A-Za-z0-9_.-]*)=` + macroText + `)$`)
	// onlyExplains are macro letters for the text of an explanation (7.2).
	onlyExplains = regexp.MustCompile(`%\{[crtCRT]`)
)

// spfFault is the first term that the grammar does not have, or that stands
// there once too often; "" none.
func spfFault(terms string) string {
	seen := map[string]bool{}
	for term := range strings.SplitSeq(terms, " ") {
		if term == "" {
			continue
		}
		found := spfTerm.FindStringSubmatch(term)
		if found == nil || found[4] == "" && onlyExplains.MatchString(term) {
			return term
		}
		kind, network, modifier, other := strings.ToLower(found[1]), found[2], strings.ToLower(found[3]), strings.ToLower(found[4])
		switch {
		case kind != "" && !spfNetwork(kind, network):
			return term
		case modifier != "" && seen[modifier]:
			return term
		case other == "redirect", other == "exp": // their domain is none
			return term
		}
		seen[modifier] = true
	}
	return ""
}

// spfNetwork tells whether s is an address of its kind, or a network.
func spfNetwork(kind, s string) bool {
	address, _, ranged := strings.Cut(s, "/")
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Zone() != "" || ip.Is4() != (kind == "ip4") {
		return false
	}
	if !ranged {
		return true
	}
	_, err = netip.ParsePrefix(s)
	return err == nil
}
