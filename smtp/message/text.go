package message

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text is what a person reads of the mail: its first text part, of several
// alternatives the plain one, else HTML turned to text. Attachments, attached
// mails and encrypted parts are left out. Lines end with LF; the result is
// valid UTF-8 without control characters, max octets of it at most.
func (m *Message) Text(max int) string { return m.Root.Text(max) }

// Text is the readable text of a part and the parts within.
func (p *Part) Text(max int) string {
	if max <= 0 {
		return ""
	}
	text, _ := p.text(max)
	return clipText(strings.TrimRight(text, " \n"), max)
}

// text gives the text and whether there was any. Depth is bounded by Parse.
func (p *Part) text(max int) (string, bool) {
	switch {
	case p.Disposition == "attachment", p.Type == "message/rfc822", p.Type == "multipart/encrypted":
		return "", false
	case p.Type == "multipart/alternative":
		return p.bestAlternative(max)
	case p.multipart() && len(p.Parts) > 0:
		for _, c := range p.Parts {
			if text, ok := c.text(max); ok {
				return text, true
			}
		}
		return "", false
	}
	return p.ownText(max)
}

// bestAlternative prefers plain text that says something over all else.
func (p *Part) bestAlternative(max int) (string, bool) {
	for _, c := range p.Parts {
		if c.Type == "text/plain" && c.typed {
			if text, ok := c.text(max); ok {
				return text, true
			}
		}
	}
	for _, c := range p.Parts {
		if text, ok := c.text(max); ok {
			return text, true
		}
	}
	return "", false
}

// ownText is the text of a part that has no parts.
func (p *Part) ownText(max int) (string, bool) {
	var text string
	switch {
	case p.Type == "text/html", p.Type == "application/xhtml+xml", p.Type == "text/enriched", p.Type == "text/richtext", !p.typed && looksHTML(p.Body):
		raw := p.Decoded(max + maxMarkup)
		text = htmlText(toUTF8(p.Params["charset"], raw), max)
	case p.Type == "text/plain", p.Type == "text", p.multipart():
		text = cleanText(toUTF8(p.Params["charset"], p.Decoded(4*max)))
		if strings.EqualFold(p.Params["format"], "flowed") {
			text = unflow(text, strings.EqualFold(p.Params["delsp"], "yes"))
		}
	}
	return text, strings.TrimSpace(text) != ""
}

// maxMarkup is how much HTML beyond its text is read: pictures may stand in it.
const maxMarkup = 4 << 20

// looksHTML knows HTML that was sent with no type at all.
func looksHTML(body []byte) bool {
	start := bytes.ToLower(bytes.TrimSpace(body[:min(len(body), 200)]))
	return bytes.HasPrefix(start, []byte("<html")) || bytes.HasPrefix(start, []byte("<!doctype html"))
}

// cleanText makes line ends LF and drops what can't be shown.
func cleanText(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r' || r == '\u2028' || r == '\u2029' || r == '\f':
			return '\n'
		case unicode.IsControl(r) || r == '\ufeff':
			return -1
		}
		return r
	}, s)
}

// clipText cuts s to max octets, between runes.
func clipText(s string, max int) string {
	if len(s) <= max {
		return s
	}
	for max > 0 && !utf8.RuneStart(s[max]) {
		max--
	}
	return s[:max]
}
