package web

import (
	"context"
	"html/template"
	"net/http"

	"plenary/lists"
)

// card is a list as pages show it.
type card struct {
	worded
	lists.List
	Path    string
	Address lists.Address
	JoinAt  lists.Address
	LeaveAt lists.Address
	OwnerAt lists.Address
	Leaders string // their names
	Reads   bool   // has an archive
}

// card gathers what is shown of a list, to say it in a page's language.
func (p *pages) card(ctx context.Context, spoken worded, l lists.List) (card, error) {
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
		worded: spoken, List: p.publicList(l), Path: "/" + l.Name, Address: l.Address(p.Site.Domain), Leaders: spoken.W.Series(names),
		JoinAt: role("join"), LeaveAt: role("leave"), OwnerAt: role("owner"), Reads: l.Archive != lists.ArchiveNone,
	}, nil
}

// Open tells whether anybody may ask to join.
func (c card) Open() bool { return c.State != lists.Closed && c.Join != lists.JoinInvited }

// Words says in which language the list's people write, where the page is in
// another.
func (c card) Words() template.HTMLAttr { return c.Tongue(c.List) }

// Step is the next step with its date.
func (c card) Step() template.HTML {
	step := template.HTML(`<bdi` + string(c.Words()) + `>` + template.HTMLEscapeString(c.Next) + `</bdi>`)
	day, dated := c.NextBy.Time()
	if !dated {
		return step
	}
	return c.Fill("by-date", "step", step, "date", template.HTML(`<time datetime="`+string(c.NextBy)+`">`+template.HTMLEscapeString(c.W.Date(day))+`</time>`))
}

// Is says the list's state.
func (c card) Is() string { return c.W.Say("web-is-" + string(c.State)) }

// How says how to join.
func (c card) How() template.HTML {
	switch {
	case c.Open():
		return c.Fill("web-how-any", "address", c.Mail(c.JoinAt), "page", c.Link(c.Path, "web-page-of", c.Title))
	case c.State == lists.Closed:
		return c.Fill("web-how-closed")
	}
	return c.Fill("web-how-invited", "address", c.Mail(c.OwnerAt))
}

// family is a main list and its groups.
type family struct {
	Main   card
	Groups []card
}

// families are all lists that are open, closed groups left out.
func (p *pages) families(ctx context.Context, spoken worded) ([]family, error) {
	dir, err := p.Reader.Directory(ctx)
	if err != nil {
		return nil, err
	}
	var all []family
	for _, main := range dir.MainLists() {
		if main.State == lists.Closed {
			continue
		}
		f, err := p.familyOf(ctx, spoken, dir, main)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
	return all, nil
}

func (p *pages) familyOf(ctx context.Context, spoken worded, dir *lists.Directory, main lists.List) (f family, err error) {
	if f.Main, err = p.card(ctx, spoken, main); err != nil {
		return f, err
	}
	for _, l := range dir.Family(main.ID) {
		if l.Main() || l.State == lists.Closed {
			continue
		}
		group, err := p.card(ctx, spoken, l)
		if err != nil {
			return f, err
		}
		f.Groups = append(f.Groups, group)
	}
	return f, nil
}

// index shows the main lists and their groups.
func (p *pages) index(w http.ResponseWriter, r *http.Request) error {
	spoken := p.ofSite(r.Context())
	all, err := p.families(r.Context(), spoken)
	if err != nil {
		return err
	}
	return p.show(w, r, spoken, http.StatusOK, "index.html", spoken.W.Say("web-index"), map[string]any{"W": spoken.W, "Families": all})
}
