package route

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"plenary/lists"
	"plenary/smtp"
	"plenary/smtp/message"
)

// Author is who wrote a post.
type Author struct {
	Name    string
	Address lists.Address
	Person  *lists.Person // as the list's family knows them, nil unknown
}

// Entry is an accepted post, as archive and copies need it.
type Entry struct {
	List      lists.List
	Identity  string // names the post by what it says; the same for all its lists
	MessageID string // as the copies carry it
	Author    Author
	Verdict   smtp.Verdict // what was found out about its sender; zero for the site's own posts
	Arrived   time.Time    // when that was
	At        time.Time    // when it was accepted: at arrival, or by the owners
	Raw       []byte
	Message   *message.Message
}

// Posts is what happens to posts once they are judged.
type Posts struct {
	// Identity names a post by its Message-ID and its body's hash.
	Identity func(messageID string, bodyHash []byte) string
	// Keep archives the post, durably, and gives the link it will have there,
	// "" none. Kept twice it is there once.
	Keep func(ctx context.Context, e Entry) (link string, err error)
	// Compose makes the list's copy.
	Compose func(ctx context.Context, e Entry, link string) lists.Copy
	// Enter numbers a post in each of its lists, all of one family, before
	// any copy is planned: a member who turns to digests meanwhile gets it once.
	// Entered again it keeps its numbers. It notes the post for the week's
	// figures too, once.
	Enter func(ctx context.Context, entries []Entry) ([]uint64, error)
	// Plan queues the copies of one family's lists. Repeated, or with a
	// further list, it serves only who has not been served.
	Plan func(ctx context.Context, f lists.Fanout) error
	// Hold keeps a post for the list's owners and tells them.
	Hold func(ctx context.Context, h lists.HeldPost, raw []byte) error
	// Progress takes a [progress] post's words for the group's record.
	Progress func(ctx context.Context, m Mail, l lists.List, author Author, text string) error
	// CommandOnly tells whether a text is nothing but a command, and which.
	CommandOnly func(subject, text string) string
}

// maxText is how much of a post's text is read for commands and progress.
const maxText = 64 << 10

// post judges a mail for each list it is sent to, and sends it on.
func (r *Router) post(ctx context.Context, people People, m Mail, targets []lists.List) error {
	accepted := map[string][]Entry{}
	var families []string
	p := r.describe(m)
	for _, l := range targets {
		author, admin, err := r.author(ctx, people, m.Message, l)
		if err != nil {
			return err
		}
		j := lists.Judge(p, l, author.Person, admin, r.Site)
		r.Log.Info("post judged", "queue", m.Envelope.ID, "message", m.Message.MessageID, "list", l.Name, "verdict", string(j.Verdict), "reason", j.Reason)
		switch j.Verdict {
		case lists.Accept:
			if len(accepted[l.Family]) == 0 {
				families = append(families, l.Family)
			}
			accepted[l.Family] = append(accepted[l.Family], r.entry(m, l, author))
		case lists.Hold:
			if err := r.hold(ctx, m, l, author, j); err != nil {
				return err
			}
		case lists.Reject, lists.Return:
			if j.Quiet || len(p.From) != 1 {
				continue
			}
			text, err := r.say(ctx, l, p.From[0], j.Form, j.Args...)
			if err != nil {
				return err
			}
			if err := r.letter(ctx, m.Envelope.ID, string(j.Verdict), p.From[0], l, m.Message.MessageID, text); err != nil {
				return err
			}
		}
	}
	var failed []error
	for _, family := range families {
		if err := r.send(ctx, family, accepted[family]); err != nil {
			failed = append(failed, err)
			continue
		}
		for _, e := range accepted[family] {
			if err := r.progress(ctx, m, e); err != nil {
				failed = append(failed, err)
			}
		}
	}
	return errors.Join(failed...)
}

// send archives, composes and plans one family's copies, in that order: a
// body leaves the queue's hands only when the archive has it.
func (r *Router) send(ctx context.Context, family string, entries []Entry) error {
	var copies []lists.Copy
	for _, e := range entries {
		link, err := r.Posts.Keep(ctx, e)
		if err != nil {
			return fmt.Errorf("archive for %s: %w", e.List.Name, err)
		}
		copies = append(copies, r.Posts.Compose(ctx, e, link))
	}
	numbers, err := r.Posts.Enter(ctx, entries)
	if err != nil {
		return fmt.Errorf("number for %s: %w", family, err)
	}
	for i := range copies {
		copies[i].Post = numbers[i]
	}
	first := entries[0]
	fanout := lists.Fanout{ID: first.Identity, Family: family, MessageID: first.MessageID, Author: first.Author.Address, Targets: copies}
	if err := r.Posts.Plan(ctx, fanout); err != nil {
		return fmt.Errorf("plan for %s: %w", family, err)
	}
	return nil
}

// Post sends a mail of the site's own to a list: it is not judged. Repeated
// with the same bytes it does nothing.
func (r *Router) Post(ctx context.Context, listID, queueID string, raw []byte) error {
	return r.unjudged(ctx, listID, smtp.Envelope{ID: queueID, Received: r.Now()}, r.Now(), raw)
}

// PostHeld sends a post that a list's owners let through: what was found out
// about its sender when it came still decides what its copies say. Repeated
// it does nothing.
func (r *Router) PostHeld(ctx context.Context, h lists.HeldPost, raw []byte) error {
	env := smtp.Envelope{ID: h.Queue, Received: r.Now()}
	if err := json.Unmarshal([]byte(h.Belief), &env.Verdict); err != nil {
		env.Verdict = smtp.Verdict{Unasked: true} // held by a version that kept no such thing
	}
	return r.unjudged(ctx, h.List, env, h.At, raw)
}

func (r *Router) unjudged(ctx context.Context, listID string, env smtp.Envelope, arrived time.Time, raw []byte) error {
	dir, err := r.Directory.Directory(ctx)
	if err != nil {
		return err
	}
	l, ok := dir.ByID(listID)
	if !ok {
		return fmt.Errorf("post to list %s: %w", listID, lists.ErrNotFound)
	}
	parsed, err := message.Parse(raw)
	if err != nil {
		return fmt.Errorf("post %s to %s: %w", env.ID, l.Name, err)
	}
	m := Mail{Envelope: env, Raw: raw, Message: parsed}
	author, _, err := r.author(ctx, r.People, parsed, l)
	if err != nil {
		return err
	}
	e := r.entry(m, l, author)
	e.Arrived = arrived
	return r.send(ctx, l.Family, []Entry{e})
}

// author is who From names, as the list's family knows them.
func (r *Router) author(ctx context.Context, people People, m *message.Message, l lists.List) (a Author, admin bool, err error) {
	from := froms(m)
	if len(from) != 1 {
		return Author{}, false, nil
	}
	a = Author{Name: m.From[0].Name, Address: from[0]}
	person, err := people.Person(ctx, l.Family, a.Address)
	switch {
	case errors.Is(err, lists.ErrNotFound):
	case err != nil:
		return a, false, fmt.Errorf("author of a post to %s: %w", l.Name, err)
	default:
		a.Person = &person
		main, _ := person.Sub(l.Family)
		admin = main.Admin
	}
	return a, admin || r.Site.Admin(a.Address), nil
}

// froms are the mailboxes of From. One that is no address counts as well, as
// "": a post with such an author is not one author's.
func froms(m *message.Message) (from []lists.Address) {
	for _, box := range m.From {
		a, _ := lists.ParseAddress(box.Addr)
		from = append(from, a)
	}
	if len(from) == 1 && from[0] == "" {
		return nil
	}
	return from
}

// describe is what judging needs to know.
func (r *Router) describe(m Mail) lists.Post {
	msg := m.Message
	failing := ""
	v := m.Envelope.Verdict
	if v.Refused() || v.Suspect() {
		failing = v.Policy
	}
	return lists.Post{
		Doubted: !v.Believed && (v.Policy != "" || v.Unasked), Failing: failing, MessageID: msg.MessageID, From: froms(msg), EnvelopeFrom: m.Envelope.From, Subject: msg.Subject, Size: int64(len(m.Raw)),
		ListIDs: msg.ListIDs, XLoop: msg.XLoop, AutoSubmitted: autoSubmitted(msg), Precedence: msg.Precedence, Received: msg.Received,
		CommandOnly: r.Posts.CommandOnly(msg.Subject, msg.Text(maxText)),
	}
}

// entry names the post. One without a Message-ID gets one from its queue id,
// which stays the same however often the post is handed in.
func (r *Router) entry(m Mail, l lists.List, author Author) Entry {
	id := m.Message.MessageID
	if id == "" {
		id = m.Envelope.ID + "@" + r.Site.Domain
	}
	return Entry{List: l, Identity: r.Posts.Identity(id, message.BodyHash(m.Raw)), MessageID: id, Author: author,
		Verdict: m.Envelope.Verdict, Arrived: m.Envelope.Received, At: m.Envelope.Received, Raw: m.Raw, Message: m.Message}
}

func (r *Router) hold(ctx context.Context, m Mail, l lists.List, author Author, j lists.Judgement) error {
	belief, err := json.Marshal(m.Envelope.Verdict)
	if err != nil {
		return fmt.Errorf("write what is believed of the sender of %s: %w", m.Envelope.ID, err)
	}
	err = r.Posts.Hold(ctx, lists.HeldPost{List: l.ID, Author: author.Address, Name: author.Name, Subject: m.Message.Subject, Reason: j.Reason,
		Queue: m.Envelope.ID, MsgID: m.Message.MessageID, Size: int64(len(m.Raw)), At: m.Envelope.Received, Belief: string(belief)}, m.Raw)
	if err != nil {
		return fmt.Errorf("hold for the owners of %s: %w", l.Name, err)
	}
	if j.Quiet || !m.Envelope.Verdict.Believed {
		return nil
	}
	// Who is proven to have written it hears of it, once a day: the key sees to
	// that, and nothing is used up where a server dies before the letter.
	key := fmt.Sprintf("told-held/%d/%s/%s", l.Serial, author.Address.Key(), r.Site.Today(m.Envelope.Received))
	text, err := r.say(ctx, l, author.Address, j.Form, j.Args...)
	if err != nil {
		return err
	}
	return r.write(ctx, key, author.Address, l, m.Message.MessageID, text)
}

// progress takes the words of a post whose subject says [progress], of a
// member of the group.
func (r *Router) progress(ctx context.Context, m Mail, e Entry) error {
	if !strings.Contains(strings.ToLower(m.Message.Subject), "[progress]") || e.List.Main() || e.Author.Person == nil || !e.Author.Person.In(e.List.ID) {
		return nil
	}
	text := m.Message.OwnLetter(maxText)
	if text == "" {
		return nil
	}
	if err := r.Posts.Progress(ctx, m, e.List, e.Author, text); err != nil {
		return fmt.Errorf("progress of %s: %w", e.List.Name, err)
	}
	return nil
}
