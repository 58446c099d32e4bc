package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"plenary/cmd/plenary/config"
	"plenary/lists"
	"plenary/lists/store"
)

type listCmd struct {
	Create listCreateCmd `cmd:"" help:"Make a list; nobody is told unless --announce."`
	Ls     listLsCmd     `cmd:"" help:"Show the lists."`
	Show   listShowCmd   `cmd:"" help:"Show one list with every property."`
	Set    listSetCmd    `cmd:"" help:"Change a property of a list."`
	Close  listCloseCmd  `cmd:"" help:"Close a list: it takes no more posts, its archive stays."`
	Rm     listRmCmd     `cmd:"" help:"Remove a list with its members' subscriptions. The archive's bucket is not touched."`
}

// listRow is a list as scripts see it.
type listRow struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	Parent  string `json:"parent"`
	Title   string `json:"title"`
	Purpose string `json:"purpose"`
	Leader  string `json:"leader"`
	Next    string `json:"next"`
	State   string `json:"state"`
	Members int    `json:"members"`
	deputy  string // show alone tells
}

// row gathers what scripts see of a list.
func (a *app) row(st *store.Store, cfg *config.Config, d *lists.Directory, l lists.List) (listRow, error) {
	leaders, _, err := st.Officers(a.ctx, l.ID)
	if err != nil {
		return listRow{}, err
	}
	leaders, deputies := lists.Leading(leaders, l.ID)
	members, err := st.Count(a.ctx, l.ID)
	if err != nil {
		return listRow{}, err
	}
	parent := ""
	if !l.Main() {
		parent = d.MainOf(l).Name
	}
	return listRow{
		Name: l.Name, Address: l.Address(cfg.Domain).String(), Parent: parent, Title: l.Title, Purpose: l.Purpose,
		Leader: addresses(leaders), deputy: addresses(deputies), Next: step(l), State: string(l.State), Members: members,
	}, nil
}

func addresses(people []lists.Person) string {
	words := make([]string, len(people))
	for i, p := range people {
		words[i] = p.Address.String()
	}
	return strings.Join(words, ", ")
}

// step is the next step with its date.
func step(l lists.List) string {
	if l.NextBy == "" {
		return l.Next
	}
	return l.Next + " by " + string(l.NextBy)
}

type listLsCmd struct {
	JSON bool `help:"Print JSON for scripts."`
}

func (c listLsCmd) Run(a *app) error {
	st, cfg, err := a.store()
	if err != nil {
		return err
	}
	d, err := st.Directory(a.ctx)
	if err != nil {
		return err
	}
	rows := []listRow{}
	for _, main := range d.MainLists() {
		for _, l := range d.Family(main.ID) {
			r, err := a.row(st, cfg, d, l)
			if err != nil {
				return err
			}
			rows = append(rows, r)
		}
	}
	if c.JSON {
		return a.printJSON(rows)
	}
	if len(rows) == 0 {
		a.say("There is no list yet. The first: plenary list create NAME --title \"TITLE\" --leader YOU@EXAMPLE.ORG")
		return nil
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "LIST\tMEMBERS\tSTATE\tLEADER\tTITLE\tNEXT STEP")
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\n", r.Name, r.Members, r.State, r.Leader, r.Title, r.Next)
	}
	return w.Flush()
}

type listCloseCmd struct {
	List string `arg:"" help:"Name or short name."`
}

func (c listCloseCmd) Run(a *app) error {
	st, _, l, err := a.list(c.List)
	if err != nil {
		return err
	}
	if l.State == lists.Closed {
		a.say("%s is closed already.", l.Name)
		return nil
	}
	closed, err := st.UpdateList(a.ctx, l.ID, func(l *lists.List) error { l.State = lists.Closed; return nil })
	if err != nil {
		return err
	}
	if err := recordSet(a, st, l, closed, "state"); err != nil {
		return err
	}
	a.say("%s is closed. To open it again: plenary list set %s state active", l.Name, l.Name)
	return nil
}

type listRmCmd struct {
	List string `arg:"" help:"Name or short name."`
}

func (c listRmCmd) Run(a *app) error {
	st, _, err := a.store()
	if err != nil {
		return err
	}
	d, err := st.Directory(a.ctx)
	if err != nil {
		return err
	}
	l, err := find(d, c.List)
	if err != nil {
		name, gone, asked := st.Removed(a.ctx, c.List)
		if asked != nil || !gone || len(d.Find(c.List, "")) > 0 {
			return err
		}
		a.say("%s was removed before.", name)
		return nil
	}
	members, err := st.Count(a.ctx, l.ID)
	if err != nil {
		return err
	}
	if err := st.RemoveList(a.ctx, l.ID); notThere(err) { // by somebody else, this moment
		a.say("%s was removed before.", l.Name)
		return nil
	} else if err != nil {
		return err
	}
	a.say("%s is removed; it had %s. Its archive's bucket is as it was.", l.Name, count(members, "member"))
	return nil
}

// count is a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
