package desk

import (
	"context"
	"fmt"
	"strings"

	"plenary/lists"
)

// reporting records what a group has done, its next step and its state.
type reporting struct{}

func (reporting) judge(ctx context.Context, s *sight, a lists.Action) (*verdict, error) {
	l, no := s.list(a.List)
	if no != nil {
		return no, nil
	}
	st, err := s.standing(ctx, l, s.asker)
	switch {
	case err != nil:
		return nil, err
	case a.Verb == lists.DoProgress && !st.member && !st.leader && !s.joins[l.ID]:
		return refused("Only the members of %s report its progress, and this address is not one of theirs. To join, write to %s.", s.named(l), s.address(l, "join")), nil
	case a.Verb != lists.DoProgress && !st.leader:
		_, no, err := s.led(ctx, a.List)
		return no, err
	case l.State == lists.Closed:
		return refused("%s is closed. An admin opens it again with \"reopen %s\".", s.named(l), l.Name), nil
	}
	return s.report(a, l), nil
}

// report judges what is reported of l.
func (s *sight) report(a lists.Action, l lists.List) *verdict {
	switch a.Verb {
	case lists.DoState:
		switch lists.State(a.Value) {
		case l.State:
			return already("%s is %s already.", s.named(l), s.speaker.Word(string(l.State)))
		case lists.Forming, lists.Active, lists.Paused, lists.Done:
			return &verdict{Result: lists.Did}
		}
		return refused("A group's state is forming, active, paused or done.")
	case lists.DoProgress:
		switch a.Value {
		case "", "help", "dissent", "done", "dropped":
		default:
			return refused("Progress is told with progress:, and with done:, dropped:, help: and dissent: under it.")
		}
	}
	if strings.TrimSpace(a.Text) == "" {
		return refused("There is no text to record. Write it behind the command word.")
	}
	if _, ok := a.By.Time(); a.By != "" && !ok {
		return refused("That is no date. Write it as 2026-12-01.")
	}
	return &verdict{Result: lists.Did}
}

func (reporting) say(_ context.Context, s *sight, a lists.Action, _ *verdict) (string, error) {
	l, _ := s.dir.ByID(a.List)
	switch {
	case a.Verb == lists.DoState:
		return s.say("set the state of %s to %s", s.named(l), s.speaker.Word(a.Value)), nil
	case a.Verb == lists.DoNext && a.By != "":
		return s.say("set the next step of %s as it stands in the mail that asked for it, due on %s", s.named(l), s.date(a.By)), nil
	case a.Verb == lists.DoNext:
		return s.say("set the next step of %s as it stands in the mail that asked for it", s.named(l)), nil
	case a.Value == "help":
		return s.say("record that %s wants help, as it stands in the mail that asked for it", s.named(l)), nil
	case a.Value == "dissent":
		return s.say("record a dissent in %s, as it stands in the mail that asked for it", s.named(l)), nil
	case a.Value == "done":
		return s.say("record that a step of %s is done, as it stands in the mail that asked for it", s.named(l)), nil
	case a.Value == "dropped":
		return s.say("record that a step of %s is given up, as it stands in the mail that asked for it", s.named(l)), nil
	}
	return s.say("record progress of %s, as it stands in the mail that asked for it", s.named(l)), nil
}

func (reporting) apply(ctx context.Context, w *work, a lists.Action, _ *verdict) (lists.Outcome, error) {
	l, _ := w.dir.ByID(a.List)
	entry := lists.ProgressEntry{List: l.ID, Author: a.Subject, Text: strings.TrimSpace(a.Text), By: a.By, Source: a.Source}
	switch a.Verb {
	case lists.DoState:
		entry.Kind, entry.Text = "state", a.Value
	case lists.DoNext:
		entry.Kind = "next"
	default:
		entry.Kind = "progress"
		if a.Value != "" {
			entry.Kind = a.Value
		}
		if (entry.Kind == "done" || entry.Kind == "dropped") && lists.SameStep(l.Next, entry.Text) {
			entry.By = l.NextBy
		}
	}
	if a.Verb != lists.DoProgress {
		_, err := w.d.store.UpdateList(ctx, a.List, func(l *lists.List) error {
			if a.Verb == lists.DoState {
				l.State = lists.State(a.Value)
			} else {
				l.Next, l.NextBy = oneLine(a.Text), a.By
			}
			return nil
		})
		if err != nil {
			return lists.Outcome{}, err
		}
	}
	if err := w.record(ctx, entry); err != nil {
		return lists.Outcome{}, err
	}
	if entry.Kind == "done" || entry.Kind == "dropped" || a.Value == string(lists.Done) {
		if err := w.endStep(ctx, a, entry.Text); err != nil {
			return lists.Outcome{}, err
		}
	}
	return lists.Outcome{Result: lists.Did, Text: w.reported(a, l)}, nil
}

// endStep takes away the next step that was done or given up: the record keeps
// it. A group that has done its work has none. Of another step than the one
// that stands, nothing is taken away.
func (w *work) endStep(ctx context.Context, a lists.Action, step string) error {
	_, err := w.d.store.UpdateList(ctx, a.List, func(l *lists.List) error {
		if a.Verb == lists.DoState || lists.SameStep(l.Next, step) {
			l.Next, l.NextBy = "", ""
		}
		return nil
	})
	return err
}

func (w *work) reported(a lists.Action, l lists.List) string {
	switch {
	case a.Verb == lists.DoState:
		return w.say("%s is now %s.", w.named(l), w.speaker.Word(a.Value))
	case a.Verb == lists.DoNext && a.By != "":
		return w.say("The next step of %s is now: %s, by %s.", w.named(l), strings.TrimRight(oneLine(a.Text), "."), w.date(a.By))
	case a.Verb == lists.DoNext:
		return w.say("The next step of %s is now: %s", w.named(l), oneLine(a.Text))
	}
	return w.say("Recorded for %s. It will stand in the next digest.", w.named(l))
}

// record appends an entry to a list's record, once for this action.
func (w *work) record(ctx context.Context, e lists.ProgressEntry) error {
	l, _ := w.dir.ByID(e.List)
	p, err := w.person(ctx, l.Family, e.Author)
	if err != nil {
		return err
	}
	if p != nil {
		e.Name = p.Called()
	}
	switch {
	case e.Source == "":
		e.Source = w.key("record")
	case w.index > 0: // one mail may report on several things
		e.Source = fmt.Sprintf("%s#%d", e.Source, w.index)
	}
	e.At = w.d.now().UTC()
	_, err = w.d.store.Record(ctx, e)
	return err
}
