package desk

import (
	"context"
	"slices"

	"plenary/lists"
	"plenary/smtp"
)

// leaving unsubscribes the asker from a list, or from all. Leaving a main
// list leaves its groups.
type leaving struct{}

func (leaving) judge(ctx context.Context, s *sight, a lists.Action) (*verdict, error) {
	if !a.Subject.Same(s.asker) {
		return refused("You can only unsubscribe yourself. Leaders and admins unsubscribe others with the command \"drop\"."), nil
	}
	if a.Verb == lists.DoLeaveAll {
		return s.leaveAll(ctx, a)
	}
	l, no := s.list(a.List)
	if no != nil {
		return no, nil
	}
	p, err := s.person(ctx, l.Family, a.Subject)
	if err != nil {
		return nil, err
	}
	if p == nil || !p.In(l.ID) {
		return already("%s is not a member of %s, so there is nothing to leave. If its mail reaches you, another address of yours is a member: write from that one, or use the unsubscribe link of such a mail.",
			a.Subject, s.named(l)), nil
	}
	return s.departure(ctx, *p, l)
}

// leaveAll is every list of every family.
func (s *sight) leaveAll(ctx context.Context, a lists.Action) (*verdict, error) {
	people, err := s.d.store.PeopleFor(ctx, a.Subject)
	if err != nil {
		return nil, err
	}
	all := &verdict{Result: lists.Did}
	for _, p := range people {
		main, ok := s.dir.ByID(p.Family)
		if !ok {
			continue
		}
		v, err := s.departure(ctx, p, main)
		if err != nil {
			return nil, err
		}
		all.Lists, all.Sole = append(all.Lists, v.Lists...), append(all.Sole, v.Sole...)
	}
	if len(all.Lists) == 0 {
		return already("%s is in no list here, so there is nothing to leave.", a.Subject), nil
	}
	all.Asks = len(all.Lists) > 1
	return all, nil
}

// departure is what p leaves with l.
func (s *sight) departure(ctx context.Context, p lists.Person, l lists.List) (*verdict, error) {
	v := &verdict{Result: lists.Did, Lists: []string{l.ID}}
	if l.Main() {
		for _, sub := range p.Subs {
			if sub.List != l.ID {
				v.Lists = append(v.Lists, sub.List)
			}
		}
		v.Asks = len(v.Lists) > 1
	}
	var err error
	v.Sole, err = s.solely(ctx, p, v.Lists)
	return v, err
}

func (leaving) say(_ context.Context, s *sight, a lists.Action, v *verdict) (string, error) {
	if a.Verb == lists.DoLeaveAll {
		return s.say("unsubscribe %s from every list here: %s", s.asker, s.titles(v.Lists)), nil
	}
	if len(v.Lists) > 1 {
		return s.say("unsubscribe %s from %s, and with it from its groups: %s", s.asker, s.titles(v.Lists[:1]), s.titles(v.Lists[1:])), nil
	}
	return s.say("unsubscribe %s from %s", s.asker, s.titles(v.Lists[:1])), nil
}

func (leaving) apply(ctx context.Context, w *work, a lists.Action, v *verdict) (lists.Outcome, error) {
	l, _ := w.dir.ByID(v.Lists[0])
	lang, err := w.languageOf(ctx, l, a.Subject) // gone with the last list
	if err != nil {
		return lists.Outcome{}, err
	}
	if err := w.unsubscribe(ctx, a.Subject, v); err != nil {
		return lists.Outcome{}, err
	}
	w.left = append(w.left, mover{who: a.Subject, list: v.Lists[0], lists: v.Lists, lang: lang})
	return lists.Outcome{Result: lists.Did, Told: true,
		Text: w.say("You are no longer a member of %s.", w.titles(v.Lists))}, nil
}

// unsubscribe takes somebody out of the verdict's lists, and tells the admins
// of groups that are left without a leader.
func (w *work) unsubscribe(ctx context.Context, who lists.Address, v *verdict) error {
	byFamily := map[string][]string{}
	for _, id := range v.Lists {
		if l, ok := w.dir.ByID(id); ok {
			byFamily[l.Family] = append(byFamily[l.Family], id)
		}
	}
	for family, ids := range byFamily {
		if _, _, err := w.d.store.Unsubscribe(ctx, family, ids, who); ifThere(err) != nil {
			return err
		}
	}
	for _, id := range v.Sole {
		if err := w.leaderless(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// leaderless tells the admins that a group has lost its last leader.
func (w *work) leaderless(ctx context.Context, id string) error {
	l, ok := w.dir.ByID(id)
	if !ok {
		return nil
	}
	to, err := w.d.admins(ctx, id)
	if err != nil {
		return err
	}
	main := w.dir.MainOf(l)
	for _, a := range to {
		lang, err := w.languageOf(ctx, main, a)
		if err != nil {
			return err
		}
		err = w.d.sendIn(ctx, lang, "leaderless.txt", map[string]any{"List": l, "Main": main, "Request": w.address(main, "request"), "Address": l.Address(w.d.site.Domain)},
			w.d.from(main, smtp.Letter{Key: "leaderless/" + id + "/" + w.cause + "/" + a.Key(), To: []string{string(a)}, Priority: smtp.Notice}))
		if err != nil {
			return err
		}
	}
	return nil
}

// farewell tells somebody what they left, and how to undo it.
func (w *work) farewell(ctx context.Context, m mover, template, key string) error {
	named, ok := w.dir.ByID(m.list)
	if !ok {
		return nil
	}
	var left []groupLine
	back := false
	for _, id := range m.lists {
		if l, ok := w.dir.ByID(id); ok {
			line := groupLine{List: l, Address: l.Address(w.d.site.Domain)}
			if w.takesMembers(l) {
				line.JoinAt, back = w.address(l, "join"), true
			}
			left = append(left, line)
		}
	}
	// A group's join address brings the main list along, but not the reverse.
	slices.SortStableFunc(left, func(a, b groupLine) int { return boolOrder(!a.Main(), !b.Main()) })
	lang := m.lang
	if lang == "" {
		var err error
		if lang, err = w.languageOf(ctx, named, m.who); err != nil {
			return err
		}
	}
	return w.d.sendIn(ctx, lang, template, map[string]any{
		"Left": left, "Back": back, "List": named, "Who": m.who, "Owner": w.address(named, "owner"), "Request": w.address(named, "request"),
	}, w.d.from(named, smtp.Letter{
		Key: key + "/" + m.who.Key(), To: []string{string(m.who)}, InReplyTo: w.answers(m.who), AutoReplied: true, Priority: smtp.Notice,
	}))
}

// takesMembers tells whether anybody can join a list: a closed one, and the
// groups of a closed main list, take nobody.
func (s *sight) takesMembers(l lists.List) bool {
	return l.State != lists.Closed && s.dir.MainOf(l).State != lists.Closed
}

func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
