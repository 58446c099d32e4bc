package progress

import (
	"context"
	"fmt"
	"time"

	"plenary/digest"
	"plenary/digest/words"
	"plenary/lists"
)

// answerTime is how long a question has stood at least before anybody is
// reminded of it: one that an outage held up is no silence yet.
const answerTime = 6 * time.Hour

// remindOnce reminds once, where the question has been out for a while.
func (o *Office) remindOnce(ctx context.Context, dir *lists.Directory, main lists.List, week digest.Week) error {
	asked, _, err := o.marked(ctx, main, askedKind, week)
	if err != nil || o.Now().Before(asked.Add(answerTime)) {
		return err
	}
	return o.once(ctx, main, remindedKind, week, func() error { return o.remind(ctx, dir, main, week) })
}

// remind writes once more, the day before the digest, to those who were
// asked, where nobody of the group said anything since the last digest.
func (o *Office) remind(ctx context.Context, dir *lists.Directory, main lists.List, week digest.Week) error {
	for _, l := range dir.Family(main.ID) {
		if l.Main() || l.State != lists.Forming && l.State != lists.Active {
			continue
		}
		told, err := o.told(ctx, l, week)
		if err != nil {
			return err
		}
		leaders, err := o.present(ctx, l)
		if err != nil || told {
			if err != nil {
				return err
			}
			continue
		}
		due := o.Schedule.Due(week)
		for _, p := range leaders {
			w := speak(p, main)
			letter := o.letter(main, l, p, purpose(week), o.near(w, l, due), []string{
				w.Say("remind", "group", l.Title), w.Say("ask", "group", l.Title),
				w.Say("ask-how", "body", main.Title, "date", w.Day(due), "time", due.Format("15:04"))})
			letter.Key = fmt.Sprintf("remind/%s/%s/%d", l.ID, week, p.Number)
			if err := o.Outbox.Send(ctx, letter); err != nil {
				return fmt.Errorf("remind leader %d of %s: %w", p.Number, l.Name, err)
			}
		}
	}
	return nil
}

// near is a reminder's subject: it says when the digest goes out, which is
// not tomorrow where the days between are a weekend, or the server was down.
func (o *Office) near(w *words.Words, l lists.List, due time.Time) string {
	today, _ := o.Site.Today(o.Now()).Time()
	switch day, _ := o.Site.Today(due).Time(); day.Sub(today) {
	case 0:
		return w.Say("remind-subject-today", "group", l.Title)
	case 24 * time.Hour:
		return w.Say("remind-subject", "group", l.Title)
	}
	return w.Say("remind-subject-day", "group", l.Title, "date", w.Day(due))
}

// told tells whether the group said anything in the week before the digest.
func (o *Office) told(ctx context.Context, l lists.List, week digest.Week) (bool, error) {
	since := o.Schedule.Due(week).AddDate(0, 0, -7)
	entries, err := o.Reader.Progress(ctx, l.ID, since, o.Now().Add(time.Minute))
	if err != nil {
		return false, fmt.Errorf("what %s said: %w", l.Name, err)
	}
	for _, e := range entries {
		if digest.Word(e) {
			return true, nil
		}
	}
	return false, nil
}
