package digest

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"time"

	"plenary/lists"
)

// Report is a digest's content: values only, to be said in any language.
type Report struct {
	Title        string
	Week         Week
	Since, Until time.Time
	Due          time.Time // not zero: it is sent late
	Missed       int
	Main         lists.List
	Site         lists.Site
	News         []Group // groups with something to tell, by due date, those that rest after the others
	Quiet        []Group // the others, likewise
	Coming       []Group // whose step is due in two weeks from today, by date
	Founded      []lists.List
	Closed       []lists.List
	Newcomers    []string
	Unnamed      int
	Members      int
	Posts        int
	People       int
	Threads      []Thread
	Waiting      Waiting // for the main list's admins
	Pending      []Group // for whose leaders and admins something waits to be decided
}

// Group is one group's account.
type Group struct {
	GroupFacts
	Fresh    []lists.ProgressEntry // its entries since the last digest
	Progress []Said
	Took     []string // who leads it since the last digest
	Help     []Said
	Dissent  []Said
	Ended    []Step // steps done, dropped or replaced since the last digest
	Next     string
	By       lists.Date
	Moved    lists.Date // the date before, where it moved since the last digest
	When     When
	Days     int         // until it is due, or overdue by
	Was      lists.State // the state before, where it changed since the last digest
	Asked    bool        // its leaders were asked whether it goes on, since the last digest
	Orphaned bool        // silent for two months now: the body is asked who would lead it
}

// When says how a step's date lies to today.
type When int

// A step without a date, or overdue, due today, tomorrow, within a week, or
// later.
const (
	NoDate When = iota
	Overdue
	Today
	Tomorrow
	ThisWeek
	Later
)

// Said is a text and who said it.
type Said struct {
	Text string
	Who  string
}

// Silences after which something is said or done, in weeks.
const (
	SilentSaid  = 2 // the digest says so
	SilentAsked = 4 // leaders and admins are asked
	SilentBody  = 8 // the body is asked who would lead
)

// lateAfter is how long after its time a digest is said to be late.
const lateAfter = 6 * time.Hour

// Gather makes the Report. Groups that are closed are only named; a group has
// news when it reported or wrote, or set its step or state anew.
func Gather(f Facts) Report {
	r := Report{
		Title: f.Main.Title, Week: f.Week, Since: f.Since, Until: f.Until, Missed: f.Missed, Main: f.Main, Site: f.Site,
		Newcomers: f.Newcomers, Unnamed: f.Unnamed, Members: f.Members, Posts: f.Posts, People: f.People, Threads: f.Threads, Waiting: f.Waiting,
	}
	if !f.Due.IsZero() && f.Until.Sub(f.Due) > lateAfter {
		r.Due = f.Due
	}
	today := f.Site.Today(f.Until)
	for _, facts := range f.Groups {
		g := account(facts, f.Since, today)
		founded := r.IsNew(facts.List)
		if founded && facts.List.State != lists.Closed {
			r.Founded = append(r.Founded, facts.List)
		}
		switch news := g.news(); {
		case facts.List.State == lists.Closed:
			if g.Was != "" || founded {
				r.Closed = append(r.Closed, facts.List)
			}
			continue
		case news:
			r.News = append(r.News, g)
		case facts.List.State != lists.Done:
			g.Orphaned = g.fell(SilentBody, f.Since, f.Until)
			r.Quiet = append(r.Quiet, g)
		}
		if g.Waiting.Any() {
			r.Pending = append(r.Pending, g)
		}
		if g.When >= Today && g.Days <= 14 && running(facts.List.State) {
			r.Coming = append(r.Coming, g)
		}
	}
	sort.SliceStable(r.News, func(i, j int) bool { return dueKey(r.News[i]) < dueKey(r.News[j]) })
	sort.SliceStable(r.Quiet, func(i, j int) bool { return dueKey(r.Quiet[i]) < dueKey(r.Quiet[j]) })
	sort.SliceStable(r.Coming, func(i, j int) bool { return dueKey(r.Coming[i]) < dueKey(r.Coming[j]) })
	return r
}

// IsNew tells whether a list was made since the last digest.
func (r Report) IsNew(l lists.List) bool { return !r.Since.IsZero() && !l.Created.Before(r.Since) }

func running(s lists.State) bool { return s == lists.Forming || s == lists.Active }

// NextWeek tells whether its step is due within a week, but after the Sunday:
// a digest of a Friday says "this week" of Saturday alone.
func (g Group) NextWeek(today lists.Date) bool {
	now, ok := today.Time()
	by, ok2 := g.By.Time()
	return ok && ok2 && (g.When == Tomorrow || g.When == ThisWeek) && WeekOf(now) != WeekOf(by)
}

// Late tells whether its step is overdue. Of a group that paused nothing is
// due.
func (g Group) Late() bool { return g.When == Overdue && running(g.List.State) }

// Quiet tells whether the group owes a word at a time, so many weeks after its
// last. One that paused said that there would be none.
func (g Group) Quiet(weeks int, at time.Time) bool {
	return running(g.List.State) && g.Silent(at) >= weeks
}

// fell tells whether it came to owe one since the last digest.
func (g Group) fell(weeks int, since, until time.Time) bool {
	return g.Quiet(weeks, until) && !g.Quiet(weeks, since)
}

// news tells whether anybody of the group said or wrote anything.
func (g Group) news() bool {
	for _, e := range g.Fresh {
		if Word(e) {
			return true
		}
	}
	return g.Posts > 0
}

// dueKey puts groups with a date first, the earliest date before the others.
// Of a group that paused nothing is due: it comes after all that are at work.
func dueKey(g Group) string {
	rests := "0"
	if !running(g.List.State) {
		rests = "1"
	}
	return rests + cmp.Or(string(g.By), "9999") + g.List.Title
}

func account(f GroupFacts, since time.Time, today lists.Date) Group {
	g := Group{GroupFacts: f}
	state := lists.State("")
	for _, e := range f.Entries {
		if fresh := !e.At.Before(since); fresh {
			g.Fresh = append(g.Fresh, e)
			g.Asked = g.Asked || e.Kind == KindSilence
			if e.Kind == KindLeader && e.Name != "" && f.List.Created.Before(since) { // of a new group it goes without saying
				g.Took = append(g.Took, e.Name)
			}
		} else if e.Kind == KindState {
			state = lists.State(e.Text)
		}
	}
	g.Progress, g.Help, g.Dissent = Told(g.Fresh)
	g.Was = changed(g.Fresh, state, f.List)
	steps := Steps(f.List, f.Entries)
	for _, s := range steps {
		switch {
		case s.Ended == "" || s.At.Before(since) || s.At.IsZero() && !since.IsZero():
		case s.Ended == StepReplaced && !s.Set.IsZero() && !s.Set.Before(since):
			// Nobody was told of it: a leader corrected what they had said.
		case s.Ended == StepMoved && !s.Set.Before(since) && corrected(f.Entries, s):
		case (s.Ended == StepDone || s.Ended == StepDropped) && takenBack(s, steps):
		case s.Ended == StepMoved && g.Moved == "":
			g.Moved = s.By
		case s.Ended == StepMoved:
		default:
			g.Ended, g.Moved = append(g.Ended, s), ""
		}
	}
	if s, ok := Standing(steps); ok {
		g.Next, g.By = s.Text, s.By
	}
	if g.Moved == g.By {
		g.Moved = ""
	}
	g.When, g.Days = due(g.By, today)
	return g
}

// corrected tells whether who set a step also moved it.
func corrected(entries []lists.ProgressEntry, s Step) bool {
	var by [2]lists.Address
	for _, e := range entries {
		if e.Kind != KindNext || !lists.SameStep(e.Text, s.Text) {
			continue
		}
		if e.At.Equal(s.Set) && e.By == s.By {
			by[0] = e.Author
		}
		if e.At.Equal(s.At) {
			by[1] = e.Author
		}
	}
	return by[0] != "" && by[0].Same(by[1])
}

// takenBack tells whether a step that ended stands again, for the same day: it
// was not done after all.
func takenBack(s Step, steps []Step) bool {
	now, ok := Standing(steps)
	return ok && s.By != "" && s.By == now.By && lists.SameStep(s.Text, now.Text) && !now.Set.Before(s.At)
}

// changed is the state before the fresh entries, where it is another now.
func changed(fresh []lists.ProgressEntry, before lists.State, l lists.List) lists.State {
	for _, e := range fresh {
		if e.Kind != KindState {
			continue
		}
		if before == "" {
			before = lists.Active // what groups are made as
		}
		if before != l.State {
			return before
		}
	}
	return ""
}

// Told is what entries say in words. Where the same person answered the same
// week's question again, the last answer of each kind counts.
func Told(entries []lists.ProgressEntry) (progress, help, dissent []Said) {
	for i, e := range entries {
		if Superseded(entries[i+1:], e) {
			continue
		}
		said := Said{Text: e.Text, Who: e.Name}
		switch e.Kind {
		case KindProgress:
			progress = append(progress, said)
		case KindHelp:
			help = append(help, said)
		case KindDissent:
			dissent = append(dissent, said)
		}
	}
	return progress, help, dissent
}

// Superseded tells whether one of the later entries is the same person's
// later answer to the same week's question: the last reply counts. So it is
// where the entry itself is empty: it took an earlier one back.
func Superseded(later []lists.ProgressEntry, e lists.ProgressEntry) bool {
	if e.Text == "" && (e.Kind == KindHelp || e.Kind == KindDissent) {
		return true
	}
	if e.Week == "" {
		return false
	}
	for _, l := range later {
		if l.Kind == e.Kind && l.Week == e.Week && l.Author.Same(e.Author) {
			return true
		}
	}
	return false
}

// due says how a date lies to today, and the days between.
func due(by, today lists.Date) (When, int) {
	day, ok := by.Time()
	now, ok2 := today.Time()
	if !ok || !ok2 {
		return NoDate, 0
	}
	switch days := int(day.Sub(now).Hours() / 24); {
	case days < 0:
		return Overdue, -days
	case days == 0:
		return Today, 0
	case days == 1:
		return Tomorrow, 1
	case days < 7:
		return ThisWeek, days
	default:
		return Later, days
	}
}

// Empty tells whether the week has nothing to tell: no news, nobody new,
// nothing due or overdue, nothing to be decided, and no silence that anybody
// is told of for the first time.
func (r Report) Empty() bool {
	if len(r.News)+len(r.Coming)+len(r.Founded)+len(r.Closed)+len(r.Newcomers)+len(r.Pending)+len(r.Threads)+r.Unnamed+r.Posts+r.Missed > 0 || r.Waiting.Any() || !r.Due.IsZero() {
		return false
	}
	for _, g := range r.Quiet {
		if g.Late() || g.fell(SilentSaid, r.Since, r.Until) || g.Asked || g.Orphaned {
			return false
		}
	}
	return true
}

// Reported are the titles of the groups that told their progress, in the
// digest's order.
func (r Report) Reported() []string {
	var titles []string
	for _, g := range r.News {
		if len(g.Progress) > 0 {
			titles = append(titles, strings.Join(strings.Fields(g.List.Title), " "))
		}
	}
	return titles
}

// AnyNextWeek tells whether a running group's step is due within a week, but
// not in this one.
func (r Report) AnyNextWeek() bool {
	today := r.Site.Today(r.Until)
	next := func(g Group) bool { return running(g.List.State) && g.NextWeek(today) }
	return slices.ContainsFunc(r.News, next) || slices.ContainsFunc(r.Quiet, next)
}

// CountWhen is how many groups' steps lie so.
func (r Report) CountWhen(which ...When) (n int) {
	for _, all := range [][]Group{r.News, r.Quiet} {
		for _, g := range all {
			for _, w := range which {
				if g.When == w && running(g.List.State) {
					n++
				}
			}
		}
	}
	return n
}
