// Package route takes messages from the inbound queue, tells by their
// recipients what they are, and hands them on: posts it judges itself, the
// rest goes to the rooms that cmd joins to it. Every step may be repeated,
// because a message is acknowledged only after all of its steps: what a step
// does is named after the message's queue id or its own identity.
package route

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"plenary/lists"
	"plenary/smtp"
	"plenary/smtp/message"
)

// Mail is one message on its way in.
type Mail struct {
	Envelope smtp.Envelope
	Raw      []byte
	Message  *message.Message
	Also     []lists.Target // further command addresses of the same mail, for the handler of commands
}

// Handler does what mail to one of our addresses asks for. It is called again
// with the same Envelope.ID when the server dies on the way.
type Handler func(ctx context.Context, m Mail, t lists.Target) error

// Handlers are the rooms behind the addresses.
type Handlers struct {
	Command  Handler // request, site, help, join, leave
	OneClick Handler // leave with a token
	Confirm  Handler // confirm and site-confirm
	Progress Handler // progress and site-progress
	Bounce   Handler // bounces and site-bounces
}

// Directory tells which addresses are ours.
type Directory interface {
	Directory(ctx context.Context) (*lists.Directory, error)
	// Recent may be a second old: enough for a first look at the door.
	Recent(ctx context.Context) (*lists.Directory, error)
}

// People knows who belongs to a family and who runs its lists.
type People interface {
	Person(ctx context.Context, family string, a lists.Address) (lists.Person, error)
	Officers(ctx context.Context, listID string) (leaders, admins []lists.Person, err error)
}

// Outbox sends letters, once for each key.
type Outbox interface {
	Send(ctx context.Context, l smtp.Letter) error
}

// Limiter counts; it is false once key had limit calls within per.
type Limiter interface {
	Allow(ctx context.Context, key string, limit int, per time.Duration) (bool, error)
}

// Router routes.
type Router struct {
	Site      lists.Site
	Now       func() time.Time
	Directory Directory
	People    People
	Outbox    Outbox
	Limiter   Limiter
	Once      Once
	Handlers  Handlers
	Posts     Posts
	Seal      func(raw []byte, v smtp.Verdict, arrived time.Time) []byte // fields that seal a mail that is passed on (ARC), nil: none
	// Say says fixed words to somebody about a list, in the language in which
	// they are written to; nil: in English.
	Say    func(ctx context.Context, l lists.List, to lists.Address, form string, args ...any) (string, error)
	Log    *slog.Logger
	Recent message.Recent // mail that is screened was read by others a moment ago
}

// Handle routes one message. An error means: not done, hand it in again.
func (r *Router) Handle(ctx context.Context, env smtp.Envelope, raw []byte) error {
	parsed, err := message.Parse(raw)
	if err != nil {
		// Reception refuses what can't be read; this came in by another door.
		r.Log.Warn("message set aside: it can't be read", "queue", env.ID, "err", err)
		return r.returned(ctx, env, "Your mail could not be read as a mail message ("+err.Error()+"), so nothing was done with it.", "unreadable")
	}
	people, err := r.ahead(ctx, env, froms(parsed))
	if err != nil {
		return fmt.Errorf("route %s: %w", env.ID, err)
	}
	defer people.wait()
	dir, err := r.Directory.Directory(ctx)
	if err != nil {
		return fmt.Errorf("route %s: %w", env.ID, err)
	}
	m := Mail{Envelope: env, Raw: raw, Message: parsed}
	targets := r.targets(dir, env)
	if len(targets) == 0 {
		r.Log.Warn("message for an address that is no more", "queue", env.ID)
		return r.returned(ctx, env, "There is no such address any more at "+r.Site.Domain+", so your mail reached nobody. The lists there are shown in the answer to a mail to "+string(r.Site.At(lists.SiteName))+".", "gone")
	}
	var posts []lists.List
	var failed []error
	var commands []lists.Target
	for _, t := range targets {
		if t.Kind == lists.TargetPost {
			posts = append(posts, t.List)
			continue
		}
		if r.isCommand(t) {
			if env.Verdict.Refused() { // other targets did not refuse it
				r.Log.Info("commands passed over: the sender's domain asks to refuse what it does not prove", "queue", env.ID, "to", string(t.Kind))
				continue
			}
			commands = append(commands, t)
			continue
		}
		if err := r.hand(ctx, m, t); err != nil {
			failed = append(failed, fmt.Errorf("%s for %s: %w", env.ID, t.Kind, err))
		}
	}
	if len(commands) > 0 { // one mail has one answer, however many of them it went to
		one := m
		one.Also = commands[1:]
		if err := r.hand(ctx, one, commands[0]); err != nil {
			failed = append(failed, fmt.Errorf("%s for %s: %w", env.ID, commands[0].Kind, err))
		}
	}
	if len(posts) > 0 {
		if err := r.post(ctx, people, m, posts); err != nil {
			failed = append(failed, fmt.Errorf("post %s: %w", env.ID, err))
		}
	}
	return errors.Join(failed...)
}

// targets reads the envelope's recipients; one address named twice, or by two
// of its forms, counts once.
func (r *Router) targets(dir *lists.Directory, env smtp.Envelope) (targets []lists.Target) {
	seen := map[string]bool{}
	for _, to := range env.To {
		t, ok := dir.Resolve(lists.Address(to).Local())
		if !ok {
			continue
		}
		key := string(t.Kind) + " " + t.List.ID + " " + t.Token
		if !seen[key] {
			seen[key] = true
			targets = append(targets, t)
		}
	}
	return targets
}

func (r *Router) isCommand(t lists.Target) bool {
	switch t.Kind {
	case lists.TargetRequest, lists.TargetSite, lists.TargetHelp, lists.TargetJoin:
		return true
	case lists.TargetLeave:
		return t.Token == ""
	}
	return false
}

func (r *Router) hand(ctx context.Context, m Mail, t lists.Target) error {
	switch t.Kind {
	case lists.TargetOwner, lists.TargetPostmaster, lists.TargetAbuse:
		return r.owners(ctx, m, t)
	case lists.TargetConfirm, lists.TargetSiteConfirm:
		return r.Handlers.Confirm(ctx, m, t)
	case lists.TargetProgress, lists.TargetSiteProgress:
		return r.Handlers.Progress(ctx, m, t)
	case lists.TargetBounces, lists.TargetSiteBounces:
		return r.Handlers.Bounce(ctx, m, t)
	case lists.TargetLeave:
		if t.Token != "" {
			return r.Handlers.OneClick(ctx, m, t)
		}
	}
	return r.Handlers.Command(ctx, m, t)
}

// returned tells the envelope's sender, in fixed words, that a mail taken in
// good faith can't be delivered. Never to the null sender, and boundedly.
func (r *Router) returned(ctx context.Context, env smtp.Envelope, text, why string) error {
	to, err := lists.ParseAddress(env.From)
	if err != nil || strings.EqualFold(to.Domain(), r.Site.Domain) {
		return nil
	}
	return r.letter(ctx, env.ID, why, to, lists.List{}, "", text)
}

// letter answers one mail in fixed words. The letters of this package go to
// addresses that nothing proves: they carry none of the writer's words.
func (r *Router) letter(ctx context.Context, id, why string, to lists.Address, l lists.List, inReplyTo, text string) error {
	// Thirty an hour, and past them one a minute: nobody is shut out for long.
	ok, err := r.Limiter.Allow(ctx, "returned/"+to.Key(), 30, time.Hour)
	if err == nil && !ok {
		ok, err = r.Limiter.Allow(ctx, "returned/minute/"+to.Key(), 1, time.Minute)
	}
	if err != nil {
		return fmt.Errorf("answer %s: %w", id, err)
	}
	if !ok {
		r.Log.Info("not answered: too many answers to one address", "queue", id)
		return nil
	}
	return r.write(ctx, "returned/"+id+"/"+l.ID+"/"+why, to, l, inReplyTo, text)
}

// say is fixed words for somebody who writes to a list.
func (r *Router) say(ctx context.Context, l lists.List, to lists.Address, form string, args ...any) (string, error) {
	if r.Say == nil || l.ID == "" {
		return fmt.Sprintf(form, args...), nil
	}
	return r.Say(ctx, l, to, form, args...)
}

// write sends fixed words, once for each key.
func (r *Router) write(ctx context.Context, key string, to lists.Address, l lists.List, inReplyTo, text string) error {
	from, about := r.Site.At(lists.SiteName), r.Site.Domain
	if l.ID != "" {
		from, about = lists.RoleAddress(l, "request", "", r.Site.Domain), l.Name
	}
	subject, err := r.say(ctx, l, to, "Your mail to %s", about)
	if err != nil {
		return err
	}
	return r.Outbox.Send(ctx, smtp.Letter{
		Key: key, To: []string{string(to)}, From: string(from), Subject: subject,
		InReplyTo: inReplyTo, Text: smtp.Wrap(text, 72) + "\n", AutoReplied: true, Date: r.Now(),
	})
}
