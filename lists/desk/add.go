package desk

import (
	"context"

	"plenary/lists"
	"plenary/smtp"
)

// adding subscribes people who are in the family already, at once; strangers
// are invited instead.
type adding struct{}

func (adding) judge(ctx context.Context, s *sight, a lists.Action) (*verdict, error) {
	l, no, err := s.led(ctx, a.List)
	if no != nil || err != nil {
		return no, err
	}
	v, err := s.admission(ctx, a, true)
	if err != nil || v.Result != lists.Did {
		return v, err
	}
	p, err := s.person(ctx, l.Family, a.Subject)
	if p == nil {
		v.Note = "invite"
	}
	return v, err
}

func (adding) say(ctx context.Context, s *sight, a lists.Action, v *verdict) (string, error) {
	l, _ := s.dir.ByID(a.List)
	whom, err := s.someone(ctx, l, a.Subject)
	if v.Note == "invite" {
		return s.say("invite %s to %s", whom, s.named(l)), err
	}
	return s.say("add %s to %s", whom, s.named(l)), err
}

func (adding) apply(ctx context.Context, w *work, a lists.Action, v *verdict) (lists.Outcome, error) {
	l, _ := w.dir.ByID(a.List)
	if v.Note == "invite" {
		return w.invite(ctx, a)
	}
	if err := w.subscribe(ctx, l, lists.NewMember{Address: a.Subject}); err != nil {
		return lists.Outcome{}, err
	}
	err := w.welcome(ctx, mover{who: a.Subject, list: l.ID, lists: v.Lists}, "added.txt", w.key("added"))
	return lists.Outcome{Result: lists.Did, Text: w.say("%s is now a member of %s, and was told so.", a.Subject, w.named(l))}, err
}

// inviting asks somebody whether they want to join; their yes subscribes
// them, whatever the list's join policy, as long as who invited them may.
type inviting struct{}

func (inviting) judge(ctx context.Context, s *sight, a lists.Action) (*verdict, error) {
	l, no := s.list(a.List)
	if no != nil {
		return no, nil
	}
	st, err := s.standing(ctx, l, s.asker)
	switch {
	case err != nil:
		return nil, err
	case s.accepted != "":
		return s.admission(ctx, a, st.leader)
	case !st.leader:
		_, no, err := s.led(ctx, a.List)
		return no, err
	}
	return s.admission(ctx, a, true)
}

func (inviting) say(ctx context.Context, s *sight, a lists.Action, v *verdict) (string, error) {
	l, _ := s.dir.ByID(a.List)
	if s.accepted != "" {
		return joining{}.say(ctx, s, a, v)
	}
	whom, err := s.someone(ctx, l, a.Subject)
	return s.say("invite %s to %s", whom, s.named(l)), err
}

func (inviting) apply(ctx context.Context, w *work, a lists.Action, v *verdict) (lists.Outcome, error) {
	if w.accepted != "" {
		return joining{}.apply(ctx, w, a, v)
	}
	return w.invite(ctx, a)
}

// invite asks somebody to join. The question has none of the asker's words.
func (w *work) invite(ctx context.Context, a lists.Action) (lists.Outcome, error) {
	l, _ := w.dir.ByID(a.List)
	invitation := lists.Action{Verb: lists.DoInvite, List: l.ID, Asker: w.asker, Subject: a.Subject}
	p, err := w.person(ctx, l.Family, a.Subject)
	if err != nil {
		return lists.Outcome{}, err
	}
	main := w.dir.MainOf(l)
	sent, err := w.offer(ctx, l, invitation, lists.KindInvite, question{
		Text: "invite.txt", List: l, Main: main, Joins: !l.Main() && (p == nil || !p.In(main.ID)),
	})
	switch {
	case err != nil:
		return lists.Outcome{}, err
	case !sent:
		return w.tooManyOffers(a.Subject), nil
	}
	return lists.Outcome{Result: lists.Asked, Text: w.say("%s was asked by mail whether they want to join %s, and has three days to say yes.", a.Subject, w.named(l))}, nil
}

// offer asks somebody else than the asker, within what both may cause and
// get a day.
func (w *work) offer(ctx context.Context, l lists.List, a lists.Action, kind lists.Kind, words question) (sent bool, err error) {
	member, err := w.d.member(ctx, a.Subject)
	if err != nil {
		return false, err
	}
	if words.Lang == "" {
		if words.Lang, err = w.languageOf(ctx, l, a.Subject); err != nil {
			return false, err
		}
	}
	for _, c := range []struct {
		counter string
		limit   int
	}{{"offers/" + w.asker.Key(), capOffers}, {questionCounter(a.Subject), capOf(member)}} {
		if ok, err := w.allowed(ctx, c.counter, c.limit); err != nil || !ok {
			return false, err
		}
	}
	return true, w.put(ctx, lists.Question{Kind: kind, Address: a.Subject, Member: member, Via: l.ID, Actions: []lists.Action{a}}, words)
}

func (w *work) tooManyOffers(a lists.Address) lists.Outcome {
	return lists.Outcome{Result: lists.Refused,
		Text: w.say("%s was not asked: as many questions as a day allows have gone out already. Try again tomorrow.", a)}
}

// dropping unsubscribes somebody else, who is told.
type dropping struct{}

func (dropping) judge(ctx context.Context, s *sight, a lists.Action) (*verdict, error) {
	l, no, err := s.led(ctx, a.List)
	if no != nil || err != nil {
		return no, err
	}
	p, err := s.person(ctx, l.Family, a.Subject)
	if err != nil {
		return nil, err
	}
	if p == nil || !p.In(l.ID) {
		return already("%s is not a member of %s.", s.whom(a.Subject), s.named(l)), nil
	}
	asker, err := s.standing(ctx, l, s.asker)
	if err != nil {
		return nil, err
	}
	theirs, err := s.standing(ctx, l, a.Subject)
	if err != nil {
		return nil, err
	}
	if theirs.leader && !asker.admin && !a.Subject.Same(s.asker) {
		return refused("Only the admins of %s can unsubscribe a leader or an admin.", s.dir.MainOf(l).Title), nil
	}
	return s.departure(ctx, *p, l)
}

func (dropping) say(ctx context.Context, s *sight, a lists.Action, v *verdict) (string, error) {
	l, _ := s.dir.ByID(a.List)
	whom, err := s.someone(ctx, l, a.Subject)
	if len(v.Lists) > 1 {
		return s.say("unsubscribe %s from %s, and with it from %s", whom, s.named(l), s.titles(v.Lists[1:])), err
	}
	return s.say("unsubscribe %s from %s", whom, s.named(l)), err
}

func (dropping) apply(ctx context.Context, w *work, a lists.Action, v *verdict) (lists.Outcome, error) {
	if err := w.unsubscribe(ctx, a.Subject, v); err != nil {
		return lists.Outcome{}, err
	}
	err := w.farewell(ctx, mover{who: a.Subject, list: a.List, lists: v.Lists}, "dropped.txt", w.key("dropped"))
	return lists.Outcome{Result: lists.Did, Text: w.say("%s is no longer a member of %s, and was told so.", a.Subject, w.titles(v.Lists))}, err
}

// note sends a few words to one address, in the language of who reads them
// there.
func (w *work) note(ctx context.Context, l lists.List, to lists.Address, key string, words func(s *sight) (subject, text string)) error {
	lang, err := w.languageOf(ctx, l, to)
	if err != nil {
		return err
	}
	subject, text := words(w.inLanguage(lang))
	return w.d.sendIn(ctx, lang, "note.txt", map[string]any{"Subject": subject, "Text": text, "Request": w.address(l, "request")},
		w.d.from(l, smtp.Letter{Key: key + "/" + to.Key(), To: []string{string(to)}, Priority: smtp.Notice}))
}
