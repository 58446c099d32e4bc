package digest

import "time"

// Ahead is lead before the digest of the week is due, by the clock on the
// wall: two days before Monday nine are Saturday nine, whatever the clocks
// did in between. Without weekends Saturdays and Sundays don't count: it is
// Thursday nine then.
func (s Schedule) Ahead(w Week, lead time.Duration, weekends bool) time.Time {
	at := s.Due(w)
	days, rest := int(lead/(24*time.Hour)), lead%(24*time.Hour)
	if weekends {
		return at.AddDate(0, 0, -days).Add(-rest)
	}
	at = backToWork(at)
	for range days {
		at = backToWork(at.AddDate(0, 0, -1))
	}
	if rested := at.Add(-rest); Weekend(rested) { // what is left of a day goes on before the weekend
		return rested.AddDate(0, 0, -2)
	} else {
		return rested
	}
}

// backToWork is at, or the same clock time of the Friday before where that is
// a weekend.
func backToWork(at time.Time) time.Time {
	for Weekend(at) {
		at = at.AddDate(0, 0, -1)
	}
	return at
}

// Weekend tells whether t is on a Saturday or Sunday in its time zone.
func Weekend(t time.Time) bool { return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday }
