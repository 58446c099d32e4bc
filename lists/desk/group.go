package desk

import (
	"context"
	"strings"

	"plenary/lists"
)

// closing closes a list, or opens it again.
type closing struct{}

func (closing) judge(ctx context.Context, s *sight, a lists.Action) (*verdict, error) {
	l, no, err := s.run(ctx, a.List)
	switch {
	case no != nil || err != nil:
		return no, err
	case a.Verb == lists.DoReopen && l.State != lists.Closed:
		return already("%s is open.", s.named(l)), nil
	case a.Verb == lists.DoReopen:
		return &verdict{Result: lists.Did}, nil
	case l.State == lists.Closed:
		return already("%s is closed already. An admin opens it again with \"reopen %s\".", s.named(l), l.Name), nil
	}
	if l.Main() {
		var open []string
		for _, sub := range s.dir.Family(l.ID) {
			if !sub.Main() && sub.State != lists.Closed {
				open = append(open, sub.Name)
			}
		}
		if len(open) > 0 {
			return refused("%s has groups that are open: %s. Close them first.", s.named(l), s.speaker.And(open)), nil
		}
	}
	return &verdict{Result: lists.Did, Asks: true}, nil
}

func (closing) say(_ context.Context, s *sight, a lists.Action, _ *verdict) (string, error) {
	l, _ := s.dir.ByID(a.List)
	if a.Verb == lists.DoReopen {
		return s.say("open %s again", s.named(l)), nil
	}
	return s.say("close %s: its members and its archive stay, and nobody can post or join", s.named(l)), nil
}

func (closing) apply(ctx context.Context, w *work, a lists.Action, _ *verdict) (lists.Outcome, error) {
	to := lists.Closed
	if a.Verb == lists.DoReopen {
		to = lists.Active
	}
	l, err := w.d.store.UpdateList(ctx, a.List, func(l *lists.List) error {
		l.State = to
		return nil
	})
	if err != nil {
		return lists.Outcome{}, err
	}
	if err := w.record(ctx, lists.ProgressEntry{List: l.ID, Kind: "state", Author: w.asker, Text: string(to)}); err != nil {
		return lists.Outcome{}, err
	}
	if err := w.tellLeaders(ctx, l, to); err != nil {
		return lists.Outcome{}, err
	}
	if to == lists.Active {
		return lists.Outcome{Result: lists.Did, Text: w.say("%s is open again.", w.named(l))}, nil
	}
	return lists.Outcome{Result: lists.Did, Text: w.say("%s is closed: nobody can post or join. Its members and its archive stay. To open it again, write \"reopen %s\".", w.named(l), l.Name)}, nil
}

// tellLeaders tells a list's leaders that an admin has closed it, or opened it
// again.
func (w *work) tellLeaders(ctx context.Context, l lists.List, to lists.State) error {
	leaders, _, err := w.d.store.Officers(ctx, l.ID)
	if err != nil {
		return err
	}
	told := func(s *sight) (subject, text string) {
		owners := s.address(s.dir.MainOf(l), "owner")
		if to == lists.Active {
			return s.say("%s is open again", l.Title), s.say("An admin has made this change: %s is open again. If you have questions about it, write to %s.", s.named(l), owners)
		}
		return s.say("%s is closed", l.Title), s.say("An admin has made this change: %s is closed. If you have questions about it, write to %s.", s.named(l), owners)
	}
	for _, p := range leaders {
		if p.Address.Same(w.asker) {
			continue
		}
		if err := w.note(ctx, w.dir.MainOf(l), p.Address, w.key("told"), told); err != nil {
			return err
		}
	}
	return nil
}

// renaming gives a list another name; the old address goes on working.
type renaming struct{}

func (renaming) judge(ctx context.Context, s *sight, a lists.Action) (*verdict, error) {
	l, no, err := s.run(ctx, a.List)
	if no != nil || err != nil {
		return no, err
	}
	full, err := s.dir.CheckRename(l, a.Value)
	if no, err := s.badName(a.Value, full, err); no != nil || err != nil {
		return no, err
	}
	if full == l.Name {
		return already("That is the name of %s already.", s.named(l)), nil
	}
	return &verdict{Result: lists.Did, Note: full}, nil
}

func (renaming) say(_ context.Context, s *sight, a lists.Action, _ *verdict) (string, error) {
	l, _ := s.dir.ByID(a.List)
	return s.say("rename %s as it stands in the mail that asked for it; the address it has now goes on working", s.named(l)), nil
}

func (renaming) apply(ctx context.Context, w *work, a lists.Action, v *verdict) (lists.Outcome, error) {
	was, _ := w.dir.ByID(a.List)
	l, err := w.d.store.RenameList(ctx, a.List, v.Note)
	if err != nil {
		return lists.Outcome{}, err
	}
	text := w.say("%s is now called %s, and its address is %s.", l.Title, l.Name, l.Address(w.d.site.Domain))
	if !strings.EqualFold(was.Name, l.Name) {
		text += " " + w.say("Mail to %s goes on reaching it.", was.Address(w.d.site.Domain))
	}
	return lists.Outcome{Result: lists.Did, Text: text}, nil
}

// digesting sends a main list's digest now.
type digesting struct{}

func (digesting) judge(ctx context.Context, s *sight, a lists.Action) (*verdict, error) {
	l, no, err := s.run(ctx, a.List)
	switch {
	case no != nil || err != nil:
		return no, err
	case !l.Main():
		return refused("%s is a group: digests are made for its main list, %s.", s.named(l), s.named(s.dir.MainOf(l))), nil
	case l.State == lists.Closed:
		return refused("%s is closed and takes no more posts.", s.named(l)), nil
	}
	return &verdict{Result: lists.Did}, nil
}

func (digesting) say(_ context.Context, s *sight, a lists.Action, _ *verdict) (string, error) {
	l, _ := s.dir.ByID(a.List)
	return s.say("post the digest that is due next to %s now", s.named(l)), nil
}

func (digesting) apply(ctx context.Context, w *work, a lists.Action, _ *verdict) (lists.Outcome, error) {
	text, err := w.d.digester.SendNow(ctx, a.List, w.lang())
	if err != nil {
		return lists.Outcome{}, err
	}
	return lists.Outcome{Result: lists.Did, Text: text}, nil
}
