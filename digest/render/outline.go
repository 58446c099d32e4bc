package render

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"plenary/digest"
	"plenary/digest/words"
	"plenary/lists"
)

// outline is a digest as a row of blocks, before it is text or HTML.
type outline struct {
	blocks []block
	plots  []digest.Plot
	w      *words.Words
	r      digest.Report
	fit    fit
	err    error
}

// block is a heading (Level 1 to 3), a paragraph (0), or a list (Items).
type block struct {
	Level int
	Spans []span
	Items [][]span
	Plot  string // cid of a picture that shows what the paragraph says
}

// span is a run of words: the site's, people's own, or a link.
type span struct {
	Text  string
	Link  string // where it leads; the text names it
	Plain bool   // the link is itself the text, or needs no writing out
	Own   bool   // people's own words, in whatever language
	Loud  bool   // overdue
	Break bool   // a line ends before it
}

// fit is how much of everything is shown.
type fit struct {
	text    int  // runes of one person's text
	threads int  // of a group
	figures bool // of each group
	groups  int  // told at length; the others only by name
}

var fits = []fit{
	{text: 4000, threads: 3, figures: true, groups: 1000},
	{text: 1000, threads: 3, figures: true, groups: 1000},
	{text: 400, threads: 1, figures: true, groups: 1000},
	{text: 300, threads: 0, figures: false, groups: 1000},
	{text: 100, threads: 0, figures: false, groups: 150},
	{text: 60, threads: 0, figures: false, groups: 50},
}

func outlined(w *words.Words, r digest.Report, f fit) *outline {
	o := &outline{w: w, r: r, fit: f}
	if r.Empty() {
		o.nothing()
		return o
	}
	o.top()
	for i, g := range r.News[:min(len(r.News), f.groups)] {
		o.group(i+1, g)
	}
	o.others("news-others", r.News)
	o.quiet()
	o.pending()
	o.body()
	return o
}

func (o *outline) heading(level int, text string) {
	o.blocks = append(o.blocks, block{Level: level, Spans: []span{{Text: text}}})
}

func (o *outline) para(spans ...span) {
	o.blocks = append(o.blocks, block{Spans: spans})
}

func (o *outline) say(key string, pairs ...any) { o.para(span{Text: o.w.Say(key, pairs...)}) }

// own is people's own words, in one line or as they broke it.
func (o *outline) own(text string) []span {
	text = strings.TrimSpace(text)
	clipped := utf8.RuneCountInString(text) > o.fit.text
	if clipped {
		text = strings.TrimSpace(string([]rune(text)[:o.fit.text])) + "…"
	}
	var spans []span
	for i, line := range strings.Split(text, "\n") {
		spans = append(spans, span{Text: strings.TrimSpace(line), Own: true, Break: i > 0})
	}
	if clipped {
		spans = append(spans, span{Text: o.w.Say("clipped"), Break: true})
	}
	return spans
}

// short is people's own words inside a sentence.
func (o *outline) short(text string) string {
	text = one(text)
	if utf8.RuneCountInString(text) > o.fit.text {
		text = string([]rune(text)[:o.fit.text]) + "…"
	}
	return text
}

func one(s string) string { return strings.Join(strings.Fields(s), " ") }

func (o *outline) top() {
	r, w := o.r, o.w
	o.heading(1, w.Say("title", "body", one(r.Title), "week", r.Week.Number, "year", fmt.Sprint(r.Week.Year)))
	if !r.Since.IsZero() {
		o.say("span", "since", w.Date(o.local(r.Since)), "until", w.Date(o.local(r.Until)))
	}
	if !r.Due.IsZero() {
		o.say("late", "due", w.Date(o.local(r.Due)), "until", w.Date(o.local(r.Until)))
	}
	if r.Missed > 0 {
		o.say("missed", "n", r.Missed)
	}
	if len(r.News) == 0 {
		o.say("no-news")
	}
	if len(r.Coming) > 0 {
		o.heading(2, w.Say("due-heading"))
		var items [][]span
		for _, g := range r.Coming {
			items = append(items, []span{{Text: w.Say("due-item", "group", one(g.List.Title), "step", o.short(g.Next), "when", o.when(g))}})
		}
		o.blocks = append(o.blocks, block{Items: items})
	}
}

func (o *outline) group(n int, g digest.Group) {
	w := o.w
	o.heading(2, fmt.Sprintf("%d. %s", n, one(g.List.Title)))
	if g.List.Purpose != "" {
		o.say("purpose", "text", o.short(g.List.Purpose))
	}
	o.para(o.led(g)...)
	for _, s := range g.Progress {
		if s.Who != "" {
			o.heading(3, w.Say("progress-by", "who", one(s.Who)))
		} else {
			o.heading(3, w.Say("progress"))
		}
		o.para(o.own(s.Text)...)
	}
	for _, s := range g.Ended {
		o.say("step-"+s.Ended, "step", o.short(s.Text))
	}
	o.next(g)
	o.told("help", g.Help)
	o.told("dissent", g.Dissent)
	o.week(g)
	o.threads(g.Threads, o.fit.threads)
	o.para(o.join(g.List)...)
}

// led says who leads the group and how it is.
func (o *outline) led(g digest.Group) []span {
	var s []string
	switch {
	case len(g.Leaders) > 0 && len(g.Deputies) > 0:
		s = append(s, o.w.Say("led-deputy", "names", o.w.And(all(g.Leaders, one)), "deputies", o.w.And(all(g.Deputies, one))))
	case len(g.Leaders) > 0:
		s = append(s, o.w.Say("led", "names", o.w.And(all(g.Leaders, one))))
	case g.Led:
		s = append(s, o.w.Say("led-unnamed", "address", lists.RoleAddress(g.List, "owner", "", o.r.Site.Domain)))
	default:
		s = append(s, o.w.Say("unled"))
	}
	if len(g.Took) > 0 {
		s = append(s, o.w.Say("took", "names", o.w.And(all(g.Took, one))))
	}
	if g.List.State != lists.Active && g.List.State != lists.Closed || g.Was != "" {
		s = append(s, o.w.Say("is-"+string(g.List.State)))
	}
	if g.Was != "" {
		s = append(s, o.w.Say("was-"+string(g.Was)))
	}
	return []span{{Text: strings.Join(s, " ")}}
}

func (o *outline) next(g digest.Group) {
	if g.Next == "" {
		return
	}
	when := o.when(g)
	if when == "" {
		o.say("next", "step", o.short(g.Next))
		return
	}
	o.para(span{Text: o.w.Say("next-when", "step", o.short(g.Next), "when", when), Loud: g.When == digest.Overdue})
}

// when says the step's date in words, overdue said plainly.
func (o *outline) when(g digest.Group) string {
	day, ok := g.By.Time()
	if !ok {
		return ""
	}
	key := map[digest.When]string{digest.Overdue: "when-overdue", digest.Today: "when-today", digest.Tomorrow: "when-tomorrow",
		digest.ThisWeek: "when-week", digest.Later: "when-later"}[g.When]
	when := o.w.Say(key, "n", g.Days, "date", o.w.Date(day))
	if before, ok := g.Moved.Time(); ok {
		when = o.w.Say("when-moved", "when", when, "date", o.w.Date(before))
	}
	return when
}

func (o *outline) told(key string, said []digest.Said) {
	for _, s := range said {
		if s.Who == "" {
			o.say(key, "text", o.short(s.Text))
		} else {
			o.say(key+"-by", "who", one(s.Who), "text", o.short(s.Text))
		}
	}
}

// week says a group's posts and membership, and its last weeks in figures
// that the plot shows too.
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
		subject := o.short(t.Subject)
		text := strings.Split(o.w.Say("thread", "subject", "\x00", "posts", o.w.Say("posts", "n", t.Posts)), "\x00")
		items = append(items, []span{{Text: text[0]}, {Text: subject, Link: t.Link, Own: true}, {Text: strings.Join(text[1:], "")}})
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

// quiet is one short list of the groups without news.
func (o *outline) quiet() {
	if len(o.r.Quiet) == 0 {
		return
	}
	o.heading(2, o.w.Say("quiet-heading"))
	var items [][]span
	for _, g := range o.r.Quiet[:min(len(o.r.Quiet), o.fit.groups)] {
		items = append(items, o.silent(g))
	}
	o.blocks = append(o.blocks, block{Items: items})
	o.others("quiet-others", o.r.Quiet)
}

// others names the groups there is no room to tell of.
func (o *outline) others(key string, groups []digest.Group) {
	if len(groups) <= o.fit.groups {
		return
	}
	var names []string
	for _, g := range groups[o.fit.groups:] {
		names = append(names, o.short(g.List.Title))
	}
	o.say(key, "names", o.w.And(names))
}

func (o *outline) silent(g digest.Group) []span {
	quiet := o.w.Say("quiet-now")
	if n := g.Silent(o.r.Until); n >= digest.SilentSaid {
		quiet = o.w.Say("quiet-weeks", "n", n)
	}
	spans := []span{{Text: o.w.Say("quiet-line", "group", one(g.List.Title), "quiet", quiet)}}
	add := func(text string, loud bool) { spans = append(spans, span{Text: " " + text, Loud: loud}) }
	if when := o.when(g); g.Next != "" && when != "" {
		add(o.w.Say("next-when", "step", o.short(g.Next), "when", when)+".", g.When == digest.Overdue)
	} else if g.Next != "" {
		add(o.w.Say("next", "step", strings.TrimRight(o.short(g.Next), "."))+".", false)
	}
	add(o.led(g)[0].Text, false)
	if g.Asked {
		add(o.w.Say("quiet-asked"), false)
	}
	if g.Orphaned {
		request := string(lists.RoleAddress(o.r.Main, "request", "", o.r.Site.Domain))
		add(o.w.Say("quiet-who", "list", g.List.Short)+" ", false)
		spans = append(spans, span{Text: request, Link: "mailto:" + request, Plain: true}, span{Text: "."})
	}
	address := string(lists.RoleAddress(g.List, "join", "", o.r.Site.Domain))
	add(o.w.Say("join")+" ", false)
	return append(spans, span{Text: address, Link: "mailto:" + address, Plain: true})
}

// body is the account of the whole body.
func (o *outline) body() {
	r, w := o.r, o.w
	o.heading(2, w.Say("whole"))
	o.say("whole-posts", "posts", o.posts(r.Posts, r.People), "members", w.Say("members", "n", r.Members))
	o.threads(r.Threads, 3)
	if len(r.Founded) > 0 {
		o.say("new-groups", "names", w.And(titles(r.Founded)))
	}
	if len(r.Closed) > 0 {
		o.say("closed-groups", "names", w.And(titles(r.Closed)))
	}
	switch names := all(r.Newcomers, one); {
	case len(names) == 0 && r.Unnamed > 0:
		o.say("welcome-unnamed", "n", r.Unnamed)
	case r.Unnamed > 0:
		o.say("welcome-more", "names", strings.Join(names, w.Say("comma")), "n", r.Unnamed)
	case len(names) > 0:
		o.say("welcome", "names", w.And(names))
	}
}

// local is a time in the site's time zone.
func (o *outline) local(t time.Time) time.Time {
	if o.r.Site.Location == nil {
		return t
	}
	return t.In(o.r.Site.Location)
}

func titles(ls []lists.List) (t []string) {
	for _, l := range ls {
		t = append(t, one(l.Title))
	}
	return t
}

func all(in []string, f func(string) string) (out []string) {
	for _, s := range in {
		out = append(out, f(s))
	}
	return out
}
