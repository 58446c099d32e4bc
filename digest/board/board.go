// Package board shows a family as it stands now: each group's card with the
// last it said, its next step and its figures, and what is due. It is a pure
// function of the same facts that a digest is made of; showing it is left to
// pages and the command line.
package board

import (
	"cmp"
	"slices"
	"time"

	"plenary/digest"
	"plenary/lists"
)

// standing is how long what a group said of itself stays on its card when
// nothing newer takes its place.
const standing = 28 * 24 * time.Hour

// Of makes the board out of the facts since the last digest. Closed groups
// are left out.
func Of(f digest.Facts) lists.Board {
	b := lists.Board{
		Main: f.Main.Name, Title: f.Main.Title, Purpose: f.Main.Purpose, Address: f.Main.Address(f.Site.Domain), Join: join(f.Site, f.Main),
		Request: lists.RoleAddress(f.Main, "request", "", f.Site.Domain), Page: page(f.Site, f.Main),
		At: f.Until.UTC(), Since: f.Since.UTC(), Members: f.Members, Posts: f.Posts, People: f.People,
		Groups: []lists.BoardGroup{}, Due: []lists.BoardStep{},
	}
	for _, g := range accounts(f) {
		b.Groups = append(b.Groups, card(f, g))
		if g.Next != "" && g.By != "" && (g.When == digest.Overdue || g.Days <= 14) && running(g.List.State) {
			b.Due = append(b.Due, Step(f.Site, g.List, g.Next, g.By))
		}
	}
	return b
}

// accounts are the groups in the board's order: those at work by their due
// date, those without one by title, then those that paused or are done.
func accounts(f digest.Facts) []digest.Group {
	r := digest.Gather(f)
	all := slices.Concat(r.News, r.Quiet)
	for _, g := range f.Groups { // a digest tells nothing of groups that are done and silent
		there := slices.ContainsFunc(all, func(a digest.Group) bool { return a.List.ID == g.List.ID })
		if !there && g.List.State != lists.Closed {
			all = append(all, digest.Group{GroupFacts: g})
		}
	}
	slices.SortStableFunc(all, func(a, b digest.Group) int {
		return cmp.Or(cmp.Compare(rank(a.List.State), rank(b.List.State)), cmp.Compare(dated(a.By), dated(b.By)), cmp.Compare(a.List.Title, b.List.Title))
	})
	return all
}

func running(s lists.State) bool { return s == lists.Forming || s == lists.Active }

// rank puts groups at work before those that rest, and those that are done last.
func rank(s lists.State) int {
	switch {
	case running(s):
		return 0
	case s == lists.Paused:
		return 1
	}
	return 2
}

// dated sorts dates before none.
func dated(d lists.Date) lists.Date { return cmp.Or(d, "9999-12-31") }

// Step is a group's step as boards and calendars list it.
func Step(site lists.Site, l lists.List, step string, by lists.Date) lists.BoardStep {
	return lists.BoardStep{Serial: l.Serial, Group: l.Name, Title: l.Title, Step: step, By: by, Join: join(site, l), Page: page(site, l)}
}

func card(f digest.Facts, g digest.Group) lists.BoardGroup {
	c := lists.BoardGroup{
		Name: g.List.Name, Title: g.List.Title, Purpose: g.List.Purpose, State: g.List.State, Leaders: append([]string{}, g.Leaders...), Led: g.Led, Offer: offer(g),
		Address: g.List.Address(f.Site.Domain), Policy: g.List.Join, Join: join(f.Site, g.List), Page: page(f.Site, g.List),
		Next: g.Next, By: g.By, When: when(f, g), Days: g.Days, Silent: g.Silent(f.Until),
		Posts: g.Posts, People: g.People, Members: g.Members, Joined: g.Joined, Left: g.Left,
		Weeks: []lists.BoardWeek{}, Threads: []lists.BoardThread{},
	}
	c.Progress, c.Help, c.Dissent = latest(g.Entries, digest.KindProgress, f), latest(g.Entries, digest.KindHelp, f), latest(g.Entries, digest.KindDissent, f)
	for _, w := range g.Weeks {
		c.Weeks = append(c.Weeks, lists.BoardWeek{Posts: w.Posts, People: w.People})
	}
	for _, t := range g.Threads {
		c.Threads = append(c.Threads, lists.BoardThread{Subject: t.Subject, Posts: t.Posts, Link: t.Link})
	}
	return c
}

// offer is what somebody writes who would lead a group that nobody leads.
func offer(g digest.Group) string {
	if g.Led || g.List.State == lists.Done {
		return ""
	}
	return "volunteer " + g.List.Short
}

// latest is what was said of a kind since the last digest; else the last that
// was said before, while it stands.
func latest(entries []lists.ProgressEntry, kind string, f digest.Facts) []lists.BoardWord {
	fresh, before := []lists.BoardWord{}, []lists.BoardWord{}
	for i, e := range entries {
		if e.Kind != kind || digest.Superseded(entries[i+1:], e) {
			continue
		}
		word := lists.BoardWord{Text: e.Text, Who: e.Name, At: e.At.UTC()}
		switch {
		case !e.At.Before(f.Since):
			fresh = append(fresh, word)
		case f.Until.Sub(e.At) < standing:
			before = []lists.BoardWord{word}
		}
	}
	if len(fresh) > 0 {
		return fresh
	}
	return before
}

func when(f digest.Facts, g digest.Group) string {
	switch {
	case g.Next == "":
		return ""
	case g.When == digest.Overdue && !g.Late():
		return "past"
	case g.When == digest.ThisWeek && g.NextWeek(f.Site.Today(f.Until)):
		return "later"
	}
	switch g.When {
	case digest.Overdue:
		return "overdue"
	case digest.Today:
		return "today"
	case digest.Tomorrow:
		return "tomorrow"
	case digest.ThisWeek:
		return "this week"
	case digest.Later:
		return "later"
	}
	return ""
}

func join(site lists.Site, l lists.List) lists.Address {
	return lists.RoleAddress(l, "join", "", site.Domain)
}

func page(site lists.Site, l lists.List) string {
	if site.BaseURL == "" {
		return ""
	}
	return site.BaseURL + "/" + l.ID
}
