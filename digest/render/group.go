package render

import (
	"fmt"
	"strings"
	"time"

	"plenary/digest"
	"plenary/lists"
)

// group is one group's account.
func (o *outline) group(n int, g digest.Group) {
	w := o.w
	o.heading(2, fmt.Sprintf("%d. %s", n, o.title(g.List)))
	if g.List.Purpose != "" {
		o.para(o.spans("purpose", "text", o.theirs(g.List.Purpose))...)
	}
	o.para(o.led(g, true)...)
	for _, s := range g.Progress {
		if s.Who != "" {
			o.heading(3, w.Say("progress-by", "who", one(s.Who)))
		} else {
			o.heading(3, w.Say("progress"))
		}
		o.para(o.own(s.Text)...)
	}
	for _, s := range g.Ended {
		o.para(o.spans("step-"+s.Ended, "step", o.theirs(s.Text))...)
	}
	o.next(g)
	o.told("help", g.Help)
	o.told("dissent", g.Dissent)
	o.week(g)
	o.threads(g.Threads, o.fit.threads)
	o.para(o.join(g.List)...)
	o.weeks(g)
}

// led says who leads the group and how it is; that it is active, which most
// are, only where all is said.
func (o *outline) led(g digest.Group, whole bool) []span {
	var s []string
	switch {
	case len(g.Leaders) > 0 && len(g.Deputies) > 0:
		key := "led-deputy"
		if len(g.Deputies) > 1 {
			key = "led-deputies"
		}
		s = append(s, o.w.Say(key, "n", len(g.Leaders), "names", o.w.And(all(g.Leaders, one)), "deputies", o.w.And(all(g.Deputies, one))))
	case len(g.Leaders) > 0:
		s = append(s, o.w.Say("led", "n", len(g.Leaders), "names", o.w.And(all(g.Leaders, one))))
	case g.Led:
		s = append(s, o.w.Say("led-unnamed", "address", lists.RoleAddress(g.List, "owner", "", o.r.Site.Domain)))
	default:
		s = append(s, o.w.Say("unled"))
	}
	if len(g.Deputies) > 0 && len(g.Leaders) == 0 {
		s = append(s, o.w.Say("standing-in", "deputies", o.w.And(all(g.Deputies, one))))
	}
	if len(g.Took) > 0 {
		s = append(s, o.w.Say("took", "names", o.w.And(all(g.Took, one))))
	}
	if whole || g.List.State != lists.Active || g.Was != "" {
		s = append(s, o.w.Say("is-"+string(g.List.State)))
	}
	if g.Was != "" {
		s = append(s, o.w.Say("was-"+string(g.Was)))
	}
	return []span{{Text: strings.Join(s, " ")}}
}

func (o *outline) next(g digest.Group) {
	if g.Next != "" {
		o.para(o.step(g)...)
	}
}

// unstopped is a step without its full stop, as something of ours follows it.
func (o *outline) unstopped(step string) span { return o.theirs(strings.TrimRight(one(step), ".。 ")) }

// step says the next step and its date.
func (o *outline) step(g digest.Group) []span {
	when := o.when(g)
	if when == "" {
		return o.spans("next", "step", o.theirs(g.Next))
	}
	return o.spans("next-when", "step", o.unstopped(g.Next), "when", span{Text: when, Loud: g.Late()})
}

// when says the step's date in words, overdue said plainly.
func (o *outline) when(g digest.Group) string {
	day, ok := g.By.Time()
	if !ok {
		return ""
	}
	key := map[digest.When]string{digest.Overdue: "when-overdue", digest.Today: "when-today", digest.Tomorrow: "when-tomorrow",
		digest.ThisWeek: "when-week", digest.Later: "when-later"}[g.When]
	switch {
	case g.When == digest.Overdue && !g.Late():
		key = "when-was"
	case g.When == digest.ThisWeek && g.NextWeek(o.r.Site.Today(o.r.Until)):
		key = "when-later"
	}
	when := o.w.Say(key, "n", g.Days, "date", o.day(day))
	if before, ok := g.Moved.Time(); ok {
		when = o.w.Say("when-moved", "when", when, "date", o.day(before))
	}
	return when
}

// day is a date as people say it: its year only where that is another.
func (o *outline) day(t time.Time) string {
	if t.Year() == o.local(o.r.Until).Year() {
		return o.w.Day(t)
	}
	return o.w.Date(t)
}

func (o *outline) told(key string, said []digest.Said) {
	for _, s := range said {
		if s.Who == "" {
			o.para(o.spans(key, "text", o.theirs(s.Text))...)
		} else {
			o.para(o.spans(key+"-by", "who", one(s.Who), "text", o.theirs(s.Text))...)
		}
	}
}

// week says a group's posts and membership.
func (o *outline) week(g digest.Group) {
	members := o.w.Say("members", "n", g.Members)
	var change []string
	if g.Joined > 0 {
		change = append(change, o.w.Say("joined", "n", g.Joined))
	}
	if g.Left > 0 {
		change = append(change, o.w.Say("left", "n", g.Left))
	}
	if len(change) == 0 {
		o.say("week-line", "posts", o.posts(g.Posts, g.People), "members", members)
	} else {
		o.say("week-line-change", "posts", o.posts(g.Posts, g.People), "members", members, "change", strings.Join(change, o.w.Say("comma")))
	}
}

// weeks says a group's last weeks in figures that the plot shows too. They
// come last, where who listens may go on to the next group.
func (o *outline) weeks(g digest.Group) {
	if !o.fit.figures || !drawn(g.Weeks) {
		return
	}
	posts, people := series(g.Weeks)
	id := "weeks-" + g.List.ID
	png, err := bars(g.Weeks)
	if err != nil {
		o.err = err
		return
	}
	o.plots = append(o.plots, digest.Plot{ID: id, PNG: png})
	o.blocks = append(o.blocks, block{Plot: id, Spans: []span{{Text: o.w.Say("figures", "n", len(g.Weeks),
		"posts", strings.Join(posts, o.w.Say("comma")), "people", strings.Join(people, o.w.Say("comma")))}}})
}

// drawn tells whether there is anything to draw.
func drawn(weeks []digest.Figures) bool {
	for _, f := range weeks {
		if f.Posts > 0 {
			return true
		}
	}
	return false
}

func series(weeks []digest.Figures) (posts, people []string) {
	for _, f := range weeks {
		posts, people = append(posts, fmt.Sprint(f.Posts)), append(people, fmt.Sprint(f.People))
	}
	return posts, people
}

func (o *outline) posts(n, people int) string {
	if n == 0 {
		return o.w.Say("no-posts")
	}
	return o.w.Say("posts-by", "posts", o.w.Say("posts", "n", n), "people", o.w.Say("people", "n", max(people, 1)))
}

func (o *outline) threads(threads []digest.Thread, most int) {
	var items [][]span
	for _, t := range threads[:min(len(threads), most)] {
		items = append(items, o.spans("thread", "subject", span{Text: o.short(t.Subject), Link: t.Link, Own: true}, "posts", o.w.Say("posts", "n", t.Posts)))
	}
	if len(items) > 0 {
		o.blocks = append(o.blocks, block{Items: items})
	}
}

func (o *outline) join(l lists.List) []span {
	address := string(lists.RoleAddress(l, "join", "", o.r.Site.Domain))
	spans := []span{{Text: o.w.Say("join") + " "}, {Text: address, Link: "mailto:" + address, Plain: true}}
	if base := o.r.Site.BaseURL; base != "" {
		page := base + "/" + l.ID
		spans = append(spans, span{Text: o.w.Say("page") + " ", Break: true}, span{Text: page, Link: page, Plain: true})
	}
	return spans
}
