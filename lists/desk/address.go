package desk

import (
	"context"

	"plenary/lists"
	"plenary/smtp"
)

// moving gives the asker another address in every list. First the address
// that is registered says yes, then the new one: nobody is asked for the sake
// of somebody who is not proven.
type moving struct{}

func (moving) judge(ctx context.Context, s *sight, a lists.Action) (*verdict, error) {
	to, err := lists.ParseAddress(a.Value)
	switch {
	case !a.Subject.Same(s.asker):
		return refused("You can only change your own address."), nil
	case err != nil:
		return refused("The new address is no mail address. Write it as name@example.org."), nil
	case to.Same(a.Subject):
		return already("That is the address you are known by already."), nil
	case s.ours(to):
		return refused("An address of %s itself can't be a member of a list.", s.d.site.Domain), nil
	}
	people, err := s.d.store.PeopleFor(ctx, a.Subject)
	if err != nil {
		return nil, err
	}
	if len(people) == 0 {
		return refused("%s is in no list here, so there is nothing to move. If you joined with another address, write from that one.", a.Subject), nil
	}
	v := &verdict{Result: lists.Did, Asks: true}
	for _, p := range people {
		v.Lists = append(v.Lists, p.Family)
	}
	return v, nil
}

func (moving) say(_ context.Context, s *sight, _ lists.Action, v *verdict) (string, error) {
	if s.accepted != "" {
		return s.say("move a membership of %s to this address of yours", s.titles(v.Lists)), nil
	}
	return s.say("move your membership of all lists here to the address that stands in the mail that asked for it. " +
		"That address is asked next, and the move is made when both have said yes"), nil
}

func (moving) apply(ctx context.Context, w *work, a lists.Action, v *verdict) (lists.Outcome, error) {
	if w.accepted == "" {
		return w.askNew(ctx, a, v)
	}
	to := lists.Address(a.Value)
	for _, family := range v.Lists {
		if p, err := w.person(ctx, family, to); err != nil || p != nil && !v.again {
			return lists.Outcome{Result: lists.Refused,
				Text: w.say("%s is a member's address already, so nothing was moved. To have one membership only, leave with the other address.", to)}, err
		}
	}
	for _, family := range v.Lists {
		p, err := w.person(ctx, family, a.Subject)
		if err == nil && p != nil { // else they left, or were moved by a run before
			err = w.d.store.ChangeAddress(ctx, family, a.Subject, to)
		}
		if ifThere(err) != nil {
			return lists.Outcome{}, err
		}
	}
	err := w.d.sendIn(ctx, w.lang(), "moved.txt", map[string]any{"From": a.Subject, "To": to, "Lists": w.titles(v.Lists), "Site": w.d.site.At(lists.SiteName)}, smtp.Letter{
		Key: w.key("moved"), To: []string{string(a.Subject)}, From: string(w.d.site.At(lists.SiteName)), FromName: w.d.site.Domain, Priority: smtp.Notice,
	})
	return lists.Outcome{Result: lists.Did,
		Text: w.say("Your membership of %s has moved to %s. For reading the archive, ask for a new password with the command \"password\".", w.titles(v.Lists), to)}, err
}

// askNew asks the new address, now that the old one has said yes.
func (w *work) askNew(ctx context.Context, a lists.Action, v *verdict) (lists.Outcome, error) {
	a.Asker, a.Name, a.Text = w.asker, "", ""
	to := lists.Address(a.Value)
	member, err := w.d.member(ctx, to)
	if err != nil {
		return lists.Outcome{}, err
	}
	ok, err := w.allowed(ctx, questionCounter(to), capOf(member))
	switch {
	case err != nil:
		return lists.Outcome{}, err
	case !ok:
		return w.tooManyOffers(to), nil
	}
	err = w.put(ctx, lists.Question{Kind: lists.KindConfirm, Address: to, Member: member, Actions: []lists.Action{a}},
		question{Text: "question.txt", Lang: w.lang(), Subject: w.say("a new address"), What: []string{w.say("move a membership of %s to this address", w.titles(v.Lists))}})
	return lists.Outcome{Result: lists.Asked,
		Text: w.say("%s was asked as well. Your membership moves there as soon as the mail that went there is answered with yes.", to)}, err
}
