package lists

import (
	"testing"
	"time"
)

func TestSameStep(t *testing.T) {
	for _, row := range []struct {
		a, b string
		same bool
	}{
		{"Publish the map", "publish  the map.", true},
		{"Publish the map", "Publish the map by 2026-12-01", true},
		{"Publish the map by 1 Dec 2026", "Publish the map by 2026-12-01", true},
		{"Review by the board", "Review", false},
		{"Publish the map", "Publish the maps", false},
	} {
		if got := SameStep(row.a, row.b); got != row.same {
			t.Errorf("%q and %q: %v", row.a, row.b, got)
		}
	}
}

func TestStepSet(t *testing.T) {
	at := func(day int) time.Time { return time.Date(2026, 11, day, 9, 0, 0, 0, time.UTC) }
	next := func(day int, text string, by Date) ProgressEntry {
		return ProgressEntry{Kind: "next", Text: text, By: by, At: at(day)}
	}
	a, again, moved := next(1, "Publish it", "2026-12-01"), next(2, "publish it.", "2026-12-01"), next(4, "Publish it", "2026-12-08")
	other, told := next(5, "Rest", ""), ProgressEntry{Kind: "progress", Text: "Publish it", At: at(3)}
	for _, c := range []struct {
		entries []ProgressEntry
		day     int
		moves   int
	}{
		{nil, 0, 0}, {[]ProgressEntry{told, other}, 0, 0}, {[]ProgressEntry{a, again, told}, 1, 0}, {[]ProgressEntry{a, again, told, moved}, 4, 1},
		{[]ProgressEntry{a, moved, other}, 4, 1}, {[]ProgressEntry{a, other, next(6, "Publish it", "2026-12-01")}, 6, 0},
		{[]ProgressEntry{a, moved, other, next(6, "Publish it", "2026-12-01"), next(7, "Publish it", "2026-12-01")}, 6, 2},
	} {
		set, moves := StepSet("Publish it", c.entries)
		if c.day == 0 && !set.IsZero() || c.day > 0 && !set.Equal(at(c.day)) || moves != c.moves {
			t.Errorf("%v: %v, %d moves", c.entries, set, moves)
		}
	}
}
