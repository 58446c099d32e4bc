package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"plenary/lists"
)

// Subscribe makes m a member of a list, and of its main list. Who is a member
// already is given the roles asked for and keeps the rest. It reports the
// person as they are now, and the IDs of the lists newly joined.
func (s *Store) Subscribe(ctx context.Context, listID string, m lists.NewMember) (p lists.Person, added []string, err error) {
	err = s.subscribe(ctx, listID, m, &p, &added)
	if err != nil {
		return lists.Person{}, nil, fmt.Errorf("subscribe to list %q: %w", listID, err)
	}
	return p, added, nil
}

func (s *Store) subscribe(ctx context.Context, listID string, m lists.NewMember, p *lists.Person, added *[]string) error {
	l, main, err := s.list(ctx, listID)
	if err != nil {
		return err
	}
	if m, err = checkMember(l, m); err != nil {
		return err
	}
	if err := s.notOurs(m.Address); err != nil {
		return err
	}
	var number lists.Number
	return retry(ctx, func() (bool, error) {
		reg, old, err := s.lookup(ctx, l.Family, m.Address)
		if err != nil {
			return false, err
		}
		if reg[l.Serial] != l.ID || reg[main.Serial] != main.ID {
			return false, notFound("list %q in its family", l.ID)
		}
		if old == nil && number == 0 {
			if number, err = s.giveNumbers(ctx, l.Family, 1); err != nil {
				return false, err
			}
		}
		next := old
		if old == nil {
			next = newRecord(l.Family, number, m.Address)
		}
		next = next.clone()
		*added = next.join(l, main, m, s.now())
		var c places
		if err := s.turned(ctx, &c, old, next); err != nil {
			return false, err
		}
		*p = next.person
		c.append(s.put(reg, old, next, true))
		return s.commit(ctx, &c.change)
	})
}

// checkMember cleans what stands in m and refuses what can't be.
func checkMember(l lists.List, m lists.NewMember) (lists.NewMember, error) {
	var err error
	if m.Address, err = lists.ParseAddress(string(m.Address)); err != nil {
		return m, err
	}
	m.Name = cleanName(m.Name)
	m.Delivery = or(m.Delivery, lists.Each)
	if m.Deputy && l.Main() {
		return m, refusal("%s is a main list: deputies are those of a group's leader.", l.Name)
	}
	if m.Admin && !l.Main() {
		return m, refusal("%s is a group: admins are those of its main list, %s.", l.Name, l.Family)
	}
	return m, checkDelivery(m.Delivery)
}

func checkDelivery(d lists.Delivery) error {
	all := deliveries()
	return oneOf("delivery", d, all[:]...)
}

// giveNumbers takes count numbers of the family that nobody ever had, and
// gives the first.
func (s *Store) giveNumbers(ctx context.Context, family string, count int) (lists.Number, error) {
	last, err := s.rdb.IncrBy(ctx, nextKey(family), int64(count)).Result()
	if err != nil {
		return 0, fmt.Errorf("take a number: %w", err)
	}
	if last > 1<<31 {
		return 0, fmt.Errorf("the family has given out %d numbers, which is all there are", last)
	}
	return lists.Number(last - int64(count) + 1), nil
}

func newRecord(family string, n lists.Number, a lists.Address) *record {
	return &record{serials: map[string]uint32{}, person: lists.Person{Family: family, Number: n, Address: a}}
}

// join subscribes r to l and its main list, and gives the IDs of those newly
// joined. What stands is kept.
func (r *record) join(l, main lists.List, m lists.NewMember, now time.Time) (added []string) {
	p := &r.person
	if p.Name == "" {
		p.Name = m.Name
	}
	today := now.UTC().Truncate(day)
	if !p.In(main.ID) && !l.Main() {
		p.Subs = append(p.Subs, lists.Subscription{List: main.ID, Delivery: lists.Each, Joined: today})
		r.serials[main.ID] = main.Serial
		added = append(added, main.ID)
	}
	if !p.In(l.ID) {
		p.Subs = append(p.Subs, lists.Subscription{List: l.ID, Delivery: m.Delivery, Joined: today})
		r.serials[l.ID] = l.Serial
		added = append(added, l.ID)
	}
	i := slices.IndexFunc(p.Subs, func(s lists.Subscription) bool { return s.List == l.ID })
	switch s := &p.Subs[i]; {
	case m.Leader:
		s.Leader, s.Deputy = true, false
	case m.Deputy && !s.Leader:
		s.Leader, s.Deputy = true, true
	}
	p.Subs[i].Admin = p.Subs[i].Admin || m.Admin
	return added
}

// Unsubscribe takes somebody out of lists of a family; the main list takes
// its sub-lists along. It reports the person as they were before, and the IDs
// of the lists left, which are none where they were in none of them.
func (s *Store) Unsubscribe(ctx context.Context, family string, listIDs []string, a lists.Address) (before lists.Person, left []string, err error) {
	tried := false // by this call: where they are gone, that went through and its answer was lost
	err = retry(ctx, func() (bool, error) {
		reg, old, err := s.lookup(ctx, family, a)
		if err != nil {
			return false, err
		}
		if old == nil || len(old.person.Subs) == 0 {
			if tried {
				return true, nil
			}
			return false, notFound("address")
		}
		next := old.clone()
		var goes []string
		next.person.Subs = slices.DeleteFunc(next.person.Subs, func(sub lists.Subscription) bool {
			of := slices.Contains(listIDs, sub.List) || slices.Contains(listIDs, family)
			if of {
				goes = append(goes, sub.List)
			}
			return of
		})
		if len(goes) == 0 && tried {
			return true, nil
		}
		before, left = old.person, goes
		if len(left) == 0 {
			return true, nil
		}
		tried = true
		return s.commit(ctx, s.put(reg, old, next, true))
	})
	if err != nil {
		return lists.Person{}, nil, fmt.Errorf("unsubscribe from lists of %s: %w", family, err)
	}
	return before, left, nil
}

// UpdatePerson changes a person's settings, and delivery and roles in the
// lists they are in; their address, number and lists have verbs of their own.
// change may be called more than once.
func (s *Store) UpdatePerson(ctx context.Context, family string, a lists.Address, change func(*lists.Person) error) (p lists.Person, err error) {
	err = retry(ctx, func() (bool, error) {
		reg, old, err := s.lookup(ctx, family, a)
		if err != nil {
			return false, err
		}
		if old == nil || len(old.person.Subs) == 0 {
			return false, notFound("address")
		}
		next := old.clone()
		if err := change(&next.person); err != nil {
			return false, err
		}
		if err := checkPerson(old.person, &next.person); err != nil {
			return false, err
		}
		var c places
		if err := s.turned(ctx, &c, old, next); err != nil {
			return false, err
		}
		p = next.person
		c.append(s.put(reg, old, next, true))
		return s.commit(ctx, &c.change)
	})
	if err != nil {
		return lists.Person{}, fmt.Errorf("change a person of %s: %w", family, err)
	}
	return p, nil
}

// checkPerson cleans what a change made of a person, and refuses what it may
// not do.
func checkPerson(old lists.Person, p *lists.Person) error {
	if p.Family != old.Family || p.Number != old.Number || p.Address != old.Address || len(p.Subs) != len(old.Subs) {
		return fmt.Errorf("the change touches the address, number or lists of person %d", old.Number)
	}
	p.Name, p.Language = cleanName(p.Name), cleanLine(p.Language, 35)
	if _, ok := p.Vacation.Time(); !ok && p.Vacation != "" {
		return refusal("%q is not a date: write it as 2026-12-01.", cleanLine(string(p.Vacation), 40))
	}
	for _, sub := range p.Subs {
		if !old.In(sub.List) {
			return fmt.Errorf("the change puts person %d into list %q", old.Number, sub.List)
		}
		if sub.Admin && sub.List != p.Family {
			return refusal("Admins are those of the main list, %s.", p.Family)
		}
		if err := checkDelivery(sub.Delivery); err != nil {
			return err
		}
	}
	return nil
}

// ChangeAddress gives a person of the family a new address; number and
// everything else stay, save a pause: it was for the old one, which failed. An
// address that somebody else has is refused.
func (s *Store) ChangeAddress(ctx context.Context, family string, from, to lists.Address) error {
	to, err := lists.ParseAddress(string(to))
	if err != nil {
		return fmt.Errorf("change an address in %s: %w", family, err)
	}
	if err := s.notOurs(to); err != nil {
		return err
	}
	var moving lists.Number // by this call: where they have it, that went through and its answer was lost
	err = retry(ctx, func() (bool, error) {
		reg, old, err := s.lookup(ctx, family, from)
		if err != nil {
			return false, err
		}
		_, other, err := s.lookup(ctx, family, to)
		switch {
		case err != nil:
			return false, err
		case other != nil && old == nil && other.person.Number == moving:
			return true, nil
		case other != nil && (old == nil || other.person.Number != old.person.Number):
			return false, refusal("%s is already a member's address.", to)
		case old == nil || len(old.person.Subs) == 0:
			return false, notFound("address")
		}
		next := old.clone()
		next.person.Address, moving = to, old.person.Number
		next.person.Bouncing = old.person.Bouncing && from.Same(to)
		c := s.put(reg, old, next, true)
		if !from.Same(to) {
			c.delKey(bouncesKey(family, moving))
		}
		return s.commit(ctx, c)
	})
	if err != nil {
		return fmt.Errorf("change an address in %s: %w", family, err)
	}
	return nil
}

// put is the change from old (nil: nobody) to next, with the index, the
// bitmaps and the officers that go with it. A person without subscriptions
// goes. singly writes each joining and leaving into the lists' activity.
func (s *Store) put(reg registry, old, next *record, singly bool) *change {
	c := &change{}
	p := next.person
	f, n := p.Family, p.Number
	key, oldKey := p.Address.Key(), ""
	bucket, field := bucketKey(f, n), bucketField(n)
	if old == nil {
		old = newRecord(f, n, "")
		c.noField(bucket, field)
	} else {
		oldKey = old.person.Address.Key()
		c.fieldIs(bucket, field, old.raw)
	}
	if key != oldKey {
		c.noField(indexKey(f, key), key)
	}
	for _, sub := range p.Subs {
		if !old.person.In(sub.List) {
			serial := next.serials[sub.List]
			c.fieldIs(registryKey(f), strconv.FormatUint(uint64(serial), 10), reg[serial])
		}
	}
	if oldKey != "" && (oldKey != key || len(p.Subs) == 0) {
		c.delField(indexKey(f, oldKey), oldKey)
	}
	if len(p.Subs) == 0 {
		c.delField(bucket, field)
	} else {
		if key != oldKey {
			c.setField(indexKey(f, key), key, strconv.FormatUint(uint64(n), 10))
		}
		if line := next.encode(); line != old.raw {
			c.setField(bucket, field, line)
		}
	}
	s.putSubs(c, old, next, singly)
	return c
}

// putSubs adds what the lists that old and next differ in have to know.
func (s *Store) putSubs(c *change, old, next *record, singly bool) {
	f, n := next.person.Family, next.person.Number
	event := func(kind string, serial uint32) {
		if singly {
			c.event(f, serial, s.now(), kind, n)
		}
	}
	for _, sub := range next.person.Subs {
		serial := next.serials[sub.List]
		was, in := old.person.Sub(sub.List)
		if !in {
			c.setBit(membersKey(f, serial), n, true)
			event(eventJoined, serial)
		}
		if takes := sub.TakesDigests(); takes != was.TakesDigests() {
			c.setBit(readersKey(f, serial), n, takes)
		}
		switch now := roles(sub); {
		case now == roles(was):
		case now == "":
			c.delField(officersKey(f), officerField(serial, n))
		default:
			c.setField(officersKey(f), officerField(serial, n), now)
		}
	}
	for _, sub := range old.person.Subs {
		if next.person.In(sub.List) {
			continue
		}
		serial := old.serials[sub.List]
		c.setBit(membersKey(f, serial), n, false)
		if sub.TakesDigests() {
			c.setBit(readersKey(f, serial), n, false)
		}
		if roles(sub) != "" {
			c.delField(officersKey(f), officerField(serial, n))
		}
		event(eventLeft, serial)
	}
}
