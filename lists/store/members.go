package store

import (
	"context"
	"fmt"
	"math/bits"
	"slices"

	"plenary/lists"
)

// Numbers is the bitmap of a list's members: number n is in byte n/8, at bit
// 7-n%8, as Redis writes it (SETBIT). It may end early.
func (s *Store) Numbers(ctx context.Context, listID string) ([]byte, error) {
	l, err := s.recently(ctx, listID)
	if err != nil {
		return nil, err
	}
	bitmap, err := s.rdb.Get(ctx, membersKey(l.Family, l.Serial)).Bytes()
	if err != nil && !absent(err) {
		return nil, fmt.Errorf("read the members of list %q: %w", listID, err)
	}
	return bitmap, nil
}

// Count is how many members a list has.
func (s *Store) Count(ctx context.Context, listID string) (int, error) {
	l, _, err := s.list(ctx, listID)
	if err != nil {
		return 0, err
	}
	n, err := s.rdb.BitCount(ctx, membersKey(l.Family, l.Serial), nil).Result()
	if err != nil {
		return 0, fmt.Errorf("count the members of list %q: %w", listID, err)
	}
	return int(n), nil
}

// Members calls fn for each member of a list, by number, until it gives an
// error. Who joins or leaves meanwhile may be seen or not.
func (s *Store) Members(ctx context.Context, listID string, fn func(lists.Person, lists.Subscription) error) error {
	l, _, err := s.list(ctx, listID)
	if err != nil {
		return err
	}
	bitmap, err := s.Numbers(ctx, listID)
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(ones(bitmap), rosterBuckets*bucketSize) {
		people, err := s.people(ctx, l.Family, chunk)
		if err != nil {
			return fmt.Errorf("read the members of list %q: %w", listID, err)
		}
		for _, p := range people {
			if sub, in := p.Sub(l.ID); in {
				if err := fn(p, sub); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// ones are the numbers in a bitmap, ascending.
func ones(bitmap []byte) []lists.Number {
	var numbers []lists.Number
	for i, b := range bitmap {
		for b != 0 {
			bit := bits.LeadingZeros8(b)
			numbers = append(numbers, lists.Number(i*8+bit))
			b &^= 0x80 >> bit
		}
	}
	return numbers
}

// Officers are the leaders of a list, its deputies after them, and the admins
// of its main list.
func (s *Store) Officers(ctx context.Context, listID string) (leaders, admins []lists.Person, err error) {
	l, main, err := s.list(ctx, listID)
	if err != nil {
		return nil, nil, err
	}
	fields, err := s.rdb.HKeys(ctx, officersKey(l.Family)).Result()
	if err != nil {
		return nil, nil, fmt.Errorf("read the officers of list %q: %w", listID, err)
	}
	var numbers []lists.Number
	for _, field := range fields {
		if serial, n, ok := parseOfficer(field); ok && (serial == l.Serial || serial == main.Serial) {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	people, err := s.people(ctx, l.Family, slices.Compact(numbers))
	if err != nil {
		return nil, nil, fmt.Errorf("read the officers of list %q: %w", listID, err)
	}
	for _, p := range people {
		if sub, _ := p.Sub(l.ID); sub.Leader {
			leaders = append(leaders, p)
		}
		if sub, _ := p.Sub(main.ID); sub.Admin {
			admins = append(admins, p)
		}
	}
	slices.SortStableFunc(leaders, func(a, b lists.Person) int {
		switch x, y := a.Deputy(l.ID), b.Deputy(l.ID); {
		case x == y:
			return 0
		case x:
			return 1
		}
		return -1
	})
	return leaders, admins, nil
}
