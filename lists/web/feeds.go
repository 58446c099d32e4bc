package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"html"
	"net/http"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/gorilla/feeds"

	"plenary/digest/words"
	"plenary/lists"
)

// digestsInFeed is how many digests the feed holds: some three months.
const digestsInFeed = 13

// digestFeed is the digests as an Atom feed (RFC 4287).
func (p *pages) digestFeed(w http.ResponseWriter, r *http.Request) error {
	_, main, err := p.find(r.Context(), r.PathValue("list"))
	if err != nil {
		return err
	}
	if err := p.readsDigests(r, main); err != nil {
		return err
	}
	sent, err := p.Boards.Digests(r.Context(), main, digestsInFeed)
	if err != nil {
		return err
	}
	spoken, dir := p.worded(main).W, ""
	if spoken.Dir == "rtl" {
		dir = ` dir="auto"`
	}
	feed := &feeds.Feed{
		Title: spoken.Say("web-feed", "body", main.Title), Link: &feeds.Link{Href: p.Site.BaseURL + "/" + main.ID + "/board", Rel: "alternate"},
		Updated: main.Created, Author: &feeds.Author{Name: main.Title},
	}
	for _, d := range sent {
		feed.Updated = later(feed.Updated, d.At)
		feed.Items = append(feed.Items, &feeds.Item{
			Id: p.tag(main, "digest/"+d.Week), Title: p.hideAddresses(d.Subject), Link: &feeds.Link{Href: p.Site.BaseURL + "/" + main.ID + "/archive/" + d.Code, Rel: "alternate"},
			Created: d.At, Updated: d.At, Content: "<pre" + dir + " style=\"white-space: pre-wrap\">" + html.EscapeString(p.hideAddresses(d.Text)) + "</pre>",
		})
	}
	text, err := p.atom(main, feed)
	if err != nil {
		return fmt.Errorf("write the digests of %s as a feed: %w", main.Name, err)
	}
	p.feed(w, r, "application/atom+xml", text, entityTag(text))
	return nil
}

// atomFeed is a feed as readers of it expect one: the library's knows one link,
// and no language.
type atomFeed struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string   `xml:"xml:lang,attr"`
	Title   string   `xml:"title"`
	ID      string   `xml:"id"`
	Updated string   `xml:"updated"`
	Links   []feeds.AtomLink
	Author  *feeds.AtomAuthor
	Entries []*feeds.AtomEntry `xml:"entry"`
}

// atom writes the feed of a main list.
func (p *pages) atom(main lists.List, feed *feeds.Feed) ([]byte, error) {
	made := (&feeds.Atom{Feed: feed}).AtomFeed()
	// The library would take the link for the id, which moves with the site.
	text, err := xml.MarshalIndent(atomFeed{
		Lang: p.worded(main).W.Lang, Title: made.Title, ID: p.tag(main, "digests"), Updated: made.Updated, Author: made.Author, Entries: made.Entries,
		Links: []feeds.AtomLink{*made.Link, {Href: p.Site.BaseURL + "/" + main.ID + "/digest.atom", Rel: "self", Type: "application/atom+xml"}},
	}, "", "  ")
	return append([]byte(xml.Header), append(text, '\n')...), err
}

// feed writes what a program reads. Caches may keep it a little while, and ask
// by its tag whether it is still that.
func (p *pages) feed(w http.ResponseWriter, r *http.Request, kind string, text []byte, tag string) {
	w.Header().Set("Content-Type", kind+"; charset=utf-8")
	w.Header().Set("Cache-Control", "private, max-age=60")
	w.Header().Set("ETag", tag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(text))
}

// entityTag names content (RFC 9110 8.8.3).
func entityTag(text []byte) string {
	sum := sha256.Sum256(text)
	return `"` + hex.EncodeToString(sum[:12]) + `"`
}

// tag is a name that no move of the site changes (RFC 4151).
func (p *pages) tag(main lists.List, what string) string {
	return fmt.Sprintf("tag:%s,%s:%s/%s", p.Site.Domain, main.Created.UTC().Format(time.DateOnly), main.ID, what)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// calendar is the groups' next steps as days of a calendar (RFC 5545).
func (p *pages) calendar(w http.ResponseWriter, r *http.Request) error {
	_, main, err := p.find(r.Context(), r.PathValue("list"))
	if err != nil {
		return err
	}
	dir, err := p.Reader.Directory(r.Context())
	if err != nil {
		return err
	}
	c := ics.NewCalendar()
	c.SetProductId("-//Plenary//Next steps//EN")
	spoken := p.worded(main).W
	c.SetName(spoken.Say("web-steps", "body", main.Title))
	c.SetXWRCalName(spoken.Say("web-steps", "body", main.Title))
	for _, l := range dir.Family(main.ID) {
		if day, dated := l.NextBy.Time(); dated && l.Next != "" && l.State != lists.Closed && l.State != lists.Done {
			record, err := p.Reader.Progress(r.Context(), l.ID, time.Time{}, time.Time{})
			if err != nil {
				return err
			}
			c.AddVEvent(p.dueDay(spoken, l, day, record))
		}
	}
	var text bytes.Buffer
	if err := c.SerializeTo(&text, ics.WithNewLineWindows); err != nil {
		return fmt.Errorf("write the next steps of %s as a calendar: %w", main.Name, err)
	}
	p.feed(w, r, "text/calendar", text.Bytes(), entityTag(text.Bytes()))
	return nil
}

// dueDay is the day a step is due. The same step keeps its UID when its date
// moves, so that calendars move it too; that it did, they see by its time stamp
// and number (RFC 5545 3.8.7).
func (p *pages) dueDay(spoken *words.Words, l lists.List, day time.Time, record []lists.ProgressEntry) *ics.VEvent {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.Join(strings.Fields(l.Next), " "))))
	code := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
	e := ics.NewEvent(fmt.Sprintf("next-%d-%s@%s", l.Serial, code, p.Site.Domain))
	set, moves := lists.StepSet(l.Next, record)
	if set.IsZero() {
		set = l.Created
	}
	e.SetDtStampTime(set.UTC())
	e.SetLastModifiedAt(set.UTC())
	e.SetSequence(moves)
	e.SetAllDayStartAt(day)
	e.SetAllDayEndAt(day.AddDate(0, 0, 1))
	e.SetSummary(p.line(l.Title + ": " + l.Next))
	how := spoken.Say("web-to-join", "address", lists.RoleAddress(l, "join", "", p.Site.Domain))
	if l.Join == lists.JoinInvited {
		how = spoken.Say("web-to-reach", "address", lists.RoleAddress(l, "owner", "", p.Site.Domain))
	}
	e.SetDescription(strings.TrimSpace(p.line(l.Purpose) + "\n\n" + how))
	e.SetTimeTransparency(ics.TransparencyTransparent) // nobody is busy for it
	if p.Site.BaseURL != "" {
		e.SetURL(p.Site.BaseURL + "/" + l.ID)
	}
	return e
}

// line is people's words in one line, as anybody may read them.
func (p *pages) line(text string) string {
	return p.hideAddresses(strings.Join(strings.Fields(text), " "))
}
