package personal

import (
	"fmt"
	"strings"
	"time"

	"plenary/digest/words"
	"plenary/lists"
	"plenary/smtp"
)

// edition is what an issue's mails say of it.
type edition struct {
	list    lists.List
	site    lists.Site
	cadence lists.Delivery
	Year    int       `json:"year"`
	Volume  int       `json:"volume"`
	Number  int       `json:"number"`
	At      time.Time `json:"at"`
	Copies  []Copy    `json:"copies"` // none: nobody takes it
}

// page is what comes before the posts.
type page struct {
	Subject string
	Title   string // the list and its address
	Issue   string // which issue, of when
	Intro   string // how many posts and threads
	Items   []item
	Notes   []string // how to answer, and to choose otherwise
	End     string   // a last line, which programs look for as RFC 1153 words it
}

// item is a post in the contents.
type item struct {
	Subject, By string
}

// page writes the contents of a copy with these posts, in the order of
// threads, in the list's language.
func (e edition) page(posts []lists.DigestPost, threads int, part, plain bool) page {
	w := words.For(e.list.Language)
	l, domain := e.list, e.site.Domain
	count := w.Say("own-posts", "n", len(posts))
	at := e.At.In(e.location())
	title := l.Title
	if title == "" {
		title = l.Name
	}
	p := page{
		Subject: "[" + l.Name + "] " + w.Say("own-subject-"+string(e.cadence), "volume", e.Volume, "issue", e.Number, "posts", count),
		Title:   title + " <" + string(l.Address(domain)) + ">",
		Issue:   w.Say("own-issue-"+string(e.cadence), "volume", e.Volume, "issue", e.Number, "date", w.Date(at)),
		Intro:   w.Say("own-threads", "n", threads, "posts", count),
		End:     fmt.Sprintf("End of %s Digest, Vol %d, Issue %d", l.Name, e.Volume, e.Number),
	}
	for _, post := range posts {
		subject := post.Subject
		if subject == "" {
			subject = w.Say("own-untitled")
		}
		came := post.At.In(e.location())
		p.Items = append(p.Items, item{subject, w.Say("own-by", "name", post.From, "day", w.Day(came), "time", came.Format("15:04"))})
	}
	if part {
		p.Notes = append(p.Notes, w.Say("own-part"))
	}
	answer := "own-answer"
	if plain { // there is nothing to open in one text
		answer = "own-answer-plain"
	}
	p.Notes = append(p.Notes,
		w.Say(answer, "address", string(l.Address(domain))),
		w.Say("own-choose", "request", string(lists.RoleAddress(l, "request", "", domain))))
	if base := e.site.BaseURL; base != "" {
		where := base + "/" + l.ID
		if l.Archive != lists.ArchiveNone {
			where += "/archive"
		}
		p.Notes = append(p.Notes, where)
	}
	return p
}

func (e edition) location() *time.Location {
	if e.site.Location == nil {
		return time.UTC
	}
	return e.site.Location
}

// width is the columns of text, as a terminal shows it.
const width = 72

// contents is the page as text with CRLF line ends: what a reader sees first.
func (p page) contents() string {
	var b strings.Builder
	for _, line := range append(wrap(p.Title, ""), wrap(p.Issue, "")...) {
		b.WriteString(line + "\r\n")
	}
	b.WriteString("\r\n")
	for _, line := range wrap(p.Intro, "") {
		b.WriteString(line + "\r\n")
	}
	b.WriteString("\r\n")
	for i, it := range p.Items {
		number := fmt.Sprintf("%3d. ", i+1)
		for j, line := range append(wrap(it.Subject, "     "), wrap(it.By, "     ")...) {
			if j == 0 {
				line = number + strings.TrimPrefix(line, "     ")
			}
			b.WriteString(line + "\r\n")
		}
	}
	for _, note := range p.Notes {
		b.WriteString("\r\n")
		for _, line := range wrap(note, "") {
			b.WriteString(line + "\r\n")
		}
	}
	return b.String()
}

// wrap breaks a text into lines of width columns, each after indent.
func wrap(s, indent string) []string { return smtp.Fold(s, width, indent, indent) }
