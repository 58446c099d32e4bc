package render

import (
	"fmt"

	"plenary/digest"
	"plenary/lists"
)

// nothing is the digest of a week in which nothing happened: a title and two
// sentences.
func (o *outline) nothing() {
	r, w := o.r, o.w
	o.heading(1, w.Say("title", "body", one(r.Title), "week", r.Week.Number, "year", fmt.Sprint(r.Week.Year)))
	o.say("empty", "body", one(r.Title), "since", w.Date(o.local(r.Since)), "until", w.Date(o.local(r.Until)))
	request := string(lists.RoleAddress(r.Main, "request", "", r.Site.Domain))
	o.para(span{Text: w.Say("empty-more") + " "}, span{Text: request, Link: "mailto:" + request, Plain: true})
}

// pending is what waits for somebody's decision, in numbers: what it says is
// for those who decide.
func (o *outline) pending() {
	var items [][]span
	add := func(l lists.List, wait digest.Waiting) {
		if !wait.Any() || len(items) == o.fit.groups {
			return
		}
		var what []string
		for _, n := range []struct {
			key   string
			count int
		}{{"pending-posts", wait.Posts}, {"pending-joins", wait.Joins}, {"pending-offers", wait.Offers}} {
			if n.count > 0 {
				what = append(what, o.w.Say(n.key, "n", n.count))
			}
		}
		owner := string(lists.RoleAddress(l, "owner", "", o.r.Site.Domain))
		item := o.spans("pending-item", "group", o.title(l), "what", span{Text: o.w.Series(what)})
		items = append(items, append(item, span{Text: " "}, span{Text: owner, Link: "mailto:" + owner, Plain: true}))
	}
	add(o.r.Main, o.r.Waiting)
	for _, g := range o.r.Pending {
		add(g.List, g.Waiting)
	}
	if len(items) > 0 {
		o.heading(2, o.w.Say("pending-heading"))
		o.blocks = append(o.blocks, block{Items: items})
	}
}
