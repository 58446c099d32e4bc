package lists

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ParseDate reads a day as people write it: 2026-12-01, 1 Dec, 1 December
// 2026, Dec 1, 1.12.2026, today, tomorrow, Friday (the next one after today),
// in 3 weeks. Without a year it is the next such day, today included. A day
// in the past is given back as it is. What has two readings (12/1, next
// Friday) is a *Refusal that shows both; so is what is no date.
func ParseDate(text string, today Date) (Date, error) {
	d, _, err := readDate(text, today)
	return d, err
}

// SplitStep parts "publish draft by 2026-12-01" into the step and its date.
// Words after the last "by" that are no date belong to the step ("review by
// the board"); those that are an impossible or ambiguous date are a *Refusal.
func SplitStep(text string, today Date) (step string, by Date, err error) {
	text = strings.TrimSpace(text)
	words := lastBy.FindStringSubmatchIndex(text)
	if words == nil {
		return text, "", nil
	}
	by, isDate, err := readDate(text[words[4]:words[5]], today)
	switch {
	case !isDate:
		return text, "", nil
	case err != nil:
		return "", "", err
	}
	return strings.TrimRight(text[:words[3]], " \t\r\n,;:-"), by, nil
}

var (
	// The first group is greedy, so "by" is the last one.
	lastBy     = regexp.MustCompile(`(?is)^(.*(?:\s|^))by[\s:]+(.+)$`)
	isoDay     = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$`)
	dottedDay  = regexp.MustCompile(`^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})$`)
	slashedDay = regexp.MustCompile(`^(\d{1,2})[/-](\d{1,2})(?:[/-](\d{4}|\d{2}))?$`)
	dayMonth   = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th|\.)?[\s-]+(?:of )?([a-z]+)\.?,?(?:[\s-]+(\d{4}))?$`)
	monthDay   = regexp.MustCompile(`^([a-z]+)\.?[\s-]+(?:the )?(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?$`)
	inSoMany   = regexp.MustCompile(`^in (a|an|one|two|three|four|\d{1,3}) (day|week|month)s?$`)
	weekdayDay = regexp.MustCompile(`^(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? (.*\d.*)$`)
)

// maxDate is the longest text that can be a date, in octets.
const maxDate = 60

// readDate tells with isDate whether text has the shape of a date at all, be
// it a good one or not.
func readDate(text string, today Date) (d Date, isDate bool, err error) {
	s := strings.ToLower(strings.Join(strings.Fields(clip(text, maxDate)), " "))
	s = strings.TrimRight(strings.Trim(s, `"'()<>`), ".,;:!")
	for _, article := range []string{"on ", "the "} {
		s = strings.TrimPrefix(s, article)
	}
	if m := weekdayDay.FindStringSubmatch(s); m != nil && weekday(strings.Fields(strings.TrimRight(s, ","))[0]) >= 0 {
		s = m[2] // "Friday, 4 December": the day of the month decides
	}
	now, known := today.Time()
	switch {
	case isoDay.MatchString(s):
		m := isoDay.FindStringSubmatch(s)
		d, err = civil(text, number(m[1]), number(m[2]), number(m[3]))
	case dottedDay.MatchString(s):
		m := dottedDay.FindStringSubmatch(s)
		d, err = dayOf(text, m[3], number(m[2]), number(m[1]), now, known)
	case slashedDay.MatchString(s):
		m := slashedDay.FindStringSubmatch(s)
		d, err = slashed(text, m[1], m[2], m[3], now, known)
	case dayMonth.MatchString(s) && month(dayMonth.FindStringSubmatch(s)[2]) > 0:
		m := dayMonth.FindStringSubmatch(s)
		d, err = dayOf(text, m[3], month(m[2]), number(m[1]), now, known)
	case monthDay.MatchString(s) && month(monthDay.FindStringSubmatch(s)[1]) > 0:
		m := monthDay.FindStringSubmatch(s)
		d, err = dayOf(text, m[3], month(m[1]), number(m[2]), now, known)
	default:
		return relative(text, s, now, known)
	}
	return d, true, err
}

// relative reads days told from today.
func relative(text, s string, now time.Time, known bool) (Date, bool, error) {
	if !known {
		return "", false, noDate(text)
	}
	switch s {
	case "today":
		return dateOf(now), true, nil
	case "tomorrow":
		return dateOf(now.AddDate(0, 0, 1)), true, nil
	}
	if m := inSoMany.FindStringSubmatch(s); m != nil {
		n := map[string]int{"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4}[m[1]]
		if n == 0 {
			n = number(m[1])
		}
		switch m[2] {
		case "day":
			return dateOf(now.AddDate(0, 0, n)), true, nil
		case "week":
			return dateOf(now.AddDate(0, 0, 7*n)), true, nil
		}
		return dateOf(monthsOn(now, n)), true, nil
	}
	word, next := strings.CutPrefix(s, "next ")
	wd := weekday(strings.TrimPrefix(word, "this "))
	if wd < 0 {
		return "", false, noDate(text)
	}
	coming := now.AddDate(0, 0, (wd-int(now.Weekday())+6)%7+1)
	if next {
		return "", true, refusal("%q can be read in two ways. Write %s or %s.", clip(text, maxDate), dateOf(coming), dateOf(coming.AddDate(0, 0, 7)))
	}
	return dateOf(coming), true, nil
}

// monthsOn is the same day n months on, the month's last where it has no such
// day.
func monthsOn(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	return first.AddDate(0, 0, min(t.Day(), first.AddDate(0, 1, -1).Day())-1)
}

// dayOf is a day with or without a year.
func dayOf(text, year string, month, day int, now time.Time, known bool) (Date, error) {
	if year != "" {
		return civil(text, number(year), month, day)
	}
	if !known {
		return "", noDate(text)
	}
	var err error
	for y := now.Year(); y <= now.Year()+8; y++ { // 29 February is eight years off at most
		var d Date
		if d, err = civil(text, y, month, day); err == nil && d >= dateOf(now) {
			return d, nil
		}
	}
	_, err = civil(text, now.Year(), month, day)
	return "", err
}

// slashed reads 25/12/2026, where only one reading is possible.
func slashed(text, a, b, year string, now time.Time, known bool) (Date, error) {
	if len(year) == 2 {
		year = "20" + year
	}
	dayFirst, errDay := dayOf(text, year, number(b), number(a), now, known)
	monthFirst, errMonth := dayOf(text, year, number(a), number(b), now, known)
	switch {
	case errDay != nil && errMonth != nil:
		return "", errDay
	case errMonth != nil || dayFirst == monthFirst:
		return dayFirst, nil
	case errDay != nil:
		return monthFirst, nil
	}
	return "", refusal("%q can be read in two ways. Write %s or %s.", clip(text, maxDate), dayFirst, monthFirst)
}

// civil is the day, if the calendar has it.
func civil(text string, year, month, day int) (Date, error) {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if year < 1900 || year > 2999 || t.Year() != year || t.Month() != time.Month(month) || t.Day() != day {
		return "", refusal("There is no day %q in the calendar. Write a date as 2026-12-01, or as 1 December 2026.", clip(text, maxDate))
	}
	return dateOf(t), nil
}

func noDate(text string) *Refusal {
	return refusal("%q is no date that I can read. Write it as 2026-12-01, or as 1 December 2026.", clip(text, maxDate))
}

func dateOf(t time.Time) Date { return Date(t.Format(time.DateOnly)) }

// number reads digits; the patterns above leave it nothing else.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

// month is 1 to 12 for an English month's name or a beginning of it of three
// letters or more, else 0.
func month(s string) int {
	for m := time.January; m <= time.December; m++ {
		if len(s) >= 3 && strings.HasPrefix(strings.ToLower(m.String()), s) {
			return int(m)
		}
	}
	if s == "sept" {
		return int(time.September)
	}
	return 0
}

// weekday is 0 (Sunday) to 6 for an English weekday's name or a beginning of
// it of three letters or more, else -1.
func weekday(s string) int {
	s = strings.TrimRight(s, ",.")
	for d := time.Sunday; d <= time.Saturday; d++ {
		if len(s) >= 3 && strings.HasPrefix(strings.ToLower(d.String()), s) {
			return int(d)
		}
	}
	return -1
}
