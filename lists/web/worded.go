package web

import (
	"time"

	"plenary/digest/words"
	"plenary/lists"
)

// worded is what a page is said with: a list's language, and the site's clock.
type worded struct {
	W    *words.Words
	zone *time.Location
}

// worded speaks a list's language.
func (p *pages) worded(l lists.List) worded { return worded{words.For(l.Language), p.zone()} }

// moment is a time as people and as programs read it.
type moment struct{ Machine, Text, Date, Day string }

// At is a time in the page's language.
func (w worded) At(t time.Time) moment {
	t = t.In(w.zone)
	date := w.W.Date(t)
	return moment{Machine: t.Format(time.RFC3339), Date: date, Day: w.W.Day(t), Text: date + w.W.Say("comma") + t.Format("15:04 MST")}
}
