package desk

import (
	"context"
	"slices"

	"plenary/lists"
)

// Do carries out the actions of one mail for asker, or asks the one question
// that they share: when believed is false every change waits for a yes; some
// always do. There is one outcome for each action, in order. via is the list
// that the mail was written to, by its ID, or "" for the site. Done again
// with the same queueID it changes nothing more and sends nothing more.
func (d *Desk) Do(ctx context.Context, asker lists.Address, believed bool, via, queueID string, actions []lists.Action) ([]lists.Outcome, error) {
	s, err := d.look(ctx, asker, believed)
	if err != nil {
		return nil, err
	}
	if err := s.speakTo(ctx, asker, listOf(via, actions)); err != nil {
		return nil, err
	}
	w := &work{sight: s, cause: queueID, inReplyTo: source(actions)}
	actions = own(actions, asker)
	outs := make([]lists.Outcome, len(actions))
	asks, err := s.sort(ctx, actions, outs)
	if err != nil {
		return nil, err
	}
	full, err := w.flooded(ctx, actions, outs)
	if err != nil {
		return nil, err
	}
	asks = slices.DeleteFunc(asks, func(p pending) bool { return full[p.index] })
	for i, a := range actions {
		if full[i] || !believed || slices.ContainsFunc(asks, func(p pending) bool { return p.index == i }) {
			continue
		}
		if outs[i], err = w.carry(ctx, i, a); err != nil {
			return nil, err
		}
	}
	if err := w.letters(ctx); err != nil {
		return nil, err
	}
	if len(asks) > 0 {
		err = w.ask(ctx, via, asks, outs)
	}
	w.inLang(outs)
	return outs, err
}

// source is the Message-ID of the mail that the actions came in.
func source(actions []lists.Action) string {
	for _, a := range actions {
		if a.Source != "" {
			return a.Source
		}
	}
	return ""
}

// pending is an action that waits for a yes.
type pending struct {
	index  int
	action lists.Action
	leaves bool

	how     verb
	verdict *verdict
}

// own makes the actions asker's: whatever they say, nobody asks in another's
// name, and what a verb doesn't read is not kept.
func own(actions []lists.Action, asker lists.Address) []lists.Action {
	mine := slices.Clone(actions)
	for i := range mine {
		a := &mine[i]
		a.Asker = asker
		if a.Subject == "" {
			a.Subject = asker
		}
		if a.Verb != lists.DoProgress {
			a.Source = ""
		}
	}
	return mine
}

// sort judges all actions and gives back those that wait for a yes. For an
// asker who is not believed that is every one that would change anything; the
// others' outcomes are set. For one who is, it is those that always ask.
func (s *sight) sort(ctx context.Context, actions []lists.Action, outs []lists.Outcome) ([]pending, error) {
	var asks []pending
	reached := map[string]bool{}
	verdicts := make([]*verdict, len(actions))
	for i, a := range actions {
		how, v, err := s.judge(ctx, a)
		if err != nil {
			return nil, err
		}
		if v.Result == lists.Already && slices.ContainsFunc(asks, func(p pending) bool { return turns(p.action, a) }) {
			v = &verdict{Result: lists.Did, Lists: []string{a.List}} // it will not be so any more
		}
		verdicts[i] = v
		if v.Result != lists.Did {
			outs[i] = lists.Outcome{Result: v.Result, Text: v.Text}
			continue
		}
		if a.Verb == lists.DoJoin {
			for _, id := range v.Lists {
				s.joins[id] = true
			}
		}
		if leaves(a) {
			for _, id := range v.Lists {
				reached[id] = true
			}
		}
		asks = append(asks, pending{index: i, action: a, how: how, leaves: leaves(a), verdict: v})
	}
	if !s.quote {
		return asks, nil
	}
	return slices.DeleteFunc(asks, func(p pending) bool {
		return !verdicts[p.index].Asks && !(p.leaves && len(reached) > 1)
	}), nil
}

func leaves(a lists.Action) bool {
	return a.Verb == lists.DoLeave || a.Verb == lists.DoLeaveAll || a.Verb == lists.DoPauseMail
}

// turns tells whether an action may undo what a later one of the same mail
// finds to be so already: the later one counts.
func turns(earlier, later lists.Action) bool {
	if !earlier.Subject.Same(later.Subject) || earlier.List != later.List && earlier.List != "" && later.List != "" {
		return false
	}
	of := func(v lists.Verb) lists.Verb {
		switch v {
		case lists.DoPauseMail:
			return lists.DoDelivery
		case lists.DoLeave, lists.DoLeaveAll:
			return lists.DoJoin
		case lists.DoDrop:
			return lists.DoAdd
		case lists.DoReopen:
			return lists.DoClose
		}
		return v
	}
	switch v := of(earlier.Verb); v {
	case lists.DoDelivery, lists.DoVacation, lists.DoOwnPosts, lists.DoConceal, lists.DoLanguage, lists.DoJoin, lists.DoAdd, lists.DoState, lists.DoClose:
		return v == of(later.Verb)
	}
	return false
}
