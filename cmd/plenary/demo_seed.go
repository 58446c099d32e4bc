package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"plenary/lists"
	"plenary/lists/store"
)

const demoDomain = "lists.example.org"

// somebody is a made-up person.
type somebody struct{ name, address string }

// The people of the story.
var (
	admin    = somebody{"Ada Lindqvist", "ada.lindqvist@example.org"}
	leader   = somebody{"Lea Moreau", "lea.moreau@example.org"}
	writer   = somebody{"Tomás Herrera", "tomas.herrera@example.net"}
	newcomer = somebody{"Noor Haddad", "noor.haddad@example.net"}
	founder  = somebody{"Ilse Janssen", "ilse.janssen@example.com"} // leads the group that is founded
)

// demoGroup is a working group that is there when the story begins.
type demoGroup struct {
	name, title, purpose string
	leader               somebody
	next                 string
	days                 int // until the next step, from today
	state                lists.State
	told                 string // progress reported before the story
	help                 string // and what help was asked for
	members              int
	posts                [12]int // in the last weeks before the story, the oldest first
}

func demoGroups() []demoGroup {
	return []demoGroup{
		{"data-protection", "Interactive map of data protection", "Show on one map which data protection laws hold where, and who enforces them.",
			leader, "publish the map of the first forty countries", 18, lists.Active, "", "", 14, [12]int{2, 3, 1, 0, 4, 6, 2, 5, 3, 7, 4, 6}},
		{"education", "Educational materials", "Write short lessons on digital rights that any teacher can use.",
			somebody{"Samuel Okafor", "samuel.okafor@example.com"}, "try lesson three in two schools", 9, lists.Active,
			"Lesson two was tried in a school in Porto. The pupils asked for more examples from their own lives, so we added six.",
			"two teachers who would try lesson three", 11, [12]int{0, 1, 2, 2, 1, 0, 3, 2, 4, 3, 2, 5}},
		{"principles", "Principles for government-led initiatives", "Agree on what a government-led digital initiative owes the people it reaches.",
			somebody{"Mei Tanaka", "mei.tanaka@example.org"}, "collect comments on the second draft", 25, lists.Active,
			"The second draft is out: nine principles, each with an example of how it was kept and how it was broken.", "", 12, [12]int{5, 8, 4, 3, 6, 2, 1, 9, 7, 4, 6, 3}},
		{"dns", "A blockchain domain name system", "Find out what a domain name system on a blockchain would do better than today's, and what worse.",
			somebody{"Viktor Sokolov", "viktor.sokolov@example.net"}, "compare the three prototypes", -4, lists.Active, "", "", 8, [12]int{3, 2, 4, 1, 2, 1, 0, 1, 0, 0, 0, 0}},
		{"exploration", "Exploration tools", "Gather tools that let people explore public data without writing programs.",
			somebody{"Aroha Ngata", "aroha.ngata@example.com"}, "choose the first five tools", 12, lists.Forming, "", "", 7, [12]int{0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0}},
	}
}

// demoNames are members who do nothing but receive.
const demoNames = `Abebe Tadesse, Agnieszka Nowak, Amara Diallo, Anjali Rao, Arne Solberg, Beatriz Costa, Bilal Khan, Carmen Ortega,
Chidi Eze, Chiara Romano, Daniel Cohen, Dilnoza Karimova, Eero Virtanen, Elif Demir, Emma Byrne, Farid Rahimi, Fatou Sarr, Giorgos Pappas,
Hana Dvorak, Hiro Sato, Imani Mwangi, Ingrid Bauer, Jamal Haddad, Jana Horvat, Joon Park, Karim Benali, Katya Petrova, Kofi Mensah, Lara Fischer,
Linh Tran, Luis Mendoza, Maja Kovac, Marta Silva, Mateo Rojas, Nadia Aziz, Niamh Kelly, Oksana Bondar, Omar Farouk, Paolo Ricci, Priya Nair,
Ravi Menon, Rosa Alvarez, Sanna Nieminen, Tariq Hassan`

// demoPeople makes a person of each name.
func demoPeople() []somebody {
	var people []somebody
	domains := []string{"example.org", "example.net", "example.com"}
	for i, name := range strings.Split(demoNames, ",") {
		name = strings.TrimSpace(name)
		people = append(people, somebody{name, strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@" + domains[i%len(domains)]})
	}
	return people
}

// seed makes the lists and the people that are there when the story begins.
func seed(ctx context.Context, s *service) error {
	past, err := store.Open(ctx, s.rdb, s.site, func() time.Time { return s.now().Add(-demoPast) })
	if err != nil {
		return err
	}
	dc, err := past.CreateList(ctx, lists.NewList{Name: "dc", Title: "Digital Coalition",
		Purpose: "People from everywhere who work on data, education and an open Internet, in groups that anyone may join."})
	if err != nil {
		return err
	}
	people := []lists.NewMember{
		{Address: lists.Address(admin.address), Name: admin.name, Admin: true},
		{Address: lists.Address(writer.address), Name: writer.name},
		{Address: lists.Address(founder.address), Name: founder.name},
	}
	crowd := demoPeople()
	for _, p := range crowd {
		people = append(people, lists.NewMember{Address: lists.Address(p.address), Name: p.name})
	}
	if _, err := past.Import(ctx, dc.ID, people); err != nil {
		return err
	}
	for i, g := range demoGroups() {
		if err := seedGroup(ctx, s, past, dc, g, crowd, i*5); err != nil {
			return fmt.Errorf("group %s: %w", g.name, err)
		}
	}
	// The digest before the story's went out a week ago, whatever day it is.
	last := s.weekly.Schedule.Last(s.now())
	_, err = s.store.Record(ctx, lists.ProgressEntry{List: dc.ID, Kind: "digest", Text: last.String(), Week: last.String(),
		Source: "digest-" + dc.ID + "-" + last.String(), At: s.now().AddDate(0, 0, -7)})
	if err != nil {
		return err
	}
	return s.store.SetPassword(ctx, lists.Address(admin.address), "demo", demoPassword)
}

// demoPast is how long the demo's world has been there when the story begins.
const demoPast = 90 * 24 * time.Hour

// seedGroup makes one group; its members are taken from the crowd, from the
// given place on.
func seedGroup(ctx context.Context, s *service, past *store.Store, dc lists.List, g demoGroup, crowd []somebody, from int) error {
	day := func(n int) lists.Date { return s.site.Today(s.now().AddDate(0, 0, n)) }
	l, err := past.CreateList(ctx, lists.NewList{Name: g.name, Title: g.title, Parent: dc.ID, Purpose: g.purpose, Next: g.next, NextBy: day(g.days)})
	if err != nil {
		return err
	}
	if _, err := s.store.UpdateList(ctx, l.ID, func(l *lists.List) error { l.State = g.state; return nil }); err != nil {
		return err
	}
	people := []lists.NewMember{{Address: lists.Address(g.leader.address), Name: g.leader.name, Leader: true}}
	if g.name == "data-protection" {
		people = append(people, lists.NewMember{Address: lists.Address(writer.address), Name: writer.name})
	}
	for i := 0; len(people) < g.members; i++ {
		p := crowd[(from+i*2)%len(crowd)]
		people = append(people, lists.NewMember{Address: lists.Address(p.address), Name: p.name})
	}
	if _, err := past.Import(ctx, l.ID, people); err != nil {
		return err
	}
	if err := seedPosts(ctx, s, l, g, people); err != nil {
		return err
	}
	for kind, text := range map[string]string{"progress": g.told, "help": g.help} {
		if text == "" {
			continue
		}
		_, err := s.store.Record(ctx, lists.ProgressEntry{List: l.ID, Kind: kind, Author: lists.Address(g.leader.address), Name: g.leader.name,
			Text: text, Source: "demo-" + g.name, At: s.now().UTC().Add(-time.Minute)})
		if err != nil {
			return err
		}
	}
	return nil
}
