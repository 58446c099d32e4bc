package message

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxQuoteMarks bounds the > before each line of quoted HTML: quotes may nest
// without end.
const maxQuoteMarks = 10

// htmlText turns HTML into plain text, max octets of it at most. It reads
// token by token, builds no tree, and so cares for no nesting: scripts,
// styles and what is hidden are left out, links keep their words and name
// their target, and what a blockquote holds is quoted with >.
func htmlText(source string, max int) string {
	w := htmlWriter{max: max}
	z := html.NewTokenizer(strings.NewReader(source))
	for w.out.Len() < max {
		switch z.Next() {
		case html.ErrorToken:
			return w.String()
		case html.TextToken:
			if w.hidden == 0 {
				w.text(string(z.Text()))
			}
		case html.StartTagToken:
			w.start(z.Token(), false)
		case html.SelfClosingTagToken:
			w.start(z.Token(), true)
		case html.EndTagToken:
			w.end(z.Token())
		}
	}
	return w.String()
}

// htmlWriter is the text so far, and where in the page we are.
type htmlWriter struct {
	out    strings.Builder
	max    int
	hidden int    // tags open since one that is not shown, itself included
	hides  string // that tag; only its own name is counted
	pre    int
	quotes int
	blocks []bool // of the blockquotes we are in, whether it only indents
	counts []int  // of the lists we are in, the number of the last point; -1 for bullets
	mark   htmlMark
	link   string // target of the link we are in
	words  strings.Builder

	breaks int  // line ends to write before the next word: 0, 1 or 2
	space  bool // a blank to write before the next word
	begun  bool // something stands on the line
}

func (w *htmlWriter) String() string { return cleanText(w.out.String()) }

// start handles a start tag.
func (w *htmlWriter) start(t html.Token, closed bool) {
	if w.hidden > 0 {
		if t.Data == w.hides && !closed {
			w.hidden++
		}
		return
	}
	switch t.DataAtom {
	case atom.Script, atom.Style, atom.Title, atom.Template, atom.Textarea, atom.Noscript, atom.Svg, atom.Object, atom.Iframe:
		if !closed {
			w.hide(t)
		}
		return
	case atom.Br:
		w.newline()
	case atom.A:
		w.link = attribute(t, "href")
		w.words.Reset()
	case atom.Ol, atom.Ul:
		w.list(t)
	case atom.Li:
		w.break_(1)
		w.text(w.point())
	case atom.Td, atom.Th:
		w.space = true
	case atom.Pre:
		w.break_(2)
		w.pre++
	case atom.Blockquote:
		w.break_(2)
		w.quote(t)
	case atom.Hr:
		w.break_(2)
	default:
		w.break_(blockBreaks(t.DataAtom))
	}
	if !closed && invisible(t) {
		w.hide(t)
	} else if !closed {
		w.open(t)
	}
}

// end handles an end tag, be there a start or not.
func (w *htmlWriter) end(t html.Token) {
	if w.hidden > 0 {
		if t.Data == w.hides {
			w.hidden--
		}
		return
	}
	switch t.DataAtom {
	case atom.A:
		w.endLink()
	case atom.Pre:
		w.break_(2)
		w.pre = max(0, w.pre-1)
	case atom.Blockquote:
		w.break_(2)
		w.endQuote()
	case atom.Ol, atom.Ul:
		w.break_(2)
		w.counts = w.counts[:max(0, len(w.counts)-1)]
	default:
		w.break_(blockBreaks(t.DataAtom))
		w.close(t)
	}
}

func (w *htmlWriter) hide(t html.Token) { w.hidden, w.hides = 1, t.Data }

// endLink names a link's target after its words, unless they say it.
func (w *htmlWriter) endLink() {
	link, words := w.link, strings.TrimSpace(w.words.String())
	w.link = ""
	if !strings.HasPrefix(link, "https://") && !strings.HasPrefix(link, "http://") || len(link) > 300 || words == "" {
		return
	}
	if !strings.Contains(link, words) && !strings.Contains(words, strings.TrimSuffix(link, "/")) {
		w.text(" (" + link + ")")
	}
}

// text writes words: blanks are one outside pre, line ends as asked for.
func (w *htmlWriter) text(s string) {
	s = s[:min(len(s), 4*w.max)]
	if w.link != "" && w.words.Len() < 400 {
		w.words.WriteString(s[:min(len(s), 400)])
	}
	if w.pre > 0 {
		lines := strings.Split(s, "\n")
		for i, line := range lines {
			if i > 0 {
				w.newline()
			}
			if line != "" {
				w.word(line)
			}
		}
		return
	}
	for s != "" {
		end := strings.IndexAny(s, " \t\r\n\f\u00a0")
		switch {
		case end < 0:
			w.word(s)
			return
		case end > 0:
			w.word(s[:end])
		}
		w.space = true
		s = strings.TrimLeft(s[end:], " \t\r\n\f\u00a0")
	}
}

// word writes one word after the line ends and the blank that are due.
func (w *htmlWriter) word(s string) {
	if w.out.Len() > w.max {
		return
	}
	if line := w.mark.line; line != "" {
		w.mark.line = ""
		w.break_(1)
		w.word(line)
		w.break_(1)
	}
	if w.out.Len() > 0 {
		for ; w.breaks > 0; w.breaks-- {
			w.out.WriteByte('\n')
			w.begun = false
		}
	}
	w.breaks = 0
	if !w.begun && w.quotes > 0 {
		w.out.WriteString(strings.Repeat(">", min(w.quotes, maxQuoteMarks)))
		w.out.WriteByte(' ')
	} else if w.begun && w.space {
		w.out.WriteByte(' ')
	}
	w.out.WriteString(s)
	w.begun, w.space = true, false
}

// newline is what br does: each one counts, up to an empty line.
func (w *htmlWriter) newline() {
	w.breaks = min(w.breaks+1, 2)
	w.space = false
}

// break_ asks for n line ends at least.
func (w *htmlWriter) break_(n int) {
	if n > 0 {
		w.breaks = max(w.breaks, n)
		w.space = false
	}
}

// blockBreaks is how many line ends surround an element: two for paragraphs,
// one for boxes, none within a line.
func blockBreaks(a atom.Atom) int {
	switch a {
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Ul, atom.Ol, atom.Dl, atom.Table:
		return 2
	case atom.Div, atom.Tr, atom.Dt, atom.Dd, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Address, atom.Li,
		atom.Center, atom.Figure, atom.Form, atom.Fieldset, atom.Main, atom.Nav, atom.Aside, atom.Caption, atom.Body:
		return 1
	}
	return 0
}

// invisible tells whether a page hides the element, as some do with words
// that only programs are meant to read.
func invisible(t html.Token) bool {
	switch t.DataAtom {
	case atom.Div, atom.Span, atom.Table, atom.Section, atom.Font:
	default: // others may end without an end tag
		return false
	}
	style := strings.ToLower(attribute(t, "style"))
	if style == "" || len(style) > 2000 {
		return false
	}
	style = strings.Join(strings.Fields(style), "")
	return strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden")
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}
