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
// each, daily, weekly, none, L for a leader and A for an admin, and the days
// from 1970 to the joining, as 3eL20415. Flags are h (own posts are hidden),
// c (concealed) and b (bouncing).
type record struct {
	person  lists.Person
	serials map[string]uint32 // of the lists in person.Subs, by ID
	raw     string            // as it stands in Redis, "" not yet
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

func deliveries() []lists.Delivery {
	return []lists.Delivery{lists.Each, lists.Daily, lists.Weekly, lists.NoMail}
}

func deliveryOf(letter byte) (lists.Delivery, bool) {
	i := strings.IndexByte(deliveryLetters, letter)
	if i < 0 {
		return "", false
	}
	return deliveries()[i], true
}

func letterOf(d lists.Delivery) byte {
	return deliveryLetters[max(slices.Index(deliveries(), d), 0)]
}

// parseRecord reads the person with number n. Subscriptions to lists that
// the registry doesn't know (any more) are left out.
func parseRecord(family string, reg registry, n lists.Number, raw string) (*record, error) {
	var f [6]string
	for i, field := range strings.SplitN(raw, "\t", len(f)) {
		f[i] = field
	}
	r := &record{raw: raw, serials: map[string]uint32{}, person: lists.Person{
		Family: family, Number: n, Address: lists.Address(f[0]), Name: f[2],
		HideOwn: strings.Contains(f[3], "h"), Conceal: strings.Contains(f[3], "c"), Bouncing: strings.Contains(f[3], "b"),
		Language: f[4], Vacation: lists.Date(f[5]),
	}}
	for sub := range strings.SplitSeq(f[1], ",") {
		if sub == "" {
			continue
		}
		serial, s, err := parseSub(sub)
		if err != nil {
			return nil, fmt.Errorf("person %d of %s: %w", n, family, err)
		}
		if id, known := reg[serial]; known {
			s.List = id
			r.person.Subs = append(r.person.Subs, s)
			r.serials[id] = serial
		}
	}
	return r, nil
}

const day = 24 * time.Hour

func parseSub(text string) (serial uint32, s lists.Subscription, err error) {
	bad := fmt.Errorf("subscription %q is malformed", text)
	at := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if at <= 0 {
		return 0, s, bad
	}
	n, err := strconv.ParseUint(text[:at], 10, 32)
	if err != nil {
		return 0, s, bad
	}
	var ok bool
	if s.Delivery, ok = deliveryOf(text[at]); !ok {
		return 0, s, bad
	}
	rest := text[at+1:]
	rest, s.Leader = strings.CutPrefix(rest, "L")
	rest, s.Admin = strings.CutPrefix(rest, "A")
	days, err := strconv.ParseInt(rest, 10, 32)
	if err != nil {
		return 0, s, bad
	}
	s.Joined = time.Unix(0, 0).UTC().Add(time.Duration(days) * day)
	return uint32(n), s, nil
}

// roles are a subscription's roles in letters.
func roles(s lists.Subscription) string {
	text := ""
	if s.Leader {
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
		subs = append(subs, fmt.Sprintf("%d%c%s%d", r.serials[s.List], letterOf(s.Delivery), roles(s), days))
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
