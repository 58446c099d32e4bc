package web

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"regexp"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"golang.org/x/net/html"

	"plenary/lists"
)

// The office shows a board of its own.

func (o *office) Board(_ context.Context, main lists.List) (lists.Board, error) {
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	weeks := make([]lists.BoardWeek, 12)
	weeks[11] = lists.BoardWeek{Posts: 40, People: 3}
	weeks[3] = lists.BoardWeek{Posts: 1, People: 1}
	return lists.Board{
		Main: main.Name, Title: main.Title, At: at, Since: at.AddDate(0, 0, -7), Members: 50, Posts: 2, People: 1, Request: "dc-request@lists.example.org",
		Groups: []lists.BoardGroup{
			{Name: "dc-map", Title: "Data <Map>", Purpose: "Draw & show.", State: lists.Active, Leaders: []string{"Lea Leader"}, Join: "dc-map-join@lists.example.org", Page: "https://x/dc-map",
				Next: "Publish it", By: "2026-11-20", When: "overdue", Days: 3, Silent: 2, Posts: 1, People: 1, Members: 9, Joined: 2, Weeks: weeks,
				Progress: []lists.BoardWord{{Text: "We met.\nAsk ana@example.net <b>", Who: "Lea", At: at}}, Help: []lists.BoardWord{{Text: "A lawyer", At: at}},
				Threads: []lists.BoardThread{{Subject: "Which laws? ask bo@example.net", Posts: 4, Link: "https://x/dc-map/archive/c1"}}},
			{Name: "dc-club", Title: "Closed Club", State: lists.Paused, Policy: lists.JoinInvited, Leaders: []string{}, Led: true, Weeks: make([]lists.BoardWeek, 12)},
			{Name: "dc-law", Title: "Laws", State: lists.Active, Leaders: []string{}, Offer: "volunteer law", Join: "dc-law-join@lists.example.org", Weeks: make([]lists.BoardWeek, 12)},
		},
		Due: []lists.BoardStep{{Group: "dc-map", Title: "Data <Map>", Step: "Publish it", By: "2026-11-20"}},
	}, nil
}

func (o *office) Digests(_ context.Context, main lists.List, limit int) ([]lists.BoardDigest, error) {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	return []lists.BoardDigest{{Week: "2026-W48", At: at, Subject: "Week 48: news", Code: "c48", Text: "Ask ana@example.net <now>\n\nNext"}}, nil
}

func TestBoard(t *testing.T) {
	o := newOffice(t)
	page := o.get(200, "/dc/board")
	has(t, page, "Data &lt;Map&gt;", "overdue by 3 days", "Friday 20 November 2026", "Led by", "Lea Leader", "We met.", "Help wanted", "A lawyer", "2 weeks ago",
		"1 post by 1 person; 9 members (2 new)", "dc-map-join@lists.example.org", "Posts to Data &lt;Map&gt;, week by week", "0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 40",
		"By invitation", "no name is given", "/dc/digest.atom", "/dc/next.ics", "Which laws?", "The weeks of Data &lt;Map&gt; in figures")
	has(t, page, `Nobody leads it. To offer to lead it, write “volunteer law” to <a href="mailto:dc-request@lists.example.org?subject=volunteer%20law">dc-request@lists.example.org</a>.`)
	lacks(t, page, "ana@example.net", "bo@example.net", "<b>")
	if n := strings.Count(page, "<svg"); n != 1 {
		t.Errorf("%d pictures: a group where nobody wrote has none", n)
	}
	has(t, o.get(200, "/map/board"), "Data &lt;Map&gt;") // the board of its body
	o.get(404, "/nothing/board")
}

// The board, the archive and the feeds speak the list's language, in its
// direction; nothing of the English is left.
func TestPagesSpeakTheListsLanguage(t *testing.T) {
	o := newOffice(t)
	paths := []string{"/dc/board", "/dc/archive", "/dc/archive/c7", "/dc/archive?before=11"}
	english := regexp.MustCompile(`(?i)\b(led by|next step|posts?|members?|overdue|due|the|how to join|send|week|weeks|people|older|about|skip|works)\b`)
	for lang, want := range map[string][]string{
		"fr":    {`<html lang="fr" dir="ltr">`, "en retard de 3 jours", "Comment s’inscrire", "il y a 2 semaines", "Archives de", "vendredi 20 novembre 2026"},
		"es-MX": {`<html lang="es" dir="ltr">`, "atrasado 3 días", "Cómo inscribirse", "hace 2 semanas", "Archivo de", "viernes 20 de noviembre de 2026"},
		"ar":    {`<html lang="ar" dir="rtl">`, "متأخرة 3 أيام", "كيفية الانضمام", "منذ أسبوعين", "أرشيف", "الجمعة 20 نوفمبر 2026"},
	} {
		o.change("dc", func(l *lists.List) { l.Language = lang })
		all := ""
		for _, path := range paths {
			page := o.get(200, path)
			all += page
			has(t, page, want[0])
			if got := english.FindAllString(ours(t, page), -1); got != nil {
				t.Errorf("%s in %s: English is left: %q", path, lang, got)
			}
		}
		has(t, all, want...)
	}
	o.change("dc", func(l *lists.List) { l.Language = "ar" })
	has(t, o.get(200, "/dc/digest.atom"), "النشرات الأسبوعية")
	has(t, o.get(200, "/dc/next.ics"), "الخطوات التالية")
}

// ours is a page's text without what people wrote.
func ours(t *testing.T, page string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		for _, a := range n.Attr {
			if a.Key == "class" && a.Val == "words" {
				return
			}
		}
		if n.Data == "bdi" || n.Data == "style" {
			return
		}
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(root)
	for _, theirs := range []string{"Data <Map>", "Post <", "lists.example.org", "Digital Coalition"} {
		text := strings.ReplaceAll(b.String(), theirs, "")
		b.Reset()
		b.WriteString(text)
	}
	return b.String()
}

// A picture's bars lie inside it, rise with the posts, and one post is seen.
func TestPlot(t *testing.T) {
	for _, posts := range [][]int{{1}, {0, 1, 1000}, {5, 4, 3, 2, 1, 0, 7, 7, 7, 7, 7, 7}} {
		weeks := make([]lists.BoardWeek, len(posts))
		for i, n := range posts {
			weeks[i].Posts = n
		}
		p := plotOf(weeks)
		if len(p.Bars) != len(posts) {
			t.Fatalf("%v: %d bars", posts, len(p.Bars))
		}
		for i, b := range p.Bars {
			if b.X < 0 || b.X+b.W > plotWide || b.Y < 0 || b.Y+b.H > plotHigh || b.W <= 0 || (b.H > 0) != (posts[i] > 0) {
				t.Errorf("%v: bar %d is %+v", posts, i, b)
			}
			for j, other := range p.Bars {
				if posts[i] > posts[j] && b.H < other.H {
					t.Errorf("%v: bar %d is not higher than bar %d", posts, i, j)
				}
			}
		}
	}
	if p := plotOf(make([]lists.BoardWeek, 12)); p.Bars != nil {
		t.Errorf("nobody wrote, and %d bars are drawn", len(p.Bars))
	}
}

func TestBoardJSON(t *testing.T) {
	o := newOffice(t)
	text := o.get(200, "/dc/board.json")
	var b lists.Board
	if err := json.Unmarshal([]byte(text), &b); err != nil {
		t.Fatal(err)
	}
	if b.Main != "dc" || len(b.Groups) != 3 || b.Groups[0].By != "2026-11-20" {
		t.Errorf("%s", text)
	}
	lacks(t, text, "ana@example.net", "bo@example.net")
}

// The feed holds each digest as text that can't run.
func TestDigestFeed(t *testing.T) {
	o := newOffice(t)
	text := o.get(200, "/dc/digest.atom")
	var feed struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string   `xml:"id"`
		Updated string   `xml:"updated"`
		Lang    string   `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
		Links   []struct {
			Rel  string `xml:"rel,attr"`
			Href string `xml:"href,attr"`
		} `xml:"link"`
		Entries []struct {
			ID      string `xml:"id"`
			Title   string `xml:"title"`
			Content struct {
				Type string `xml:"type,attr"`
				Text string `xml:",chardata"`
			} `xml:"content"`
			Link struct {
				Href string `xml:"href,attr"`
			} `xml:"link"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal([]byte(text), &feed); err != nil {
		t.Fatal(err)
	}
	if len(feed.Entries) != 1 || feed.ID != "tag:lists.example.org,2026-11-23:dc/digests" || feed.Updated != "2026-11-23T10:00:00Z" {
		t.Fatalf("%s", text)
	}
	if feed.Lang != "en" || len(feed.Links) != 2 || feed.Links[1].Rel != "self" || feed.Links[1].Href != o.server.URL+"/dc/digest.atom" {
		t.Errorf("%s", text)
	}
	e := feed.Entries[0]
	if e.Title != "Week 48: news" || !strings.HasSuffix(e.Link.Href, "/dc/archive/c48") || !strings.Contains(e.Content.Text, "Ask ana@… &lt;now&gt;") {
		t.Errorf("%+v", e)
	}
}

// A step is a day of the calendar; its UID stays when its date moves.
func TestCalendar(t *testing.T) {
	o := newOffice(t)
	read := func() *ics.Calendar {
		text := o.get(200, "/dc/next.ics")
		for line := range strings.SplitSeq(text, "\r\n") {
			if len(line) > 75 {
				t.Errorf("a line of %d octets: %s", len(line), line)
			}
		}
		c, err := ics.ParseCalendar(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	events := read().Events()
	if len(events) != 1 {
		t.Fatalf("%d events", len(events))
	}
	start, err := events[0].GetAllDayStartAt()
	if err != nil || start.Format(time.DateOnly) != "2026-12-01" {
		t.Errorf("%v, %v", start, err)
	}
	if got := events[0].GetProperty(ics.ComponentPropertySummary).Value; got != "Data Map: Publish it" {
		t.Errorf("summary %q", got)
	}
	if got := events[0].GetProperty(ics.ComponentPropertyDescription).Value; !strings.Contains(got, "dc-map-join@lists.example.org") {
		t.Errorf("description %q", got)
	}
	o.change("dc-map", func(l *lists.List) { l.NextBy = "2026-12-24" })
	moved := read().Events()
	if start, err := moved[0].GetAllDayStartAt(); err != nil || start.Format(time.DateOnly) != "2026-12-24" || moved[0].Id() != events[0].Id() {
		t.Errorf("moved to %v (%v), UID %s, before %s", start, err, moved[0].Id(), events[0].Id())
	}
	set := func(hour int, by lists.Date) {
		at := time.Date(2026, 11, 23, hour, 0, 0, 0, time.UTC)
		if _, err := o.store.Record(t.Context(), lists.ProgressEntry{List: "dc-map", Kind: "next", Text: "Publish it", By: by, At: at}); err != nil {
			t.Fatal(err)
		}
	}
	set(11, "2026-12-01")
	set(12, "2026-12-24")
	e := read().Events()[0]
	for property, want := range map[ics.ComponentProperty]string{ics.ComponentPropertyDtstamp: "20261123T120000Z", ics.ComponentPropertyLastModified: "20261123T120000Z", ics.ComponentPropertySequence: "1"} {
		if got := e.GetProperty(property); got == nil || got.Value != want {
			t.Errorf("%s is %v, want %s", property, got, want)
		}
	}
	o.change("dc-map", func(l *lists.List) { l.Next, l.NextBy = "", "" })
	if n := len(read().Events()); n != 0 {
		t.Errorf("%d events without a step", n)
	}
}

// The board tells what the digests tell: where the archive is for members, so
// is the board, and its feed. Next steps stand on the open pages anyway.
func TestBoardForMembers(t *testing.T) {
	for _, policy := range []lists.ArchivePolicy{lists.ArchiveMembers, lists.ArchiveNone} {
		o := newOffice(t)
		o.change("dc", func(l *lists.List) { l.Archive = policy })
		for _, path := range []string{"/dc/board", "/dc/board.json", "/dc/digest.atom"} {
			lacks(t, o.get(401, path), "We met")
		}
		o.get(200, "/dc/next.ics")
	}
}

func (o *office) change(id string, f func(*lists.List)) {
	o.t.Helper()
	if _, err := o.store.UpdateList(o.t.Context(), id, func(l *lists.List) error { f(l); return nil }); err != nil {
		o.t.Fatal(err)
	}
}

// soundTable wants a caption and heads that say what they head.
func soundTable(t *testing.T, table *html.Node) {
	t.Helper()
	caption := false
	for n := range table.Descendants() {
		switch n.Data {
		case "caption":
			caption = n.FirstChild != nil
		case "th":
			scope := ""
			for _, a := range n.Attr {
				if a.Key == "scope" {
					scope = a.Val
				}
			}
			if scope == "" {
				t.Error("a th without a scope")
			}
		}
	}
	if !caption {
		t.Error("a table without a caption")
	}
}
