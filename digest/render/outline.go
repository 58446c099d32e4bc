package render

import (
	"fmt"
	"slices"
	"strconv"
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
	Label bool   // says what follows it is: "Next step:"
	Loud  bool   // overdue
	Break bool   // a line ends before it
}

// fit is how much of everything is shown.
type fit struct {
	text    int  // runes of one person's text
	threads int  // of a group
	figures bool // of each group
	groups  int  // told at length; the others only by name
	title   int  // runes of a group's title
	names   int  // of newcomers, and of groups in a series; the others are counted
}

var fits = []fit{
	{text: 4000, threads: 3, figures: true, groups: 1000, title: 200, names: 60},
	{text: 1000, threads: 3, figures: true, groups: 1000, title: 200, names: 60},
	{text: 400, threads: 1, figures: true, groups: 1000, title: 120, names: 40},
	{text: 300, threads: 0, figures: false, groups: 1000, title: 80, names: 30},
	{text: 100, threads: 0, figures: false, groups: 150, title: 60, names: 20},
	{text: 60, threads: 0, figures: false, groups: 50, title: 50, names: 10},
	{text: 40, threads: 0, figures: false, groups: 20, title: 30, names: 5},
	{text: 20, threads: 0, figures: false, groups: 5, title: 15, names: 5},
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
	o.more()
	return o
}

func (o *outline) heading(level int, text string) {
	o.blocks = append(o.blocks, block{Level: level, Spans: []span{{Text: text}}})
}

func (o *outline) para(spans ...span) {
	o.blocks = append(o.blocks, block{Spans: spans})
}

func (o *outline) say(key string, pairs ...any) { o.para(span{Text: o.w.Say(key, pairs...)}) }

// spans is the text of this key in the site's words, with values that are
// spans themselves set in. What stands before the first of them and ends in a
// colon is its label.
func (o *outline) spans(key string, pairs ...any) (all []span) {
	var set []span
	fill := slices.Clone(pairs)
	for i := 1; i < len(fill); i += 2 {
		if s, ok := fill[i].(span); ok {
			fill[i] = "\x00" + strconv.Itoa(len(set)) + "\x00"
			set = append(set, s)
		}
	}
	for i, part := range strings.Split(o.w.Say(key, fill...), "\x00") {
		switch n, _ := strconv.Atoi(part); {
		case i%2 == 1:
			all = append(all, set[n])
		case part != "":
			all = append(all, span{Text: part, Label: i == 0 && strings.HasSuffix(strings.TrimSpace(part), ":")})
		}
	}
	return all
}

// theirs is people's own words inside a sentence.
func (o *outline) theirs(text string) span { return span{Text: o.short(text), Own: true} }

// own is people's own words, in one line or as they broke it.
func (o *outline) own(text string) []span {
	text = strings.TrimSpace(turns.Replace(text))
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
	return clip(one(turns.Replace(text)), o.fit.text)
}

// turns are marks that turn the direction of what follows. One that nobody
// closed would turn our words round.
var turns = strings.NewReplacer("\u202a", "", "\u202b", "", "\u202c", "", "\u202d", "", "\u202e", "", "\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "")

func one(s string) string { return strings.Join(strings.Fields(s), " ") }

func (o *outline) top() {
	r, w := o.r, o.w
	o.heading(1, w.Say("title", "body", one(r.Title), "week", r.Week.Number, "year", fmt.Sprint(r.Week.Year)))
	switch since, until := o.day(o.local(r.Since)), o.local(r.Until); {
	case r.Since.IsZero():
	case since == o.day(until):
		o.say("span-day", "until", w.Date(until))
	default:
		o.say("span", "since", since, "until", w.Date(until))
	}
	if !r.Due.IsZero() {
		o.say("late", "due", o.day(o.local(r.Due)), "until", o.day(o.local(r.Until)))
	}
	if r.Missed > 0 {
		o.say("missed", "n", r.Missed)
	}
	if len(r.News) == 0 {
		o.say("no-news")
	}
	o.brief()
	if len(r.Coming) > 0 {
		o.heading(2, w.Say("due-heading"))
		var items [][]span
		for _, g := range r.Coming[:min(len(r.Coming), o.fit.groups)] {
			items = append(items, o.spans("due-item", "group", o.title(g.List), "step", o.unstopped(g.Next), "when", o.when(g)))
		}
		o.blocks = append(o.blocks, block{Items: items})
	}
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
		names = append(names, o.title(g.List))
	}
	o.say(key, "names", o.w.And(names))
}

func (o *outline) silent(g digest.Group) []span {
	quiet, founded := o.w.Say("quiet-now"), o.r.IsNew(g.List)
	if n := g.Silent(o.r.Until); n >= digest.SilentSaid {
		quiet = o.w.Say("quiet-weeks", "n", n)
	} else if founded {
		quiet = o.w.Say("quiet-new")
	}
	spans := o.spans("quiet-line", "group", o.title(g.List), "quiet", span{Text: quiet})
	add := func(text string) { spans = append(spans, span{Text: " " + text}) }
	if founded && g.List.Purpose != "" {
		purpose := o.unstopped(g.List.Purpose)
		spans = append(append(append(spans, span{Text: " "}), o.spans("purpose", "text", purpose)...), span{Text: "."})
	}
	if g.Next != "" {
		g.Next = strings.TrimRight(one(g.Next), ". ")
		spans = append(append(append(spans, span{Text: " "}), o.step(g)...), span{Text: "."})
	}
	add(o.led(g, false)[0].Text)
	if g.Asked {
		add(o.w.Say("quiet-asked"))
	}
	if g.Orphaned {
		request := string(lists.RoleAddress(o.r.Main, "request", "", o.r.Site.Domain))
		add(o.w.Say("quiet-who", "command", "volunteer "+g.List.Short) + " ")
		spans = append(spans, span{Text: request, Link: "mailto:" + request, Plain: true}, span{Text: "."})
	}
	address := string(lists.RoleAddress(g.List, "join", "", o.r.Site.Domain))
	add(o.w.Say("join") + " ")
	return append(spans, span{Text: address, Link: "mailto:" + address, Plain: true})
}

// body is the account of the whole body.
func (o *outline) body() {
	r, w := o.r, o.w
	o.heading(2, w.Say("whole", "body", one(r.Title)))
	o.say("whole-posts", "posts", o.posts(r.Posts, r.People), "members", w.Say("members", "n", r.Members))
	o.threads(r.Threads, 3)
	if len(r.Founded) > 0 {
		o.say("new-groups", "names", o.few(o.titles(r.Founded)))
	}
	if len(r.Closed) > 0 {
		o.say("closed-groups", "names", o.few(o.titles(r.Closed)))
	}
	names := all(r.Newcomers[:min(len(r.Newcomers), o.fit.names)], one)
	switch more := r.Unnamed + len(r.Newcomers) - len(names); {
	case len(names) == 0 && more > 0:
		o.say("welcome-unnamed", "n", more)
	case more > 0:
		o.say("welcome-more", "names", w.Series(names), "n", more)
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

// title is a group's title, as much of it as fits.
func (o *outline) title(l lists.List) string { return clip(one(l.Title), o.fit.title) }

func (o *outline) titles(ls []lists.List) []string { return titles(ls, o.fit.title) }

// titles are groups' titles, so many runes of each at most.
func titles(ls []lists.List, most int) (t []string) {
	for _, l := range ls {
		t = append(t, clip(one(l.Title), most))
	}
	return t
}

// few are the names there is room for, and how many more there are.
func (o *outline) few(names []string) string { return few(o.w, names, o.fit.names) }

// clip cuts a text to so many runes, and shows that it did.
func clip(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:most])) + "…"
}

func all(in []string, f func(string) string) (out []string) {
	for _, s := range in {
		out = append(out, f(s))
	}
	return out
}
