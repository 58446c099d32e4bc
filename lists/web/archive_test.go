package web

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"plenary/lists"
)

// pile is an archive: a post a message, UIDs from 1, all of one conversation.
type pile []string

func (p pile) entry(uid uint32) lists.ArchivedPost {
	subject, from := "", ""
	for line := range strings.SplitSeq(p[uid-1], "\n") {
		if s, ok := strings.CutPrefix(line, "Subject: "); ok {
			subject = s
		}
		if s, ok := strings.CutPrefix(line, "From: "); ok {
			from = s
		}
	}
	return lists.ArchivedPost{UID: uid, Code: fmt.Sprintf("c%d", uid), Subject: subject, From: from, Thread: 1, At: time.Date(2026, 11, 1, 0, int(uid), 0, 0, time.UTC)}
}

func (p pile) Latest(_ context.Context, _ string, before uint32, limit int) (posts []lists.ArchivedPost, _ error) {
	if before == 0 || int(before) > len(p) {
		before = uint32(len(p)) + 1
	}
	for uid := before - 1; uid > 0 && len(posts) < limit; uid-- {
		posts = append(posts, p.entry(uid))
	}
	return posts, nil
}

func (p pile) Entries(_ context.Context, _ string, from uint32, limit int) (posts []lists.ArchivedPost, _ error) {
	for uid := from; int(uid) <= len(p) && len(posts) < limit; uid++ {
		posts = append(posts, p.entry(uid))
	}
	return posts, nil
}

func (p pile) Thread(ctx context.Context, list string, _ uint32, most int) ([]lists.ArchivedPost, error) {
	return p.Entries(ctx, list, 1, most)
}

func (p pile) ByCode(_ context.Context, _, code string) (lists.ArchivedPost, error) {
	for uid := range p {
		if e := p.entry(uint32(uid) + 1); e.Code == code {
			return e, nil
		}
	}
	return lists.ArchivedPost{}, lists.ErrNotFound
}

func (p pile) Get(_ context.Context, _ string, uid uint32) ([]byte, error) {
	return []byte(strings.ReplaceAll(p[uid-1], "\n", "\r\n")), nil
}

// A post's page names its attachments, leads to the pages that it names and to
// the rest of the conversation, and ends lines without a style.
func TestPost(t *testing.T) {
	o := newOffice(t)
	o.posts.Archive = pile{
		"Subject: First\nFrom: Mo\n\nx\n",
		"Subject: Re: First\nFrom: ana@example.org\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nSee (https://example.org/a_(b)?x=1&y=2), or\n<HTTP://example.net>. javascript:alert(1)\n\nhttps://user@example.org/ http://x\" onclick=y\n--b\nContent-Type: application/pdf; name=\"../<b> ana@example.org.pdf\"\nContent-Disposition: attachment\n\nx\n--b\nContent-Type: image/png\nContent-Disposition: inline\n\nx\n--b\nContent-Type: image/gif\nContent-Disposition: attachment\n\nx\n--b--\n",
	}
	page := o.get(200, "/dc/archive/c2")
	const rel = ` rel="nofollow ugc noopener noreferrer">`
	has(t, page, `See (<a href="https://example.org/a_%28b%29?x=1&amp;y=2"`+rel+`https://example.org/a_(b)?x=1&amp;y=2</a>), or<br>&lt;<a href="HTTP://example.net"`+rel,
		"javascript:alert(1)<br><br>https://user@…/ <a href=\"http://x\""+rel+"http://x</a>&#34; onclick=y",
		"<li>Attached: ../&lt;b&gt; ana@… (application/pdf)</li><li>Attached: image/gif</li></ul>", "The conversation", `<a href="/dc/archive/c1">`, `<a href="/dc/archive/c2" aria-current="page">`)
	lacks(t, page, "ana@example.org", `href="javascript`)
	o.posts.Archive = pile{"Subject: Alone\n\nx\n"}
	lacks(t, o.get(200, "/dc/archive/c1"), "The conversation")
}

func TestBrowse(t *testing.T) {
	o := newOffice(t)
	var all pile
	for n := range 120 {
		all = append(all, fmt.Sprintf("Subject: Post %d.\nFrom: Mo\n\nx\n", n+1))
	}
	o.posts.Archive = all
	// From the newest to the oldest, and back.
	seen := []string{"/dc/archive", "/dc/archive?before=71", "/dc/archive?before=21"}
	for i, path := range seen {
		page := o.get(200, path)
		older, newer := link(t, page, "Older posts"), link(t, page, "Newer posts")
		if want := append(slices.Clone(seen), "")[i+1]; older != want {
			t.Errorf("older than %s is %q, not %q", path, older, want)
		}
		if want := append([]string{""}, seen...)[i]; newer != want {
			t.Errorf("newer than %s is %q, not %q", path, newer, want)
		}
	}
	for _, odd := range []string{"0", "1", "-1", "x", "4294967295", "99999999999"} {
		o.get(200, "/dc/archive?before="+odd)
	}
}

// A search finds what everybody may see, in parts if need be, and nobody by an
// address.
func TestSearch(t *testing.T) {
	o := newOffice(t)
	var all pile
	for n := range 120 {
		all = append(all, fmt.Sprintf("Subject: Post %d.\nFrom: Mo\n\nÜber everything\n", n+1))
	}
	all[6] = "Subject: The Map\nFrom: Lea\n\nBy ana@secret.example <b>\n"
	o.posts.Archive = all
	for q, want := range map[string]string{"map": "1 post", "LEA by": "1 post", "map mo": "0 posts", "secret.example": "0 posts", "ana@": "1 post", "<B>": "1 post", "über post": "50 posts", `"`: "0 posts", "%": "0 posts"} {
		page := o.get(200, "/dc/archive?q="+url.QueryEscape(q))
		has(t, page, html.EscapeString("Posts with “"+q+"”: ")+want, `value="`+html.EscapeString(q)+`"`)
		if link(t, page, "Look through older posts") != "" && want != "50 posts" {
			t.Errorf("%s: all was looked through", q)
		}
	}
	page := o.get(200, "/dc/archive?q=everything")
	next := link(t, page, "Look through older posts")
	has(t, page, "Posts up to Sunday 1 November 2026 were looked through")
	if has(t, o.get(200, next), "50 posts", "Post 70."); next != "/dc/archive?before=71&q=everything" {
		t.Errorf("it goes on at %q", next)
	}
	for _, odd := range []string{"%00", "%ff", "+", strings.Repeat("x", 9000), "a%0d%0aSet-Cookie:x"} {
		o.get(200, "/dc/archive?q="+odd)
	}
	o.get(401, "/dc-club/archive?q=x")
}

// Addresses of pages end where their text does, and odd ones take no time.
func TestLinked(t *testing.T) {
	for text, want := range map[string]string{
		"(http://a.example/x).": "http://a.example/x", "http://a.example/(x)": "http://a.example/(x)", "[http://a.example/x]]]": "http://a.example/x",
		"http://a.example/x...": "http://a.example/x", "http://a.example/?q=(a": "http://a.example/?q=(a", "ftp://a.example": "", "xhttp://a.example": "",
		"http://a.example/x*_'": "http://a.example/x", "javascript:http": "", "http://": "",
	} {
		got, whole := "", ""
		for _, p := range linked(text) {
			got, whole = got+p.Link, whole+p.Text
		}
		if got != want || whole != text {
			t.Errorf("%q leads to %q and reads %q, want %q", text, got, whole, want)
		}
	}
	begin := time.Now()
	for _, odd := range []string{")", "]", ".", "http://", "(", "http://) ", "\n", "a@b.c "} {
		text := "http://a.example/" + strings.Repeat(odd, maxText/len(odd))
		linked((&pages{}).hideAddresses(text))
	}
	if took := time.Since(begin); took > 20*time.Second {
		t.Errorf("eight texts took %v", took)
	}
}

// link is where the link with these words leads, "" if there is none.
func link(t *testing.T, page, words string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Data != "a" || n.FirstChild == nil || n.FirstChild.Data != words {
			continue
		}
		for _, a := range n.Attr {
			if a.Key == "href" {
				return a.Val
			}
		}
	}
	return ""
}
