package progress

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"plenary/digest"
	"plenary/digest/words"
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
	w := words.For(main.Language)
	may, err := o.may(ctx, list, person)
	switch {
	case err != nil:
		return err
	case !may:
		return o.answer(ctx, w, r, list, person, w.Say("heard-stranger", "group", list.Title, "address", lists.RoleAddress(list, "join", "", o.Site.Domain)))
	case sent:
		return o.answer(ctx, w, r, list, person, w.Say("heard-late", "week", week.Number, "address", lists.RoleAddress(list, "request", "", o.Site.Domain)))
	}
	a := ReadAnswer(r.OwnText, o.Site.Today(o.Now()))
	if a.Empty() {
		return o.answer(ctx, w, r, list, person, w.Say("heard-empty"))
	}
	if err := o.record(ctx, r, list, person, week, a); err != nil {
		return err
	}
	said, err := o.change(ctx, w, r, list, person, a)
	if err != nil {
		return err
	}
	text, err := o.confirmation(ctx, w, main, list, week, person, a, said)
	if err != nil {
		return err
	}
	return o.answer(ctx, w, r, list, person, text)
}

// may tells whether the holder of a token still speaks for the group: as one
// of its members, or as an admin who was asked after it.
func (o *Office) may(ctx context.Context, l lists.List, p lists.Person) (bool, error) {
	if p.In(l.ID) {
		return true, nil
	}
	_, admins, err := o.Reader.Officers(ctx, l.ID)
	if err != nil {
		return false, fmt.Errorf("admins of %s: %w", l.Name, err)
	}
	return slices.ContainsFunc(admins, func(a lists.Person) bool { return a.Number == p.Number }), nil
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
			if l, ok := dir.BySerial(serial); ok {
				p, err := o.Reader.PersonByNumber(ctx, l.Family, n)
				return l, p, week, err
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
	for _, said := range []struct{ kind, text string }{{digest.KindProgress, a.Progress}, {digest.KindDone, a.Done}, {digest.KindDropped, a.Dropped},
		{digest.KindHelp, a.Help}, {digest.KindDissent, a.Dissent}} {
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

// change sets the next step and the state, and gives what to say of it.
func (o *Office) change(ctx context.Context, w *words.Words, r Reply, l lists.List, p lists.Person, a Answer) ([]string, error) {
	var actions []lists.Action
	var done []string
	if a.Next != "" {
		actions = append(actions, lists.Action{Verb: lists.DoNext, List: l.ID, Asker: p.Address, Subject: p.Address, Text: a.Next, By: a.By, Source: r.MessageID})
		next := a.Next
		if day, ok := a.By.Time(); ok {
			next = w.Say("by-date", "step", next, "date", w.Date(day))
		}
		done = append(done, w.Say("next", "step", next))
	}
	if a.State != "" && a.State != l.State {
		actions = append(actions, lists.Action{Verb: lists.DoState, List: l.ID, Asker: p.Address, Subject: p.Address, Value: string(a.State), Source: r.MessageID})
		done = append(done, w.Say("is-"+string(a.State)))
	}
	if len(actions) == 0 {
		return nil, nil
	}
	outcomes, err := o.Desk.Do(ctx, p.Address, true, l.ID, r.QueueID, actions)
	if err != nil {
		return nil, fmt.Errorf("change %s as its leader answered: %w", l.Name, err)
	}
	var said []string
	for i, out := range outcomes {
		if out.Result == lists.Did && i < len(done) {
			said = append(said, done[i])
		} else {
			said = append(said, out.Text)
		}
	}
	return said, nil
}

// confirmation says what will be printed: what this answer says, and what
// stands of earlier ones.
func (o *Office) confirmation(ctx context.Context, w *words.Words, main, l lists.List, week digest.Week, p lists.Person, a Answer, said []string) (string, error) {
	entries, err := o.Reader.Progress(ctx, l.ID, o.Schedule.Due(week).AddDate(0, 0, -28), o.Now().Add(time.Minute))
	if err != nil {
		return "", fmt.Errorf("what stands of %s: %w", l.Name, err)
	}
	entries = slices.DeleteFunc(entries, func(e lists.ProgressEntry) bool { return e.Week != week.String() || !e.Author.Same(p.Address) })
	parts := []string{w.Say("heard", "body", main.Title, "date", w.Day(o.Schedule.Due(week)))}
	progress, help, dissent := digest.Told(entries)
	for _, s := range progress {
		parts = append(parts, s.Text)
	}
	for _, step := range []struct{ key, text string }{{"step-done", a.Done}, {"step-dropped", a.Dropped}} {
		if step.text != "" {
			parts = append(parts, w.Say(step.key, "step", step.text))
		}
	}
	for _, s := range help {
		parts = append(parts, w.Say("help", "text", s.Text))
	}
	for _, s := range dissent {
		parts = append(parts, w.Say("dissent", "text", s.Text))
	}
	parts = append(parts, said...)
	if a.BadStep != nil {
		parts = append(parts, w.Say("heard-step", "why", a.BadStep.Error()))
	}
	if a.BadState {
		parts = append(parts, w.Say("heard-state"))
	}
	return strings.Join(append(parts, w.Say("heard-again")), "\n\n"), nil
}

func (o *Office) answer(ctx context.Context, w *words.Words, r Reply, l lists.List, p lists.Person, text string) error {
	from := string(lists.RoleAddress(l, "progress", r.Token, o.Site.Domain))
	err := o.Outbox.Send(ctx, smtp.Letter{
		Key: "progress/" + r.QueueID, To: []string{string(p.Address)}, From: from, ReplyTo: from,
		Subject: w.Say("heard-subject", "group", l.Title), InReplyTo: r.MessageID, Text: smtp.Wrap(text+"\n", 72), AutoReplied: true, Date: o.Now(),
	})
	if err != nil {
		return fmt.Errorf("answer the report on %s: %w", l.Name, err)
	}
	return nil
}
