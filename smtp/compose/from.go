package compose

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"plenary/lists"
	"plenary/smtp"
	"plenary/smtp/message"
)

// doubtful tells whether others may refuse a copy under the author's own
// From: the author's domain asks them to (quarantine, reject), stands in
// from.rewrite_domains, or could not be asked. Then a signature of the author
// must survive on the copy, or From is rewritten (DESIGN section 4).
func (c *Composer) doubtful(p Post) bool {
	if p.List.From != "" && p.List.From != lists.FromAuto || p.Author.Address == "" {
		return false
	}
	return p.Verdict.Strict() || slices.ContainsFunc(c.RewriteDomains, func(d string) bool {
		return strings.EqualFold(d, p.Author.Address.Domain())
	})
}

// sealsToCome stand in for the fields that sealing and signing add.
const sealsToCome = "DKIM-Signature: v=0\r\nARC-Seal: i=0\r\nARC-Message-Signature: i=0\r\nARC-Authentication-Results: i=0\r\n"

// proven holds the copy, as others will see it, against DNS. A member's own
// fields are List-Unsubscribe's: one stands in for them, and others for the
// seals, so that a signature which forbids such fields is seen to fail here as
// it will there.
func (c *Composer) proven(ctx context.Context, author lists.Address, made lists.Copy) bool {
	if c.Proven == nil {
		return false
	}
	seals := ""
	if c.Signer != nil && len(c.Signer.Keys()) > 0 {
		seals = sealsToCome
	}
	return c.Proven(ctx, author, slices.Concat([]byte(seals), c.Personal(made.List, 1), smtp.WireForm(made.Head), smtp.WireForm(made.Body)))
}

// maxReplies is how many of an author's own Reply-To stand in a rewritten one.
const maxReplies = 20

// fromFields writes the rewritten From and what goes with it. The author is
// in Reply-To, after those whom they named there themselves.
func (c *Composer) fromFields(w *bytes.Buffer, p Post, fields []field) {
	name := p.Author.Name
	if name == "" {
		name = p.Author.Address.Local()
	}
	title := p.List.Title
	if title == "" {
		title = p.List.Name
	}
	list := "<" + string(p.List.Address(c.Site.Domain)) + ">"
	writeField(w, "From", phrase(name+" via "+title)+" "+list)
	writeField(w, "Sender", "<"+string(lists.RoleAddress(p.List, "bounces", "", c.Site.Domain))+">")
	if p.List.Reply == lists.ReplyList {
		writeField(w, "Reply-To", list)
	} else {
		writeField(w, "Reply-To", replies(p.Author, value(fields, "reply-to"))...)
	}
	writeField(w, "X-Original-From", mailbox(p.Author))
}

// replies are those whom an answer to the author goes to: whom they named,
// and the author.
func replies(author Author, named string) (to []string) {
	boxes, err := message.Mailboxes(named)
	if err != nil {
		boxes = nil
	}
	there := false
	for _, box := range boxes[:min(len(boxes), maxReplies)] {
		a, err := lists.ParseAddress(box.Addr)
		if err != nil {
			continue
		}
		there = there || a.Same(author.Address)
		to = append(to, mailbox(Author{Name: box.Name, Address: a}))
	}
	if !there {
		to = append(to, mailbox(author))
	}
	return to
}
