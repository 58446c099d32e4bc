package desk

import (
	"context"
	"fmt"
	"slices"

	"plenary/lists"
)

// joining subscribes the asker. A group's main list is joined too. Lists
// whose joining is approved hold a request for their owners; to those that
// are by invitation only it says whom to write to.
type joining struct{}

func (joining) judge(ctx context.Context, s *sight, a lists.Action) (*verdict, error) {
	if !a.Subject.Same(s.asker) {
		return refused("You can only subscribe yourself. Leaders and admins add others with the command \"add\"."), nil
	}
	return s.admission(ctx, a, false)
}

// admission tells what stands between somebody and a list. Who is welcome,
// because a leader or admin asked them in, needs no policy's leave.
func (s *sight) admission(ctx context.Context, a lists.Action, welcome bool) (*verdict, error) {
	l, no := s.list(a.List)
	switch {
	case no != nil:
		return no, nil
	case l.State == lists.Closed:
		return refused("%s is closed and takes no new members. The other groups are named in the answer to \"lists\".", s.named(l)), nil
	case s.ours(a.Subject):
		return refused("An address of %s itself can't be a member of a list.", s.d.site.Domain), nil
	}
	p, err := s.person(ctx, l.Family, a.Subject)
	if err != nil {
		return nil, err
	}
	if p != nil && p.In(l.ID) {
		return s.memberAlready(a, l), nil
	}
	v := &verdict{Result: lists.Did, Lists: []string{l.ID}}
	if main := s.dir.MainOf(l); main.ID != l.ID && (p == nil || !p.In(main.ID)) && !s.joins[main.ID] {
		if main.State == lists.Closed {
			return refused("%s is closed and takes no new members, so its groups don't either.", s.named(main)), nil
		}
		v.Lists = []string{main.ID, l.ID}
	}
	if welcome {
		return v, nil
	}
	return s.admit(ctx, a, v)
}

func (s *sight) memberAlready(a lists.Action, l lists.List) *verdict {
	if !a.Subject.Same(s.spokenTo()) {
		return already("%s is a member of %s already.", s.whom(a.Subject), s.named(l))
	}
	return already("You are a member of %s already, as %s. To change how its mail reaches you, write for example \"set delivery daily\" to %s. To leave, write to %s.",
		s.named(l), a.Subject, s.address(l, "request"), s.address(l, "leave"))
}

// admit applies the join policies of the lists that a joining reaches. An
// admin of the family needs nobody's leave.
func (s *sight) admit(ctx context.Context, a lists.Action, v *verdict) (*verdict, error) {
	l, _ := s.dir.ByID(a.List)
	st, err := s.standing(ctx, l, a.Subject)
	if err != nil || st.admin {
		return v, err
	}
	for _, id := range v.Lists { // the main list comes first: its owners decide for both
		at, _ := s.dir.ByID(id)
		switch {
		case at.Join == lists.JoinInvited:
			return refused("%s is by invitation only. If you have an invitation, answer that mail with yes. To ask for one, write to %s.", s.named(at), s.address(at, "owner")), nil
		case at.Join == lists.JoinApproved && v.Waits == "":
			v.Waits = at.ID
		}
	}
	if v.Waits == "" {
		return v, nil
	}
	waiting, err := s.d.requested(ctx, v.Waits, a)
	if err != nil || !waiting {
		return v, err
	}
	at, _ := s.dir.ByID(v.Waits)
	return already("You have asked to join %s already, and that waits for its owners. To reach them, write to %s.",
		s.named(l), s.address(at, "owner")), nil
}

func (joining) say(_ context.Context, s *sight, a lists.Action, v *verdict) (string, error) {
	l, _ := s.dir.ByID(a.List)
	var text string
	switch main := s.dir.MainOf(l); {
	case main.ID == l.ID:
		text = s.say("subscribe %s to %s", s.asker, s.named(l))
	case slices.Contains(v.Lists, main.ID):
		text = s.say("subscribe %s to %s, a group of %s. Joining the group joins %s too", s.asker, s.named(l), main.Title, s.named(main))
	default:
		text = s.say("subscribe %s to %s, a group of %s", s.asker, s.named(l), main.Title)
	}
	if at, ok := s.dir.ByID(v.Waits); ok {
		text += ". " + s.say("The owners of %s decide about each newcomer: after your yes, they are asked", at.Title)
	}
	return text, nil
}

func (joining) apply(ctx context.Context, w *work, a lists.Action, v *verdict) (lists.Outcome, error) {
	l, _ := w.dir.ByID(a.List)
	if v.Waits != "" {
		return w.request(ctx, a, v)
	}
	if err := w.subscribe(ctx, l, lists.NewMember{Address: a.Subject, Name: a.Name}); err != nil {
		return lists.Outcome{}, err
	}
	w.joined = append(w.joined, mover{who: a.Subject, list: a.List, lists: v.Lists})
	return lists.Outcome{Result: lists.Did, Told: true,
		Text: w.say("You are now a member of %s, as %s. A welcome with all you need was sent to you.", w.titles(v.Lists), a.Subject)}, nil
}

func (w *work) subscribe(ctx context.Context, l lists.List, m lists.NewMember) error {
	_, _, err := w.d.store.Subscribe(ctx, l.ID, m)
	if err != nil {
		return fmt.Errorf("subscribe somebody to %s: %w", l.ID, err)
	}
	return nil
}
