package weekly

import (
	"context"
	"time"

	"plenary/digest"
	"plenary/lists"
)

// plotted is how many weeks of a group a digest shows.
const plotted = 12

// remembered is how far back activity can be read.
const remembered = 100 * 24 * time.Hour

// figures are the last weeks of a list in numbers, the oldest first, and when
// the latest post came that is remembered. Weeks end at the clock time of
// until in the site's time zone, so that the change to summer time neither
// loses nor doubles an hour.
func (s *Sender) figures(ctx context.Context, l lists.List, until time.Time) (weeks []digest.Figures, last time.Time, err error) {
	if s.Site.Location != nil {
		until = until.In(s.Site.Location)
	}
	bounds := []time.Time{until.Add(-remembered)}
	for i := plotted; i >= 0; i-- {
		bounds = append(bounds, until.AddDate(0, 0, -7*i))
	}
	spans, err := s.Reader.Activities(ctx, l.ID, bounds)
	if err != nil {
		return nil, last, err
	}
	for i, a := range spans {
		if !a.Last.IsZero() {
			last = a.Last
		}
		if i > 0 { // before the first of the weeks
			weeks = append(weeks, digest.Figures{Posts: a.Posts, People: a.People})
		}
	}
	return weeks, last, nil
}
