package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"plenary/digest/words"
	"plenary/lists"
)

// sight is what one judging sees: the lists as they are, who asks, and how
// far they are proven.
type sight struct {
	d     *Desk
	dir   *lists.Directory
	asker lists.Address
	// accepted is who has said yes to an invitation or offer that asker made,
	// "" where the asker's own doing is judged.
	accepted lists.Address
	// quote tells that the asker is believed or has confirmed: only then may
	// their own words be said back to them.
	quote bool
	// joins are the lists that earlier actions of the same mail will join the
	// asker to, so that a later one may count on it.
	joins map[string]bool
	known map[string]*lists.Person // by family and address key; nil: nobody
	// speaker says outcomes to who reads them.
	speaker words.Speaker
}

func (d *Desk) look(ctx context.Context, asker lists.Address, quote bool) (*sight, error) {
	dir, err := d.store.Directory(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the directory: %w", err)
	}
	return &sight{d: d, dir: dir, asker: asker, quote: quote, joins: map[string]bool{}, known: map[string]*lists.Person{}}, nil
}

// person is who has the address in the family, nil if nobody.
func (s *sight) person(ctx context.Context, family string, a lists.Address) (*lists.Person, error) {
	key := family + "\x00" + a.Key()
	if p, ok := s.known[key]; ok {
		return p, nil
	}
	p, err := s.d.store.Person(ctx, family, a)
	switch {
	case errors.Is(err, lists.ErrNotFound):
		s.known[key] = nil
		return nil, nil
	case err != nil:
		return nil, err
	}
	s.known[key] = &p
	return &p, nil
}

// standing is what somebody may do about one list.
type standing struct {
	member bool
	leader bool // leads the list, or is an admin
	admin  bool // of the main list, or of the site
}

// standing tells what a may do about l.
func (s *sight) standing(ctx context.Context, l lists.List, a lists.Address) (standing, error) {
	var st standing
	p, err := s.person(ctx, l.Family, a)
	if err != nil {
		return st, err
	}
	if p != nil {
		here, in := p.Sub(l.ID)
		main, _ := p.Sub(l.Family)
		st.member, st.admin = in, main.Admin
		st.leader = here.Leader
	}
	st.admin = st.admin || s.d.site.Admin(a)
	st.leader = st.leader || st.admin
	return st, nil
}

// list is the list with this ID; without it the verdict is the refusal.
func (s *sight) list(id string) (lists.List, *verdict) {
	l, ok := s.dir.ByID(id)
	if !ok {
		return l, refused("That list is not there any more. Write \"lists\" to %s to see which there are.", s.d.site.At(lists.SiteName))
	}
	return l, nil
}

// led is a list that the asker leads or administers, else the refusal.
func (s *sight) led(ctx context.Context, id string) (lists.List, *verdict, error) {
	l, no := s.list(id)
	if no != nil {
		return l, no, nil
	}
	st, err := s.standing(ctx, l, s.asker)
	if err == nil && !st.leader {
		no = refused("Only the leaders of %s and the admins can do that, and this address is not one of theirs. To reach them, write to %s.",
			l.Title, s.address(l, "owner"))
	}
	return l, no, err
}

// run is a list whose main list the asker is an admin of, else the refusal.
func (s *sight) run(ctx context.Context, id string) (lists.List, *verdict, error) {
	l, no := s.list(id)
	if no != nil {
		return l, no, nil
	}
	st, err := s.standing(ctx, l, s.asker)
	if err == nil && !st.admin {
		no = s.adminsOnly(s.dir.MainOf(l))
	}
	return l, no, err
}

func (s *sight) adminsOnly(main lists.List) *verdict {
	return refused("Only the admins of %s can do that, and this address is not one of theirs. To reach them, write to %s.",
		main.Title, s.address(main, "owner"))
}

// address is LIST-role@domain.
func (s *sight) address(l lists.List, role string) lists.Address {
	return lists.RoleAddress(l, role, "", s.d.site.Domain)
}

// named is a list in words: its title and address.
func (s *sight) named(l lists.List) string {
	return fmt.Sprintf("%s (%s)", l.Title, l.Address(s.d.site.Domain))
}

// titles are the lists with these IDs in words.
func (s *sight) titles(ids []string) string {
	var all []string
	for _, id := range ids {
		if l, ok := s.dir.ByID(id); ok {
			all = append(all, s.named(l))
		}
	}
	return s.speaker.And(all)
}

// ours tells whether an address belongs to the site itself: a list can't be
// a member of a list.
func (s *sight) ours(a lists.Address) bool {
	return strings.EqualFold(a.Domain(), s.d.site.Domain)
}

// join makes "a, b and c".
func join(words []string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// whom says an address back where that is allowed.
func (s *sight) whom(a lists.Address) string {
	if s.quote || a.Same(s.asker) {
		return string(a)
	}
	return s.say("that address")
}

// spokenTo is who reads the outcome.
func (s *sight) spokenTo() lists.Address {
	if s.accepted != "" {
		return s.accepted
	}
	return s.asker
}

// someone says, in a question, whom an action is about: a member by what is
// known of them, and of anybody else no more than that.
func (s *sight) someone(ctx context.Context, l lists.List, a lists.Address) (string, error) {
	p, err := s.person(ctx, l.Family, a)
	switch {
	case err != nil:
		return "", err
	case p == nil:
		return s.say("somebody who is not a member of %s yet", s.dir.MainOf(l).Title), nil
	case p.Name == "":
		return string(p.Address), nil
	}
	return fmt.Sprintf("%s (%s)", oneLine(p.Name), p.Address), nil
}
