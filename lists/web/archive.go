package web

import (
	"net/http"
	"strconv"

	"plenary/lists"
	"plenary/smtp/message"
)

// How much of an archive a page shows.
const (
	postsOnPage = 50
	maxText     = 256 << 10
)

// archive shows a list's posts, the newest first.
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
	posts, err := p.Archive.Latest(r.Context(), l.ID, uint32(before), postsOnPage)
	if err != nil {
		return err
	}
	for i := range posts {
		posts[i].Subject, posts[i].From = p.hideAddresses(posts[i].Subject), p.hideAddresses(posts[i].From)
	}
	older := uint32(0)
	if len(posts) == postsOnPage {
		older = posts[len(posts)-1].UID
	}
	spoken := p.worded(l)
	return p.showIn(w, r, spoken.W, http.StatusOK, "archive.html", spoken.W.Say("web-archive", "list", l.Title), struct {
		worded
		List  lists.List
		Posts []lists.ArchivedPost
		Older uint32
	}{spoken, l, posts, older})
}

// post shows one post as text.
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
	spoken := p.worded(l)
	text := spoken.W.Say("web-unreadable")
	if m, err := message.Parse(raw); err == nil {
		text = m.Text(maxText)
	}
	post.From = p.hideAddresses(post.From)
	title := p.hideAddresses(post.Subject)
	if title == "" {
		title = spoken.W.Say("web-untitled")
	}
	return p.showIn(w, r, spoken.W, http.StatusOK, "post.html", title, struct {
		worded
		List lists.List
		Post lists.ArchivedPost
		Text string
	}{spoken, l, post, p.hideAddresses(text)})
}
