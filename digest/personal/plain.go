package personal

import (
	"bytes"
	"fmt"
	"strings"

	"plenary/digest/words"
)

// Reading is a post as plain digests show it.
type Reading struct {
	Fields      [][2]string // Date, From, Subject and so on, decoded, in order
	Text        string      // with LF line ends
	Attachments []string    // names and types of what the text leaves out
}

// The separators of RFC 1153: 70 hyphens after the contents, 30 between
// messages.
var (
	afterContents = strings.Repeat("-", 70)
	between       = strings.Repeat("-", 30)
)

// text is the whole mail of a plain digest (RFC 1153): one text, each line
// short enough to go as it is.
func (e edition) text(p page, id string, posts []Reading) []byte {
	var b strings.Builder
	b.WriteString(p.contents() + "\r\n" + afterContents + "\r\n\r\n")
	for _, post := range posts {
		for _, f := range post.Fields {
			fmt.Fprintf(&b, "%s: %s\r\n", f[0], f[1])
		}
		b.WriteString("\r\n")
		for _, line := range lines(post.Text) {
			b.WriteString(line + "\r\n")
		}
		for _, a := range post.Attachments {
			b.WriteString("[" + words.For(e.list.Language).Say("own-attachment", "name", a) + "]\r\n")
		}
		b.WriteString("\r\n" + between + "\r\n\r\n")
	}
	b.WriteString(p.End + "\r\n" + strings.Repeat("*", min(width, len([]rune(p.End)))) + "\r\n")
	body := []byte(b.String())
	var w bytes.Buffer
	e.header(&w, p.Subject, id)
	fmt.Fprintf(&w, "Content-Type: text/plain; charset=utf-8\r\nContent-Language: %s\r\n%s\r\n", language(e.list), bits(!ascii(body)))
	w.Write(body)
	return w.Bytes()
}

// longest is how many octets a line of a plain digest may have: with its end
// within the 998 of RFC 5322 2.1.1.
const longest = 990

// lines are a post's lines as a plain digest has them: none that a reader
// would take for a separator, and none too long.
func lines(text string) (out []string) {
	for _, line := range strings.Split(strings.Trim(strings.ReplaceAll(text, "\r", ""), "\n"), "\n") {
		line = strings.TrimRight(strings.ToValidUTF8(line, "?"), " ")
		for len(line) > longest {
			at := strings.LastIndexByte(line[:longest], ' ')
			if at <= 0 {
				for at = longest; line[at]&0xc0 == 0x80; at-- { // between characters
				}
			}
			out, line = append(out, line[:at]), strings.TrimPrefix(line[at:], " ")
		}
		if line == between {
			line = " " + line[1:] // as RFC 1153 has it
		} else if strings.HasPrefix(line, between) {
			line = " " + line
		}
		out = append(out, line)
	}
	return out
}
