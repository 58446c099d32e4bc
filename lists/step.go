package lists

import "strings"

// SameStep tells whether two texts name one next step: case, spacing, a full
// stop and a date behind it make no difference.
func SameStep(a, b string) bool {
	plain := func(s string) string {
		if step, by, err := SplitStep(s, ""); err == nil && by != "" {
			s = step
		}
		return strings.TrimRight(strings.ToLower(strings.Join(strings.Fields(s), " ")), ".! ")
	}
	return plain(a) == plain(b)
}
