package lists

import "strings"

// BaseSubject is a subject without the marks of answers in the languages that
// mail programs use, and without a list's tag in brackets before or between
// them, in small letters; reply tells whether there was such a mark. "" stands
// for no subject.
func BaseSubject(s string) (base string, reply bool) {
	s = strings.ToLower(strings.Join(strings.Fields(s), " "))
	for {
		if strings.HasPrefix(s, "[") {
			if _, rest, ok := strings.Cut(s, "]"); ok && rest != "" {
				s = strings.TrimSpace(rest)
				continue
			}
		}
		end := strings.IndexAny(s, ":：")
		if end < 0 || !answers(s[:end]) {
			return s, reply
		}
		s, reply = strings.TrimSpace(strings.TrimLeft(s[end:], ":：")), true
	}
}

// answers tells whether what stands before a colon marks an answer.
func answers(mark string) bool {
	mark, _, _ = strings.Cut(mark, "[") // Re[2]:
	switch strings.TrimSpace(mark) {
	case "re", "aw", "sv", "antw", "rv", "ré", "vs", "odp", "ynt", "رد", "回复", "答复":
		return true
	}
	return false
}
