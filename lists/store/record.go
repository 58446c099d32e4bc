package store

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"plenary/lists"
)

// record is a person as Redis holds them: one compact line.
//
//	address TAB subscriptions TAB name TAB flags TAB language TAB vacation
//
// with empty fields at the end left out. Subscriptions are separated by
// commas, each SERIAL DELIVERY ROLES DAY: the list's serial, a letter of
// each, daily, weekly, none, L for a leader, D for a deputy and A for an admin, and the days
// from 1970 to the joining, as 3eL20415, and what encodeTurns says. Flags are h (own posts are hidden),
// c (concealed) and b (bouncing).
type record struct {
	person  lists.Person
	raw     string            // as it stands in Redis, "" not yet
	serials map[string]uint32 // of the lists in person.Subs, by ID; see withSerials
}

// registry tells which lists' people a family keeps: serial → ID.
type registry map[uint32]string

func parseRegistry(fields map[string]string) (registry, error) {
	r := make(registry, len(fields))
	for serial, id := range fields {
		n, err := strconv.ParseUint(serial, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("serial of list %q: %w", id, err)
		}
		r[uint32(n)] = id
	}
	return r, nil
}

// deliveryLetters and deliveries stand in the same order.
const deliveryLetters = "edwn"

func deliveries() [4]lists.Delivery {
	return [...]lists.Delivery{lists.Each, lists.Daily, lists.Weekly, lists.NoMail}
}

func deliveryOf(letter byte) (lists.Delivery, bool) {
	i := strings.IndexByte(deliveryLetters, letter)
	if i < 0 {
		return "", false
	}
	return deliveries()[i], true
}

func letterOf(d lists.Delivery) byte {
	all := deliveries()
	return deliveryLetters[max(slices.Index(all[:], d), 0)]
}

// parseRecord reads the person with number n. Subscriptions to lists that
// the registry doesn't know (any more) are left out. It is called for every
// member of every post.
func parseRecord(family string, reg registry, n lists.Number, raw string) (record, error) {
	var f [6]string
	for i, rest := 0, raw; i < len(f); i++ {
		f[i], rest, _ = strings.Cut(rest, "\t")
	}
	r := record{raw: raw, person: lists.Person{
		Family: family, Number: n, Address: lists.Address(f[0]), Name: f[2],
		HideOwn: strings.Contains(f[3], "h"), Conceal: strings.Contains(f[3], "c"), Bouncing: strings.Contains(f[3], "b"),
		Language: f[4], Vacation: lists.Date(f[5]),
	}}
	if f[1] == "" {
		return r, nil
	}
	r.person.Subs = make([]lists.Subscription, 0, 1+strings.Count(f[1], ","))
	for rest, more := f[1], true; more; {
		var sub string
		sub, rest, more = strings.Cut(rest, ",")
		serial, s, ok := parseSub(sub)
		if !ok {
			return record{}, fmt.Errorf("person %d of %s: subscription %q is malformed", n, family, sub)
		}
		if id, known := reg[serial]; known {
			s.List = id
			r.person.Subs = append(r.person.Subs, s)
		}
	}
	return r, nil
}

// withSerials is r with the serials that writing it needs.
func (r record) withSerials(reg registry) *record {
	r.serials = make(map[string]uint32, len(r.person.Subs))
	_, rest, _ := strings.Cut(r.raw, "\t")
	subs, _, _ := strings.Cut(rest, "\t")
	for sub := range strings.SplitSeq(subs, ",") {
		if serial, _, ok := parseSub(sub); ok && reg[serial] != "" {
			r.serials[reg[serial]] = serial
		}
	}
	return &r
}

const day = 24 * time.Hour

func parseSub(text string) (serial uint32, s lists.Subscription, ok bool) {
	at := 0
	for at < len(text) && '0' <= text[at] && text[at] <= '9' {
		at++
	}
	n, err := strconv.ParseUint(text[:at], 10, 32)
	if err != nil || at == len(text) {
		return 0, s, false
	}
	if s.Delivery, ok = deliveryOf(text[at]); !ok {
		return 0, s, false
	}
	rest := text[at+1:]
	rest, s.Leader = strings.CutPrefix(rest, "L")
	if rest, s.Deputy = strings.CutPrefix(rest, "D"); s.Deputy {
		s.Leader = true
	}
	rest, s.Admin = strings.CutPrefix(rest, "A")
	if rest, ok = cutTurns(rest, &s); !ok {
		return 0, s, false
	}
	days, err := strconv.ParseInt(rest, 10, 32)
	s.Joined = time.Unix(days*int64(day/time.Second), 0).UTC()
	return uint32(n), s, err == nil
}

// roles are a subscription's roles in letters.
func roles(s lists.Subscription) string {
	text := ""
	switch {
	case s.Leader && s.Deputy:
		text += "D"
	case s.Leader:
		text += "L"
	}
	if s.Admin {
		text += "A"
	}
	return text
}

// encode writes the person as one line.
func (r *record) encode() string {
	p := r.person
	slices.SortFunc(p.Subs, func(a, b lists.Subscription) int { return int(r.serials[a.List]) - int(r.serials[b.List]) })
	var subs []string
	for _, s := range p.Subs {
		days := s.Joined.Unix() / int64(day/time.Second)
		subs = append(subs, fmt.Sprintf("%d%c%s%d%s", r.serials[s.List], letterOf(s.Delivery), roles(s), days, encodeTurns(s)))
	}
	flags := ""
	for _, flag := range []struct {
		letter string
		on     bool
	}{{"h", p.HideOwn}, {"c", p.Conceal}, {"b", p.Bouncing}} {
		if flag.on {
			flags += flag.letter
		}
	}
	line := strings.Join([]string{string(p.Address), strings.Join(subs, ","), p.Name, flags, p.Language, string(p.Vacation)}, "\t")
	return strings.TrimRight(line, "\t")
}

// clone is a copy that may be changed.
func (r *record) clone() *record {
	c := &record{person: r.person, raw: r.raw, serials: make(map[string]uint32, len(r.serials)+2)}
	c.person.Subs = slices.Clone(r.person.Subs)
	for id, serial := range r.serials {
		c.serials[id] = serial
	}
	return c
}
