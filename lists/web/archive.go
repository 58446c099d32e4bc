package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"plenary/lists"
	"plenary/smtp/message"
)

// How much of an archive a page shows.
const (
	postsOnPage  = 50
	postsInTalk  = 100
	maxText      = 256 << 10
	maxAttached  = 50
	maxPartNamed = 200 // octets
)

// archivePage is what a list's archive shows: its posts, or what was found.
type archivePage struct {
	worded
	List         lists.List
	Posts        []lists.ArchivedPost
	Newer, Older string // links, "" none
	Query        string
	Found        string // what a search came to, "" without one
	Searched     string // how far it came, "" where it is whole
}

// archive shows a list's posts, the newest first, or searches them.
func (p *pages) archive(w http.ResponseWriter, r *http.Request) error {
	l, _, err := p.find(r.Context(), r.PathValue("list"))
	if err != nil {
		return err
	}
	if err := p.reads(r.Context(), r, l); err != nil {
		return err
	}
	before, err := strconv.ParseUint(r.URL.Query().Get("before"), 10, 32)
	if err != nil {
		before = 0 // from the newest
	}
	page := archivePage{worded: p.worded(l), List: l, Query: asked(r.URL.Query().Get("q"))}
	if page.Query != "" {
		err = p.search(r, &page, uint32(before))
	} else {
		err = p.browse(r, &page, uint32(before))
	}
	if err != nil {
		return err
	}
	for i := range page.Posts {
		page.Posts[i] = p.publicPost(page.Posts[i])
	}
	first := page.Found
	if first == "" && before != 0 {
		first = page.W.Say("web-older")
	}
	return p.showPart(w, r, page.worded, http.StatusOK, "archive.html", first, page.W.Say("web-archive", "list", l.Title), page)
}

// browse gathers a page of posts before one, 0 from the newest.
func (p *pages) browse(r *http.Request, page *archivePage, before uint32) (err error) {
	if page.Posts, err = p.Archive.Latest(r.Context(), page.List.ID, before, postsOnPage); err != nil {
		return err
	}
	if n := len(page.Posts); n == postsOnPage && page.Posts[n-1].UID > 1 {
		page.Older = page.link(page.Posts[n-1].UID)
	}
	if before == 0 {
		return nil
	}
	newer, err := p.Archive.Entries(r.Context(), page.List.ID, before, postsOnPage+1)
	switch {
	case err != nil:
		return err
	case len(newer) > postsOnPage:
		page.Newer = page.link(newer[postsOnPage].UID)
	case len(newer) > 0:
		page.Newer = page.link(0)
	}
	return nil
}

// link leads to the posts before one, 0 to the newest.
func (a archivePage) link(before uint32) string {
	q := url.Values{}
	if a.Query != "" {
		q.Set("q", a.Query)
	}
	if before != 0 {
		q.Set("before", strconv.FormatUint(uint64(before), 10))
	}
	return strings.TrimSuffix("/"+a.List.ID+"/archive?"+q.Encode(), "?")
}

// publicPost is a post's entry as anybody may read it.
func (p *pages) publicPost(post lists.ArchivedPost) lists.ArchivedPost {
	post.Subject, post.From = p.hideAddresses(post.Subject), p.hideAddresses(post.From)
	return post
}

// postPage is what the page of one post shows.
type postPage struct {
	worded
	List     lists.List
	Post     lists.ArchivedPost
	Digest   bool   // one of ours: it is to be had as HTML and as text
	Sheet    *sheet // nil: it is shown as text
	Text     []piece
	Attached []string
	Talk     []lists.ArchivedPost // the conversation, where there is one
}

// post shows one post as text, a digest of ours as HTML.
func (p *pages) post(w http.ResponseWriter, r *http.Request) error {
	l, _, err := p.find(r.Context(), r.PathValue("list"))
	if err != nil {
		return err
	}
	if err := p.reads(r.Context(), r, l); err != nil {
		return err
	}
	post, err := p.Archive.ByCode(r.Context(), l.ID, r.PathValue("code"))
	if err != nil {
		return err
	}
	raw, err := p.Archive.Get(r.Context(), l.ID, post.UID)
	if err != nil {
		return err
	}
	page := postPage{worded: p.worded(l), List: l, Post: p.publicPost(post)}
	text := page.W.Say("web-unreadable")
	if m, err := message.Parse(raw); err == nil {
		var left []*message.Part
		text, left = m.Reading(maxText)
		page.Attached = p.attached(left)
		if page.Sheet, err = p.digestHTML(r.Context(), l, post, m); err != nil {
			return err
		}
	}
	if page.Digest = page.Sheet != nil; r.URL.Query().Get("form") == "text" {
		page.Sheet = nil
	}
	page.Text = linked(p.hideAddresses(text))
	talk, err := p.Archive.Thread(r.Context(), l.ID, post.Thread, postsInTalk)
	if err != nil {
		return err
	}
	if len(talk) > 1 {
		for _, other := range talk {
			page.Talk = append(page.Talk, p.publicPost(other))
		}
	}
	title := page.Post.Subject
	if title == "" {
		title = page.W.Say("web-untitled")
	}
	return p.show(w, r, page.worded, http.StatusOK, "post.html", title, page)
}

// attached names what a post's text leaves out: it is to be had by IMAP.
func (p *pages) attached(left []*message.Part) (names []string) {
	for _, part := range left[:min(len(left), maxAttached)] {
		called := part.Type
		if name := part.Name(); name != "" {
			called = name + " (" + part.Type + ")"
		}
		names = append(names, p.line(clip(called, maxPartNamed)))
	}
	return names
}
