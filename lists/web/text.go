package web

import (
	"regexp"
	"strings"
)

// piece is part of a text: words, with the page that they name if any, or the
// end of a line. Lines end by themselves, not by a style: without one, as in a
// terminal's browser, a text must be read too.
type piece struct {
	Text, Link string
	End        bool
}

var webLink = regexp.MustCompile(`(?i)\bhttps?://[^\s<>"\x{2066}-\x{2069}\x{200e}\x{200f}]+`)

// linked cuts a text into pieces.
func linked(text string) (pieces []piece) {
	for {
		at := webLink.FindStringIndex(text)
		if at == nil {
			return append(pieces, inLines(text)...)
		}
		link := bare(text[at[0]:at[1]])
		named := piece{Text: link, Link: link}
		if strings.Contains(link, "…") { // a mail address was taken out of it
			named.Link = ""
		}
		pieces = append(append(pieces, inLines(text[:at[0]])...), named)
		text = text[at[0]+len(link):]
	}
}

// bare is a page's address without the stops and brackets at its end that
// belong to the text around it. It looks at each octet a fixed number of times.
func bare(link string) string {
	const opens, closes = "([{", ")]}"
	var lone [len(closes)]int // brackets that close what the address has not opened
	for i := range lone {
		lone[i] = strings.Count(link, closes[i:i+1]) - strings.Count(link, opens[i:i+1])
	}
	for end := len(link) - 1; end >= 0; end-- {
		i := strings.IndexByte(closes, link[end])
		switch {
		case i >= 0 && lone[i] > 0:
			lone[i]--
		case strings.IndexByte(".,;:!?'*_", link[end]) < 0:
			return link[:end+1]
		}
	}
	return ""
}

// inLines cuts a text at its line ends.
func inLines(text string) (pieces []piece) {
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			pieces = append(pieces, piece{End: true})
		}
		if line != "" {
			pieces = append(pieces, piece{Text: line})
		}
	}
	return pieces
}
