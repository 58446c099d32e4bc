package web

import (
	"context"
	"net/http"
	"strings"

	"plenary/lists"
)

// card is a list as pages show it.
type card struct {
	lists.List
	Path    string
	Address lists.Address
	JoinAt  lists.Address
	LeaveAt lists.Address
	OwnerAt lists.Address
	Leaders string // their names
	Reads   bool   // has an archive
}

// card gathers what is shown of a list.
func (p *pages) card(ctx context.Context, l lists.List) (card, error) {
	leaders, _, err := p.Reader.Officers(ctx, l.ID)
	if err != nil {
		return card{}, err
	}
	var names []string
	for _, leader := range leaders {
		if !leader.Conceal && !leader.Deputy(l.ID) {
			names = append(names, p.hideAddresses(leader.Called()))
		}
	}
	role := func(word string) lists.Address { return lists.RoleAddress(l, word, "", p.Site.Domain) }
	return card{
		List: p.publicList(l), Path: "/" + l.Name, Address: l.Address(p.Site.Domain), Leaders: strings.Join(names, ", "),
		JoinAt: role("join"), LeaveAt: role("leave"), OwnerAt: role("owner"), Reads: l.Archive != lists.ArchiveNone,
	}, nil
}

// Open tells whether anybody may ask to join.
func (c card) Open() bool { return c.State != lists.Closed && c.Join != lists.JoinInvited }

// family is a main list and its groups.
type family struct {
	Main   card
	Groups []card
}

// families are all lists that are open, closed groups left out.
func (p *pages) families(ctx context.Context) ([]family, error) {
	dir, err := p.Reader.Directory(ctx)
	if err != nil {
		return nil, err
	}
	var all []family
	for _, main := range dir.MainLists() {
		if main.State == lists.Closed {
			continue
		}
		f, err := p.familyOf(ctx, dir, main)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}

func (p *pages) familyOf(ctx context.Context, dir *lists.Directory, main lists.List) (f family, err error) {
	if f.Main, err = p.card(ctx, main); err != nil {
		return f, err
	}
	for _, l := range dir.Family(main.ID) {
		if l.Main() || l.State == lists.Closed {
			continue
		}
		group, err := p.card(ctx, l)
		if err != nil {
			return f, err
		}
		f.Groups = append(f.Groups, group)
	}
	return f, nil
}

// index shows the main lists and their groups.
func (p *pages) index(w http.ResponseWriter, r *http.Request) error {
	all, err := p.families(r.Context())
	if err != nil {
		return err
	}
	return p.show(w, r, http.StatusOK, "index.html", "Lists and groups", map[string]any{"Families": all})
}
