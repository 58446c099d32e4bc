package lists

import (
	"regexp"
	"strings"
)

// inText is a mail address in a text, from the last character of its local
// part on, be it quoted, in letters of any script, or as a link has it. What
// comes before that tells no place to write to.
var inText = regexp.MustCompile(`([^\s@<>(),;:])(@|%40)([\p{L}\p{M}\p{N}_-]{1,63}(?:\.[\p{L}\p{M}\p{N}_-]{1,63})+|\[[0-9A-Za-z:.]{2,60}\])`)

// HideAddresses takes the domains of people's mail addresses out of a text
// that anybody may read. The site's own addresses stay: they say how to join.
func (s Site) HideAddresses(text string) string {
	return inText.ReplaceAllStringFunc(text, func(a string) string {
		at := inText.FindStringSubmatch(a)
		if strings.EqualFold(at[3], s.Domain) {
			return a
		}
		return at[1] + at[2] + "…"
	})
}
