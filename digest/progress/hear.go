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
	Leaving   bool   // "unsubscribe" and nothing else, which is no report
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
	q, err := o.holder(ctx, r.Token)
	if errors.Is(err, lists.ErrNotFound) {
		o.Log.Info("progress token unknown", "queue", r.QueueID)
		return nil
	}
	if err != nil {
		return err
	}
	sent, err := o.gone(ctx, &q)
	if err != nil {
		return err
	}
	may, err := o.may(ctx, q.list, q.person)
	switch {
	case err != nil:
		return err
	case !may:
		return o.answer(ctx, r, q, q.w.Say("heard-stranger", "group", q.list.Title, "address", lists.RoleAddress(q.list, "join", "", o.Site.Domain)))
	case q.list.State == lists.Closed: // digests name it, and tell no more of it
		return o.answer(ctx, r, q, q.w.Say("heard-closed", "group", q.list.Title, "address", lists.RoleAddress(q.main, "owner", "", o.Site.Domain)))
	case sent && !q.still:
		return o.answer(ctx, r, q, q.w.Say("heard-late", "week", q.week.Number, "address", lists.RoleAddress(q.list, "request", "", o.Site.Domain)))
	}
	if r.Leaving {
		at := func(role string) string { return string(lists.RoleAddress(q.list, role, "", o.Site.Domain)) }
		return o.answer(ctx, r, q, q.w.Say("heard-leave", "group", q.list.Title, "leave", at("leave"), "request", at("request")))
	}
	read := ReadAnswer
	if q.still {
		read = ReadStill
	}
	a := read(r.OwnText, o.Site.Today(o.Now()))
	if a.Empty() {
		return o.answer(ctx, r, q, q.w.Say("heard-empty"))
	}
	if err := o.record(ctx, r, q, a); err != nil {
		return err
	}
	said, err := o.change(ctx, r, q, a)
	if err != nil {
		return err
	}
	text, err := o.confirmation(ctx, q, a, said)
	if err != nil {
		return err
	}
	return o.answer(ctx, r, q, text)
}

// tokenWeeks is how many weeks' tokens are known: as long as anybody may answer
// whether a group is still going, or be told that a digest went out.
const tokenWeeks = 26

// asked is the question that a token answers.
type asked struct {
	still  bool // whether the group goes on, and not what happened
	week   digest.Week
	list   lists.List
	main   lists.List
	person lists.Person
	w      *words.Words
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
func (o *Office) holder(ctx context.Context, token string) (asked, error) {
	dir, err := o.Reader.Directory(ctx)
	if err != nil {
		return asked{}, err
	}
	week := o.Schedule.Next(o.Now()).Following(o.Schedule.Location)
	for range tokenWeeks {
		for _, q := range []asked{{week: week}, {week: week, still: true}} {
			why := purpose(week)
			if q.still {
				why = still(week)
			}
			serial, n, ok := lists.ReadMemberToken(o.Secret, why, token)
			if !ok {
				continue
			}
			if q.list, ok = dir.BySerial(serial); ok {
				q.person, err = o.Reader.PersonByNumber(ctx, q.list.Family, n)
				return q, err
			}
		}
		week = digest.WeekOf(week.Monday(o.Schedule.Location).AddDate(0, 0, -7))
	}
	return asked{}, lists.ErrNotFound
}

// gone finds the question's main list, and tells whether the week's digest of
// it has been sent.
func (o *Office) gone(ctx context.Context, q *asked) (sent bool, err error) {
	dir, err := o.Reader.Directory(ctx)
	if err != nil {
		return false, err
	}
	var ok bool
	if q.main, ok = dir.ByID(q.list.Family); !ok {
		return false, fmt.Errorf("main list of %s: %w", q.list.Name, lists.ErrNotFound)
	}
	q.w = speak(q.person, q.main)
	return o.Weeks.Sent(ctx, q.main, q.week)
}

// record appends what was said in words; a repeated mail appends nothing.
func (o *Office) record(ctx context.Context, r Reply, q asked, a Answer) error {
	source := r.MessageID
	if source == "" {
		source = r.QueueID
	}
	week := q.week.String()
	if q.still {
		week = "" // no later answer takes its place
	}
	l, p := q.list, q.person
	going := "" // the state is what it was, and somebody said so
	if a.Going && (a.State == "" || a.State == l.State) {
		going = string(l.State)
	}
	for _, said := range []struct {
		kind, text string
		none       bool // take back what was said of it
	}{
		{digest.KindProgress, a.Progress, false}, {digest.KindHelp, a.Help, a.Unsaid.Help && !q.still},
		{digest.KindDissent, a.Dissent, a.Unsaid.Dissent && !q.still}, {digest.KindState, going, false},
	} {
		if said.text == "" && !said.none {
			continue
		}
		_, err := o.Recorder.Record(ctx, lists.ProgressEntry{List: l.ID, Kind: said.kind, Author: p.Address, Name: p.Name,
			Text: said.text, Source: source, Week: week, At: o.Now()})
		if err != nil {
			return fmt.Errorf("record %s of %s: %w", said.kind, l.Name, err)
		}
	}
	return nil
}

// change ends the step that was done or given up, sets the next one and the
// state, has the group handed over, and gives what to say of it. done are the
// words for each action that is carried out at once; "" the desk's own.
func (o *Office) change(ctx context.Context, r Reply, q asked, a Answer) ([]string, error) {
	w, l, p := q.w, q.list, q.person
	var actions []lists.Action
	var done []string
	act := func(said string, action lists.Action) {
		action.List, action.Asker, action.Source = l.ID, p.Address, r.MessageID
		if action.Subject == "" {
			action.Subject = p.Address
		}
		actions, done = append(actions, action), append(done, said)
	}
	for _, action := range a.changes(l) {
		act(changed(w, action), action)
	}
	if a.HandTo != "" {
		act("", lists.Action{Verb: lists.DoHandover, Subject: a.HandTo})
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
		if out.Result == lists.Did && i < len(done) && done[i] != "" {
			said = append(said, done[i])
		} else {
			said = append(said, out.Text)
		}
	}
	return said, nil
}

// changed says what came of a change.
func changed(w *words.Words, a lists.Action) string {
	switch a.Verb {
	case lists.DoState:
		return w.Say("is-" + a.Value)
	case lists.DoProgress:
		return w.Say("step-"+a.Value, "step", a.Text)
	}
	next := a.Text
	if day, ok := a.By.Time(); ok {
		next = w.Say("by-date", "step", next, "date", w.Date(day))
	}
	return w.Say("next", "step", next)
}

// confirmation says what will be printed: what this answer says, and what
// stands of earlier ones.
func (o *Office) confirmation(ctx context.Context, q asked, a Answer, said []string) (string, error) {
	if q.still {
		return o.thanks(q, a, said), nil
	}
	w, main, l, week, p := q.w, q.main, q.list, q.week, q.person
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
	for _, s := range help {
		parts = append(parts, w.Say("help", "text", s.Text))
	}
	for _, s := range dissent {
		parts = append(parts, w.Say("dissent", "text", s.Text))
	}
	parts = append(append(parts, said...), unread(w, a)...)
	return strings.Join(append(parts, w.Say("heard-again")), "\n\n"), nil
}

// unread says what of an answer could not be taken.
func unread(w *words.Words, a Answer) (parts []string) {
	if a.BadStep != nil {
		parts = append(parts, w.Say("heard-step", "why", a.BadStep.Error()))
	}
	if a.BadState {
		parts = append(parts, w.Say("heard-state"))
	}
	return parts
}

// thanks says what came of the answer to whether a group is still going.
func (o *Office) thanks(q asked, a Answer, said []string) string {
	parts := append([]string{q.w.Say("silent-heard", "group", q.list.Title)}, said...)
	if a.Going && (a.State == "" || a.State == q.list.State) {
		parts = append(parts, q.w.Say("silent-going"))
	}
	if a.Progress != "" || a.Help != "" || a.Dissent != "" {
		parts = append(parts, q.w.Say("silent-text", "body", q.main.Title))
	}
	return strings.Join(append(parts, unread(q.w, a)...), "\n\n")
}

func (o *Office) answer(ctx context.Context, r Reply, q asked, text string) error {
	w, l, p := q.w, q.list, q.person
	from := string(lists.RoleAddress(l, "progress", r.Token, o.Site.Domain))
	err := o.Outbox.Send(ctx, smtp.Letter{
		Key: "progress/" + r.QueueID, To: []string{string(p.Address)}, From: from, FromName: q.main.Title, ReplyTo: from,
		Subject: w.Say("heard-subject", "group", l.Title), InReplyTo: r.MessageID, Text: smtp.Wrap(text+"\n", 72), AutoReplied: true, Date: o.Now(), Headers: inTheLanguage(w),
	})
	if err != nil {
		return fmt.Errorf("answer the report on %s: %w", l.Name, err)
	}
	return nil
}
