package web

import "plenary/lists"

// hideAddresses is a text as anybody may read it.
func (p *pages) hideAddresses(text string) string { return p.Site.HideAddresses(text) }

// publicList is a list as anybody may read of it: its title is the site's, but
// leaders write its step, and a purpose may name whom to ask.
func (p *pages) publicList(l lists.List) lists.List {
	l.Purpose, l.Next = p.hideAddresses(l.Purpose), p.hideAddresses(l.Next)
	return l
}
