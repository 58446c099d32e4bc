package smtp

import "strings"

// Printable is what may stand in a field, a reply or a log line of ours of what
// others say: printable ASCII, most octets of it. Control characters would end
// a line, or begin another.
func Printable(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, s)
	return s[:min(len(s), most)]
}
