package web

import (
	"context"
	"html"
	"html/template"
	"net/http"
	"regexp"
	"strings"
	"time"

	"plenary/digest/words"
	"plenary/lists"
)

// worded is what a page is said with: a list's language or a reader's, and the
// site's clock.
type worded struct {
	W    *words.Words
	zone *time.Location
}

// worded speaks a list's language.
func (p *pages) worded(l lists.List) worded { return p.spoken(l.Language) }

// spoken speaks a BCP 47 language.
func (p *pages) spoken(lang string) worded { return worded{words.ForPage(lang), p.zone()} }

// about speaks the language of the list that a request is about, else the
// site's: for pages that are no list's own, as those of failures.
func (p *pages) about(r *http.Request) worded {
	if r.Context().Err() != nil {
		return p.spoken("")
	}
	word, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if l, _, err := p.find(r.Context(), word); err == nil {
		return p.worded(l)
	}
	return p.ofSite(r.Context())
}

// ofSite speaks the language of the site's main lists, where they share one.
func (p *pages) ofSite(ctx context.Context) worded {
	dir, err := p.Reader.Directory(ctx)
	if err != nil {
		return p.spoken("")
	}
	return p.spoken(dir.LanguageFor(nil, lists.List{}))
}

// moment is a time as people and as programs read it.
type moment struct{ Machine, Text, Date, Day string }

// At is a time in the page's language.
func (w worded) At(t time.Time) moment {
	t = t.In(w.zone)
	date := w.W.Date(t)
	return moment{Machine: t.Format(time.RFC3339), Date: date, Day: w.W.Day(t), Text: date + w.W.Say("comma") + t.Format("15:04 MST")}
}

// Fill is a text of the catalogue, filled in with words, and with links and
// the like, which are template.HTML already.
func (w worded) Fill(key string, pairs ...any) template.HTML {
	filled := make([]any, len(pairs))
	var ready []string
	for i, v := range pairs {
		filled[i] = v
		if part, ok := v.(template.HTML); ok {
			// The catalogue fits its words to what is read there; nobody's words
			// have control characters.
			hole := strings.Repeat("\x01", i) + html.UnescapeString(tags.ReplaceAllString(string(part), "")) + "\x02"
			filled[i], ready = hole, append(ready, html.EscapeString(hole), string(part))
		}
	}
	return template.HTML(strings.NewReplacer(ready...).Replace(html.EscapeString(w.W.Say(key, filled...))))
}

var tags = regexp.MustCompile(`<[^>]*>`)

// Mail is a link to write to an address.
func (w worded) Mail(a lists.Address) template.HTML { return anchor("mailto:"+string(a), string(a)) }

// Link is a link to a page of ours, named by a text of the catalogue about a
// list; by "" the list's title alone.
func (w worded) Link(to, key, title string) template.HTML {
	if key == "" {
		return anchor(to, w.W.Isolate(title))
	}
	return anchor(to, w.W.Say(key, "list", title))
}

func anchor(to, text string) template.HTML {
	return template.HTML(`<a href="` + html.EscapeString(to) + `">` + html.EscapeString(text) + `</a>`)
}

// Tongue says in which language people's words about a list are, where the
// page is in another. English is what a list has that nobody has set: it tells
// nothing.
func (w worded) Tongue(l lists.List) template.HTMLAttr {
	if l.Language == "" || l.Language == "en" || words.Speaks(l.Language) && words.ForPage(l.Language) == w.W {
		return ""
	}
	return template.HTMLAttr(` lang="` + html.EscapeString(l.Language) + `"`)
}
