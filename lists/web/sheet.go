package web

import (
	"bytes"
	"context"
	"fmt"
	"html/template"
	"image/png"
	"strings"

	"golang.org/x/net/html"

	"plenary/digest/words"
	"plenary/lists"
	"plenary/smtp/message"
)

// A digest is shown as the HTML that it was mailed as, with its headings and
// pictures. That goes for digests that went out from here alone, which their
// record knows by their octets: whatever a member writes is shown as text.

// sheet is a digest's HTML as a part of our page.
type sheet struct {
	Lang, Dir string
	Body      template.HTML
}

// digestHTML is the post's HTML where it is one of the list's digests; nil
// where it is none, or can't be shown so.
func (p *pages) digestHTML(ctx context.Context, l lists.List, post lists.ArchivedPost, m *message.Message) (*sheet, error) {
	if !l.Main() || !strings.HasSuffix(post.MessageID, "@"+p.Site.Domain) {
		return nil, nil
	}
	sent, err := p.Boards.Sent(ctx, l, post.Code)
	if err != nil || !sent {
		return nil, err
	}
	return p.sheetOf(m), nil
}

// sheetOf takes what a page shows out of a digest's mail.
func (p *pages) sheetOf(m *message.Message) *sheet {
	var source []byte
	plots := map[string][]byte{}
	m.Root.Walk(func(part *message.Part) bool {
		switch part.Type {
		case "text/html":
			if source == nil {
				source = part.Decoded(maxText)
			}
		case "image/png":
			_, id, _ := strings.Cut(string(part.Header), "Content-Id: <")
			id, _, _ = strings.Cut(id, ">")
			plots["cid:"+id] = part.Decoded(maxPlot)
		}
		return true
	})
	doc, err := html.Parse(bytes.NewReader(source))
	if err != nil {
		return nil
	}
	w := sheetWriter{p: p, plots: plots}
	s := &sheet{}
	for n := range doc.Descendants() {
		switch n.Data {
		case "html":
			s.Lang, s.Dir = attr(n, "lang"), attr(n, "dir")
			w.french = words.For(s.Lang).Lang == "fr"
		case "main":
			w.within(n)
		}
	}
	if w.out.Len() == 0 {
		return nil
	}
	s.Body = template.HTML(w.out.String()) // each element and each letter of it is the writer's own
	return s
}

// sheetElements are the elements that pages show, by what they become there:
// a page has its own heading above a digest's.
var sheetElements = map[string]string{"h1": "h2", "h2": "h3", "h3": "h4", "p": "p", "ul": "ul", "li": "li", "strong": "strong", "b": "b", "bdi": "bdi"}

// sheetWriter writes a digest anew: the few elements that it has, and text.
type sheetWriter struct {
	p      *pages
	plots  map[string][]byte // pictures by their address
	out    strings.Builder
	inLink bool
	french bool // mail has plain spaces before its marks
	drawn  int
}

func (w *sheetWriter) within(n *html.Node) {
	for c := range n.ChildNodes() {
		w.node(c)
	}
}

func (w *sheetWriter) node(n *html.Node) {
	if n.Type == html.TextNode && w.french {
		n.Data = words.ForPage("fr").Lines(n.Data)
	}
	switch {
	case n.Type == html.TextNode && w.inLink:
		w.out.WriteString(html.EscapeString(w.p.hideAddresses(n.Data)))
	case n.Type == html.TextNode:
		w.text(n.Data)
	case n.Type != html.ElementNode, n.Data == "script", n.Data == "style":
	case n.Data == "br":
		w.out.WriteString("<br>")
	case n.Data == "img":
		w.plot(n)
	case n.Data == "a":
		w.link(n)
	case sheetElements[n.Data] != "":
		name := sheetElements[n.Data]
		w.out.WriteString("<" + name)
		if attr(n, "dir") == "auto" {
			w.out.WriteString(` dir="auto"`)
		}
		if attr(n, "class") == "soft" {
			w.out.WriteString(` class="soft"`)
		}
		w.out.WriteString(">")
		w.within(n)
		w.out.WriteString("</" + name + ">")
	default:
		w.within(n)
	}
}

// text writes people's words, with the pages that they name.
func (w *sheetWriter) text(text string) {
	for _, part := range linked(w.p.hideAddresses(text)) {
		switch {
		case part.End:
			w.out.WriteString("\n")
		case part.Link != "":
			fmt.Fprintf(&w.out, `<a href="%s" rel="nofollow ugc noopener noreferrer">%s</a>`, html.EscapeString(part.Link), html.EscapeString(part.Text))
		default:
			w.out.WriteString(html.EscapeString(part.Text))
		}
	}
}

// link writes a link to one of our pages or addresses; of any other, its words.
func (w *sheetWriter) link(n *html.Node) {
	to := attr(n, "href")
	ours := strings.HasPrefix(to, "mailto:") && strings.HasSuffix(to, "@"+w.p.Site.Domain) || w.p.Site.BaseURL != "" && strings.HasPrefix(to, w.p.Site.BaseURL+"/")
	if ours {
		w.out.WriteString(`<a href="` + html.EscapeString(to) + `">`)
	}
	w.inLink = ours
	w.within(n)
	w.inLink = false
	if ours {
		w.out.WriteString("</a>")
	}
}

// maxPlot bounds a picture: octets, and pixels each way.
const (
	maxPlot  = 64 << 10
	maxPlotX = 2000
)

// plot draws a picture of bars anew as SVG, in the page's own colors: a page
// shows no images, so that none can tell who reads it. A bar is a run of
// columns that begin at the same height.
func (w *sheetWriter) plot(n *html.Node) {
	raw := w.plots[attr(n, "src")]
	size, err := png.DecodeConfig(bytes.NewReader(raw))
	if err != nil || size.Width > maxPlotX || size.Height > maxPlotX {
		return
	}
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return
	}
	top := func(x int) int {
		for y := range size.Height {
			if _, _, _, a := img.At(x, y).RGBA(); a != 0 {
				return y
			}
		}
		return size.Height
	}
	w.drawn++
	fmt.Fprintf(&w.out, `<svg role="img" viewBox="0 0 %d %d" aria-labelledby="plot-%d"><title id="plot-%d">%s</title>`, size.Width, size.Height, w.drawn, w.drawn, html.EscapeString(attr(n, "alt")))
	for x := 0; x < size.Width; {
		from, y := x, top(x)
		for x++; x < size.Width && top(x) == y; x++ {
		}
		if y < size.Height {
			fmt.Fprintf(&w.out, `<rect x="%d" y="%d" width="%d" height="%d"/>`, from, y, x-from, size.Height-y)
		}
	}
	w.out.WriteString("</svg>")
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}
