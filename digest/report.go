package digest

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"plenary/lists"
)

// Facts is what a digest is made of: what the record, the archive and the
// membership say of the time since the last one.
type Facts struct {
	Site         lists.Site
	Main         lists.List
	Week         Week
	Since, Until time.Time
	Groups       []GroupFacts
	Newcomers    []string // names of people new to the body, by their choice; unnamed ones are counted
	Unnamed      int      // newcomers without a name to show
	Posts        int      // on the main list
	People       int      // who wrote them
	Threads      []Thread // of the main list
	Members      int      // of the main list now
}

// GroupFacts is the same of one working group.
type GroupFacts struct {
	List    lists.List
	Leaders []string              // names
	Entries []lists.ProgressEntry // since the last digest, oldest first
	Posts   int
	People  int
	Members int
	Joined  int
	Left    int
	Threads []Thread
	Silent  int // whole weeks without progress or posts, before this one
}

// Thread is a conversation that moved.
type Thread struct {
	Subject string
	Posts   int
	Link    string // "" where the archive has no page
}

// Report is a digest's content, ready to be written as text or HTML.
type Report struct {
	Title        string
	Subject      string // of the mail
	Week         Week
	Since, Until time.Time
	Main         lists.List
	Site         lists.Site
	News         []Group // groups with something to tell, by due date
	Quiet        []Group // the others
	Newcomers    []string
	Unnamed      int
	Members      int
	Posts        int
	People       int
	Threads      []Thread
}

// Group is one group's account.
type Group struct {
	GroupFacts
	Progress []Said
	Help     []Said
	Dissent  []Said
	Next     string
	By       lists.Date
	Due      string // the date in words, overdue said plainly; "" no date
	Overdue  int    // days
}

// Said is a text and who said it.
type Said struct {
	Text string
	Who  string
}

// Gather makes the Report. Groups that are closed are left out; a group has
// news when it reported or wrote, or set its step or state anew.
func Gather(f Facts) Report {
	r := Report{
		Title: f.Main.Title, Week: f.Week, Since: f.Since, Until: f.Until, Main: f.Main, Site: f.Site,
		Newcomers: f.Newcomers, Unnamed: f.Unnamed, Members: f.Members, Posts: f.Posts, People: f.People, Threads: f.Threads,
	}
	today := f.Site.Today(f.Until)
	for _, facts := range f.Groups {
		if facts.List.State == lists.Closed {
			continue
		}
		if g := account(facts, today); len(facts.Entries) > 0 || facts.Posts > 0 {
			r.News = append(r.News, g)
		} else {
			r.Quiet = append(r.Quiet, g)
		}
	}
	sort.SliceStable(r.News, func(i, j int) bool { return dueKey(r.News[i]) < dueKey(r.News[j]) })
	sort.SliceStable(r.Quiet, func(i, j int) bool { return r.Quiet[i].List.Title < r.Quiet[j].List.Title })
	r.Subject = subject(r)
	return r
}

// dueKey puts groups with a date first, the earliest date before the others.
func dueKey(g Group) string {
	if g.By == "" {
		return "9999" + g.List.Title
	}
	return string(g.By) + g.List.Title
}

func account(f GroupFacts, today lists.Date) Group {
	g := Group{GroupFacts: f, Next: f.List.Next, By: f.List.NextBy}
	g.Due, g.Overdue = due(g.By, today)
	for i, e := range f.Entries {
		said := Said{Text: e.Text, Who: e.Name}
		switch e.Kind {
		case "progress":
			if e.Week != "" && answeredLater(f.Entries[i+1:], e) {
				continue
			}
			g.Progress = append(g.Progress, said)
		case "help":
			g.Help = append(g.Help, said)
		case "dissent":
			g.Dissent = append(g.Dissent, said)
		}
	}
	return g
}

// answeredLater tells whether the same person answered the same week's
// question again: the last reply counts.
func answeredLater(later []lists.ProgressEntry, e lists.ProgressEntry) bool {
	for _, l := range later {
		if l.Kind == e.Kind && l.Week == e.Week && l.Author.Same(e.Author) {
			return true
		}
	}
	return false
}

// due says a date in words as seen from today.
func due(by, today lists.Date) (words string, overdue int) {
	day, ok := by.Time()
	now, ok2 := today.Time()
	if !ok || !ok2 {
		return "", 0
	}
	date := day.Format("Monday 2 January 2006")
	days := int(day.Sub(now).Hours() / 24)
	switch {
	case days == 0:
		return "due today, " + date, 0
	case days == -1:
		return "overdue by 1 day: it was due on " + date, 1
	case days < 0:
		return fmt.Sprintf("overdue by %d days: it was due on %s", -days, date), -days
	case days == 1:
		return "due tomorrow, " + date, 0
	}
	return "due on " + date, 0
}

// subject says the week's news, not only its number.
func subject(r Report) string {
	var news []string
	reported, overdue := 0, 0
	for _, g := range append(append([]Group(nil), r.News...), r.Quiet...) {
		if len(g.Progress) > 0 {
			reported++
		}
		if g.Overdue > 0 {
			overdue++
		}
	}
	if reported > 0 {
		news = append(news, Count(reported, "group reports", "groups report"))
	}
	if n := len(r.Newcomers) + r.Unnamed; n > 0 {
		news = append(news, Count(n, "newcomer", "newcomers"))
	}
	if overdue > 0 {
		news = append(news, Count(overdue, "step overdue", "steps overdue"))
	}
	if len(news) == 0 {
		news = append(news, "a quiet week")
	}
	return fmt.Sprintf("%s, week %d: %s", r.Title, r.Week.Number, strings.Join(news, ", "))
}

// Count is a number and the word that goes with it.
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
