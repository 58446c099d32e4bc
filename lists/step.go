package lists

import (
	"strings"
	"time"
)

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

// StepSet tells out of a list's record, the oldest entry first, since when a
// step stands for the day that it has now, zero where the record does not tell,
// and how often its day was changed.
func StepSet(step string, entries []ProgressEntry) (set time.Time, moves int) {
	var last, own *ProgressEntry // of all steps, of this one
	for i := range entries {
		e := &entries[i]
		if e.Kind != "next" {
			continue
		}
		if SameStep(e.Text, step) && (own == nil || own != last || own.By != e.By) {
			if own != nil && own.By != e.By {
				moves++
			}
			set, own = e.At, e
		} else if SameStep(e.Text, step) {
			continue // said again
		}
		last = e
	}
	return set, moves
}
