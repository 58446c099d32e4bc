package main

import (
	"fmt"
	"strings"

	"plenary/cmd/plenary/config"
	"plenary/digest/words"
	"plenary/lists"
	"plenary/lists/store"
)

// memberKeys are what `member set` changes.
const memberKeys = `name, delivery (each, daily, weekly or none), plain (on or off: digests as one plain text), role (member, leader, deputy or admin), vacation (a date, or "" for back), own-posts (on or off), conceal (on or off), language, address (a new one), state (active)`

type memberSetCmd struct {
	List    string   `arg:"" help:"Name or short name."`
	Address string   `arg:"" help:"Mail address."`
	Key     string   `arg:"" help:"name, delivery, plain, role, vacation, own-posts, conceal, language, address or state."`
	Value   []string `arg:"" help:"What it shall be."`
}

func (c memberSetCmd) Run(a *app) error {
	key, value := strings.ReplaceAll(strings.ToLower(c.Key), "_", "-"), strings.Join(c.Value, " ")
	address, _, err := readMailbox(c.Address)
	if err != nil {
		return err
	}
	if key == "address" {
		return c.move(a, address, value)
	}
	st, cfg, l, err := a.list(c.List)
	if err != nil {
		return err
	}
	change, err := memberChange(key, value, l, cfg, a)
	if err != nil {
		return err
	}
	p, err := c.member(a, st, l, address)
	if err != nil {
		return err
	}
	record, err := offices(a, st, l)
	if err != nil {
		return err
	}
	now, err := st.UpdatePerson(a.ctx, l.Family, address, change)
	if err != nil {
		return err
	}
	if err := record(); err != nil {
		return err
	}
	if same(p, now) {
		a.say("%s: %s was so already.", address, key)
	} else {
		a.say("%s: %s is %s now.", address, key, orWord(value, "empty"))
	}
	return nil
}

// member is who has the address, as a member of the list.
func (c memberSetCmd) member(a *app, st *store.Store, l lists.List, address lists.Address) (lists.Person, error) {
	p, err := st.Person(a.ctx, l.Family, address)
	if notThere(err) || err == nil && !p.In(l.ID) {
		return p, fmt.Errorf("%s is no member of %s (plenary member add %s %s)", address, l.Name, l.Name, address)
	}
	return p, err
}

// same compares what memberChange may change.
func same(a, b lists.Person) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

// memberChange is the change that the key and value ask for.
func memberChange(key, value string, l lists.List, cfg *config.Config, a *app) (func(*lists.Person) error, error) {
	sub := func(fn func(*lists.Subscription)) func(*lists.Person) error {
		return func(p *lists.Person) error {
			for i := range p.Subs {
				if p.Subs[i].List == l.ID {
					fn(&p.Subs[i])
				}
			}
			return nil
		}
	}
	person := func(fn func(*lists.Person)) func(*lists.Person) error {
		return func(p *lists.Person) error { fn(p); return nil }
	}
	word := strings.ToLower(value)
	on := word == "on"
	switch key {
	case "name":
		return person(func(p *lists.Person) { p.Name = value }), nil
	case "language":
		if value == "" { // as the list
			return person(func(p *lists.Person) { p.Language = "" }), nil
		}
		code, err := language(value)
		if err == nil && !words.Speaks(code) {
			warnOfLanguage(a, code)
		}
		return person(func(p *lists.Person) { p.Language = code }), err
	case "delivery":
		d, plain, ok := lists.ParseChoice(word)
		if !ok {
			d = lists.Delivery(word) // which the store refuses, naming those there are
		}
		return sub(func(s *lists.Subscription) { s.Delivery, s.Plain = d, plain || s.Plain }), nil
	case "role", "roles":
		if word != "member" && word != "leader" && word != "deputy" && word != "admin" {
			return nil, misused("role %q: write member, leader, deputy or admin", value)
		}
		return sub(func(s *lists.Subscription) {
			s.Leader, s.Deputy, s.Admin = word == "leader" || word == "deputy", word == "deputy", word == "admin"
		}), nil
	case "plain":
		if word != "on" && word != "off" {
			return nil, misused("plain %q: write on for digests as one plain text, or off", value)
		}
		return sub(func(s *lists.Subscription) { s.Plain = on }), nil
	case "own-posts", "conceal":
		if word != "on" && word != "off" {
			return nil, misused("%s %q: write on or off", key, value)
		}
		if key == "conceal" {
			return person(func(p *lists.Person) { p.Conceal = on }), nil
		}
		return person(func(p *lists.Person) { p.HideOwn = !on }), nil
	case "state":
		if word != "active" {
			return nil, misused("state %q: only active can be set, which takes back a pause for failing mail and a vacation", value)
		}
		return person(func(p *lists.Person) { p.Bouncing, p.Vacation = false, "" }), nil
	case "vacation":
		if value == "" || word == "off" {
			return person(func(p *lists.Person) { p.Vacation = "" }), nil
		}
		if until, rest, ok := strings.Cut(value, " "); ok && strings.EqualFold(until, "until") { // as by mail
			value = rest
		}
		today := cfg.Site().Today(a.now())
		day, err := lists.ParseDate(value, today)
		if err == nil && day < today {
			a.warn("%s is past: it changes nothing about whether mail comes.", day)
		}
		return person(func(p *lists.Person) { p.Vacation = day }), err
	}
	return nil, misused("a member has no property %q; those there are: %s", key, memberKeys)
}

// move gives a member another address; number, lists and choices stay.
func (c memberSetCmd) move(a *app, from lists.Address, value string) error {
	to, _, err := readMailbox(value)
	if err != nil {
		return err
	}
	st, _, l, err := a.list(c.List)
	if err != nil {
		return err
	}
	if p, err := st.Person(a.ctx, l.Family, to); err == nil && p.In(l.ID) && !from.Same(to) {
		if _, err := st.Person(a.ctx, l.Family, from); notThere(err) {
			a.say("%s is the address already.", to)
			return nil
		}
	}
	if _, err := c.member(a, st, l, from); err != nil {
		return err
	}
	if err := st.ChangeAddress(a.ctx, l.Family, from, to); err != nil {
		return err
	}
	a.say("%s is %s now.", from, to)
	return nil
}
