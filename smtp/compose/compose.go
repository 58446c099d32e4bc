// Package compose makes the copy of a post that a list's members get: the
// list's own header fields (RFC 2369, 2919, 5064, 8058) on top, what the
// author's copy carried of them removed, and every other byte as it came.
// Subject tag, footer and reply address are added only where a list asks for
// them. What was seen of the sender at arrival is sealed on top (RFC 8617). It
// does no I/O of its own; DKIM signatures, which a member's own fields are
// under, are left to the seals that wrap its result at sending.
package compose

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"plenary/lists"
	"plenary/smtp"
	"plenary/smtp/message"
)

// Composer makes copies for one site. Any number of goroutines may use it.
type Composer struct {
	Site           lists.Site
	Secret         []byte   // for the tokens in a member's own links
	RewriteDomains []string // authors of these domains are taken to ask for reject (from.rewrite_domains)
	// Proven tells whether a signature that speaks for the author's domain
	// verifies on a copy as it will go out. That it could not be found out is
	// a no. nil: none ever does.
	Proven func(ctx context.Context, author lists.Address, raw []byte) bool
	Signer *Signer // seals copies; nil: they are not sealed
}

// Author is who wrote a post, as its From field says.
type Author struct {
	Name    string // decoded, without control characters; may be ""
	Address lists.Address
}

// Post is what a copy is made of.
type Post struct {
	Raw       []byte // as accepted, Received field on top
	List      lists.List
	Author    Author
	Link      string       // where the archive shows it (Archived-At), "" not kept or no pages
	DefaultID string       // Message-ID without brackets given to a post that has none
	Verdict   smtp.Verdict // what was found out about its sender; zero for the site's own posts, which are not sealed
	Arrived   time.Time    // when that was; the time of the seal
}

// Compose makes the copy. The body is the author's, byte for byte, unless the
// list adds a footer. A member gets Personal's fields, then Head, then Body.
// The same post gives the same bytes, as far as DNS says the same.
func (c *Composer) Compose(ctx context.Context, p Post) lists.Copy {
	made := c.copied(p, p.List.From == lists.FromAlways)
	if c.doubtful(p) && !c.proven(ctx, p.Author.Address, made) {
		made = c.copied(p, true)
	}
	if c.Signer != nil {
		made.Head = append(c.Signer.ARC(made, c.Site.Domain, p.Verdict, p.Arrived), made.Head...)
	}
	return made
}

// copied is the copy with the author's From, or with the list's.
func (c *Composer) copied(p Post, rewrite bool) lists.Copy {
	fields, body := split(p.Raw)
	var head bytes.Buffer
	c.listFields(&head, p)
	if rewrite {
		c.fromFields(&head, p, fields)
	} else if p.List.Reply == lists.ReplyList {
		writeField(&head, "Reply-To", "<"+string(p.List.Address(c.Site.Domain))+">")
	}
	seen := map[string]bool{}
	kept := fields[:0:0]
	for _, f := range fields {
		seen[f.name] = true
		if c.dropped(f.name, p.List, rewrite) {
			continue
		}
		if f.name == "subject" {
			f = tagged(f, p.List.SubjectTag)
		}
		kept = append(kept, f)
	}
	if p.List.Footer != "" {
		kept, body = addFooter(kept, body, p.List.Footer)
	}
	for _, f := range kept {
		head.Write(f.ended())
	}
	if !seen["message-id"] && p.DefaultID != "" {
		writeField(&head, "Message-ID", "<"+p.DefaultID+">")
	}
	head.WriteString("\r\n")
	return lists.Copy{List: p.List, Head: head.Bytes(), Body: body}
}

// listFields writes what every copy of the list carries. A shared list's
// unsubscribe field is among them; a one-click list's is each member's own.
func (c *Composer) listFields(w *bytes.Buffer, p Post) {
	l, mailto := p.List, func(role, query string) string {
		return "<mailto:" + string(lists.RoleAddress(p.List, role, "", c.Site.Domain)) + query + ">"
	}
	writeField(w, "List-Id", "<"+l.ListID+">")
	if l.Post == lists.PostAnnounce {
		writeField(w, "List-Post", "NO")
	} else {
		writeField(w, "List-Post", "<mailto:"+string(l.Address(c.Site.Domain))+">")
	}
	writeField(w, "List-Help", mailto("request", "?subject=help"))
	writeField(w, "List-Subscribe", mailto("join", ""))
	if l.Unsub == lists.UnsubscribeShared {
		uris := []string{mailto("leave", "")}
		if c.Site.BaseURL != "" {
			uris = append(uris, "<"+c.page(l)+">")
		}
		writeField(w, "List-Unsubscribe", uris...)
	}
	writeField(w, "List-Owner", mailto("owner", ""))
	if l.Archive != lists.ArchiveNone && c.Site.BaseURL != "" {
		writeField(w, "List-Archive", "<"+c.page(l)+"/archive>")
	}
	if p.Link != "" {
		writeField(w, "Archived-At", "<"+p.Link+">")
	}
	writeField(w, "Precedence", "list")
	writeField(w, "X-Loop", string(l.Address(c.Site.Domain)))
}

// page is the list's own page; by ID, so that it survives a rename.
func (c *Composer) page(l lists.List) string { return c.Site.BaseURL + "/" + l.ID }

// Personal is the block of fields that only this member's copy carries; it
// goes on top. In one-click mode that is RFC 8058's pair, the link bound to
// member and list by a MAC; in shared mode nothing.
func (c *Composer) Personal(l lists.List, n lists.Number) []byte {
	if write := c.Fields(l); write != nil {
		return write(nil, n)
	}
	return nil
}

// Fields prepares what Personal gives, for many members of a list: what it
// gives appends a member's fields, for one goroutine at a time. It is nil
// where members have none.
func (c *Composer) Fields(l lists.List) func(b []byte, n lists.Number) []byte {
	if l.Unsub == lists.UnsubscribeShared {
		return nil
	}
	before, after := lists.AroundToken(l, "leave", c.Site.Domain)
	around := []string{"List-Unsubscribe: <mailto:" + before, after + ">\r\n"} // the token
	if OneClickBase(c.Site.BaseURL) {
		around = []string{"List-Unsubscribe: <" + c.Site.BaseURL + "/leave/", ">,\r\n <mailto:" + before,
			after + ">\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"}
	}
	tokens := lists.NewMinter(c.Secret, lists.TokenLeave, l)
	var token []byte
	return func(b []byte, n lists.Number) []byte {
		token = tokens.Append(token[:0], n)
		b = append(b, around[0]...)
		for _, text := range around[1:] {
			b = append(append(b, token...), text...)
		}
		return b
	}
}

// OneClickBase tells whether links under base may be offered for one click:
// https, as RFC 8058 section 3.1 asks, or http on loopback for trying out.
func OneClickBase(base string) bool {
	if strings.HasPrefix(base, "https://") {
		return true
	}
	host, ok := strings.CutPrefix(base, "http://")
	if !ok {
		return false
	}
	return strings.HasPrefix(host, "127.") || strings.HasPrefix(host, "[::1]") ||
		host == "localhost" || strings.HasPrefix(host, "localhost:") || strings.HasPrefix(host, "localhost/")
}

// dropped tells whether a field of the author's copy does not go out.
func (c *Composer) dropped(name string, l lists.List, rewrite bool) bool {
	switch name {
	case "list-id", "list-post", "list-help", "list-subscribe", "list-unsubscribe", "list-unsubscribe-post",
		"list-owner", "list-archive", "archived-at", "precedence":
		return true
	case "from", "sender", "x-original-from":
		return rewrite
	case "reply-to":
		return rewrite || l.Reply == lists.ReplyList
	}
	return false
}

// tagged is the subject with the list's tag before it, unless it is there.
func tagged(f field, tag string) field {
	if tag == "" {
		return f
	}
	tag = "[" + strings.Trim(tag, "[] ") + "]"
	if strings.Contains(strings.ToLower(message.DecodeWords(f.value())), strings.ToLower(tag)) {
		return f
	}
	i := bytes.IndexByte(f.raw, ':')
	rest := bytes.TrimLeft(f.raw[i+1:], " ")
	mark := encoded(tag)
	if mark != tag && bytes.HasPrefix(bytes.TrimSpace(rest), []byte("=?")) {
		// What stands between two encoded words is not shown (RFC 2047 6.2): the
		// blank is part of the first.
		mark = encodedWords(clean(tag) + " ")
	}
	return field{name: f.name, raw: append([]byte("Subject: "+mark+" "), rest...)}
}

// Identity names a post by what it says: SHA-256 over its Message-ID and its
// body's hash, 26 characters of base32. The same post sent to two lists of a
// family has one identity, and its archive link is made of it.
func Identity(messageID string, bodyHash []byte) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d:%s", len(messageID), messageID)
	h.Write(bodyHash)
	return strings.ToLower(base32.StdEncoding.EncodeToString(h.Sum(nil)[:17]))[:26]
}
