// Package annual writes the report that a body files each year (IGF dynamic
// coalitions must): its groups, what each did month by month, what came out
// of it, who took part, and the next year's steps, out of the groups' record.
// It is pure: facts in, Markdown or HTML out. What people wrote is quoted as
// text, never as markup.
package annual

import (
	"cmp"
	"slices"
	"time"

	"plenary/digest"
	"plenary/lists"
)

// Facts is what a year's report is made of.
type Facts struct {
	Site   lists.Site
	Main   lists.List
	Year   int
	Until  time.Time    // now: a year that is not over is reported so far
	Body   Account      // the main list's
	Groups []GroupFacts // closed ones too
}

// Account is a list's participation.
type Account struct {
	Members  int // now
	Joined   int // of these, who joined in the year
	Months   [12]Count
	People   int  // different people who wrote in the year
	Archived bool // posts are counted in the archive; false: it keeps none
}

// Count is one month of posts.
type Count struct{ Posts, People int }

// Posts is the year's total.
func (a Account) Posts() (n int) {
	for _, m := range a.Months {
		n += m.Posts
	}
	return n
}

// GroupFacts is the same of one working group, and its record.
type GroupFacts struct {
	List    lists.List
	Leaders []string              // names
	Entries []lists.ProgressEntry // its whole record, oldest first
	Account
}

// Report is a year's account, ready to be written.
type Report struct {
	Facts
	Begin, End time.Time // the year in the site's time zone; End may lie ahead
	Groups     []Group   // those that were there in the year
	Founded    []string  // titles of groups made in the year
	Ended      []string  // of groups done or closed in the year
}

// Group is one group's year.
type Group struct {
	GroupFacts
	Months  []Month
	Outputs []digest.Step // steps done in the year, by when they were
	Moved   []digest.Step // steps that were moved, dropped or replaced
	Help    []Told
	Dissent []Told
	Next    digest.Step // the step that stands, Text "" none
}

// Month is what a group told in one month.
type Month struct {
	Month time.Month
	Told  []Told
}

// Told is what somebody said, and when.
type Told struct {
	At   time.Time
	Who  string
	Text string
}

// Gather makes the report.
func Gather(f Facts) Report {
	loc := f.Site.Location
	if loc == nil {
		loc = time.UTC
	}
	r := Report{Facts: f, Begin: time.Date(f.Year, 1, 1, 0, 0, 0, 0, loc), End: time.Date(f.Year+1, 1, 1, 0, 0, 0, 0, loc)}
	in := func(t time.Time) bool { return !t.Before(r.Begin) && t.Before(r.End) }
	for _, g := range f.Groups {
		ended := endedAt(g)
		if !g.List.Created.Before(r.End) && g.Posts() == 0 || // its archive may be older than it is here
			!ended.IsZero() && ended.Before(r.Begin) {
			continue
		}
		if in(g.List.Created) {
			r.Founded = append(r.Founded, g.List.Title)
		}
		if in(ended) {
			r.Ended = append(r.Ended, g.List.Title)
		}
		r.Groups = append(r.Groups, year(g, loc, in, r.End))
	}
	slices.SortStableFunc(r.Groups, func(a, b Group) int { return cmp.Compare(a.List.Title, b.List.Title) })
	return r
}

// endedAt is when a group that is done or closed became so; zero for others
// and where nobody recorded it.
func endedAt(g GroupFacts) (at time.Time) {
	if g.List.State != lists.Done && g.List.State != lists.Closed {
		return at
	}
	for _, e := range g.Entries {
		if e.Kind == digest.KindState && e.Text == string(g.List.State) {
			at = e.At
		}
	}
	return at
}

func year(g GroupFacts, loc *time.Location, in func(time.Time) bool, end time.Time) Group {
	out := Group{GroupFacts: g}
	for i, e := range g.Entries {
		if !in(e.At) || digest.Superseded(g.Entries[i+1:], e) {
			continue
		}
		told := Told{At: e.At.In(loc), Who: e.Name, Text: e.Text}
		switch e.Kind {
		case digest.KindProgress:
			out.tell(told)
		case digest.KindHelp:
			out.Help = append(out.Help, told)
		case digest.KindDissent:
			out.Dissent = append(out.Dissent, told)
		}
	}
	steps := digest.Steps(asOf(g.List, g.Entries, end), before(g.Entries, end))
	for _, s := range steps {
		switch {
		case s.Ended == digest.StepDone && in(s.At):
			out.Outputs = append(out.Outputs, s)
		case s.Ended != "" && in(s.At):
			out.Moved = append(out.Moved, s)
		}
	}
	out.Next, _ = digest.Standing(steps)
	return out
}

// asOf is the list with the step that it had at a time: the record tells it
// where steps ended or began since. Reports are written in January.
func asOf(l lists.List, entries []lists.ProgressEntry, end time.Time) lists.List {
	if !l.Created.Before(end) {
		l.Next = ""
		return l
	}
	then := before(entries, end)
	since := slices.IndexFunc(entries[len(then):], func(e lists.ProgressEntry) bool {
		return e.Kind == digest.KindNext || e.Kind == digest.KindDone || e.Kind == digest.KindDropped || e.Kind == digest.KindState
	})
	if since < 0 {
		return l
	}
	l.Next, l.NextBy, l.State = "", "", lists.Active
	named := false
	for _, e := range then {
		switch {
		case e.Kind == digest.KindNext:
			l.Next, l.NextBy, named = e.Text, e.By, true
		case e.Kind == digest.KindState:
			l.State = lists.State(e.Text)
		case (e.Kind == digest.KindDone || e.Kind == digest.KindDropped) && (e.Text == "" || lists.SameStep(l.Next, e.Text)):
			l.Next, l.NextBy = "", ""
		}
	}
	// The step that a list was made with is in no entry until it ends.
	if e := entries[len(then)+since]; !named && (e.Kind == digest.KindDone || e.Kind == digest.KindDropped) {
		l.Next, l.NextBy = e.Text, e.By
	}
	return l
}

// before is the record as it stood at a time.
func before(entries []lists.ProgressEntry, end time.Time) []lists.ProgressEntry {
	i, _ := slices.BinarySearchFunc(entries, end, func(e lists.ProgressEntry, t time.Time) int { return e.At.Compare(t) })
	return entries[:i]
}

func (g *Group) tell(t Told) {
	if n := len(g.Months); n == 0 || g.Months[n-1].Month != t.At.Month() {
		g.Months = append(g.Months, Month{Month: t.At.Month()})
	}
	last := &g.Months[len(g.Months)-1]
	last.Told = append(last.Told, t)
}

// Over tells whether the year has ended.
func (r Report) Over() bool { return !r.Until.Before(r.End) }
