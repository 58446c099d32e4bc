package progress

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"plenary/digest"
	"plenary/lists"
	"plenary/smtp"
)

// Reply is a mail that came to a progress address.
type Reply struct {
	Token     string
	QueueID   string
	MessageID string // without brackets, may be ""
	OwnText   string // quotes and signature cut
	Automatic bool   // an auto-reply, or a null envelope sender
}

// Hear records what a leader answered and tells them what will be printed.
// Whoever holds the token read the question, so nothing more is asked. An
// automatic mail is dropped; a token that never was is too (nobody is known
// to answer to); one whose digest has gone out is answered so.
func (o *Office) Hear(ctx context.Context, r Reply) error {
	if r.Automatic {
		o.Log.Info("automatic reply to the week's question dropped", "queue", r.QueueID)
		return nil
	}
	list, person, week, err := o.holder(ctx, r.Token)
	if errors.Is(err, lists.ErrNotFound) {
		o.Log.Info("progress token unknown", "queue", r.QueueID)
		return nil
	}
	if err != nil {
		return err
	}
	main, sent, err := o.gone(ctx, list, week)
	if err != nil {
		return err
	}
	if sent {
		return o.answer(ctx, r, list, person, fmt.Sprintf("The digest of week %d has gone out, so your reply is not in it. To have it in the next one, send it to %s, with progress as the first word.\n",
			week.Number, lists.RoleAddress(list, "request", "", o.Site.Domain)))
	}
	a := ReadAnswer(r.OwnText, o.Site.Today(o.Now()))
	if a.Empty() {
		return o.answer(ctx, r, list, person, "Your reply held no words of its own, so nothing was recorded. Please write above the quoted text what happened, and reply again.\n")
	}
	if err := o.record(ctx, r, list, person, week, a); err != nil {
		return err
	}
	said, err := o.change(ctx, r, list, person, a)
	if err != nil {
		return err
	}
	return o.answer(ctx, r, list, person, confirmation(main, a, said, o.Schedule.Due(week).Format("Monday 2 January")))
}

// holder finds whose token it is, and of which week: the coming one or one of
// the last weeks, whose digests have gone out.
func (o *Office) holder(ctx context.Context, token string) (lists.List, lists.Person, digest.Week, error) {
	dir, err := o.Reader.Directory(ctx)
	if err != nil {
		return lists.List{}, lists.Person{}, digest.Week{}, err
	}
	week := o.Schedule.Next(o.Now()).Following(o.Schedule.Location)
	for range 8 {
		if serial, n, ok := lists.ReadMemberToken(o.Secret, purpose(week), token); ok {
			for _, l := range dir.Lists {
				if l.Serial == serial {
					p, err := o.Reader.PersonByNumber(ctx, l.Family, n)
					return l, p, week, err
				}
			}
		}
		week = digest.WeekOf(week.Monday(o.Schedule.Location).AddDate(0, 0, -7))
	}
	return lists.List{}, lists.Person{}, week, lists.ErrNotFound
}

// gone tells whether the week's digest of the list's family has been sent.
func (o *Office) gone(ctx context.Context, l lists.List, week digest.Week) (main lists.List, sent bool, err error) {
	dir, err := o.Reader.Directory(ctx)
	if err != nil {
		return main, false, err
	}
	main, ok := dir.ByID(l.Family)
	if !ok {
		return main, false, fmt.Errorf("main list of %s: %w", l.Name, lists.ErrNotFound)
	}
	sent, err = o.Weeks.Sent(ctx, main, week)
	return main, sent, err
}

// record appends what was said in words; a repeated mail appends nothing.
func (o *Office) record(ctx context.Context, r Reply, l lists.List, p lists.Person, week digest.Week, a Answer) error {
	source := r.MessageID
	if source == "" {
		source = r.QueueID
	}
	for _, said := range []struct{ kind, text string }{{"progress", a.Progress}, {"help", a.Help}, {"dissent", a.Dissent}} {
		if said.text == "" {
			continue
		}
		_, err := o.Recorder.Record(ctx, lists.ProgressEntry{List: l.ID, Kind: said.kind, Author: p.Address, Name: p.Name,
			Text: said.text, Source: source, Week: week.String(), At: o.Now()})
		if err != nil {
			return fmt.Errorf("record %s of %s: %w", said.kind, l.Name, err)
		}
	}
	return nil
}

// change sets the next step and the state, and gives what was said of it.
func (o *Office) change(ctx context.Context, r Reply, l lists.List, p lists.Person, a Answer) ([]string, error) {
	var actions []lists.Action
	if a.Next != "" {
		actions = append(actions, lists.Action{Verb: lists.DoNext, List: l.ID, Asker: p.Address, Text: a.Next, By: a.By, Source: r.MessageID})
	}
	if a.State != "" {
		actions = append(actions, lists.Action{Verb: lists.DoState, List: l.ID, Asker: p.Address, Value: string(a.State), Source: r.MessageID})
	}
	if len(actions) == 0 {
		return nil, nil
	}
	outcomes, err := o.Desk.Do(ctx, p.Address, true, l.ID, r.QueueID, actions)
	if err != nil {
		return nil, fmt.Errorf("change %s as its leader answered: %w", l.Name, err)
	}
	var said []string
	for _, out := range outcomes {
		said = append(said, out.Text)
	}
	return said, nil
}

func confirmation(main lists.List, a Answer, said []string, due string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Thank you. This will stand in the digest of %s on %s:\n\n", main.Title, due)
	if a.Progress != "" {
		fmt.Fprintf(&b, "%s\n\n", a.Progress)
	}
	if a.Help != "" {
		fmt.Fprintf(&b, "Help wanted: %s\n\n", a.Help)
	}
	if a.Dissent != "" {
		fmt.Fprintf(&b, "A view that differs: %s\n\n", a.Dissent)
	}
	for _, s := range append(said, a.Problems...) {
		fmt.Fprintf(&b, "%s\n\n", s)
	}
	b.WriteString("To change it, reply again: the last reply counts.\n")
	return b.String()
}

func (o *Office) answer(ctx context.Context, r Reply, l lists.List, p lists.Person, text string) error {
	from := string(lists.RoleAddress(l, "progress", r.Token, o.Site.Domain))
	err := o.Outbox.Send(ctx, smtp.Letter{
		Key: "progress/" + r.QueueID, To: []string{string(p.Address)}, From: from, ReplyTo: from,
		Subject: "Your report on " + l.Title, InReplyTo: r.MessageID, Text: smtp.Wrap(text, 72), AutoReplied: true, Date: o.Now(),
	})
	if err != nil {
		return fmt.Errorf("answer the report on %s: %w", l.Name, err)
	}
	return nil
}
