package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"plenary/digest"
	"plenary/digest/personal"
	"plenary/lists"
	"plenary/lists/archive"
	"plenary/lists/parts"
	"plenary/lists/store"
	"plenary/smtp/compose"
	"plenary/smtp/message"
	"plenary/smtp/route"
)

// joinPersonal builds the sender of members' own digests.
func (s *service) joinPersonal() error {
	daily, err := personal.ParseClock(s.cfg.Digest.PersonalDaily, s.site.Location)
	if err != nil {
		return fmt.Errorf("digest.personal_daily: %w", err)
	}
	weekly, err := digest.ParseSchedule(s.cfg.Digest.PersonalWeekly, s.site.Location)
	if err != nil {
		return fmt.Errorf("digest.personal_weekly: %w", err)
	}
	s.personal = &personal.Sender{
		Site: s.site, Now: s.now, Books: s.store, Posts: digestPosts{s.store, s.archive, s.composer}, Planner: s.queue, Log: s.log,
		Schedule: personal.Schedule{Daily: daily, Weekly: weekly, Posts: s.cfg.Digest.PersonalPosts, Octets: s.cfg.Digest.PersonalBytes},
	}
	s.duty = append(s.duty, s.every(digestEvery, "members' digests not sent", s.personal.Tick))
	return nil
}

// The caps on what digests keep of a post's header.
const (
	digestSubject = 250
	digestName    = 100
	digestAnswers = 6
	digestText    = 256 << 10 // of one post in a plain digest
	digestFiles   = 50        // named of one post there
)

// enter numbers an accepted post in its lists. The body of one that no
// archive keeps is kept until its digests have gone out.
func (s *service) enter(ctx context.Context, entries []route.Entry) ([]uint64, error) {
	posts := make([]lists.DigestPost, len(entries))
	for i, e := range entries {
		p := lists.DigestPost{
			List: e.List.ID, Identity: e.Identity, Size: int64(len(e.Raw)), MessageID: clip(e.MessageID, digestSubject), At: e.At.UTC(),
			Subject: parts.Line(e.Message.Subject, digestSubject), From: parts.Line(e.Author.Name, digestName), Answers: answers(e.Message),
			Address: e.Author.Address,
		}
		if p.From == "" {
			p.From = parts.Line(e.Author.Address.Local(), digestName)
		}
		if e.List.Archive == lists.ArchiveNone {
			p.Raw = e.Raw
		}
		switch {
		case e.Author.Person != nil:
			p.Author = e.Author.Person.Number
		case e.Author.Address != "":
			p.Author = lists.Stranger(e.Author.Address)
		}
		posts[i] = p
	}
	return s.store.EnterPosts(ctx, posts)
}

// answers are the Message-IDs that a post refers to, the nearest first.
func answers(m *message.Message) (ids []string) {
	nearest := slices.Clone(m.References)
	slices.Reverse(nearest)
	for _, id := range append(slices.Clone(m.InReplyTo), nearest...) {
		if id != "" && len(id) <= digestSubject && !slices.Contains(ids, id) && len(ids) < digestAnswers {
			ids = append(ids, id)
		}
	}
	return ids
}

// digestPosts gives members' digests their posts, from the archive or where
// it keeps none from the store, and the list's fields.
type digestPosts struct {
	store    *store.Store
	archive  *archive.Archive
	composer *compose.Composer
}

func (d digestPosts) Raw(ctx context.Context, l lists.List, p lists.DigestPost) ([]byte, error) {
	raw, err := d.store.DigestBody(ctx, l.ID, p.Identity)
	if !errors.Is(err, lists.ErrNotFound) {
		return raw, err
	}
	kept, err := d.archive.ByCode(ctx, l.ID, archive.Code(p.Identity))
	if err != nil {
		return nil, err
	}
	return d.archive.Get(ctx, l.ID, kept.UID)
}

func (d digestPosts) Enclose(l lists.List, raw []byte) []byte { return d.composer.Enclosed(l, raw) }

// Read shows a post as text; what can't be parsed is said to be so.
func (d digestPosts) Read(_ lists.List, raw []byte) (r personal.Reading) {
	m, err := message.Parse(raw)
	if err != nil {
		return r
	}
	for _, name := range []string{"Date", "From", "To", "Cc", "Subject", "Message-ID", "Keywords"} { // RFC 1153's, in its order
		if value := parts.Line(m.Get(name), 1000); value != "" {
			r.Fields = append(r.Fields, [2]string{name, value})
		}
	}
	text, left := m.Reading(digestText)
	r.Text = text
	for _, p := range left[:min(len(left), digestFiles)] {
		r.Attachments = append(r.Attachments, parts.Line(called(p), 200))
	}
	return r
}

// called is what a part is called that is not shown: its file's name, or its
// type alone.
func called(p *message.Part) string {
	if name := p.Name(); name != "" {
		return name + " (" + p.Type + ")"
	}
	return p.Type
}

// Compose puts the list's fields on a digest. Its tag, footer and way of
// answering are the digest's own.
func (d digestPosts) Compose(ctx context.Context, l lists.List, raw []byte) lists.Copy {
	l.SubjectTag, l.Footer, l.Reply, l.From = "", "", lists.ReplyAuthor, lists.FromNever
	author := lists.RoleAddress(l, "request", "", d.composer.Site.Domain)
	return d.composer.Compose(ctx, compose.Post{Raw: raw, List: l, Author: compose.Author{Name: l.Title, Address: author}})
}
