package desk

import (
	"context"
	"errors"
	"slices"
	"strings"

	"plenary/lists"
)

// creating makes a group, gives it its leader and announces it.
type creating struct{}

func (creating) judge(ctx context.Context, s *sight, a lists.Action) (*verdict, error) {
	if a.New == nil {
		return refused("The new group has no name. Write: create NAME \"Title\""), nil
	}
	n := *a.New
	parent, no, err := s.parent(ctx, n)
	if no != nil || err != nil {
		return no, err
	}
	if strings.TrimSpace(n.Title) == "" {
		return refused("The new group has no title. Write it behind the name in quotation marks: create NAME \"Title\""), nil
	}
	full, err := s.dir.CheckNew(n.Name, parent)
	if no, err := s.badName(n.Name, full, err); no != nil || err != nil {
		return no, err
	}
	if no := badPolicies(n); no != nil {
		return no, nil
	}
	if n.Leader != "" {
		if _, err := lists.ParseAddress(string(n.Leader)); err != nil {
			return refused("The leader's address is not a mail address. Write it as leader: name@example.org"), nil
		}
		if s.ours(n.Leader) {
			return refused("An address of %s itself can't lead a group.", s.d.site.Domain), nil
		}
	}
	return &verdict{Result: lists.Did, Note: full}, nil
}

// parent is the main list that a new group comes under; nil for a new main
// list, which the site's admins may make.
func (s *sight) parent(ctx context.Context, n lists.NewList) (*lists.List, *verdict, error) {
	if n.Parent == "" {
		if !s.d.site.Admin(s.asker) {
			return nil, refused("Only the admins of %s can make a new main list. To make a group, write to the request address of its main list.", s.d.site.Domain), nil
		}
		return nil, nil, nil
	}
	l, no, err := s.run(ctx, n.Parent)
	switch {
	case no != nil || err != nil:
		return nil, no, err
	case !l.Main():
		return nil, refused("%s is itself a group: a new group comes under a main list.", s.named(l)), nil
	case l.State == lists.Closed:
		return nil, refused("%s is closed, so it takes no new groups.", s.named(l)), nil
	}
	return &l, nil, nil
}

// badName is the refusal of a name, without what an unproven asker wrote.
func (s *sight) badName(asked, full string, err error) (*verdict, error) {
	var no *lists.Refusal
	switch {
	case err == nil:
		return nil, nil
	case !errors.As(err, &no):
		return nil, err
	}
	word := strings.ToLower(strings.TrimSpace(asked))
	known := slices.Contains(lists.RoleWords(), word) || slices.Contains(lists.SiteLocals(), word) || len(s.dir.Find(full, "")) > 0
	if s.quote || known {
		if no.Form == "" {
			no.Form, no.Args = "%s", []any{no.Text}
		}
		return refused(no.Form, no.Args...), nil
	}
	return refused("The name asked for can't be a list's name. A name has only the letters a to z, digits and hyphens, at most %d of them, "+
		"doesn't end in a hyphen and one of the words %s, and is not taken.", lists.MaxName, strings.Join(lists.RoleWords(), ", ")), nil
}

func badPolicies(n lists.NewList) *verdict {
	switch {
	case n.Post != "" && !slices.Contains([]lists.PostPolicy{lists.PostFamily, lists.PostMembers, lists.PostAnyone, lists.PostModerated, lists.PostAnnounce}, n.Post):
		return refused("That is no way of posting. Write post: family, members, anyone, moderated or announce")
	case n.Join != "" && !slices.Contains([]lists.JoinPolicy{lists.JoinOpen, lists.JoinApproved, lists.JoinInvited}, n.Join):
		return refused("That is no way of joining. Write join: open, approved or invited")
	case n.Archive != "" && !slices.Contains([]lists.ArchivePolicy{lists.ArchivePublic, lists.ArchiveMembers, lists.ArchiveNone}, n.Archive):
		return refused("That is no choice for the archive. Write archive: public, members or none")
	}
	return nil
}

func (creating) say(_ context.Context, s *sight, a lists.Action, _ *verdict) (string, error) {
	main, ok := s.dir.ByID(a.New.Parent)
	if !ok {
		return s.say("make a new main list, as it stands in the mail that asked for it"), nil
	}
	if a.New.Leader != "" && !a.New.Leader.Same(s.asker) {
		return s.say("make a new group of %s, with the name and the title that stand in the mail that asked for it, and announce it to %s. The leader named there leads it",
			main.Title, main.Address(s.d.site.Domain)), nil
	}
	return s.say("make a new group of %s, with the name and the title that stand in the mail that asked for it, and announce it to %s. You lead it",
		main.Title, main.Address(s.d.site.Domain)), nil
}

func (creating) apply(ctx context.Context, w *work, a lists.Action, v *verdict) (lists.Outcome, error) {
	made, err := w.make(ctx, *a.New, v)
	if err != nil {
		return lists.Outcome{}, err
	}
	if err := w.refresh(ctx); err != nil {
		return lists.Outcome{}, err
	}
	if made.Next != "" && !made.Main() { // the record of its steps begins with this one
		if err := w.record(ctx, lists.ProgressEntry{List: made.ID, Kind: "next", Author: w.asker, Text: made.Next, By: made.NextBy}); err != nil {
			return lists.Outcome{}, err
		}
	}
	text := w.say("The group %s is made.", w.named(made))
	if made.Main() {
		text = w.say("The main list %s is made.", w.named(made))
	}
	lead, err := w.firstLeader(ctx, a, made)
	if err != nil {
		return lists.Outcome{}, err
	}
	text += " " + lead
	if !made.Main() {
		if err := w.d.Announce(ctx, made.ID); err != nil {
			return lists.Outcome{}, err
		}
		text += " " + w.say("It was announced to %s.", w.named(w.dir.MainOf(made)))
	}
	return lists.Outcome{Result: lists.Did, Text: text}, nil
}

// make creates the list. A second run finds the one that the first made.
func (w *work) make(ctx context.Context, n lists.NewList, v *verdict) (lists.List, error) {
	n.Name = v.Note
	n.Leader = "" // firstLeader's
	made, err := w.d.store.CreateList(ctx, n)
	var no *lists.Refusal
	if err == nil || !v.again || !errors.As(err, &no) {
		return made, err
	}
	dir, dirErr := w.d.store.Directory(ctx)
	if dirErr != nil {
		return made, dirErr
	}
	for _, l := range dir.Lists {
		if l.Name == v.Note && l.Family == family(n, v.Note) {
			return l, nil
		}
	}
	return made, err
}

func family(n lists.NewList, name string) string {
	if n.Parent != "" {
		return n.Parent
	}
	return name
}

// firstLeader gives a new list its leader, who is its maker unless another is
// named, and says how that went.
func (w *work) firstLeader(ctx context.Context, a lists.Action, made lists.List) (string, error) {
	leader := a.New.Leader
	if leader == "" {
		leader = w.asker
	}
	appointment := lists.Action{Verb: lists.DoLeader, List: made.ID, Asker: w.asker, Subject: leader}
	p, err := w.person(ctx, made.Family, leader)
	if err != nil {
		return "", err
	}
	if p == nil && !leader.Same(w.asker) {
		out, err := w.offerOffice(ctx, appointment, made)
		return out.Text, err
	}
	if err := w.appoint(ctx, appointment, made); err != nil {
		return "", err
	}
	if leader.Same(w.asker) {
		return w.say("You lead it; a mail of its own tells what leaders do."), nil
	}
	return w.say("%s leads it, and was told what leaders do.", leader), nil
}
