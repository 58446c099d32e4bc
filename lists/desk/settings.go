package desk

import (
	"context"
	"slices"

	"golang.org/x/text/language"

	"plenary/lists"
)

// mine are the asker's people that a setting reaches: in the family of the
// list named, or in every family. Without any, the verdict is the refusal.
func (s *sight) mine(ctx context.Context, a lists.Action) ([]lists.Person, *verdict, error) {
	if !a.Subject.Same(s.asker) {
		return nil, refused("You can only change your own settings."), nil
	}
	people, err := s.d.store.PeopleFor(ctx, a.Subject)
	if err != nil {
		return nil, nil, err
	}
	l, one := s.dir.ByID(a.List)
	elsewhere := one && len(people) > 0
	if one {
		people = slices.DeleteFunc(people, func(p lists.Person) bool { return p.Family != l.Family })
	} else if a.List != "" {
		_, no := s.list(a.List)
		return nil, no, nil
	}
	switch {
	case len(people) > 0 || len(s.joins) > 0:
	case elsewhere: // in a list of another family
		return nil, s.notIn(l), nil
	default:
		return nil, refused("%s is in no list here, so there is nothing to set. If you joined with another address, write from that one.", a.Subject), nil
	}
	return people, nil, nil
}

// notIn refuses a setting of a list that the asker is not in.
func (s *sight) notIn(l lists.List) *verdict {
	return refused("You are not a member of %s, so there is nothing to set. To join, write to %s.", s.named(l), s.address(l, "join"))
}

// updateMine changes the asker's person in every family that the action
// reaches.
func (w *work) updateMine(ctx context.Context, a lists.Action, change func(*lists.Person)) error {
	people, no, err := w.mine(ctx, a)
	switch {
	case err != nil:
		return err
	case no != nil:
		return &lists.Refusal{Text: w.worded(no).Text}
	}
	for _, p := range people {
		_, err := w.d.store.UpdatePerson(ctx, p.Family, a.Subject, func(p *lists.Person) error {
			change(p)
			return nil
		})
		if ifThere(err) != nil {
			return err
		}
	}
	return nil
}

// delivering sets how posts reach the asker: of one list, or of all.
type delivering struct{}

func (delivering) judge(ctx context.Context, s *sight, a lists.Action) (*verdict, error) {
	if _, _, ok := lists.ParseChoice(choice(a)); !ok {
		return refused("That is no way of delivery. Write \"set delivery each\", daily, weekly or none; \"set delivery weekly plain\" for a digest as one plain text."), nil
	}
	people, no, err := s.mine(ctx, a)
	if no != nil || err != nil {
		return no, err
	}
	l, one := s.dir.ByID(a.List)
	v, found, same := &verdict{Result: lists.Did}, false, true
	for _, p := range people {
		for _, sub := range p.Subs {
			if !one || sub.List == l.ID {
				found, same = true, same && chosen(sub, choice(a)) && !p.Bouncing
			}
		}
	}
	switch {
	case s.joins[a.List], !one && len(s.joins) > 0:
	case !found:
		return s.notIn(l), nil
	case same:
		return already("It is so already: %s.", s.delivered(choice(a))), nil
	}
	return v, nil
}

// choice is what an action asks for, as lists.ParseChoice reads it.
func choice(a lists.Action) string {
	if a.Verb == lists.DoPauseMail {
		return string(lists.NoMail)
	}
	return a.Value
}

// chosen tells whether a subscription is as a choice says.
func chosen(s lists.Subscription, choice string) bool { return s.Choice() == choice }

// delivered says a choice of delivery in words.
func (s *sight) delivered(choice string) string {
	switch d, plain, _ := lists.ParseChoice(choice); {
	case d == lists.Each:
		return s.say("every post comes as it is written")
	case d == lists.Daily && plain:
		return s.say("the posts of a day come in one mail, as one plain text")
	case d == lists.Daily:
		return s.say("the posts of a day come in one mail")
	case d == lists.Weekly && plain:
		return s.say("the posts of a week come in one mail, as one plain text")
	case d == lists.Weekly:
		return s.say("the posts of a week come in one mail")
	}
	return s.say("no posts come by mail")
}

// gathered says what becomes of posts that wait for a digest when their
// reader turns from it; "" where none do.
func (s *sight) gathered(people []lists.Person, list, choice string) string {
	to, _, _ := lists.ParseChoice(choice)
	for _, p := range people {
		for _, sub := range p.Subs {
			if list != "" && sub.List != list || sub.Delivery == to || sub.Delivery != lists.Daily && sub.Delivery != lists.Weekly {
				continue
			}
			if to == lists.NoMail {
				return " " + s.say("What had gathered for your digest is not sent.")
			}
			return " " + s.say("What has gathered until now still comes in your digest, at its usual time.")
		}
	}
	return ""
}

func (s *sight) ofWhich(a lists.Action) string {
	if l, ok := s.dir.ByID(a.List); ok {
		return s.named(l)
	}
	return s.say("all your lists here")
}

func (delivering) say(_ context.Context, s *sight, a lists.Action, _ *verdict) (string, error) {
	return s.say("set delivery to %s for %s: %s", choice(a), s.ofWhich(a), s.delivered(choice(a))), nil
}

func (delivering) apply(ctx context.Context, w *work, a lists.Action, _ *verdict) (lists.Outcome, error) {
	people, _, err := w.mine(ctx, a)
	if err != nil {
		return lists.Outcome{}, err
	}
	err = w.updateMine(ctx, a, func(p *lists.Person) { setDelivery(p, a.List, choice(a)) })
	return lists.Outcome{Result: lists.Did, Text: w.say("For %s, %s from now on.", w.ofWhich(a), w.delivered(choice(a))) + w.gathered(people, a.List, choice(a))}, err
}

// setDelivery sets the delivery of one list, or ("") of all. Who chooses how
// mail comes can be reached again: a pause because mail failed is over.
func setDelivery(p *lists.Person, list, choice string) {
	d, plain, _ := lists.ParseChoice(choice)
	p.Bouncing = p.Bouncing && d == lists.NoMail
	for i := range p.Subs {
		if list == "" || p.Subs[i].List == list {
			p.Subs[i].Delivery = d
			if d == lists.Daily || d == lists.Weekly { // else a last digest comes as they did
				p.Subs[i].Plain = plain
			}
		}
	}
}

// vacationing stops the asker's mail up to a day, or lets it come again.
type vacationing struct{}

func (vacationing) judge(ctx context.Context, s *sight, a lists.Action) (*verdict, error) {
	people, no, err := s.mine(ctx, a)
	if no != nil || err != nil {
		return no, err
	}
	if _, ok := a.By.Time(); a.By != "" && (!ok || a.By < s.d.site.Today(s.d.now())) {
		return refused("A vacation ends on a day to come. Write for example: set vacation until 2026-12-01"), nil
	}
	if len(people) > 0 && !slices.ContainsFunc(people, func(p lists.Person) bool { return p.Vacation != a.By }) {
		return already("It is so already: %s.", s.away(a.By)), nil
	}
	return &verdict{Result: lists.Did}, nil
}

func (s *sight) away(until lists.Date) string {
	if until == "" {
		return s.say("you are not on vacation, and mail comes")
	}
	return s.say("you are on vacation, and no mail comes up to and including %s", s.date(until))
}

func (vacationing) say(_ context.Context, s *sight, a lists.Action, _ *verdict) (string, error) {
	if a.By == "" {
		return s.say("end your vacation, so that mail comes again"), nil
	}
	return s.say("send you no mail up to and including %s", s.date(a.By)), nil
}

func (vacationing) apply(ctx context.Context, w *work, a lists.Action, _ *verdict) (lists.Outcome, error) {
	err := w.updateMine(ctx, a, func(p *lists.Person) { p.Vacation = a.By })
	if a.By == "" {
		return lists.Outcome{Result: lists.Did, Text: w.say("Your vacation is over: mail comes again.")}, err
	}
	return lists.Outcome{Result: lists.Did, Text: w.say("No mail comes up to and including %s. It begins again by itself; to end it earlier, write \"set vacation off\".", w.date(a.By))}, err
}

// preferring sets what a person has once: own posts, concealment, language.
type preferring struct{}

func (preferring) judge(ctx context.Context, s *sight, a lists.Action) (*verdict, error) {
	switch {
	case a.Verb == lists.DoLanguage:
		if _, err := language.Parse(a.Value); err != nil {
			return refused("That is no code of a language. Write for example: set language fr"), nil
		}
	case a.Value != "on" && a.Value != "off":
		return refused("Write on or off, for example: set %s on", a.Verb), nil
	}
	people, no, err := s.mine(ctx, a)
	if no != nil || err != nil {
		return no, err
	}
	same := len(people) > 0
	for _, p := range people {
		was := p
		prefer(&p, a)
		same = same && p.HideOwn == was.HideOwn && p.Conceal == was.Conceal && p.Language == was.Language
	}
	if same {
		return already("It is so already: %s.", s.preferred(a)), nil
	}
	return &verdict{Result: lists.Did}, nil
}

func prefer(p *lists.Person, a lists.Action) {
	switch a.Verb {
	case lists.DoOwnPosts:
		p.HideOwn = a.Value == "off"
	case lists.DoConceal:
		p.Conceal = a.Value == "on"
	case lists.DoLanguage:
		p.Language = a.Value
	}
}

// preferred says a preference in words of the site's.
func (s *sight) preferred(a lists.Action) string {
	switch {
	case a.Verb == lists.DoOwnPosts && a.Value == "on":
		return s.say("your own posts come back to you")
	case a.Verb == lists.DoOwnPosts:
		return s.say("your own posts don't come back to you")
	case a.Verb == lists.DoConceal && a.Value == "on":
		return s.say("you are not named when somebody asks who is in a list")
	case a.Verb == lists.DoConceal:
		return s.say("you are named when somebody asks who is in a list")
	}
	return s.say("your language is set")
}

func (preferring) say(_ context.Context, s *sight, a lists.Action, _ *verdict) (string, error) {
	if a.Verb == lists.DoLanguage {
		return s.say("set your language"), nil
	}
	return s.say("set %s to %s: %s", a.Verb, a.Value, s.preferred(a)), nil
}

func (preferring) apply(ctx context.Context, w *work, a lists.Action, _ *verdict) (lists.Outcome, error) {
	err := w.updateMine(ctx, a, func(p *lists.Person) { prefer(p, a) })
	return lists.Outcome{Result: lists.Did, Text: w.say("Done: from now on, %s.", w.preferred(a))}, err
}
