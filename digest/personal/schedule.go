package personal

import (
	"fmt"
	"strings"
	"time"

	"plenary/digest"
	"plenary/lists"
)

// Clock is a time of the day, such as 08:00, in a time zone.
type Clock struct {
	Hour, Minute int
	Location     *time.Location
}

// ParseClock reads "08:00".
func ParseClock(s string, loc *time.Location) (Clock, error) {
	at, err := time.Parse("15:04", strings.TrimSpace(s))
	if err != nil {
		return Clock{}, fmt.Errorf("%q is no time of the day: write it as 08:00", s)
	}
	if loc == nil {
		loc = time.UTC
	}
	return Clock{Hour: at.Hour(), Minute: at.Minute(), Location: loc}, nil
}

// Last is the latest time at or before now that the clock showed it. One that
// daylight saving skips falls as time.Date says.
func (c Clock) Last(now time.Time) time.Time {
	now = now.In(c.Location)
	for back := 0; ; back++ {
		t := time.Date(now.Year(), now.Month(), now.Day()-back, c.Hour, c.Minute, 0, 0, c.Location)
		if !t.After(now) {
			return t
		}
	}
}

// Schedule is when issues are due, and when they are full before that.
type Schedule struct {
	Daily  Clock
	Weekly digest.Schedule
	Posts  int   // an issue with so many posts is closed at once
	Octets int64 // or with so many octets of posts
}

// last is the latest time at or before now that issues of a cadence were due.
func (s Schedule) last(cadence lists.Delivery, now time.Time) time.Time {
	if cadence == lists.Daily {
		return s.Daily.Last(now)
	}
	return s.Weekly.Due(s.Weekly.Last(now))
}

// step says what is to be done about a shelf now: next is the shelf after it,
// and changed whether that differs. An issue that is open stays so. posts are
// those that wait, in order; as many of them as fill one issue will do.
// force closes an issue of what there is, due or not.
func (s Schedule) step(book lists.DigestBook, cadence lists.Delivery, created, now time.Time, posts []lists.DigestPost, force bool) (next lists.Shelf, changed bool) {
	next = book.Shelf(cadence)
	if next.Open != nil {
		return next, false
	}
	if next.Stands == "" {
		next.Due, changed = created.UTC(), true
	}
	last := s.last(cadence, now).UTC()
	due := last.After(next.Due)
	if len(posts) == 0 {
		if due {
			next.Due, changed = last, true
		}
		return next, changed
	}
	if !due && !force && !s.full(book, next) {
		return next, changed
	}
	issue := lists.Issue{From: next.Upto, At: now.UTC().Truncate(time.Second), Due: next.Due}
	for i, p := range posts {
		issue.To, issue.Sum = p.Number, p.Sum
		if i+1 >= s.Posts || p.Sum-next.Sum >= uint64(s.Octets) {
			break
		}
	}
	if issue.To == book.Posts && due { // nothing is left for this time
		issue.Due = last
	}
	next.Open = &issue
	return next, true
}

// full tells whether what waits on a shelf fills an issue.
func (s Schedule) full(book lists.DigestBook, shelf lists.Shelf) bool {
	return book.Posts-shelf.Upto >= uint64(s.Posts) || book.Sum-shelf.Sum >= uint64(s.Octets)
}

// waits tells whether a shelf has anything to be looked at.
func (s Schedule) waits(book lists.DigestBook, cadence lists.Delivery, now time.Time, force bool) bool {
	shelf := book.Shelf(cadence)
	return shelf.Open != nil || shelf.Stands == "" || s.last(cadence, now).After(shelf.Due) ||
		book.Posts > shelf.Upto && (force || s.full(book, shelf))
}

// numbered gives an issue closed at a time its year, volume and number.
func numbered(shelf lists.Shelf, at time.Time) (year, volume, number int) {
	year = at.Year()
	switch {
	case shelf.Year == 0:
		return year, 1, 1
	case year != shelf.Year:
		return year, shelf.Volume + 1, 1
	}
	return year, shelf.Volume, shelf.Number + 1
}
