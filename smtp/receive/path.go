package receive

import (
	"strings"
	"unicode/utf8"
)

// go-smtp gives a path without its brackets and, where the local part is
// quoted, without quotes and escapes: "a@b"@c comes as a@b@c. The last @ is
// the one that counts, for a domain has none (RFC 5321 4.1.2).
func splitPath(path string) (local, domain string, ok bool) {
	at := strings.LastIndexByte(path, '@')
	if at <= 0 || at == len(path)-1 {
		return "", "", false
	}
	return path[:at], path[at+1:], true
}

// mailbox puts the two parts together again, with quotes where the local part
// needs them, so that it can't be read as anything else later.
func mailbox(local, domain string) string {
	if dotString(local) {
		return local + "@" + domain
	}
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(local); i++ {
		if local[i] == '"' || local[i] == '\\' {
			b.WriteByte('\\')
		}
		b.WriteByte(local[i])
	}
	b.WriteByte('"')
	return b.String() + "@" + domain
}

func dotString(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '.':
			if i == 0 || i == len(s)-1 || s[i-1] == '.' {
				return false
			}
		case c <= ' ' || c == 0x7f || strings.IndexByte(`()<>[]:;@\,"`, c) >= 0:
			return false
		}
	}
	return s != ""
}

// reversePath reads the sender of MAIL as it stands in the envelope.
func reversePath(path string) (clean string, ok bool) {
	if path == "" {
		return "", true
	}
	local, domain, ok := splitPath(path)
	if !ok || len(local) > 64 || len(domain) > 255 || !utf8.ValidString(path) || !hostText(domain) {
		return "", false
	}
	for _, r := range local {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return "", false
		}
	}
	return mailbox(local, domain), true
}

// hostText tells whether s has the letters of a domain name or an address
// literal and no others.
func hostText(s string) bool {
	for _, r := range s {
		ok := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' ||
			r >= 0xa0 || strings.ContainsRune(".-_:[]", r)
		if !ok {
			return false
		}
	}
	return s != ""
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// cleanHelo is what a client calls itself, fit for a header field and a log
// line: name and literal characters only, 255 octets at most.
func cleanHelo(s string) string {
	if ascii(s) && hostText(s) && len(s) <= 255 {
		return s
	}
	s = strings.Map(func(r rune) rune {
		if r < 0x80 && hostText(string(r)) {
			return r
		}
		return -1
	}, s)
	if len(s) > 255 {
		s = s[:255]
	}
	if s == "" {
		return "unknown"
	}
	return s
}
