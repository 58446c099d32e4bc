package progress

import (
	"context"
	"fmt"
	"time"

	"plenary/digest"
	"plenary/lists"
)

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
			letter := o.letter(main, l, p, purpose(week), w.Say("remind-subject", "group", l.Title), []string{
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
