package progress

import (
	"context"
	"fmt"
	"time"

	"plenary/digest"
	"plenary/lists"
)

// askSilent asks the leaders and admins of each group that has been silent for
// four weeks whether it goes on: once for each silence. Its state is never
// changed without an answer.
func (o *Office) askSilent(ctx context.Context, dir *lists.Directory, main lists.List, week digest.Week) error {
	for _, l := range dir.Family(main.ID) {
		if l.Main() || l.State != lists.Forming && l.State != lists.Active {
			continue
		}
		heard, asked, err := o.heard(ctx, l)
		if err != nil {
			return err
		}
		n := digest.GroupFacts{Heard: heard}.Silent(o.Now())
		if n < digest.SilentAsked || asked {
			continue
		}
		if err := o.askAfter(ctx, main, l, week, n); err != nil {
			return err
		}
		_, err = o.Recorder.Record(ctx, lists.ProgressEntry{List: l.ID, Kind: digest.KindSilence, Text: fmt.Sprint(n),
			Source: fmt.Sprintf("silence-%s-%d", l.ID, heard.Unix()), At: o.Now()})
		if err != nil {
			return fmt.Errorf("record that %s was asked after: %w", l.Name, err)
		}
	}
	return nil
}

// heard is when the group was last heard of, and whether it was asked after
// since.
func (o *Office) heard(ctx context.Context, l lists.List) (at time.Time, asked bool, err error) {
	entries, err := o.Reader.Progress(ctx, l.ID, time.Time{}, o.Now().Add(time.Minute))
	if err != nil {
		return at, false, fmt.Errorf("what %s said: %w", l.Name, err)
	}
	activity, err := o.Reader.Activity(ctx, l.ID, o.Now().AddDate(0, 0, -90), o.Now())
	if err != nil {
		return at, false, fmt.Errorf("who wrote in %s: %w", l.Name, err)
	}
	at = l.Created
	if activity.Last.After(at) {
		at = activity.Last
	}
	for _, e := range entries {
		if digest.Word(e) && e.At.After(at) {
			at = e.At
		}
	}
	for _, e := range entries {
		asked = asked || e.Kind == digest.KindSilence && e.At.After(at)
	}
	return at, asked, nil
}

// askAfter writes to each leader, deputy and admin, each with a token of their
// own: a plain reply says how the group is, or who shall lead it.
func (o *Office) askAfter(ctx context.Context, main, l lists.List, week digest.Week, n int) error {
	leaders, admins, err := o.Reader.Officers(ctx, l.ID)
	if err != nil {
		return fmt.Errorf("leaders of %s: %w", l.Name, err)
	}
	done := map[lists.Number]bool{}
	for _, p := range append(leaders, admins...) {
		if done[p.Number] {
			continue
		}
		done[p.Number] = true
		w := speak(p, main)
		hand := w.Say("silent-hand", "address", lists.RoleAddress(main, "request", "", o.Site.Domain), "command", "handover "+l.Name+" name@example.org")
		parts := []string{w.Say("silent", "group", l.Title, "n", n), w.Say("silent-ask"), hand, w.Say("silent-once")}
		letter := o.letter(main, l, p, still(week), w.Say("silent-subject", "group", l.Title), parts)
		letter.Key = fmt.Sprintf("silent/%s/%s/%d", l.ID, week, p.Number)
		if err := o.Outbox.Send(ctx, letter); err != nil {
			return fmt.Errorf("ask person %d after %s: %w", p.Number, l.Name, err)
		}
	}
	return nil
}
