package render

import (
	"slices"

	"plenary/digest"
	"plenary/lists"
)

// briefNames is how many groups a line of the brief names; the others are
// counted.
const briefNames = 6

// briefFrom is from how many groups on there is a brief: fewer are read at a
// glance anyway.
const briefFrom = 3

// brief is the week in a few lines: which groups told something, where help is
// wanted, what is new, late or silent. It names groups; the rest follows.
func (o *outline) brief() {
	r := o.r
	if len(r.News)+len(r.Quiet) < briefFrom {
		return
	}
	groups := append(append([]digest.Group{}, r.News...), r.Quiet...)
	var items [][]span
	line := func(key string, names []string) {
		if len(names) > 0 {
			items = append(items, o.spans(key, "names", span{Text: o.some(names)}))
		}
	}
	line("brief-news", all(r.Reported(), func(t string) string { return clip(t, o.fit.title) }))
	line("brief-done", o.those(r.News, func(g digest.Group) bool {
		return slices.ContainsFunc(g.Ended, func(s digest.Step) bool { return s.Ended == digest.StepDone })
	}))
	line("brief-help", o.those(groups, func(g digest.Group) bool { return len(g.Help) > 0 }))
	line("brief-new", o.titles(r.Founded))
	line("brief-closed", o.titles(r.Closed))
	line("brief-overdue", o.those(groups, digest.Group.Late))
	line("brief-quiet", o.those(r.Quiet, func(g digest.Group) bool { return g.Quiet(digest.SilentSaid, r.Until) }))
	if len(items) > 0 {
		o.heading(2, o.w.Say("brief-heading"))
		o.blocks = append(o.blocks, block{Items: items})
	}
}

// some names a few, and counts the others.
func (o *outline) some(names []string) string {
	if len(names) <= briefNames+1 { // "and one more" is as long as a name
		return o.w.And(names)
	}
	return o.w.Say("names-more", "names", o.w.Series(names[:briefNames]), "n", len(names)-briefNames)
}

// those are the titles of the groups that are so.
func (o *outline) those(groups []digest.Group, so func(digest.Group) bool) (names []string) {
	for _, g := range groups {
		if so(g) {
			names = append(names, o.title(g.List))
		}
	}
	return names
}

// more says where else the same is read, and how to choose what comes.
func (o *outline) more() {
	var items [][]span
	item := func(key, link, text string) {
		items = append(items, []span{{Text: o.w.Say(key) + " "}, {Text: text, Link: link, Plain: true}})
	}
	if base := o.r.Site.BaseURL; base != "" {
		page := base + "/" + o.r.Main.ID
		item("more-board", page+"/board", page+"/board")
		item("more-calendar", page+"/next.ics", page+"/next.ics")
	}
	request := string(lists.RoleAddress(o.r.Main, "request", "", o.r.Site.Domain))
	item("more-mail", "mailto:"+request, request)
	o.heading(2, o.w.Say("more-heading"))
	o.blocks = append(o.blocks, block{Items: items})
}
