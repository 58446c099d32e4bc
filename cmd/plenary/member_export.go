package main

import (
	"time"

	"plenary/lists"
	"plenary/lists/store"
)

type memberExportCmd struct {
	Address string `arg:"" help:"Whose."`
	JSON    bool   `help:"As JSON, whole."`
}

// kept is all that the site keeps of one address.
type kept struct {
	Address  lists.Address  `json:"address"`
	Families []personFamily `json:"families"`
	store.Personal
	Posts []personPost `json:"posts"` // in archives, under From
}

type personFamily struct {
	Family   string       `json:"family"`
	Number   lists.Number `json:"number"`
	Name     string       `json:"name"`
	Language string       `json:"language"`
	OwnPosts bool         `json:"own_posts"` // sent back
	Conceal  bool         `json:"conceal"`
	Vacation lists.Date   `json:"vacation"`
	Paused   bool         `json:"paused"` // the address fails
	Lists    []personList `json:"lists"`
}

type personList struct {
	List     string         `json:"list"`
	Delivery lists.Delivery `json:"delivery"`
	Roles    []lists.Role   `json:"roles"`
	Joined   time.Time      `json:"joined"`
}

type personPost struct {
	List      string    `json:"list"`
	UID       uint32    `json:"uid"`
	At        time.Time `json:"at"`
	Subject   string    `json:"subject"`
	MessageID string    `json:"message_id"`
}

// Run prints what is kept of one person, across all lists.
func (c memberExportCmd) Run(a *app) error {
	address, _, err := readMailbox(c.Address)
	if err != nil {
		return err
	}
	s, err := a.parts()
	if err != nil {
		return err
	}
	p, err := s.keptOf(a, address)
	if err != nil {
		return err
	}
	if c.JSON {
		return a.printJSON(p)
	}
	if p.nothing() {
		a.say("Nothing is kept of %s.", address)
		return nil
	}
	a.say("%s", address)
	for _, f := range p.Families {
		a.say("  member %d of the family %s, under the name %q", f.Number, f.Family, f.Name)
		for _, l := range f.Lists {
			a.say("    %s: delivery %s, since %s", l.List, l.Delivery, l.Joined.Format(time.DateOnly))
		}
	}
	for _, pw := range p.Passwords {
		a.say("  app password %q, set %s", pw.Label, pw.Set.Format(time.DateOnly))
	}
	a.say("  %d sign-ins, %d questions, %d posts that wait for owners, %d entries in groups' records, %d posts in archives, %d posts kept for members' digests",
		p.Sessions, len(p.Questions), len(p.Held), len(p.Progress), len(p.Posts), len(p.Digests))
	a.say("Everything, word for word: plenary member export %s --json; the posts: plenary archive export LIST.", address)
	return nil
}

// nothing tells whether no trace of the address is left.
func (p kept) nothing() bool {
	return len(p.Families)+len(p.Passwords)+p.Sessions+len(p.Questions)+len(p.Held)+len(p.Progress)+len(p.Posts)+len(p.Digests) == 0
}

// keptOf gathers what is kept of an address.
func (s *service) keptOf(a *app, address lists.Address) (p kept, err error) {
	p = kept{Address: address, Families: []personFamily{}, Posts: []personPost{}}
	people, err := s.store.PeopleFor(a.ctx, address)
	if err != nil {
		return p, err
	}
	for _, one := range people {
		p.Families = append(p.Families, familyOf(one))
	}
	if p.Personal, err = s.store.Personal(a.ctx, address); err != nil {
		return p, err
	}
	d, err := s.store.Directory(a.ctx)
	if err != nil {
		return p, err
	}
	for _, l := range d.Lists {
		err := s.archive.PostsBy(a.ctx, l.ID, address, func(post lists.ArchivedPost) error {
			p.Posts = append(p.Posts, personPost{List: l.Name, UID: post.UID, At: post.At, Subject: post.Subject, MessageID: post.MessageID})
			return nil
		})
		if err != nil {
			return p, err
		}
	}
	return p, nil
}

func familyOf(p lists.Person) personFamily {
	f := personFamily{Family: p.Family, Number: p.Number, Name: p.Name, Language: p.Language, OwnPosts: !p.HideOwn, Conceal: p.Conceal,
		Vacation: p.Vacation, Paused: p.Bouncing, Lists: []personList{}}
	for _, sub := range p.Subs {
		f.Lists = append(f.Lists, personList{List: sub.List, Delivery: sub.Delivery, Roles: sub.Roles(), Joined: sub.Joined})
	}
	return f
}
