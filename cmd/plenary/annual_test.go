package main

import (
	"testing"
	"time"

	"plenary/lists"
)

// A member's record has the day on which they joined, without an hour: it is
// that day in a year of every time zone.
func TestJoinedOnTheFirstDayOfTheYear(t *testing.T) {
	loc, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	s := agreeing(t, func() time.Time { return time.Date(2026, 1, 1, 13, 0, 0, 0, loc) })
	s.site.Location = loc
	l, err := s.store.CreateList(t.Context(), lists.NewList{Name: "dc", Title: "Digital coalition"})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.store.Subscribe(t.Context(), l.ID, lists.NewMember{Address: "ann@example.org"}); err != nil {
		t.Fatal(err)
	}
	for year, want := range map[int]int{2025: 0, 2026: 1} {
		a, err := s.accountOf(t.Context(), l, year, nil)
		if err != nil || a.Joined != want {
			t.Errorf("%d: %d joined, want %d (%v)", year, a.Joined, want, err)
		}
	}
}
