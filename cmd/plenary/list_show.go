package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"plenary/digest/progress"
	"plenary/lists"
)

type listShowCmd struct {
	List string `arg:"" help:"Name or short name."`
	JSON bool   `help:"Print JSON for scripts."`
}

// Run prints what ls shows, and every property besides.
func (c listShowCmd) Run(a *app) error {
	st, cfg, l, err := a.list(c.List)
	if err != nil {
		return err
	}
	d, err := st.Directory(a.ctx)
	if err != nil {
		return err
	}
	r, err := a.row(st, cfg, d, l)
	if err != nil {
		return err
	}
	_, admins, err := st.Officers(a.ctx, l.ID)
	if err != nil {
		return err
	}
	record, err := st.Progress(a.ctx, l.ID, time.Time{}, time.Time{})
	if err != nil {
		return err
	}
	if c.JSON {
		shown := map[string]any{
			"name": r.Name, "address": r.Address, "parent": r.Parent, "leader": r.Leader, "deputy": r.deputy, "members": r.Members,
			"admin": addresses(admins), "list_id": l.ListID, "created": l.Created, "aliases": append([]string{}, l.Aliases...), "max-size": l.MaxBytes,
			"record": append([]lists.ProgressEntry{}, record...),
		}
		for _, p := range properties() {
			if _, there := shown[p.name]; !there {
				shown[p.name] = p.get(l)
			}
		}
		return a.printJSON(shown)
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	show := func(name, value string) { fmt.Fprintf(w, "%s\t%s\n", name, orWord(value, "-")) }
	show("address", r.Address)
	show("parent", r.Parent)
	show("leader", r.Leader)
	if !l.Main() {
		show("deputy", r.deputy)
	}
	show("admin", addresses(admins))
	show("members", fmt.Sprint(r.Members))
	for _, p := range properties() {
		show(p.name, p.get(l))
	}
	show("list-id", l.ListID)
	show("created", l.Created.Format("2006-01-02 15:04 UTC"))
	if err := w.Flush(); err != nil || l.Main() {
		return err
	}
	if history := progress.History(l, record, len(record)+1); history != "" {
		fmt.Fprintf(a.out, "\n%s\n", history)
	}
	return nil
}
