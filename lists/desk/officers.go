package desk

import (
	"context"
	"fmt"

	"plenary/lists"
	"plenary/smtp"
)

// appointing makes somebody a leader of a list or an admin of a main list. A
// stranger to the family is asked first.
type appointing struct{}

func (appointing) judge(ctx context.Context, s *sight, a lists.Action) (*verdict, error) {
	l, no, err := s.run(ctx, a.List)
	switch {
	case no != nil || err != nil:
		return no, err
	case l.State == lists.Closed:
		return refused("%s is closed. An admin opens it again with \"reopen\".", s.named(l)), nil
	case s.ours(a.Subject):
		return refused("An address of %s itself can't lead a list.", s.d.site.Domain), nil
	case a.Verb == lists.DoAdmin && !l.Main():
		return refused("%s is a group: its admins are those of %s.", s.named(l), s.named(s.dir.MainOf(l))), nil
	}
	v := &verdict{Result: lists.Did, Lists: []string{l.ID}, Asks: a.Verb == lists.DoAdmin}
	p, err := s.person(ctx, l.Family, a.Subject)
	switch {
	case err != nil:
		return nil, err
	case p == nil && !a.Subject.Same(s.asker) && s.accepted == "":
		v.Note = "offer"
	case p != nil:
		sub, _ := p.Sub(l.ID)
		if a.Verb == lists.DoLeader && p.Leads(l.ID) { // a deputy doesn't
			return already("%s leads %s already.", s.whom(a.Subject), s.named(l)), nil
		}
		if a.Verb == lists.DoAdmin && sub.Admin {
			return already("%s is an admin of %s already.", s.whom(a.Subject), s.named(l)), nil
		}
	}
	return v, nil
}

func (appointing) say(ctx context.Context, s *sight, a lists.Action, _ *verdict) (string, error) {
	l, _ := s.dir.ByID(a.List)
	if s.accepted != "" {
		return s.say("make you %s", s.office(a, l)), nil
	}
	whom, err := s.someone(ctx, l, a.Subject)
	return s.say("make %s %s", whom, s.office(a, l)), err
}

// office is what an appointment makes of somebody.
func (s *sight) office(a lists.Action, l lists.List) string {
	switch a.Verb {
	case lists.DoAdmin:
		return s.say("an admin of %s and all its groups", s.named(l))
	case lists.DoHandover:
		return s.say("the leader of %s", s.named(l))
	case lists.DoDeputy:
		return s.say("a deputy leader of %s", s.named(l))
	}
	return s.say("a leader of %s", s.named(l))
}

func (appointing) apply(ctx context.Context, w *work, a lists.Action, v *verdict) (lists.Outcome, error) {
	l, _ := w.dir.ByID(a.List)
	if v.Note == "offer" {
		return w.offerOffice(ctx, a, l)
	}
	if err := w.appoint(ctx, a, l); err != nil {
		return lists.Outcome{}, err
	}
	if w.accepted == "" {
		return lists.Outcome{Result: lists.Did, Text: w.say("%s is now %s, and was told what that means.", a.Subject, w.office(a, l))}, nil
	}
	err := w.saidYes(ctx, a, l)
	return lists.Outcome{Result: lists.Did, Told: true, Text: w.say("You are now %s. A mail of its own tells what that means.", w.office(a, l))}, err
}

// appoint gives the office and tells its holder what it is.
func (w *work) appoint(ctx context.Context, a lists.Action, l lists.List) error {
	admin, deputy := a.Verb == lists.DoAdmin, a.Verb == lists.DoDeputy
	err := w.subscribe(ctx, l, lists.NewMember{Address: a.Subject, Name: a.Name, Leader: !admin && !deputy, Deputy: deputy, Admin: admin})
	if err != nil {
		return err
	}
	template := "leader.txt"
	switch {
	case admin:
		template = "admin.txt"
	case deputy:
		template = "deputy.txt"
	}
	if !l.Main() {
		if err := w.record(ctx, lists.ProgressEntry{List: l.ID, Kind: map[bool]string{false: "leader", true: "deputy"}[deputy], Author: a.Subject}); err != nil {
			return err
		}
	}
	lang, err := w.languageOf(ctx, l, a.Subject)
	if err != nil {
		return err
	}
	return w.d.sendIn(ctx, lang, template, map[string]any{
		"List": l, "Main": w.dir.MainOf(l), "Address": l.Address(w.d.site.Domain), "Request": w.address(l, "request"),
		"Join": w.address(l, "join"), "Owner": w.address(l, "owner"), "Page": w.d.page(l),
	}, w.d.from(l, smtp.Letter{
		Key: fmt.Sprintf("%s/%d/%s", w.key(string(a.Verb)), l.Serial, a.Subject.Key()), To: []string{string(a.Subject)}, Priority: smtp.Notice,
	}))
}

// offerOffice asks a stranger whether they will take an office.
func (w *work) offerOffice(ctx context.Context, a lists.Action, l lists.List) (lists.Outcome, error) {
	main := w.dir.MainOf(l)
	p, err := w.person(ctx, l.Family, a.Subject)
	if err != nil {
		return lists.Outcome{}, err
	}
	known := p != nil && p.In(main.ID)
	lang, err := w.languageOf(ctx, l, a.Subject)
	if err != nil {
		return lists.Outcome{}, err
	}
	offer := lists.Action{Verb: a.Verb, List: l.ID, Asker: w.asker, Subject: a.Subject}
	sent, err := w.offer(ctx, l, offer, lists.KindLead, question{
		Text: "lead.txt", Lang: lang, List: l, Main: main, Joins: !l.Main() && !known, What: []string{w.inLanguage(lang).office(a, l)},
	})
	switch {
	case err != nil:
		return lists.Outcome{}, err
	case !sent:
		return w.tooManyOffers(a.Subject), nil
	}
	text := w.say("%s was asked by mail whether they will be %s. You will hear what they say.", a.Subject, w.office(a, l))
	if !known {
		text = w.say("%s is not a member of %s yet, so they were asked by mail whether they will be %s. You will hear what they say.", a.Subject, main.Title, w.office(a, l))
	}
	return lists.Outcome{Result: lists.Asked, Text: text}, nil
}

// declined tells who made an offer that it was declined.
func (w *work) declined(ctx context.Context, a lists.Action) error {
	l, ok := w.dir.ByID(a.List)
	if !ok || a.Asker == "" {
		return nil
	}
	command := "leader"
	if a.Verb == lists.DoHandover || a.Verb == lists.DoDeputy {
		command = string(a.Verb)
	}
	return w.note(ctx, w.dir.MainOf(l), a.Asker, w.key("declined"), func(s *sight) (subject, text string) {
		return s.say("A no for %s", l.Title),
			s.say("%s does not want to be %s. Nothing was changed. To ask somebody else, write \"%s %s ADDRESS\".", a.Subject, s.office(a, l), command, l.Name)
	})
}

// saidYes tells who offered an office that it was taken.
func (w *work) saidYes(ctx context.Context, a lists.Action, l lists.List) error {
	return w.note(ctx, w.dir.MainOf(l), a.Asker, w.key("accepted"), func(s *sight) (subject, text string) {
		return s.say("A yes for %s", l.Title), s.say("%s has said yes, and is now %s.", a.Subject, s.office(a, l))
	})
}
