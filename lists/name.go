package lists

import (
	"fmt"
	"slices"
	"strings"
)

// MaxName is the longest name of a list, in octets: with the longest role
// word it stays within the 64 octets of a local part (RFC 5321 4.5.3.1.1).
const MaxName = 40

// MaxToken is the longest token in an address, in octets.
const MaxToken = 26

// SiteName is the local part that stands for the whole site.
const SiteName = "plenary"

// RoleWords are the words that make a list's further addresses, LIST-WORD.
func RoleWords() []string {
	return []string{"join", "subscribe", "leave", "unsubscribe", "request", "owner", "confirm", "progress", "bounces", "help"}
}

// SiteLocals are the local parts that belong to the site and to no list.
func SiteLocals() []string {
	return []string{SiteName, "majordomo", "listserv", "sympa", "postmaster", "abuse", "mailer-daemon"}
}

// ValidName tells whether s can be a list's name or alias, whatever other
// lists there are. The error is a *Refusal: what is wrong and what would do.
func ValidName(s string) error {
	switch {
	case s == "":
		return refusal("A list needs a name of letters, digits and hyphens, such as data-protection.")
	case !wellFormed(s):
		if name := slug(s); name != "" && ValidName(name) == nil {
			return refusal("%q can't be a list's name: a name has only the letters a to z, digits and hyphens, and begins with a letter or digit. Write %s instead.",
				clip(s, MaxName), name)
		}
		return refusal("%q can't be a list's name: a name has only the letters a to z, digits and hyphens, and begins with a letter or digit.", clip(s, MaxName))
	case len(s) > MaxName:
		return refusal("%q is too long for a list's name: it has %d characters, and %d is the most. Choose a shorter one.",
			clip(s, 60), len(s), MaxName)
	case isRole(s):
		return refusal("%q can't be a list's name: Plenary uses that word to make each list's further addresses, such as dc-%s. Choose another name, such as %s-group.", s, s, s)
	case isSite(s):
		return refusal("%q can't be a list's name: %s@ is an address of the site itself. Choose another name, such as %s-group.", s, s, s)
	}
	if stem, role, ok := cutRole(s); ok {
		return refusal("%q can't be a list's name: its ending -%s would make it look like an address of a list %s. Choose another name, such as %s-group.",
			s, role, stem, s)
	}
	return nil
}

// ShortName is what a sub-list is called within its family:
// data-protection for dc-data-protection under dc.
func ShortName(name, mainName string) string {
	if short, ok := strings.CutPrefix(name, mainName+"-"); ok && short != "" {
		return short
	}
	return name
}

// fullName is the address's local part for what somebody wrote as a name
// under the main list parent, or as a main list's own name.
func fullName(word, domain string, parent *List) string {
	name := withoutDomain(strings.ToLower(strings.TrimSpace(word)), domain)
	if parent == nil || name == "" || name == parent.Name || ShortName(name, parent.Name) != name {
		return name
	}
	return parent.Name + "-" + name
}

// withoutDomain is a list's address without the site's domain, which may be
// written in letters of any script; anything else is left as it is.
func withoutDomain(word, domain string) string {
	at := strings.LastIndexByte(word, '@')
	if at < 0 {
		return word
	}
	if theirs, no := domainOf(word[at+1:]); no == nil && strings.EqualFold(theirs, domain) || strings.EqualFold(word[at+1:], domain) {
		return word[:at]
	}
	return word
}

// wellFormed tells whether s is [a-z0-9][a-z0-9-]*.
func wellFormed(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isAlnum(s[i]) && (s[i] != '-' || i == 0) {
			return false
		}
	}
	return s != ""
}

func isAlnum(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }

func isRole(s string) bool { return slices.Contains(RoleWords(), s) }

func isSite(s string) bool { return slices.Contains(SiteLocals(), s) }

// cutRole splits STEM-ROLE. There is one way at most: no role word holds a
// hyphen.
func cutRole(s string) (stem, role string, ok bool) {
	at := strings.LastIndexByte(s, '-')
	if at <= 0 || !isRole(s[at+1:]) {
		return "", "", false
	}
	return s[:at], s[at+1:], true
}

// slug makes a possible name of what somebody wrote: "Data Protection" gives
// data-protection. It is "" where nothing usable is left.
func slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(clip(s, 4*MaxName)) {
		switch {
		case r < 0x80 && isAlnum(byte(r)):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	name := strings.Trim(b.String(), "-")
	if len(name) > MaxName {
		name = strings.TrimRight(name[:MaxName], "-")
	}
	return name
}

func refusal(format string, args ...any) *Refusal {
	return &Refusal{Text: fmt.Sprintf(format, args...), Form: format, Args: args}
}
