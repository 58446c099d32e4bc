// Package progress asks each group's leader once a week what happened and
// what comes next, and turns the plain reply into the group's record.
package progress

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"plenary/digest"
	"plenary/digest/words"
	"plenary/lists"
	"plenary/smtp"
)

// Reader is what the question is made of.
type Reader interface {
	Directory(ctx context.Context) (*lists.Directory, error)
	Officers(ctx context.Context, listID string) (leaders, admins []lists.Person, err error)
	PersonByNumber(ctx context.Context, family string, n lists.Number) (lists.Person, error)
	Progress(ctx context.Context, listID string, since, until time.Time) ([]lists.ProgressEntry, error)
	Activity(ctx context.Context, listID string, since, until time.Time) (lists.Activity, error)
}

// Recorder appends to a group's record; repeated with one Source it does nothing.
type Recorder interface {
	Record(ctx context.Context, e lists.ProgressEntry) (lists.ProgressEntry, error)
}

// Desk carries out changes.
type Desk interface {
	Do(ctx context.Context, asker lists.Address, believed bool, via, queueID string, actions []lists.Action) ([]lists.Outcome, error)
}

// Outbox sends letters, once for each key.
type Outbox interface {
	Send(ctx context.Context, l smtp.Letter) error
}

// Weeks tells which digest a question now is for, and which went out.
type Weeks interface {
	Next() digest.Week
	Sent(ctx context.Context, main lists.List, week digest.Week) (bool, error)
}

// Office asks and hears.
type Office struct {
	Site     lists.Site
	Secret   []byte
	Schedule digest.Schedule
	Lead     time.Duration // how long before the digest the question goes out
	Weekdays bool          // it goes out, as the reminder does, on working days only
	Now      func() time.Time
	Reader   Reader
	Recorder Recorder
	Desk     Desk
	Outbox   Outbox
	Weeks    Weeks
	Log      *slog.Logger
}

// Marks in the main list's record: a week's questions went out, those to
// groups that fell silent, its reminders.
const (
	askedKind    = "asked"
	silentKind   = "asked-silent"
	remindedKind = "reminded"
)

// Ask sends the question for the next digest to each leader and deputy of a
// forming or active group under main. Asked again for the same week it sends nothing
// twice, and nothing where that digest was sent early. It gives the number of
// people asked.
func (o *Office) Ask(ctx context.Context, main lists.List) (asked int, week digest.Week, err error) {
	week = o.Weeks.Next()
	if sent, err := o.Weeks.Sent(ctx, main, week); err != nil || sent {
		return 0, week, err
	}
	dir, err := o.Reader.Directory(ctx)
	if err != nil {
		return 0, week, err
	}
	for _, l := range dir.Family(main.ID) {
		if l.Main() || l.State != lists.Forming && l.State != lists.Active {
			continue
		}
		leaders, err := o.present(ctx, l)
		if err != nil {
			return asked, week, err
		}
		for _, p := range leaders {
			letter, err := o.question(ctx, main, l, p, week)
			if err != nil {
				return asked, week, err
			}
			if err := o.Outbox.Send(ctx, letter); err != nil {
				return asked, week, fmt.Errorf("ask leader %d of %s: %w", p.Number, l.Name, err)
			}
			asked++
		}
	}
	return asked, week, o.mark(ctx, main, askedKind, week)
}

// mark records on the main list that something was done for a week's digest.
func (o *Office) mark(ctx context.Context, main lists.List, kind string, week digest.Week) error {
	_, err := o.Recorder.Record(ctx, lists.ProgressEntry{List: main.ID, Kind: kind, Text: week.String(),
		Week: week.String(), Source: kind + "-" + main.ID + "-" + week.String(), At: o.Now()})
	return err
}

// present are a list's leaders and deputies without those on vacation; all of
// them where all are.
func (o *Office) present(ctx context.Context, l lists.List) ([]lists.Person, error) {
	leaders, _, err := o.Reader.Officers(ctx, l.ID)
	if err != nil {
		return nil, fmt.Errorf("leaders of %s: %w", l.Name, err)
	}
	today := o.Site.Today(o.Now())
	here := slices.DeleteFunc(slices.Clone(leaders), func(p lists.Person) bool { return p.Away(today) })
	if len(here) == 0 {
		return leaders, nil
	}
	return here, nil
}

func (o *Office) question(ctx context.Context, main, l lists.List, p lists.Person, week digest.Week) (smtp.Letter, error) {
	w := speak(p, main)
	due := o.Schedule.Due(week)
	activity, err := o.Reader.Activity(ctx, l.ID, o.Now().AddDate(0, 0, -7), o.Now())
	if err != nil {
		return smtp.Letter{}, fmt.Errorf("the week of %s: %w", l.Name, err)
	}
	parts := []string{w.Say("ask", "group", l.Title),
		w.Say("ask-how", "body", main.Title, "date", w.Day(due), "time", due.Format("15:04"))}
	if l.Next != "" {
		parts = append(parts, o.step(w, l))
	}
	if activity.Posts > 0 {
		posts := w.Say("posts-by", "posts", w.Say("posts", "n", activity.Posts), "people", w.Say("people", "n", max(activity.People, 1)))
		parts = append(parts, w.Say("ask-posts", "posts", posts))
	}
	example := o.Site.Today(due.AddDate(0, 0, 7))
	parts = append(parts, w.Say("ask-lines", "example", example), w.Say("ask-last"))
	letter := o.letter(main, l, p, purpose(week), w.Say("ask-subject", "group", l.Title), parts)
	letter.Key = fmt.Sprintf("ask/%s/%s/%d", l.ID, week, p.Number)
	return letter, nil
}

// step says the next step as it stands, overdue said plainly.
func (o *Office) step(w *words.Words, l lists.List) string {
	step := strings.TrimRight(l.Next, ". ")
	day, ok := l.NextBy.Time()
	if !ok {
		return w.Say("ask-next", "step", step)
	}
	said := w.Say("ask-next", "step", w.Say("by-date", "step", step, "date", w.Date(day)))
	if today, ok := o.Site.Today(o.Now()).Time(); ok && day.Before(today) {
		said += " " + w.Say("ask-overdue", "n", int(today.Sub(day).Hours()/24))
	}
	return said
}

// speak are the words of a person's language, else of the main list's.
func speak(p lists.Person, main lists.List) *words.Words {
	if p.Language != "" {
		return words.For(p.Language)
	}
	return words.For(main.Language)
}

// letter is a mail to somebody of a group that is answered by replying.
func (o *Office) letter(main, l lists.List, p lists.Person, purpose, subject string, parts []string) smtp.Letter {
	token := lists.MemberToken(o.Secret, purpose, l, p.Number)
	from := string(lists.RoleAddress(l, "progress", token, o.Site.Domain))
	return smtp.Letter{
		To: []string{string(p.Address)}, From: from, FromName: main.Title, ReplyTo: from, Subject: subject,
		Text: smtp.Wrap(strings.Join(parts, "\n\n")+"\n", 72), Date: o.Now(), Priority: smtp.Notice,
		Headers: inTheLanguage(speak(p, main)),
	}
}

// inTheLanguage tells programs, and those that read aloud, what language a
// mail is in.
func inTheLanguage(w *words.Words) [][2]string {
	return [][2]string{{"Content-Language", w.Lang}}
}

// The purposes of tokens: an answer to the week's question, and to whether a
// group is still going, which was asked with it.
func purpose(w digest.Week) string { return "progress/" + w.String() }
func still(w digest.Week) string   { return "still/" + w.String() }

// reminderLead is how long before the digest who said nothing is reminded.
const reminderLead = 24 * time.Hour

// Tick asks the leaders of every main list whose digest is near, reminds those
// who said nothing a day before, and asks after groups that fell silent.
func (o *Office) Tick(ctx context.Context) error {
	dir, err := o.Reader.Directory(ctx)
	if err != nil {
		return fmt.Errorf("which questions are due: %w", err)
	}
	var failed []error
	for _, main := range dir.MainLists() {
		if main.State == lists.Closed {
			continue
		}
		week := o.Weeks.Next()
		now, due := o.Now(), o.Schedule.Due(week)
		if now.Before(o.Schedule.Ahead(week, o.Lead, !o.Weekdays)) || !now.Before(due) || o.Weekdays && digest.Weekend(now.In(due.Location())) {
			continue
		}
		err := o.once(ctx, main, askedKind, week, func() error {
			_, _, err := o.Ask(ctx, main)
			return err
		})
		if err == nil {
			err = o.once(ctx, main, silentKind, week, func() error { return o.askSilent(ctx, dir, main, week) })
		}
		if err == nil && !now.Before(o.Schedule.Ahead(week, reminderLead, !o.Weekdays)) && o.Lead > reminderLead {
			err = o.remindOnce(ctx, dir, main, week)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("ask the leaders under %s: %w", main.Name, err))
		}
	}
	return errors.Join(failed...)
}

// once does what has no mark of this kind for the week, and marks it then.
// Letters are sent once for their keys, so doing it again after a crash is
// harmless.
func (o *Office) once(ctx context.Context, main lists.List, kind string, week digest.Week, do func() error) error {
	if _, done, err := o.marked(ctx, main, kind, week); err != nil || done {
		return err
	}
	if sent, err := o.Weeks.Sent(ctx, main, week); err != nil || sent {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	return o.mark(ctx, main, kind, week)
}

// marked tells whether something was done for a week's digest, and when.
func (o *Office) marked(ctx context.Context, main lists.List, kind string, week digest.Week) (at time.Time, done bool, err error) {
	entries, err := o.Reader.Progress(ctx, main.ID, o.Now().AddDate(0, 0, -30), o.Now().Add(time.Minute))
	if err != nil {
		return at, false, err
	}
	for _, e := range entries {
		if e.Kind == kind && e.Week == week.String() {
			return e.At, true, nil
		}
	}
	return at, false, nil
}
