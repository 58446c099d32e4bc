package store

import (
	"context"
	"fmt"

	"plenary/lists"
)

// ReplaceBodies writes raw posts again that no archive has and that wait for
// members' digests, where edit has another text for them, and tells how many.
func (s *Store) ReplaceBodies(ctx context.Context, l lists.List, edit func(raw []byte) (next []byte, ok bool)) (n int, err error) {
	key := postBodiesKey(l.Family, l.Serial)
	identities, err := s.rdb.HKeys(ctx, key).Result()
	if err != nil {
		return 0, fmt.Errorf("list the waiting posts of %q: %w", l.ID, err)
	}
	for _, identity := range identities {
		raw, err := s.rdb.HGet(ctx, key, identity).Result()
		if absent(err) {
			continue // its digests have gone out
		}
		if err != nil {
			return n, fmt.Errorf("read a waiting post of %q: %w", l.ID, err)
		}
		next, ok := edit([]byte(raw))
		if !ok {
			continue
		}
		var c change
		c.fieldIs(key, identity, raw)
		c.setField(key, identity, string(next))
		if _, err := s.commit(ctx, &c); err != nil {
			return n, fmt.Errorf("write a waiting post of %q again: %w", l.ID, err)
		}
		n++
	}
	return n, nil
}
