package mailbox

import "strings"

// matches tells whether a folder's name matches a pattern of LIST. Names have
// no parts, so % means the same as *. Each star takes as little as it can:
// that is right for a pattern of stars alone, and needs no going back past
// the last star, so the time is at most the product of the lengths.
func matches(name, pattern string) bool {
	n, p := 0, 0
	star, taken := -1, 0 // the last star, and how far its match reaches
	for n < len(name) {
		switch {
		case p < len(pattern) && (pattern[p] == '*' || pattern[p] == '%'):
			star, taken = p, n
			p++
		case p < len(pattern) && pattern[p] == name[n]:
			n++
			p++
		case star >= 0:
			taken++
			n, p = taken, star+1
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*%") == ""
}
