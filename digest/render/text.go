package render

import (
	"strings"

	"plenary/smtp"
)

// text is the outline as text/plain, LF line ends, no line over 72 columns
// but for links.
func (o *outline) text() string {
	var b strings.Builder
	for i, block := range o.blocks {
		if i > 0 && block.Level > 0 && block.Level < 3 {
			b.WriteByte('\n') // two empty lines before a new part
		}
		for _, item := range block.Items {
			b.WriteString("- " + o.line(item) + "\n")
		}
		if len(block.Items) == 0 {
			b.WriteString(o.line(block.Spans) + "\n")
		}
		b.WriteByte('\n')
	}
	return smtp.Wrap(strings.TrimSpace(b.String()), 72) + "\n"
}

// line is spans as text. A link that its words don't show follows them.
func (o *outline) line(spans []span) string {
	var b strings.Builder
	links := ""
	for i, s := range spans {
		if s.Break {
			b.WriteByte('\n')
		}
		if s.Own && i > 0 && !s.Break { // among words of ours
			s.Text = o.w.Isolate(s.Text)
		}
		b.WriteString(s.Text)
		if s.Link != "" && !s.Plain {
			links += o.w.Say("colon") + s.Link
		}
	}
	return b.String() + links
}
