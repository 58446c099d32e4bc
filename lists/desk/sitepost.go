package desk

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"
	"unicode/utf8"

	"plenary/lists"
)

// sitePost is a post that the site itself makes on a list.
type sitePost struct {
	id      string // names it for ever: key of what is frozen, queue id, and part of the Message-ID
	subject string
	text    string
	replyTo lists.Address
	keep    time.Duration // how long its text stays frozen, 0 for ever
}

// post freezes the message as it is now, or takes the one that was frozen
// before, and hands it to the poster.
func (d *Desk) post(ctx context.Context, l lists.List, p sitePost) error {
	raw, err := d.compose(l, p)
	if err != nil {
		return fmt.Errorf("write the post %s to %s: %w", p.id, l.ID, err)
	}
	stands, _, err := d.freeze(ctx, "post/"+p.id, raw, p.keep)
	if err != nil {
		return err
	}
	if err := d.poster.Post(ctx, l.ID, p.id, stands); err != nil {
		return fmt.Errorf("post %s to %s: %w", p.id, l.ID, err)
	}
	return nil
}

// compose writes the message (RFC 5322, CRLF). It comes from the site, not
// from a person, and says so (RFC 3834); answers go to owners.
func (d *Desk) compose(l lists.List, p sitePost) ([]byte, error) {
	var b bytes.Buffer
	field := func(name, value string) { fmt.Fprintf(&b, "%s: %s\r\n", name, value) }
	field("Date", d.now().In(d.location()).Format(time.RFC1123Z))
	field("From", fmt.Sprintf("%s <%s>", phrase(l.Title), d.site.At(lists.SiteName)))
	field("To", string(l.Address(d.site.Domain)))
	field("Reply-To", string(p.replyTo))
	field("Subject", foldWords(encode(p.subject)))
	field("Message-ID", fmt.Sprintf("<%s@%s>", p.id, d.site.Domain))
	field("Auto-Submitted", "auto-generated")
	field("MIME-Version", "1.0")
	field("Content-Type", "text/plain; charset=utf-8")
	text := strings.ReplaceAll(strings.ReplaceAll(p.text, "\r\n", "\n"), "\n", "\r\n")
	if plain(text) {
		field("Content-Transfer-Encoding", "7bit")
		b.WriteString("\r\n" + text)
		return b.Bytes(), nil
	}
	field("Content-Transfer-Encoding", "quoted-printable")
	b.WriteString("\r\n")
	w := quotedprintable.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		return nil, err
	}
	return b.Bytes(), w.Close()
}

func (d *Desk) location() *time.Location {
	if d.site.Location != nil {
		return d.site.Location
	}
	return time.UTC
}

// plain tells whether text may go as it is: ASCII, in lines that every
// server takes.
func plain(text string) bool {
	for line := range strings.SplitSeq(text, "\r\n") {
		if len(line) > 900 || strings.HasPrefix(line, "From ") {
			return false
		}
		for i := 0; i < len(line); i++ {
			if line[i] >= 0x80 || line[i] < ' ' && line[i] != '\t' {
				return false
			}
		}
	}
	return true
}

// encode makes a header's words (RFC 2047 where they are not ASCII).
func encode(s string) string { return mime.QEncoding.Encode("utf-8", clip(oneLine(s), maxWords)) }

// maxWords is the longest subject or name in a header, in characters.
const maxWords = 200

// phrase is a display name: encoded or quoted where it needs to be.
func phrase(s string) string {
	s = clip(oneLine(s), maxWords)
	for _, r := range s {
		if r >= utf8.RuneSelf {
			return foldWords(encode(s))
		}
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// foldWords folds a header's value at spaces, to lines of some 72 octets.
func foldWords(s string) string {
	var b strings.Builder
	used := 10
	for i, word := range strings.Split(s, " ") {
		switch {
		case i == 0:
		case used+1+len(word) > width:
			b.WriteString("\r\n ")
			used = 0
		default:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += len(word)
	}
	return b.String()
}

// short is a name made of anything, for places where that may not stand.
func short(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:10])
}
