package lists

import "time"

// Date is a civil date, YYYY-MM-DD; "" is no date. Dates compare as strings.
type Date string

// Time is midnight UTC of the date; ok is false for "" and malformed dates.
func (d Date) Time() (t time.Time, ok bool) {
	t, err := time.Parse(time.DateOnly, string(d))
	return t, err == nil
}
