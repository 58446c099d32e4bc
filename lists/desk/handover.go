package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"plenary/lists"
)

// handing hands a group over to somebody, or makes somebody a deputy. Who is
// named always says yes or no: an office is never put on anybody.
type handing struct{}

func (handing) judge(ctx context.Context, s *sight, a lists.Action) (*verdict, error) {
	l, no, err := s.led(ctx, a.List)
	switch {
	case no != nil || err != nil:
		return no, err
	case l.Main():
		return refused("%s is a main list: its admins run it, and \"admin ADDRESS\" makes another.", s.named(l)), nil
	case l.State == lists.Closed:
		return refused("%s is closed. An admin opens it again with \"reopen %s\".", s.named(l), l.Name), nil
	case s.ours(a.Subject):
		return refused("An address of %s itself can't lead a list.", s.d.site.Domain), nil
	case a.Subject.Same(s.asker):
		return refused("That is your own address. Write the address of somebody else behind %q.", string(a.Verb)+" "+l.Name), nil
	}
	p, err := s.person(ctx, l.Family, a.Subject)
	if err != nil {
		return nil, err
	}
	me, err := s.person(ctx, l.Family, s.asker)
	if err != nil {
		return nil, err
	}
	switch mine := me != nil && me.Leads(l.ID); {
	case p == nil:
	case a.Verb == lists.DoDeputy && p.Deputy(l.ID):
		return already("%s is a deputy leader of %s already.", s.whom(a.Subject), s.named(l)), nil
	case a.Verb == lists.DoDeputy && p.Leads(l.ID), a.Verb == lists.DoHandover && p.Leads(l.ID) && !mine:
		return already("%s leads %s already.", s.whom(a.Subject), s.named(l)), nil
	}
	v := &verdict{Result: lists.Did, Lists: []string{l.ID}}
	if a.Verb == lists.DoHandover && s.accepted != "" {
		v.Note, err = s.steppingDown(ctx, a, l)
	}
	return v, err
}

func (handing) say(ctx context.Context, s *sight, a lists.Action, _ *verdict) (string, error) {
	l, _ := s.dir.ByID(a.List)
	if s.accepted != "" {
		return s.say("make you %s", s.office(a, l)), nil
	}
	whom, err := s.someone(ctx, l, a.Subject)
	return s.say("ask %s whether they will be %s", whom, s.office(a, l)), err
}

func (handing) apply(ctx context.Context, w *work, a lists.Action, v *verdict) (lists.Outcome, error) {
	l, _ := w.dir.ByID(a.List)
	if w.accepted == "" {
		return w.offerOffice(ctx, a, l)
	}
	if err := w.appoint(ctx, a, l); err != nil {
		return lists.Outcome{}, err
	}
	out := lists.Outcome{Result: lists.Did, Told: true, Text: w.say("You are now %s. A mail of its own tells what that means.", w.office(a, l))}
	if a.Verb == lists.DoHandover {
		former := strings.Fields(v.Note)
		if err := w.stepDown(ctx, a, l, former); err != nil {
			return lists.Outcome{}, err
		}
		if slices.ContainsFunc(former, func(s string) bool { return lists.Address(s).Same(a.Asker) }) {
			return out, nil // told by that
		}
	}
	return out, w.saidYes(ctx, a, l)
}

// steppingDown are the addresses of those who lead no more when a handover is
// done: the asker who led, else (an admin handed it over) all who did.
func (s *sight) steppingDown(ctx context.Context, a lists.Action, l lists.List) (string, error) {
	officers, _, err := s.d.store.Officers(ctx, l.ID)
	if err != nil {
		return "", err
	}
	var all []string
	leaders, _ := lists.Leading(officers, l.ID)
	for _, p := range leaders {
		switch {
		case p.Address.Same(a.Asker):
			return string(p.Address), nil
		case !p.Address.Same(a.Subject):
			all = append(all, string(p.Address))
		}
	}
	return strings.Join(all, " "), nil
}

// stepDown takes the office from those who handed it over. They stay members,
// and are told.
func (w *work) stepDown(ctx context.Context, a lists.Action, l lists.List, who []string) error {
	for _, address := range who {
		_, err := w.d.store.UpdatePerson(ctx, l.Family, lists.Address(address), func(p *lists.Person) error {
			for i := range p.Subs {
				if p.Subs[i].List == l.ID {
					p.Subs[i].Leader, p.Subs[i].Deputy = false, false
				}
			}
			return nil
		})
		if ifThere(err) != nil {
			return err
		}
		err = w.note(ctx, l, lists.Address(address), w.key("handed-over"), func(s *sight) (subject, text string) {
			return s.say("%s is handed over", l.Title),
				s.say("%s leads %s now, and you don't any more. You are still one of its members. Thank you for having led it.", a.Subject, s.named(l))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// volunteering offers to lead a group: its leaders and the admins decide.
type volunteering struct{}

func (volunteering) judge(ctx context.Context, s *sight, a lists.Action) (*verdict, error) {
	l, no := s.list(a.List)
	if no != nil {
		return no, nil
	}
	p, err := s.person(ctx, l.Family, a.Subject)
	if err != nil {
		return nil, err
	}
	main := s.dir.MainOf(l)
	switch {
	case l.Main():
		return refused("%s is a main list: groups have leaders. Write \"volunteer\" and the name of a group.", s.named(l)), nil
	case l.State == lists.Closed:
		return refused("%s is closed. An admin opens it again with \"reopen %s\".", s.named(l), l.Name), nil
	case p == nil && s.joins[l.ID]:
	case p == nil:
		return refused("Only members of %s can offer to lead a group, and this address is not one of theirs. To join, write to %s.", s.named(main), s.address(main, "join")), nil
	case p.Leads(l.ID):
		return already("%s leads %s already.", s.whom(a.Subject), s.named(l)), nil
	}
	if s.accepted == "" {
		return &verdict{Result: lists.Did, Lists: []string{l.ID}}, nil
	}
	st, err := s.standing(ctx, l, s.accepted)
	if err == nil && !st.leader {
		return refused("Only the leaders of %s and the admins decide about that, and you are not one of them any more.", s.named(l)), nil
	}
	return &verdict{Result: lists.Did, Lists: []string{l.ID}}, err
}

func (volunteering) say(ctx context.Context, s *sight, a lists.Action, _ *verdict) (string, error) {
	l, _ := s.dir.ByID(a.List)
	if s.accepted == "" {
		return s.say("offer that you lead %s; its leaders and the admins decide", s.named(l)), nil
	}
	whom, err := s.someone(ctx, l, a.Subject)
	return s.say("make %s a leader of %s", whom, s.named(l)), err
}

func (volunteering) apply(ctx context.Context, w *work, a lists.Action, _ *verdict) (lists.Outcome, error) {
	l, _ := w.dir.ByID(a.List)
	if w.accepted == "" {
		return w.putOffer(ctx, a, l)
	}
	if err := w.appoint(ctx, a, l); err != nil {
		return lists.Outcome{}, err
	}
	whom, err := w.someone(ctx, l, a.Subject)
	return lists.Outcome{Result: lists.Did, Text: w.say("%s is now a leader of %s, and was told what that means.", whom, w.named(l))}, err
}

// putOffer asks each of those who decide for the group. The first yes counts.
func (w *work) putOffer(ctx context.Context, a lists.Action, l lists.List) (lists.Outcome, error) {
	if ok, err := w.allowed(ctx, "offers/"+w.asker.Key(), capOffers); err != nil || !ok {
		return lists.Outcome{Result: lists.Refused, Text: w.say("Nobody was asked: you have made as many offers as a day allows. Try again tomorrow.")}, err
	}
	owners, err := w.d.owners(ctx, l.ID)
	if err != nil {
		return lists.Outcome{}, err
	}
	for _, owner := range owners {
		lang, err := w.languageOf(ctx, l, owner)
		if err != nil {
			return lists.Outcome{}, err
		}
		whom, err := w.inLanguage(lang).someone(ctx, l, a.Subject)
		if err != nil {
			return lists.Outcome{}, err
		}
		q := lists.Question{Kind: lists.KindOffer, Address: owner, Member: true, Via: l.ID,
			Actions: []lists.Action{{Verb: a.Verb, List: l.ID, Asker: w.asker, Subject: a.Subject}}}
		err = w.put(ctx, q, question{Text: "offer.txt", Lang: lang, List: l, Main: w.dir.MainOf(l), Request: w.address(l, "request"), What: []string{whom}})
		if err != nil {
			return lists.Outcome{}, err
		}
	}
	if err := w.record(ctx, lists.ProgressEntry{List: l.ID, Kind: "volunteer", Author: a.Subject, Text: strconv.Itoa(len(owners))}); err != nil {
		return lists.Outcome{}, err
	}
	return lists.Outcome{Result: lists.Waits,
		Text: w.say("Thank you. Those who lead %s and the admins were asked whether you shall lead it. A mail tells you when one of them says yes.", w.named(l))}, nil
}

// turnDown tells who offered to lead that one of those asked said no; another
// may still say yes.
func (w *work) turnDown(ctx context.Context, q lists.Question) (lists.Outcome, error) {
	for i, a := range q.Actions {
		w.index = i
		l, ok := w.dir.ByID(a.List)
		if !ok {
			continue
		}
		if err := w.record(ctx, lists.ProgressEntry{List: l.ID, Kind: "declined", Author: a.Subject}); err != nil {
			return lists.Outcome{}, err
		}
		err := w.note(ctx, w.dir.MainOf(l), a.Subject, w.key("turned-down"), func(s *sight) (subject, text string) {
			return s.say("Your offer to lead %s", l.Title),
				s.say("One of those who decide has said no to your offer to lead %s. If nobody else says yes, nothing changes. To talk it over with them, write to %s.", s.named(l), s.address(l, "owner"))
		})
		if err != nil {
			return lists.Outcome{}, err
		}
	}
	return lists.Outcome{Result: lists.Did, Text: w.say("You said no, and who offered was told so. Nothing was changed.")}, nil
}
