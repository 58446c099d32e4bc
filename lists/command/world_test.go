package command

import (
	"plenary/lists"
)

// testWorld is a site with two families and a few people.
type testWorld struct {
	dir  *lists.Directory
	site lists.Site
}

const testDomain = "lists.example.org"

func world() testWorld {
	l := func(id, short, family, title string, serial uint32) lists.List {
		post := lists.PostFamily
		if id == family {
			post = lists.PostMembers
		}
		return lists.List{ID: id, Name: id, Short: short, Family: family, Title: title, Serial: serial, State: lists.Active, Post: post, Join: lists.JoinOpen, Archive: lists.ArchivePublic, Language: "en"}
	}
	return testWorld{
		dir: lists.NewDirectory(testDomain, []lists.List{
			l("dc", "dc", "dc", "Data Coalition", 1), l("dc-maps", "maps", "dc", "Data protection map", 2), l("dc-edu", "edu", "dc", "Educational materials", 3), l("dc-tools", "tools", "dc", "Tools", 4),
			l("ac", "ac", "ac", "Other Coalition", 5), l("ac-tools", "tools", "ac", "Tools", 6),
		}),
		site: lists.Site{Domain: testDomain, BaseURL: "https://lists.example.org", Admins: []lists.Address{"root@example.org"}},
	}
}

// facts are those of one asker: ann is admin of dc, lea leads dc-maps, max is
// a member of dc and dc-edu, root runs the site, others are strangers.
func (w testWorld) facts(asker lists.Address) Facts {
	f := Facts{Asker: asker, Dir: w.dir, Site: w.site, Today: "2026-11-23"}
	sub := func(list string) lists.Subscription { return lists.Subscription{List: list, Delivery: lists.Each} }
	p := lists.Person{Family: "dc", Number: 1, Address: asker}
	switch asker.Local() {
	case "ann":
		p.Subs = []lists.Subscription{{List: "dc", Delivery: lists.Each, Admin: true}}
	case "lea":
		f.Name = "Lea Leader"
		p.Subs = []lists.Subscription{sub("dc"), {List: "dc-maps", Delivery: lists.Each, Leader: true}}
	case "max":
		p.Subs = []lists.Subscription{sub("dc"), sub("dc-edu")}
	default:
		return f
	}
	f.People = []lists.Person{p}
	return f
}

func (w testWorld) list(id string) lists.List {
	l, _ := w.dir.ByID(id)
	return l
}
