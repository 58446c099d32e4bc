package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"plenary/lists"
	"plenary/smtp/message"
)

// The limits of a search. One that ends before the archive does offers to go
// on where it stopped.
const (
	maxSearches  = 2 // at once
	searchTime   = 3 * time.Second
	searchStep   = 200 // entries read at once
	maxQuery     = 200 // octets
	maxAsked     = 10  // words
	searchedText = 64 << 10
)

// asked is what somebody looks for, as it is shown again.
func asked(typed string) string {
	all := strings.Fields(clip(typed, maxQuery))
	return strings.Join(all[:min(len(all), maxAsked)], " ")
}

// search finds the posts before one that have all the words that are asked
// for. It looks at what everybody may see: nobody finds out by it who has an
// address.
func (p *pages) search(r *http.Request, page *archivePage, before uint32) error {
	select {
	case p.searches <- struct{}{}:
		defer func() { <-p.searches }()
	case <-time.After(searchTime):
		return failed(http.StatusServiceUnavailable, "web-search", "web-busy")
	}
	want, end := strings.Fields(strings.ToLower(page.Query)), time.Now().Add(searchTime)
	var newest, oldest lists.ArchivedPost // of those that were looked at
	for more := true; more; {
		some, err := p.Archive.Latest(r.Context(), page.List.ID, before, searchStep)
		if err != nil {
			return err
		}
		more = len(some) > 0
		for _, post := range some {
			ok, err := p.fits(r.Context(), page.List, post, want)
			if err != nil {
				return err
			}
			if ok {
				page.Posts = append(page.Posts, post)
			}
			if newest.UID == 0 {
				newest = post
			}
			oldest, before = post, post.UID
			if len(page.Posts) == postsOnPage || time.Now().After(end) {
				more = false
				break
			}
		}
	}
	page.Found = page.W.Say("web-found", "words", page.Query, "posts", page.W.Say("posts", "n", len(page.Posts)))
	left, err := p.Archive.Latest(r.Context(), page.List.ID, before, 1)
	if err == nil && before > 0 && len(left) > 0 {
		page.Older = page.link(before)
		page.Searched = page.W.Say("web-searched", "until", page.At(newest.At).Date, "since", page.At(oldest.At).Date)
	}
	return err
}

// fits tells whether a post has all the words. Its text is read only for those
// that its entry lacks.
func (p *pages) fits(ctx context.Context, l lists.List, post lists.ArchivedPost, want []string) (bool, error) {
	shown := strings.ToLower(p.hideAddresses(post.Subject + "\n" + post.From))
	lacks := slices.DeleteFunc(slices.Clone(want), func(word string) bool { return strings.Contains(shown, word) })
	if len(lacks) == 0 {
		return true, nil
	}
	raw, err := p.Archive.Get(ctx, l.ID, post.UID)
	if errors.Is(err, lists.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	m, err := message.Parse(raw)
	if err != nil {
		return false, nil // it is not shown either
	}
	// Most texts lack a word even with their addresses, and need not be cleared
	// of them.
	text, _ := m.Reading(searchedText)
	return hasAll(text, slices.DeleteFunc(slices.Clone(lacks), func(word string) bool { return strings.Contains(word, "…") })) && hasAll(p.hideAddresses(text), lacks), nil
}

func hasAll(text string, words []string) bool {
	text = strings.ToLower(text)
	return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) })
}
