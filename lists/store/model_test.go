package store_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"plenary/lists"
	"plenary/lists/store"
	"plenary/lists/store/redistest"
)

// TestPeopleAreAsInAPlainModel plays random changes against the store and
// against maps, and compares all that can be read.
func TestPeopleAreAsInAPlainModel(t *testing.T) {
	run := func(t *testing.T, rdb redis.UniversalClient) {
		rapid.Check(t, func(rt *rapid.T) {
			if err := redistest.Empty(context.Background(), rdb); err != nil {
				rt.Fatalf("flush: %v", err)
			}
			s := open(t, rdb, newClock())
			coalition(t, s)
			m := &model{s: s, people: map[string]*person{}, given: map[lists.Number]bool{}}
			rt.Repeat(map[string]func(*rapid.T){
				"subscribe":   m.subscribe,
				"unsubscribe": m.unsubscribe,
				"update":      m.update,
				"address":     m.address,
				"import":      m.load,
				"group again": m.recreate,
				"":            func(rt *rapid.T) { m.compare(rt) },
			})
			consistent(rt, rdb, s, "dc")
		})
	}
	t.Run("miniredis", func(t *testing.T) { run(t, redistest.Mini(t)) })
	if cluster != nil {
		t.Run("cluster", func(t *testing.T) { run(t, cluster) })
	}
}

// model is what the store should hold.
type model struct {
	s      *store.Store
	people map[string]*person // by address key
	given  map[lists.Number]bool
}

type person struct {
	number lists.Number
	text   string // address, name, settings
	subs   map[string]string
}

var (
	ctxAlways = context.Background()
	addresses = rapid.SampledFrom([]lists.Address{"ada@example.org", "Ada@example.org", "bob@example.org", "eve@x.example.org", "ü@example.org"})
	listIDs   = rapid.SampledFrom([]string{"dc", "dc-maps", "dc-names"})
	choices   = rapid.SampledFrom([]lists.Delivery{"", lists.Each, lists.Daily, lists.Weekly, lists.NoMail})
)

func text(p lists.Person) string {
	return fmt.Sprintf("%s|%s|%s|%v|%v|%v|%s", p.Address, p.Name, p.Language, p.HideOwn, p.Conceal, p.Bouncing, p.Vacation)
}

func subText(s lists.Subscription) string {
	return fmt.Sprintf("%s leader %v admin %v", s.Delivery, s.Leader, s.Admin)
}

func newMember(rt *rapid.T, list string) lists.NewMember {
	return lists.NewMember{
		Address: addresses.Draw(rt, "address"), Name: rapid.SampledFrom([]string{"", "Ada", "Bob\tB."}).Draw(rt, "name"),
		Delivery: choices.Draw(rt, "delivery"), Leader: rapid.Bool().Draw(rt, "leader"), Admin: list == "dc" && rapid.Bool().Draw(rt, "admin"),
	}
}

// join is the model's Subscribe; it gives the lists newly joined.
func (m *model) join(list string, nm lists.NewMember) (added []string) {
	p := m.people[nm.Address.Key()]
	name := strings.ReplaceAll(nm.Name, "\t", " ")
	if p == nil {
		p = &person{text: text(lists.Person{Address: nm.Address, Name: name}), subs: map[string]string{}}
		m.people[nm.Address.Key()] = p
	} else if name != "" {
		p.text = strings.Replace(p.text, "||", "|"+name+"|", 1-min(1, len(strings.Split(p.text, "|")[1])))
	}
	if list != "dc" && p.subs["dc"] == "" {
		p.subs["dc"] = subText(lists.Subscription{Delivery: lists.Each})
		added = append(added, "dc")
	}
	if p.subs[list] == "" {
		if nm.Delivery == "" {
			nm.Delivery = lists.Each
		}
		p.subs[list] = subText(lists.Subscription{Delivery: nm.Delivery})
		added = append(added, list)
	}
	if nm.Leader {
		p.subs[list] = strings.Replace(p.subs[list], "leader false", "leader true", 1)
	}
	if nm.Admin {
		p.subs[list] = strings.Replace(p.subs[list], "admin false", "admin true", 1)
	}
	return added
}

func (m *model) subscribe(rt *rapid.T) {
	list := listIDs.Draw(rt, "list")
	nm := newMember(rt, list)
	_, added, err := m.s.Subscribe(ctxAlways, list, nm)
	if want := m.join(list, nm); err != nil || !slices.Equal(added, want) {
		rt.Fatalf("subscribe %s to %s: added %v, %v; want %v", nm.Address, list, added, err, want)
	}
}

func (m *model) load(rt *rapid.T) {
	list := listIDs.Draw(rt, "list")
	var all []lists.NewMember
	want := 0
	for range rapid.IntRange(0, 8).Draw(rt, "people") {
		nm := newMember(rt, list)
		all = append(all, nm)
		want += b2i(slices.Contains(m.join(list, nm), list))
	}
	if added, err := m.s.Import(ctxAlways, list, all); err != nil || added != want {
		rt.Fatalf("import %v into %s: added %d, %v; want %d", all, list, added, err, want)
	}
}

func (m *model) unsubscribe(rt *rapid.T) {
	a := addresses.Draw(rt, "address")
	ids := rapid.SliceOf(listIDs).Draw(rt, "lists")
	_, left, err := m.s.Unsubscribe(ctxAlways, "dc", ids, a)
	p := m.people[a.Key()]
	if p == nil {
		if !errors.Is(err, lists.ErrNotFound) {
			rt.Fatalf("unsubscribe a stranger: %v", err)
		}
		return
	}
	var want []string
	for list := range p.subs {
		if slices.Contains(ids, list) || slices.Contains(ids, "dc") {
			want = append(want, list)
			delete(p.subs, list)
		}
	}
	if len(p.subs) == 0 {
		delete(m.people, a.Key())
	}
	slices.Sort(want)
	slices.Sort(left)
	if err != nil || !slices.Equal(left, want) {
		rt.Fatalf("unsubscribe %s from %v: left %v, %v; want %v", a, ids, left, err, want)
	}
}

func (m *model) update(rt *rapid.T) {
	a := addresses.Draw(rt, "address")
	all := []lists.Delivery{lists.Each, lists.Daily, lists.Weekly, lists.NoMail}
	hide, conceal, bouncing := rapid.Bool().Draw(rt, "hide"), rapid.Bool().Draw(rt, "conceal"), rapid.Bool().Draw(rt, "bouncing")
	vacation := rapid.SampledFrom([]lists.Date{"", "2026-12-01"}).Draw(rt, "vacation")
	delivery, leader := rapid.SampledFrom(all).Draw(rt, "delivery"), rapid.Bool().Draw(rt, "leader")
	after, err := m.s.UpdatePerson(ctxAlways, "dc", a, func(p *lists.Person) error {
		p.HideOwn, p.Conceal, p.Bouncing, p.Vacation, p.Name = hide, conceal, bouncing, vacation, "New"
		for i := range p.Subs {
			p.Subs[i].Delivery, p.Subs[i].Leader, p.Subs[i].Admin = delivery, leader, false
		}
		return nil
	})
	p := m.people[a.Key()]
	if p == nil {
		if !errors.Is(err, lists.ErrNotFound) {
			rt.Fatalf("update a stranger: %v", err)
		}
		return
	}
	if err != nil {
		rt.Fatalf("update: %v", err)
	}
	p.text = text(lists.Person{Address: after.Address, Name: "New", HideOwn: hide, Conceal: conceal, Bouncing: bouncing, Vacation: vacation})
	for list := range p.subs {
		p.subs[list] = subText(lists.Subscription{Delivery: delivery, Leader: leader})
	}
}

func (m *model) address(rt *rapid.T) {
	from, to := addresses.Draw(rt, "from"), addresses.Draw(rt, "to")
	err := m.s.ChangeAddress(ctxAlways, "dc", from, to)
	p, other := m.people[from.Key()], m.people[to.Key()]
	var refusal *lists.Refusal
	switch {
	case other != nil && other != p:
		if !errors.As(err, &refusal) {
			rt.Fatalf("%s took the address of %s: %v", from, to, err)
		}
	case p == nil:
		if !errors.Is(err, lists.ErrNotFound) {
			rt.Fatalf("a stranger's address was changed: %v", err)
		}
	case err != nil:
		rt.Fatalf("change %s to %s: %v", from, to, err)
	default:
		delete(m.people, from.Key())
		m.people[to.Key()] = p
		fields := strings.Split(p.text, "|")
		if fields[0] = string(to); !from.Same(to) {
			fields[5] = "false" // the new address has not failed
		}
		p.text = strings.Join(fields, "|")
	}
}

// recreate removes a group and makes it anew.
func (m *model) recreate(rt *rapid.T) {
	if err := m.s.RemoveList(ctxAlways, "dc-maps"); err != nil {
		rt.Fatalf("remove: %v", err)
	}
	if _, err := m.s.CreateList(ctxAlways, lists.NewList{Name: "maps", Title: "Maps", Parent: "dc"}); err != nil {
		rt.Fatalf("create: %v", err)
	}
	for _, p := range m.people {
		delete(p.subs, "dc-maps")
	}
}

// compare reads everybody, and checks that numbers stay and are never reused.
func (m *model) compare(rt *rapid.T) {
	roster, err := m.s.Roster(ctxAlways, "dc", 1, 1000)
	if err != nil || len(roster) != len(m.people) {
		rt.Fatalf("%d people, %v; want %d", len(roster), err, len(m.people))
	}
	for _, got := range roster {
		p := m.people[got.Address.Key()]
		if p == nil {
			rt.Fatalf("%s is in the roster", got.Address)
		}
		if p.number == 0 {
			if m.given[got.Number] {
				rt.Fatalf("number %d was given again", got.Number)
			}
			p.number, m.given[got.Number] = got.Number, true
		}
		subs := map[string]string{}
		for _, sub := range got.Subs {
			subs[sub.List] = subText(sub)
		}
		if got.Number != p.number || text(got) != p.text || !maps.Equal(subs, p.subs) {
			rt.Fatalf("person %+v\nwant %d %s %v", got, p.number, p.text, p.subs)
		}
		if one, err := m.s.Person(ctxAlways, "dc", got.Address); err != nil || one.Number != got.Number {
			rt.Fatalf("by address: %+v, %v", one, err)
		}
	}
}
