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

// RemoveList removes a list with its people's subscriptions, its held posts
// and its record; who is in no other list of the family is forgotten. A main
// list with groups under it is refused. A removal that was cut short is
// finished by asking again, and the name stays taken until then.
func (s *Store) RemoveList(ctx context.Context, id string) error {
	err := retry(ctx, func() (bool, error) {
		snap, err := s.snapshot(ctx)
		if err != nil {
			return false, err
		}
		l, ok := snap.all.ByID(id)
		if !ok {
			return false, notFound("list %q", id)
		}
		if family := snap.all.Family(id); l.Main() && len(family) > 1 {
			return false, refusal("%s still has groups under it (%s and so on): remove those first.", l.Name, family[1].Name)
		}
		if snap.going[id] {
			return true, nil
		}
		var c change
		if err := c.writeList(snap.version, entry{List: l, Removing: true}); err != nil {
			return false, err
		}
		return s.commit(ctx, &c)
	})
	if err != nil {
		return fmt.Errorf("remove list %q: %w", id, err)
	}
	return s.finishRemoval(ctx, id)
}

// Removed gives the name of a list that was removed under this name or short
// name, the last one; ok is false where none was.
func (s *Store) Removed(ctx context.Context, word string) (name string, ok bool, err error) {
	name, err = s.rdb.HGet(ctx, removedKey(), strings.ToLower(word)).Result()
	if absent(err) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("whether a list %q was removed: %w", word, err)
	}
	return name, true, nil
}

// finishRemoval removes what hangs on a list that is marked as being removed,
// and then the list. It may be repeated.
func (s *Store) finishRemoval(ctx context.Context, id string) error {
	snap, err := s.snapshot(ctx)
	if err != nil {
		return err
	}
	l, ok := snap.all.ByID(id)
	if !ok || !snap.going[id] {
		return nil // somebody else has finished
	}
	// From here on nobody can join, and what people still have of the list
	// is not seen.
	if err := s.rdb.HDel(ctx, registryKey(l.Family), strconv.FormatUint(uint64(l.Serial), 10)).Err(); err != nil {
		return fmt.Errorf("remove list %q from its family: %w", id, err)
	}
	if err := s.forgetMembers(ctx, l); err != nil {
		return fmt.Errorf("remove the members of list %q: %w", id, err)
	}
	if err := s.forgetList(ctx, l); err != nil {
		return fmt.Errorf("remove what belongs to list %q: %w", id, err)
	}
	err = retry(ctx, func() (bool, error) {
		snap, err := s.snapshot(ctx)
		if err != nil || !snap.going[id] {
			return true, err
		}
		var c change
		c.nextVersion(snap.version)
		c.delField(listsKey(), id)
		c.setField(removedKey(), l.Name, l.Name)
		c.setField(removedKey(), l.Short, l.Name)
		return s.commit(ctx, &c)
	})
	if err != nil {
		return fmt.Errorf("remove list %q: %w", id, err)
	}
	return nil
}

// forgetMembers writes the list's members without it: those who are in no
// other list go.
func (s *Store) forgetMembers(ctx context.Context, l lists.List) error {
	bitmap, err := s.rdb.Get(ctx, membersKey(l.Family, l.Serial)).Bytes()
	if err != nil && !absent(err) {
		return err
	}
	for chunk := range slices.Chunk(ones(bitmap), bucketSize) {
		err := retry(ctx, func() (bool, error) { return s.rewrite(ctx, l.Family, chunk) })
		if err != nil {
			return err
		}
	}
	return nil
}

// rewrite writes people again as they are read: without the subscriptions
// that the registry doesn't know.
func (s *Store) rewrite(ctx context.Context, family string, numbers []lists.Number) (bool, error) {
	var reads []bucketRead
	for _, n := range numbers {
		reads = append(reads, bucketRead{base: n - n%bucketSize, only: []lists.Number{n}})
	}
	reg, records, err := s.readBuckets(ctx, family, reads)
	if err != nil {
		return false, err
	}
	var all change
	for _, r := range records {
		old := r.withSerials(reg)
		all.append(s.put(reg, old, old.clone(), false))
	}
	return s.commit(ctx, &all)
}

// forgetList removes the list's own keys and its officers' fields.
func (s *Store) forgetList(ctx context.Context, l lists.List) error {
	fields, err := s.rdb.HKeys(ctx, officersKey(l.Family)).Result()
	if err != nil {
		return err
	}
	_, err = s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, field := range fields {
			if serial, _, ok := parseOfficer(field); ok && serial == l.Serial {
				p.HDel(ctx, officersKey(l.Family), field)
			}
		}
		for _, key := range listKeys(l.Family, l.Serial) {
			p.Unlink(ctx, key)
		}
		return nil
	})
	return err
}
