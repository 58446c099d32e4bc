package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

// Person is who has this address in the family; lists.ErrNotFound where
// nobody is a member of any of its lists by it.
func (s *Store) Person(ctx context.Context, family string, a lists.Address) (lists.Person, error) {
	_, r, err := s.lookup(ctx, family, a)
	if err != nil {
		return lists.Person{}, fmt.Errorf("look a person up in %s: %w", family, err)
	}
	if r == nil || len(r.person.Subs) == 0 {
		return lists.Person{}, notFound("address in family %q", family)
	}
	return r.person, nil
}

// PersonByNumber is who has this number in the family.
func (s *Store) PersonByNumber(ctx context.Context, family string, n lists.Number) (lists.Person, error) {
	found, err := s.people(ctx, family, []lists.Number{n})
	if err != nil {
		return lists.Person{}, fmt.Errorf("look person %d up in %s: %w", n, family, err)
	}
	if len(found) == 0 {
		return lists.Person{}, notFound("number %d in family %q", n, family)
	}
	return found[0], nil
}

// PeopleFor is everybody with this address, one in each family that knows it.
func (s *Store) PeopleFor(ctx context.Context, a lists.Address) ([]lists.Person, error) {
	d, err := s.Directory(ctx)
	if err != nil {
		return nil, err
	}
	mains, key := d.MainLists(), a.Key()
	cmds := make([]*redis.StringCmd, len(mains))
	_, err = s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, main := range mains {
			cmds[i] = p.HGet(ctx, indexKey(main.ID, key), key)
		}
		return nil
	})
	if err != nil && !absent(err) {
		return nil, fmt.Errorf("look an address up in every family: %w", err)
	}
	var found []lists.Person
	for i, main := range mains {
		if absent(cmds[i].Err()) {
			continue
		}
		_, r, err := s.lookup(ctx, main.ID, a)
		if err != nil {
			return nil, fmt.Errorf("look a person up in %s: %w", main.ID, err)
		}
		if r != nil && len(r.person.Subs) > 0 {
			found = append(found, r.person)
		}
	}
	return found, nil
}

// LastNumber is the highest number given in the family so far, 0 none.
func (s *Store) LastNumber(ctx context.Context, family string) (lists.Number, error) {
	n, err := s.rdb.Get(ctx, nextKey(family)).Uint64()
	if err != nil && !absent(err) {
		return 0, fmt.Errorf("read the last number of %s: %w", family, err)
	}
	return lists.Number(n), nil
}

// rosterBuckets is how many buckets one pipeline of Roster reads.
const rosterBuckets = 16

// Roster is everybody with a number from from to to, ascending. A thousand
// numbers in a row cost one round trip.
func (s *Store) Roster(ctx context.Context, family string, from, to lists.Number) ([]lists.Person, error) {
	if to > from && to-from >= rosterBuckets*bucketSize { // don't walk over numbers that were never given
		last, err := s.LastNumber(ctx, family)
		if err != nil {
			return nil, err
		}
		to = min(to, last)
	}
	var roster []lists.Person
	for first := uint64(from / bucketSize); first <= uint64(to/bucketSize); first += rosterBuckets {
		var reads []bucketRead
		for b := first; b < first+rosterBuckets && b <= uint64(to/bucketSize); b++ {
			reads = append(reads, bucketRead{base: lists.Number(b * bucketSize)})
		}
		_, found, err := s.readBuckets(ctx, family, reads)
		if err != nil {
			return nil, fmt.Errorf("read numbers %d to %d of %s: %w", from, to, family, err)
		}
		roster = slices.Grow(roster, len(found))
		for _, r := range found {
			if from <= r.person.Number && r.person.Number <= to && len(r.person.Subs) > 0 {
				roster = append(roster, r.person)
			}
		}
	}
	return roster, nil
}

// people are those with these numbers, which must ascend.
func (s *Store) people(ctx context.Context, family string, numbers []lists.Number) ([]lists.Person, error) {
	var reads []bucketRead
	for _, n := range numbers {
		if base := n - n%bucketSize; len(reads) == 0 || reads[len(reads)-1].base != base {
			reads = append(reads, bucketRead{base: base})
		}
		last := &reads[len(reads)-1]
		last.only = append(last.only, n)
	}
	_, records, err := s.readBuckets(ctx, family, reads)
	if err != nil {
		return nil, err
	}
	var found []lists.Person
	for _, r := range records {
		if len(r.person.Subs) > 0 {
			found = append(found, r.person)
		}
	}
	return found, nil
}

// bucketRead asks for the numbers of one bucket: those in only, or all.
type bucketRead struct {
	base lists.Number
	only []lists.Number
}

// readBuckets reads buckets and the registry in one pipeline; the records are
// by number.
func (s *Store) readBuckets(ctx context.Context, family string, reads []bucketRead) (reg registry, records []record, err error) {
	if len(reads) == 0 {
		return nil, nil, nil
	}
	var lookups *redis.MapStringStringCmd
	whole := make([]*redis.MapStringStringCmd, len(reads))
	some := make([]*redis.SliceCmd, len(reads))
	_, err = s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		lookups = p.HGetAll(ctx, registryKey(family))
		for i, r := range reads {
			if len(r.only) == 0 {
				whole[i] = p.HGetAll(ctx, bucketKey(family, r.base))
				continue
			}
			fields := make([]string, len(r.only))
			for j, n := range r.only {
				fields[j] = bucketField(n)
			}
			some[i] = p.HMGet(ctx, bucketKey(family, r.base), fields...)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	if reg, err = parseRegistry(lookups.Val()); err != nil {
		return nil, nil, err
	}
	for i, read := range reads {
		lines, count, err := read.lines(whole[i], some[i])
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", bucketKey(family, read.base), err)
		}
		records = slices.Grow(records, count)
		for at, raw := range lines {
			if raw == "" {
				continue
			}
			r, err := parseRecord(family, reg, read.base+lists.Number(at), raw)
			if err != nil {
				return nil, nil, err
			}
			records = append(records, r)
		}
	}
	return reg, records, nil
}

// lines puts what was read of a bucket, wholly or in part, in order.
func (b bucketRead) lines(whole *redis.MapStringStringCmd, some *redis.SliceCmd) (lines [bucketSize]string, count int, err error) {
	if whole != nil {
		for field, raw := range whole.Val() {
			n, err := strconv.ParseUint(field, 10, 8)
			if err != nil {
				return lines, 0, fmt.Errorf("field %q: %w", field, err)
			}
			lines[n] = raw
		}
		return lines, len(whole.Val()), nil
	}
	for j, raw := range some.Val() {
		if raw, ok := raw.(string); ok {
			lines[b.only[j]%bucketSize] = raw
		}
	}
	return lines, len(b.only), nil
}

// lookup finds the record of an address, nil where there is none, and the
// family's registry. The record may have no subscriptions left.
func (s *Store) lookup(ctx context.Context, family string, a lists.Address) (registry, *record, error) {
	for range maxTries {
		regs, found, settled, err := s.lookupMany(ctx, family, []string{a.Key()})
		if err != nil {
			return nil, nil, err
		}
		if settled {
			return regs, found[0], nil
		}
	}
	return nil, nil, fmt.Errorf("the address index of %s names a number whose person has another address, or none (key %s)",
		family, indexKey(family, a.Key()))
}

// lookupMany finds the records of address keys, nil where there is none. It
// is settled unless somebody changed an address between its two round trips,
// of which those whose number is as remembered need one.
func (s *Store) lookupMany(ctx context.Context, family string, keys []string) (reg registry, found []*record, settled bool, err error) {
	var lookups *redis.MapStringStringCmd
	numbers := make([]*redis.StringCmd, len(keys))
	guesses, lines := make([]*redis.StringCmd, len(keys)), make([]*redis.StringCmd, len(keys))
	guessed := make([]lists.Number, len(keys))
	_, err = s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		lookups = p.HGetAll(ctx, registryKey(family))
		for i, key := range keys {
			numbers[i] = p.HGet(ctx, indexKey(family, key), key)
			if n, some := s.hints.of(family, key); some {
				guesses[i], guessed[i] = p.HGet(ctx, bucketKey(family, n), bucketField(n)), n
			}
		}
		return nil
	})
	if err != nil && !absent(err) {
		return nil, nil, false, err
	}
	if reg, err = parseRegistry(lookups.Val()); err != nil {
		return nil, nil, false, err
	}
	_, err = s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i := range keys {
			n, err := numbers[i].Uint64()
			switch {
			case absent(err):
			case err != nil:
				return err
			case guesses[i] != nil && guessed[i] == lists.Number(n):
				lines[i] = guesses[i]
			default:
				lines[i] = p.HGet(ctx, bucketKey(family, lists.Number(n)), bucketField(lists.Number(n)))
			}
		}
		return nil
	})
	if err != nil && !absent(err) {
		return nil, nil, false, err
	}
	found = make([]*record, len(keys))
	for i, key := range keys {
		if lines[i] == nil {
			continue
		}
		n, _ := numbers[i].Uint64()
		r, err := parseRecord(family, reg, lists.Number(n), lines[i].Val())
		if err != nil {
			return nil, nil, false, err
		}
		if r.person.Address.Key() != key {
			return nil, nil, false, nil
		}
		found[i] = r.withSerials(reg)
		if len(keys) == 1 { // an import looks up everybody, once
			s.hints.note(family, key, lists.Number(n))
		}
	}
	return reg, found, true, nil
}

// officerField is the field of officersKey for a person's roles in a list.
func officerField(serial uint32, n lists.Number) string {
	return fmt.Sprintf("%d/%d", serial, n)
}

func parseOfficer(field string) (serial uint32, n lists.Number, ok bool) {
	left, right, _ := strings.Cut(field, "/")
	a, errA := strconv.ParseUint(left, 10, 32)
	b, errB := strconv.ParseUint(right, 10, 32)
	return uint32(a), lists.Number(b), errA == nil && errB == nil
}
