// Package progress asks each group's leader once a week what happened and
// what comes next, and turns the plain reply into the group's record.
package progress

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"plenary/digest"
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
	Now      func() time.Time
	Reader   Reader
	Recorder Recorder
	Desk     Desk
	Outbox   Outbox
	Weeks    Weeks
	Log      *slog.Logger
}

// askedKind marks, in the main list's record, that a week's questions went out.
const askedKind = "asked"

// Ask sends the question for the next digest to each leader of a forming or
// active group under main. Asked again for the same week it sends nothing
// twice, and nothing where that digest was sent early. It gives the number of
// leaders asked.
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
		leaders, _, err := o.Reader.Officers(ctx, l.ID)
		if err != nil {
			return asked, week, fmt.Errorf("leaders of %s: %w", l.Name, err)
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
	_, err = o.Recorder.Record(ctx, lists.ProgressEntry{List: main.ID, Kind: askedKind, Text: week.String(),
		Week: week.String(), Source: "asked-" + main.ID + "-" + week.String(), At: o.Now()})
	return asked, week, err
}

func (o *Office) question(ctx context.Context, main, l lists.List, p lists.Person, week digest.Week) (smtp.Letter, error) {
	due := o.Schedule.Due(week)
	activity, err := o.Reader.Activity(ctx, l.ID, o.Now().AddDate(0, 0, -7), o.Now())
	if err != nil {
		return smtp.Letter{}, fmt.Errorf("the week of %s: %w", l.Name, err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "What happened in %s, and what is the next step?\n\nA plain reply to this mail is enough. It will stand in the digest of %s on %s.\n\n",
		l.Title, main.Title, due.Format("Monday 2 January at 15:04"))
	if l.Next != "" {
		fmt.Fprintf(&b, "The next step as it stands: %s", l.Next)
		if day, ok := l.NextBy.Time(); ok {
			fmt.Fprintf(&b, ", by %s", day.Format("Monday 2 January 2006"))
		}
		b.WriteString(".\n\n")
	}
	if activity.Posts > 0 {
		fmt.Fprintf(&b, "In the last seven days: %s by %s.\n\n", digest.Count(activity.Posts, "post", "posts"), digest.Count(max(activity.People, 1), "person", "people"))
	}
	b.WriteString("If you like, add lines that begin with:\n\nnext: the next step by a date, such as 2026-12-01\nstate: forming, active, paused or done\nhelp: what the group needs from others\ndissent: a view that differs\n\nIf you reply again, the last reply counts.\n")
	token := lists.MemberToken(o.Secret, purpose(week), l, p.Number)
	from := string(lists.RoleAddress(l, "progress", token, o.Site.Domain))
	return smtp.Letter{
		Key: fmt.Sprintf("ask/%s/%s/%d", l.ID, week, p.Number), To: []string{string(p.Address)},
		From: from, FromName: main.Title, ReplyTo: from, Subject: "What happened in " + l.Title + " this week?",
		Text: smtp.Wrap(b.String(), 72), Date: o.Now(), Priority: smtp.Notice,
	}, nil
}

func purpose(w digest.Week) string { return "progress/" + w.String() }

// Tick asks the leaders of every main list whose digest is near.
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
		if now.Before(due.Add(-o.Lead)) || !now.Before(due) {
			continue
		}
		done, err := o.asked(ctx, main, week)
		if err == nil && !done {
			_, _, err = o.Ask(ctx, main)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("ask the leaders under %s: %w", main.Name, err))
		}
	}
	return errors.Join(failed...)
}

func (o *Office) asked(ctx context.Context, main lists.List, week digest.Week) (bool, error) {
	entries, err := o.Reader.Progress(ctx, main.ID, o.Now().AddDate(0, 0, -30), o.Now().Add(time.Minute))
	for _, e := range entries {
		if e.Kind == askedKind && e.Week == week.String() {
			return true, nil
		}
	}
	return false, err
}

// Run asks when it is time until ctx ends, looking every interval.
func (o *Office) Run(ctx context.Context, interval time.Duration) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		if err := o.Tick(ctx); err != nil && ctx.Err() == nil {
			o.Log.Error("the week's question was not sent; it will be tried again", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
