package store

import (
	"strings"
	"unicode"
)

// cleanLine makes one line of words for people out of s: valid UTF-8, white
// space as single spaces, without control characters and those that turn the
// direction of writing, and of n runes at most.
func cleanLine(s string, n int) string {
	var b strings.Builder
	runes, space := 0, false
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case unicode.IsSpace(r):
			space = true
			continue
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029':
			continue
		}
		if space && runes > 0 && runes < n {
			b.WriteByte(' ')
			runes++
		}
		space = false
		if runes == n {
			break
		}
		b.WriteRune(r)
		runes++
	}
	return strings.TrimRight(b.String(), " ")
}

// cleanLines is a text of several lines without control characters: it stands
// in feeds, which may hold none, and on terminals, which obey them.
func cleanLines(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, "\uFFFD"))
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}

// cleanName is a display name as it is kept. Mail programs put the address
// where there is no name, or behind it; names are shown to everybody, and
// addresses never are.
func cleanName(s string) string {
	if !strings.Contains(s, "@") {
		return cleanLine(s, 100)
	}
	var words []string
	dropped := false
	for _, w := range strings.Fields(s) {
		if local, domain, ok := strings.Cut(w, "@"); ok && local != "" && strings.Contains(domain, ".") {
			dropped = true
			continue
		}
		words = append(words, w)
	}
	if s = strings.Join(words, " "); dropped {
		s = strings.Trim(s, `"'<>()[],;:- `)
	}
	return cleanLine(s, 100)
}
