package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"plenary/cmd/plenary/config"
	"plenary/lists"
	"plenary/lists/store"
)

type listCreateCmd struct {
	Name    string `arg:"" help:"What stands before the @: dc, or data-protection under --parent dc."`
	Title   string `required:"" help:"A few words that say what it is."`
	Parent  string `placeholder:"MAIN" help:"The main list it is a group of; without it a main list is made."`
	Purpose string `help:"What it intends to do."`
	Leader  string `placeholder:"ADDRESS" help:"Who leads it: subscribed at once, without a question or mail."`
	Next    string `placeholder:"STEP" help:"Its next step, as \"publish the draft by 2026-12-01\"."`
	Post    string `placeholder:"POLICY" enum:"${posts}," default:"" help:"Who may post: ${posts}."`
	Join    string `placeholder:"POLICY" enum:"${joins}," default:"" help:"Who may join: ${joins}."`
	Archive string `placeholder:"POLICY" enum:"${archives}," default:"" help:"Who may read the archive: ${archives}."`

	Announce bool `help:"Tell the main list of the new group; without it nobody is told."`
}

func (c listCreateCmd) Run(a *app) error {
	if c.Announce && c.Parent == "" {
		return misused("--announce tells a main list of a new group: name it with --parent")
	}
	st, cfg, err := a.store()
	if err != nil {
		return err
	}
	n, err := c.wanted(a, st, cfg)
	if err != nil {
		return err
	}
	made, err := st.CreateList(a.ctx, n)
	before := false
	if refusal := (*lists.Refusal)(nil); errors.As(err, &refusal) {
		made, before, err = c.already(a, st, n, err)
	}
	if err != nil {
		return err
	}
	if !before && made.Next != "" {
		if err := recordSet(a, st, lists.List{}, made, "next"); err != nil {
			return err
		}
	}
	if n.Leader != "" {
		record, err := offices(a, st, made)
		if err != nil {
			return err
		}
		_, name, _ := readMailbox(c.Leader)
		if _, _, err := st.Subscribe(a.ctx, made.ID, lists.NewMember{Address: n.Leader, Name: name, Leader: true}); err != nil {
			return fmt.Errorf("%s is made, but its leader %s is not subscribed: %w", made.Name, n.Leader, err)
		}
		if before { // of a new group it goes without saying
			if err := record(); err != nil {
				return err
			}
		}
	}
	if before {
		a.say("%s was there already.", made.Address(cfg.Domain))
		if other := c.other(made, n); len(other) > 0 {
			a.warn("It stays as it is, and is not as written here in: %s. To change that: plenary list set %s KEY VALUE", strings.Join(other, ", "), made.Name)
		}
	} else {
		a.say("%s is made.", made.Address(cfg.Domain))
	}
	if !c.Announce {
		return nil
	}
	s, err := a.parts()
	if err != nil {
		return err
	}
	if err := s.desk.Announce(a.ctx, made.ID); err != nil {
		return fmt.Errorf("%s is made, but not announced: %w", made.Name, err)
	}
	return nil
}

// wanted reads the flags.
func (c listCreateCmd) wanted(a *app, st *store.Store, cfg *config.Config) (n lists.NewList, err error) {
	n = lists.NewList{
		Name: c.Name, Title: c.Title, Purpose: c.Purpose,
		Post: lists.PostPolicy(c.Post), Join: lists.JoinPolicy(c.Join), Archive: lists.ArchivePolicy(c.Archive),
	}
	if c.Parent != "" {
		d, err := st.Directory(a.ctx)
		if err != nil {
			return n, err
		}
		parent, err := find(d, c.Parent)
		if err != nil {
			return n, err
		}
		n.Parent = parent.ID
	}
	if err := c.checkPurpose(a, st, n.Parent); err != nil {
		return n, err
	}
	if c.Leader != "" {
		if n.Leader, _, err = readMailbox(c.Leader); err != nil {
			return n, err
		}
	}
	n.Next, n.NextBy, err = lists.SplitStep(c.Next, cfg.Site().Today(a.now()))
	return n, err
}

// checkPurpose refuses a purpose that is too long, unless the list is there
// already.
func (c listCreateCmd) checkPurpose(a *app, st *store.Store, parent string) error {
	long := tooLong("purpose", c.Purpose)
	if long == nil {
		return nil
	}
	d, err := st.Directory(a.ctx)
	if err == nil && len(d.Find(c.Name, parent)) == 0 {
		return long
	}
	return err
}

// other names what the flags say otherwise than the list that was there: a
// group goes its own way after its creation, so that a script which makes it
// again must not take it back, nor think that it did.
func (c listCreateCmd) other(l lists.List, n lists.NewList) (names []string) {
	for _, p := range []struct{ name, asked, is string }{
		{"purpose", strings.Join(strings.Fields(n.Purpose), " "), l.Purpose},
		{"next", n.Next, l.Next}, {"next", string(n.NextBy), string(l.NextBy)},
		{"post", c.Post, string(l.Post)}, {"join", c.Join, string(l.Join)}, {"archive", c.Archive, string(l.Archive)},
	} {
		if p.asked != "" && p.asked != p.is && !slices.Contains(names, p.name) {
			names = append(names, p.name)
		}
	}
	if l.State == lists.Closed {
		names = append(names, "state, closed")
	}
	return names
}

// already finds the list that the same command made before; err is why it
// can't be made now.
func (c listCreateCmd) already(a *app, st *store.Store, n lists.NewList, err error) (lists.List, bool, error) {
	d, derr := st.Directory(a.ctx)
	if derr != nil {
		return lists.List{}, false, derr
	}
	var under *lists.List
	if parent, ok := d.ByID(n.Parent); ok {
		under = &parent
	}
	if l, ok := d.Made(n.Name, under); ok && l.Title == strings.Join(strings.Fields(n.Title), " ") {
		return l, true, nil
	}
	return lists.List{}, false, err
}
