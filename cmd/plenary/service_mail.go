package main

import (
	"context"
	"strings"
	"unicode/utf8"

	"plenary/digest/progress"
	"plenary/lists"
	"plenary/lists/archive"
	"plenary/lists/command"
	"plenary/smtp/bounce"
	"plenary/smtp/compose"
	"plenary/smtp/deliver"
	"plenary/smtp/queue"
	"plenary/smtp/route"
)

// maxProgress is how much of a [progress] post is taken for the record, in
// octets.
const maxProgress = 8 << 10

// joinMail builds what happens to mail: routing, commands, and sending.
func (s *service) joinMail() error {
	commands, err := s.commands()
	if err != nil {
		return err
	}
	failures := bounced{s, &bounce.Keeper{Site: s.site, Secret: s.store.Secret(), People: s.store, Outbox: s.queue, Now: s.now, Log: s.log}}
	obey := func(ctx context.Context, m route.Mail, t lists.Target) error {
		return commands.Handle(ctx, command.In{Envelope: m.Envelope, Target: t, Also: m.Also, Message: m.Message})
	}
	s.router = &route.Router{
		Site: s.site, Now: s.now, Directory: s.store, People: s.store, Outbox: s.queue, Limiter: s.store, Once: s.store, Say: s.desk.Say, Log: s.log, Posts: s.timed(s.posts()), Seal: s.composer.SealMail,
		Handlers: route.Handlers{
			Command: obey,
			Confirm: func(ctx context.Context, m route.Mail, t lists.Target) error {
				return commands.HandleAnswer(ctx, command.In{Envelope: m.Envelope, Target: t, Message: m.Message})
			},
			OneClick: func(ctx context.Context, m route.Mail, t lists.Target) error { return s.oneClick(ctx, m, t, obey) },
			Progress: s.report,
			Bounce:   failures.deliveryReport,
		},
	}
	sending := s.sending()
	sending.Refused = s.router.Refused
	sender, err := deliver.New(sending, timedLeases{leases{s.queue, s.signed}, s.metrics}, s.store, s.composer.Fields, failures)
	if err != nil {
		return err
	}
	s.joinMetrics(sender)
	return nil
}

// posts joins what becomes of a post.
func (s *service) posts() route.Posts {
	return route.Posts{
		Identity: compose.Identity,
		Keep: func(ctx context.Context, e route.Entry) (string, error) {
			uid, _, err := s.archive.Put(ctx, archive.Entry{List: e.List, Identity: e.Identity, At: e.At, Raw: e.Raw})
			if err != nil || uid == 0 || s.site.BaseURL == "" {
				return "", err
			}
			return archive.Link(s.site.BaseURL, e.List.ID, e.Identity), nil
		},
		Compose: func(ctx context.Context, e route.Entry, link string) lists.Copy {
			return s.composer.Compose(ctx, compose.Post{Raw: e.Raw, List: e.List, Author: compose.Author{Name: e.Author.Name, Address: e.Author.Address},
				Link: link, DefaultID: e.MessageID, Verdict: e.Verdict, Arrived: e.Arrived})
		},
		Enter: s.enter,
		Plan:  s.queue.Plan,
		Hold:  s.desk.Hold,
		Progress: func(ctx context.Context, m route.Mail, l lists.List, a route.Author, text string) error {
			said := progress.Reported(clip(text, maxProgress), s.site.Today(s.now()), l, a.Person.Leads(l.ID) || a.Person.Deputy(l.ID))
			for i := range said {
				said[i].List, said[i].Asker, said[i].Subject, said[i].Source = l.ID, a.Address, a.Address, m.Message.MessageID
			}
			_, err := s.desk.Do(ctx, a.Address, m.Envelope.Verdict.Believed && s.cfg.Commands.Trust == "dmarc", l.ID, m.Envelope.ID+".progress", said)
			return err
		},
		CommandOnly: command.CommandOnly,
	}
}

// oneClick is a mail to LIST-leave+TOKEN@: the token alone decides. Where it
// is nobody's, the mail is one to LIST-leave@, and its sender is asked.
func (s *service) oneClick(ctx context.Context, m route.Mail, t lists.Target, ask route.Handler) error {
	serial, number, ok := lists.ReadMemberToken(s.store.Secret(), lists.TokenLeave, t.Token)
	if !ok {
		s.log.Info("leave token unknown", "queue", m.Envelope.ID, "message", m.Message.MessageID, "list", t.List.Name)
		t.Token = ""
		return ask(ctx, m, t)
	}
	_, err := s.desk.OneClick(ctx, serial, number)
	return err
}

// report is a reply to the week's question.
func (s *service) report(ctx context.Context, m route.Mail, t lists.Target) error {
	own := clip(m.Message.OwnLetter(maxProgress*4), maxProgress)
	return s.progress.Hear(ctx, progress.Reply{
		Token: t.Token, QueueID: m.Envelope.ID, MessageID: m.Message.MessageID,
		OwnText:   own,
		Leaving:   command.CommandOnly("", own) == "leave",
		Automatic: command.Automatic(command.In{Envelope: m.Envelope, Target: t, Message: m.Message}),
	})
}

// clip cuts a text at a limit in octets, between characters.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return strings.TrimSpace(s[:limit]) + " …"
}

// leases shows the queue's leased work to the sender.
type leases struct {
	*queue.Queue
	signed func(deliver.Letter) deliver.Letter
}

func (q leases) Letter(ctx context.Context) (deliver.Letter, error) {
	l, err := q.Queue.Letter(ctx)
	if l == nil {
		return nil, err
	}
	return q.signed(l), err
}

func (q leases) Part(ctx context.Context) (deliver.Part, error) {
	p, err := q.Queue.Part(ctx)
	if p == nil {
		return nil, err
	}
	return p, err
}
