package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"plenary/cmd/plenary/config"
	"plenary/lists"
	"plenary/lists/store"
)

type memberCmd struct {
	Add    memberAddCmd    `cmd:"" help:"Subscribe somebody; no question is asked and no mail sent."`
	Rm     memberRmCmd     `cmd:"" help:"Unsubscribe somebody; no mail is sent."`
	Ls     memberLsCmd     `cmd:"" help:"Show the members of a list."`
	Set    memberSetCmd    `cmd:"" help:"Change a member's choices or role."`
	Import memberImportCmd `cmd:"" help:"Subscribe everybody in a file."`
	Export memberExportCmd `cmd:"" help:"Show all that is kept of one person, across all lists."`
	Erase  memberEraseCmd  `cmd:"" help:"Forget one person, across all lists; nobody is told."`
}

type memberAddCmd struct {
	List     string `arg:"" help:"Name or short name."`
	Address  string `arg:"" help:"Mail address."`
	Name     string `help:"Display name."`
	Delivery string `enum:"${deliveries}," default:"" placeholder:"each" help:"How posts are taken: ${deliveries}."`
	Role     string `enum:"${roles}," default:"" placeholder:"member" help:"One of ${roles}."`
}

func (c memberAddCmd) Run(a *app) error {
	box, name, err := readMailbox(c.Address)
	if err != nil {
		return err
	}
	c.Name = orWord(c.Name, name)
	st, cfg, l, err := a.list(c.List)
	if err != nil {
		return err
	}
	m := lists.NewMember{Address: box, Name: c.Name, Delivery: lists.Delivery(c.Delivery),
		Leader: c.Role == string(lists.RoleLeader), Deputy: c.Role == string(lists.RoleDeputy), Admin: c.Role == string(lists.RoleAdmin)}
	record, err := offices(a, st, l)
	if err != nil {
		return err
	}
	p, added, err := st.Subscribe(a.ctx, l.ID, m)
	if err != nil {
		return err
	}
	if err := record(); err != nil {
		return err
	}
	where := strings.Join(added, " and ") // IDs are names as they were made
	if len(added) == 0 || added[len(added)-1] != l.ID {
		a.say("%s is a member of %s already, number %d%s.", p.Address, l.Name, p.Number, roleWords(p, l))
		return c.choices(a, st, cfg, l, p)
	}
	if len(added) == 1 {
		where = l.Name
	}
	a.say("%s is a member of %s now, number %d%s.", p.Address, where, p.Number, roleWords(p, l))
	return nil
}

// choices gives somebody who was a member already the name and delivery that
// were written: what is answered with 0 is as the command says.
func (c memberAddCmd) choices(a *app, st *store.Store, cfg *config.Config, l lists.List, p lists.Person) error {
	for _, choice := range []struct{ key, value string }{{"name", c.Name}, {"delivery", c.Delivery}} {
		if choice.value == "" {
			continue
		}
		change, err := memberChange(choice.key, choice.value, l, cfg, a)
		if err != nil {
			return err
		}
		now, err := st.UpdatePerson(a.ctx, l.Family, p.Address, change)
		if err != nil {
			return err
		}
		if !same(p, now) {
			a.say("%s: %s is %s now.", p.Address, choice.key, choice.value)
		}
		p = now
	}
	return nil
}

// roleWords are ", leader" and the like.
func roleWords(p lists.Person, l lists.List) (s string) {
	sub, _ := p.Sub(l.ID)
	for _, r := range sub.Roles()[1:] {
		s += ", " + string(r)
	}
	return s
}

type memberRmCmd struct {
	List    string `arg:"" help:"Name or short name; leaving a main list leaves its groups."`
	Address string `arg:"" help:"Mail address."`
}

func (c memberRmCmd) Run(a *app) error {
	address, _, err := readMailbox(c.Address)
	if err != nil {
		return err
	}
	st, _, l, err := a.list(c.List)
	if err != nil {
		return err
	}
	_, left, err := st.Unsubscribe(a.ctx, l.Family, []string{l.ID}, address)
	if err != nil && !notThere(err) {
		return err
	}
	if len(left) == 0 {
		a.say("%s is no member of %s.", address, l.Name)
		return nil
	}
	names, err := namesOf(a, st, left)
	if err != nil {
		return err
	}
	a.say("%s is no member of %s any more.", address, strings.Join(names, ", "))
	return nil
}

func namesOf(a *app, st *store.Store, ids []string) ([]string, error) {
	d, err := st.Directory(a.ctx)
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = id
		if err == nil {
			if l, ok := d.ByID(id); ok {
				names[i] = l.Name
			}
		}
	}
	return names, err
}

type memberLsCmd struct {
	List string `arg:"" help:"Name or short name."`
	JSON bool   `help:"Print JSON for scripts."`
}

// memberRow is a member as scripts see one.
type memberRow struct {
	Address  string         `json:"address"`
	Name     string         `json:"name"`
	Number   lists.Number   `json:"number"`
	Delivery lists.Delivery `json:"delivery"`
	Plain    bool           `json:"plain,omitempty"` // digests as one plain text
	Roles    []lists.Role   `json:"roles"`
	State    string         `json:"state"`
}

func (c memberLsCmd) Run(a *app) error {
	st, cfg, l, err := a.list(c.List)
	if err != nil {
		return err
	}
	today := cfg.Site().Today(a.now())
	each := func(fn func(memberRow) error) error {
		return st.Members(a.ctx, l.ID, func(p lists.Person, s lists.Subscription) error {
			return fn(memberRow{p.Address.String(), p.Name, p.Number, s.Delivery, s.Plain, s.Roles(), p.MemberState(today)})
		})
	}
	if c.JSON {
		return writeRows(a.out, each)
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NUMBER\tADDRESS\tNAME\tDELIVERY\tROLES\tSTATE")
	if err := each(func(r memberRow) error {
		roles := make([]string, len(r.Roles))
		for i, role := range r.Roles {
			roles[i] = string(role)
		}
		delivery := string(r.Delivery)
		if r.Plain {
			delivery += ", plain"
		}
		_, err := fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\n", r.Number, r.Address, r.Name, delivery, strings.Join(roles, ", "), r.State)
		return err
	}); err != nil {
		return err
	}
	return w.Flush()
}

// writeRows writes a JSON list of any length, a row at a time.
func writeRows[T any](out io.Writer, each func(func(T) error) error) error {
	w := bufio.NewWriter(out)
	before := "[\n  "
	if err := each(func(r T) error {
		text, err := json.Marshal(r)
		if err == nil {
			_, err = w.WriteString(before + string(text))
		}
		before = ",\n  "
		return err
	}); err != nil {
		return err
	}
	if before == "[\n  " {
		fmt.Fprintln(w, "[]")
	} else {
		fmt.Fprintln(w, "\n]")
	}
	return w.Flush()
}
