package message

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxNested is how many lists and quotes within each other are told apart.
const maxNested = 100

// htmlMark is an element by which a mail program says that what it holds is a
// signature or the copy of a mail. Text says so by a line above, once
// something stands in it.
type htmlMark struct {
	tag  string // the element's, "" we are in none
	open int    // elements of that tag open since, itself included
	line string // to write before its first word
}

// The lines by which text marks what follows.
const (
	signatureMark = "-- "
	originalMark  = "-----Original Message-----"
)

// The marks of mail programs, by id or class.
var (
	signatureElements = []string{"gmail_signature", "Signature", "ms-outlook-mobile-signature", "ms-outlook-signature", "composer_signature", "protonmail_signature_block", "tutanota_signature"}
	originalElements  = []string{"divRplyFwdMsg", "OLK_SRC_BODY_SECTION", "mail-editor-reference-message-container", "ms-outlook-mobile-reference-message", "OutlookMessageHeader", "yahoo_quoted", "zmail_extra"}
)

// open looks at an element's id and class.
func (w *htmlWriter) open(t html.Token) {
	if w.mark.tag != "" {
		if t.Data == w.mark.tag {
			w.mark.open++
		}
		return
	}
	if t.DataAtom != atom.Div && t.DataAtom != atom.Span {
		return
	}
	for _, name := range append(strings.Fields(attribute(t, "class")), attribute(t, "id")) {
		switch {
		case slices.Contains(signatureElements, name):
			w.mark = htmlMark{t.Data, 1, signatureMark}
		case slices.Contains(originalElements, name), strings.HasSuffix(name, "yahoo_quoted"):
			w.mark = htmlMark{t.Data, 1, originalMark}
		}
	}
}

// close sees an element end.
func (w *htmlWriter) close(t html.Token) {
	if t.Data != w.mark.tag {
		return
	}
	if w.mark.open--; w.mark.open == 0 {
		w.mark = htmlMark{}
	}
}

// quote begins a blockquote. Some programs indent the writer's own words by
// one that has no border.
func (w *htmlWriter) quote(t html.Token) {
	style := strings.ToLower(strings.Join(strings.Fields(attribute(t, "style")), ""))
	indents := strings.Contains(style, "border:none") && attribute(t, "type") == "" && attribute(t, "cite") == "" && attribute(t, "class") == ""
	if len(w.blocks) < maxNested {
		w.blocks = append(w.blocks, indents)
	}
	if !indents {
		w.quotes++
	}
}

func (w *htmlWriter) endQuote() {
	last := len(w.blocks) - 1
	if last >= 0 && w.quotes < maxNested {
		indents := w.blocks[last]
		if w.blocks = w.blocks[:last]; indents {
			return
		}
	}
	w.quotes = max(0, w.quotes-1)
}

// list begins a list.
func (w *htmlWriter) list(t html.Token) {
	w.break_(2)
	count := -1
	if t.DataAtom == atom.Ol {
		count = 0
		if first, err := strconv.Atoi(attribute(t, "start")); err == nil && first > 0 && first < 1e6 {
			count = first - 1
		}
	}
	if len(w.counts) < maxNested {
		w.counts = append(w.counts, count)
	}
}

// point is what stands before a point of the list we are in.
func (w *htmlWriter) point() string {
	last := len(w.counts) - 1
	if last < 0 || w.counts[last] < 0 {
		return "- "
	}
	w.counts[last]++
	return strconv.Itoa(w.counts[last]) + ". "
}
