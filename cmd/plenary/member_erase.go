package main

import (
	"fmt"

	"plenary/lists"
	"plenary/lists/archive"
	"plenary/lists/store"
)

type memberEraseCmd struct {
	Address           string `arg:"" help:"Whose."`
	KeepAuthorship    bool   `xor:"authorship" help:"Leave their name on what they wrote: posts in archives, groups' records."`
	ReplaceAuthorship bool   `xor:"authorship" help:"Put \"Former member\" in its place."`
	Yes               bool   `help:"Do it; without this the command only says what it would do."`
}

// Run forgets one person across all lists. Nobody is told.
func (c memberEraseCmd) Run(a *app) error {
	address, _, err := readMailbox(c.Address)
	if err != nil {
		return err
	}
	if !c.KeepAuthorship && !c.ReplaceAuthorship {
		return misused("say what becomes of what %s wrote: --keep-authorship leaves their name on it, --replace-authorship puts %q there", address, store.FormerMember)
	}
	s, err := a.parts()
	if err != nil {
		return err
	}
	if s.site.Admin(address) {
		return fmt.Errorf("%s is one of the site's admins: take the address out of admins in the configuration first", address)
	}
	p, err := s.keptOf(a, address)
	if err != nil {
		return err
	}
	letters, err := s.waitingFor(a, address)
	if err != nil {
		return err
	}
	if p.nothing() && len(letters) == 0 || c.KeepAuthorship && p.onlyAuthor() && len(letters) == 0 {
		a.say("Nothing more is kept of %s: it is done already, or they were never here.", address)
		return nil
	}
	if !c.Yes {
		c.foretell(a, p, len(letters))
		return nil
	}
	return c.carryOut(a, s, address, letters)
}

// onlyAuthor tells whether nothing is left of somebody but what they wrote.
func (p kept) onlyAuthor() bool {
	p.Progress, p.Posts, p.Digests = nil, nil, nil
	return p.nothing()
}

func (c memberEraseCmd) foretell(a *app, p kept, letters int) {
	a.say("This would, for %s:", p.Address)
	for _, f := range p.Families {
		names := ""
		for _, l := range f.Lists {
			names += " " + l.List
		}
		a.say("  unsubscribe them from%s, and forget name, choices and roles", names)
	}
	a.say("  drop %d app passwords, %d sign-ins, %d questions, %d posts that wait for owners, %d mails that wait to be sent to them",
		len(p.Passwords), p.Sessions, len(p.Questions), len(p.Held), letters)
	if c.KeepAuthorship {
		a.say("  leave their name and address on %d posts in archives, on %d posts kept for members' digests, and on %d entries in groups' records", len(p.Posts), len(p.Digests), len(p.Progress))
	} else {
		a.say("  put %q on %d posts in archives, on %d posts kept for members' digests, and on %d entries in groups' records", store.FormerMember, len(p.Posts), len(p.Digests), len(p.Progress))
	}
	a.say("Nobody is told. Mails that members have already, what others quote, and copies of Redis and the archive made before are out of reach.")
	a.say("Nothing was done. To do it, add --yes.")
}

func (c memberEraseCmd) carryOut(a *app, s *service, address lists.Address, letters []string) error {
	if c.ReplaceAuthorship {
		// First: by what the store erases below they are found again after a crash.
		if err := s.replaceBodies(a, address); err != nil {
			return err
		}
	}
	done, err := s.store.Erase(a.ctx, address, c.KeepAuthorship)
	if err != nil {
		return err
	}
	for _, message := range letters {
		if _, err := s.queue.Drop(a.ctx, message, string(address)); err != nil {
			return err
		}
	}
	posts := 0
	if err := s.queue.ForgetAuthor(a.ctx, address); err != nil {
		return err
	}
	if c.ReplaceAuthorship {
		d, err := s.store.Directory(a.ctx)
		if err != nil {
			return err
		}
		for _, l := range d.Lists {
			n, err := s.archive.ReplaceAuthor(a.ctx, l.ID, address, store.FormerMember)
			if err != nil {
				return fmt.Errorf("after %d posts: %w; write the command again to go on", posts+n, err)
			}
			posts += n
		}
	}
	a.say("Done for %s: out of %d families; %d app passwords, %d sign-ins, %d questions, %d waiting posts and %d waiting mails dropped; %s put on %d posts and %d entries in groups' records.",
		address, done.Families, done.Passwords, done.Sessions, done.Questions, done.Held, len(letters), store.FormerMember, posts, done.Progress)
	return nil
}

// replaceBodies takes an author out of posts that no archive has and that wait
// for digests.
func (s *service) replaceBodies(a *app, address lists.Address) error {
	d, err := s.store.Directory(a.ctx)
	if err != nil {
		return err
	}
	for _, l := range d.Lists {
		_, err := s.store.ReplaceBodies(a.ctx, l, func(raw []byte) ([]byte, bool) {
			return archive.WithoutAuthor(raw, address, store.FormerMember)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// waitingFor are the messages that wait to be sent to an address.
func (s *service) waitingFor(a *app, address lists.Address) ([]string, error) {
	waiting, err := s.queue.List(a.ctx)
	if err != nil {
		return nil, err
	}
	var messages []string
	for _, e := range waiting {
		if r, err := lists.ParseAddress(e.Recipient); err == nil && r.Same(address) {
			messages = append(messages, e.Message)
		}
	}
	return messages, nil
}
