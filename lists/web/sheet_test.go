package web

import (
	"bytes"
	"context"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"plenary/lists"
)

func (o *office) Sent(_ context.Context, _ lists.List, code string) (bool, error) {
	return code == o.sent, nil
}

// digestMail is a digest as it stands in the archive: hostile beyond what any
// can be, to see that the writer makes all of it anew.
func digestMail(t *testing.T) string {
	t.Helper()
	img := image.NewPaletted(image.Rect(0, 0, 12, 8), color.Palette{color.NRGBA{}, color.NRGBA{1, 2, 3, 255}})
	for x := 2; x < 6; x++ {
		for y := 3; y < 8; y++ {
			img.SetColorIndex(x, y, 1)
		}
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, img); err != nil {
		t.Fatal(err)
	}
	return "Subject: Week 48\nFrom: Digital Coalition\nMessage-Id: <d@lists.example.org>\nContent-Type: multipart/alternative; boundary=a\n\n--a\n\nThe text\n--a\n" +
		"Content-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html; charset=utf-8\n\n" +
		`<!DOCTYPE html><html lang="fr" dir="ltr"><head><title>T</title><style>p{}</style></head><body onload="x()"><main><h1>La semaine</h1><h2>1. Carte &amp; &lt;b&gt;</h2>
<h3 onclick="x()" id="main" style="color:red">Nouvelles</h3><p>Le plan : fini</p><p dir="auto">We met.<br>Ask ana@example.net or https://a.example/x?ana@example.net <script>alert(1)</script></p><ul><li><strong>Due</strong></li></ul>
<p><a href="` + "BASE" + `/dc/archive/c1"><bdi>A thread of bo@example.net</bdi></a> <a href="mailto:dc-join@lists.example.org">dc-join@lists.example.org</a> <a href="javascript:alert(1)">evil</a> <a href="mailto:ana@example.net">ana</a></p>
<p><img src="cid:plot-1" alt="Weeks &lt;x&gt;"><img src="https://evil.example/x.png" alt="out"></p><p class="soft">0, 1</p><iframe src="https://evil.example">in</iframe><form action="/x"><input name="y"></form></main></body></html>` +
		"\n--r\nContent-Type: image/png\nContent-Id: <plot-1>\nContent-Disposition: inline\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString(picture.Bytes()) + "\n--r--\n--a--\n"
}

// mailed is a pile whose posts have a Message-ID.
type mailed struct{ pile }

func (m mailed) ByCode(ctx context.Context, list, code string) (lists.ArchivedPost, error) {
	post, err := m.pile.ByCode(ctx, list, code)
	post.MessageID = "d@lists.example.org"
	return post, err
}

// A digest of ours has headings, pictures and its language; it can be had as
// text, too.
func TestDigestIsShownAsHTML(t *testing.T) {
	o := newOffice(t)
	o.posts.Archive, o.sent = mailed{pile{strings.ReplaceAll(digestMail(t), "BASE", o.server.URL)}}, "c1"
	page := o.get(200, "/dc/archive/c1")
	if !strings.Contains(page, "Le plan\u00a0: fini") {
		t.Error("a line may begin with a colon")
	}
	has(t, page, `<div class="digest" lang="fr" dir="ltr">`, "<h1>Week 48</h1>", "<h2>La semaine</h2>", "<h3>1. Carte &amp; &lt;b&gt;</h3>", "<h4>Nouvelles</h4>",
		`<p dir="auto">We met.<br>Ask ana@… or https://a.example/x?ana@… </p>`, "<ul><li><strong>Due</strong></li></ul>", `/dc/archive/c1"><bdi>A thread of bo@…</bdi></a>`,
		`<a href="mailto:dc-join@lists.example.org">`, `<svg role="img" viewBox="0 0 12 8" aria-labelledby="plot-1"><title id="plot-1">Weeks &lt;x&gt;</title><rect x="2" y="3" width="4" height="5"/></svg>`,
		`<p class="soft">0, 1</p>`, `<a href="?form=text">This digest as plain text</a>`)
	lacks(t, page, "example.net", "alert", "evil.example", "<iframe", "<form", "onclick", "p{}", "The text")
	text := o.get(200, "/dc/archive/c1?form=text")
	has(t, text, "The text", `<a href="/dc/archive/c1">This digest with its headings and pictures</a>`)
	lacks(t, text, "<h2>La semaine", "<svg")
	o.change("dc", func(l *lists.List) { l.Language = "ar" })
	if got := regexp.MustCompile(`(?i)plain|pictures`).FindString(o.get(200, "/dc/archive/c1")); got != "" {
		t.Errorf("English is left: %s", got)
	}
}

// A post that only looks like a digest is text.
func TestMembersHTMLIsShownAsText(t *testing.T) {
	o := newOffice(t)
	o.posts.Archive = mailed{pile{digestMail(t)}}
	for _, path := range []string{"/dc/archive/c1", "/dc/archive/c1?form=text"} {
		page := o.get(200, path)
		has(t, page, "The text")
		lacks(t, page, "La semaine", "<svg", "form=text", "This digest")
	}
	o.sent = "c1" // of the main list, not of a group
	lacks(t, o.get(200, "/dc-map/archive/c1"), "La semaine")
}

func FuzzSheet(f *testing.F) {
	f.Add(`<main><h1>a</h1><p dir=auto>b@c.example <a href="mailto:x@lists.example.org">y</a></main>`)
	f.Add(`<main><svg><style><img src=x onerror=y></main><math><a href=javascript:x>`)
	f.Add(`<main><a href="mailto:&quot;onclick=x@lists.example.org">z<a href=x>`)
	p := &pages{Config: Config{Site: lists.Site{Domain: "lists.example.org"}}}
	allowed := regexp.MustCompile(`^(html|head|body|h2|h3|h4|p|ul|li|strong|b|bdi|br|a|svg|title|rect)$`)
	f.Fuzz(func(t *testing.T, source string) {
		doc, err := html.Parse(strings.NewReader(source))
		if err != nil {
			return
		}
		w := sheetWriter{p: p}
		w.within(doc)
		again, err := html.Parse(strings.NewReader(w.out.String()))
		if err != nil {
			t.Fatal(err)
		}
		for n := range again.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			if !allowed.MatchString(n.Data) {
				t.Errorf("element %s in %q", n.Data, w.out.String())
			}
			for _, a := range n.Attr {
				if a.Key == "href" && !strings.HasPrefix(strings.ToLower(a.Val), "mailto:") && !strings.HasPrefix(strings.ToLower(a.Val), "http") || strings.HasPrefix(a.Key, "on") || a.Key == "style" {
					t.Errorf("attribute %s=%q in %q", a.Key, a.Val, w.out.String())
				}
			}
		}
	})
}
