// Package digest gathers what a body's working groups did into one Report,
// and knows which ISO week a digest belongs to. Everything here is a value or
// a pure function of values: rendering, sending and asking are rooms below.
package digest

import (
	"fmt"
	"strings"
	"time"
)

// Week is an ISO 8601 week, the name of a digest: the digest of week W is the
// one due in W.
type Week struct{ Year, Number int }

// WeekOf is the ISO week of t in its own time zone.
func WeekOf(t time.Time) Week {
	y, n := t.ISOWeek()
	return Week{y, n}
}

// ParseWeek reads 2026-W48.
func ParseWeek(s string) (Week, error) {
	var w Week
	var rest string
	n, _ := fmt.Sscanf(strings.ToUpper(strings.TrimSpace(s)), "%4d-W%2d%s", &w.Year, &w.Number, &rest)
	if n != 2 || w.Year < 1000 || w.Number < 1 || WeekOf(w.Monday(time.UTC)) != w {
		return Week{}, fmt.Errorf("%q is no ISO week: write it as 2026-W48", s)
	}
	return w, nil
}

// String is the form 2026-W48.
func (w Week) String() string { return fmt.Sprintf("%04d-W%02d", w.Year, w.Number) }

// Monday is the first midnight of the week in the time zone.
func (w Week) Monday(loc *time.Location) time.Time {
	// The fourth of January is always in week 1.
	jan4 := time.Date(w.Year, time.January, 4, 0, 0, 0, 0, loc)
	back := (int(jan4.Weekday()) + 6) % 7
	return time.Date(w.Year, time.January, 4-back+7*(w.Number-1), 0, 0, 0, 0, loc)
}

// Schedule is a time of the week, such as Mon 09:00, in a time zone.
type Schedule struct {
	Day          time.Weekday
	Hour, Minute int
	Location     *time.Location
}

// ParseSchedule reads "Mon 09:00"; full day names will do too.
func ParseSchedule(s string, loc *time.Location) (Schedule, error) {
	bad := fmt.Errorf("%q is no time of the week: write it as Mon 09:00", s)
	day, clock, ok := strings.Cut(strings.TrimSpace(s), " ")
	if !ok || len(day) < 3 {
		return Schedule{}, bad
	}
	at, err := time.Parse("15:04", strings.TrimSpace(clock))
	if err != nil {
		return Schedule{}, bad
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		if name := strings.ToLower(d.String()); name == strings.ToLower(day) || name[:3] == strings.ToLower(day) {
			return Schedule{Day: d, Hour: at.Hour(), Minute: at.Minute(), Location: loc}, nil
		}
	}
	return Schedule{}, bad
}

// Due is when the digest of the week is due. A clock time that daylight
// saving skips falls as time.Date says; one that comes twice is its first.
func (s Schedule) Due(w Week) time.Time {
	m := w.Monday(s.location())
	return time.Date(m.Year(), m.Month(), m.Day()+(int(s.Day)+6)%7, s.Hour, s.Minute, 0, 0, s.location())
}

// Last is the latest week whose digest was due at or before now.
func (s Schedule) Last(now time.Time) Week {
	now = now.In(s.location())
	w := WeekOf(now)
	if s.Due(w).After(now) {
		w = WeekOf(w.Monday(s.location()).AddDate(0, 0, -7))
	}
	return w
}

// Next is the first week whose digest is due after now.
func (s Schedule) Next(now time.Time) Week { return s.Last(now).Following(s.location()) }

// Following is the week after w.
func (w Week) Following(loc *time.Location) Week { return WeekOf(w.Monday(loc).AddDate(0, 0, 7)) }

// Before tells whether w comes before other.
func (w Week) Before(other Week) bool {
	return w.Year < other.Year || w.Year == other.Year && w.Number < other.Number
}

func (s Schedule) location() *time.Location {
	if s.Location == nil {
		return time.UTC
	}
	return s.Location
}
