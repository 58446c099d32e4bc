package store

import (
	"context"
	"fmt"
	"slices"

	"plenary/lists"
)

// importBatch is how many people one script writes: few enough that Redis
// serves others in between.
const importBatch = 500

// Import subscribes many people to a list as Subscribe would, in batches, and
// tells how many of them were newly subscribed to it. When it fails the
// batches before are kept; asking again goes on from there.
func (s *Store) Import(ctx context.Context, listID string, people []lists.NewMember) (added int, err error) {
	l, main, err := s.list(ctx, listID)
	if err != nil {
		return 0, err
	}
	checked := make([]lists.NewMember, len(people))
	for i, m := range people {
		if checked[i], err = checkMember(l, m); err == nil {
			err = s.notOurs(checked[i].Address)
		}
		if err != nil {
			return 0, fmt.Errorf("import into list %q, person %d: %w", listID, i+1, err)
		}
	}
	im := importing{s: s, l: l, main: main}
	for batch := range slices.Chunk(checked, importBatch) {
		n, err := im.batch(ctx, batch)
		if err != nil {
			return added, fmt.Errorf("import into list %q after %d people: %w", listID, added, err)
		}
		added += n
	}
	return added, nil
}

// importing is one Import under way. It takes numbers ahead, a batch's at
// once.
type importing struct {
	s       *Store
	l, main lists.List
	first   lists.Number // the first number taken and not yet used
	free    int          // how many there are from it on
}

// batch subscribes people in one change, and tells how many joined.
func (im *importing) batch(ctx context.Context, people []lists.NewMember) (added int, err error) {
	keys := make([]string, len(people))
	for i, m := range people {
		keys[i] = m.Address.Key()
	}
	err = retry(ctx, func() (bool, error) {
		reg, found, settled, err := im.s.lookupMany(ctx, im.l.Family, keys)
		if err != nil || !settled {
			return false, err
		}
		if reg[im.l.Serial] != im.l.ID || reg[im.main.Serial] != im.main.ID {
			return false, notFound("list %q in its family", im.l.ID)
		}
		if err := im.reserve(ctx, keys, found); err != nil {
			return false, err
		}
		c, n, used, err := im.change(ctx, reg, people, keys, found)
		if err != nil {
			return false, err
		}
		added = n
		done, err := im.s.commit(ctx, &c)
		if done {
			im.first, im.free = im.first+lists.Number(used), im.free-used
		} else {
			im.free = 0 // they may be in use: a change can go through and its answer be lost
		}
		return done, err
	})
	return added, err
}

// reserve takes numbers for those who aren't found.
func (im *importing) reserve(ctx context.Context, keys []string, found []*record) (err error) {
	missing := map[string]bool{}
	for i, r := range found {
		if r == nil {
			missing[keys[i]] = true
		}
	}
	if im.free >= len(missing) {
		return nil
	}
	im.free = len(missing)
	im.first, err = im.s.giveNumbers(ctx, im.l.Family, im.free)
	return err
}

// change is what one batch does: how many it adds to the list, and how many
// numbers it uses.
func (im *importing) change(ctx context.Context, reg registry, people []lists.NewMember, keys []string, found []*record) (c change, added, used int, err error) {
	var order []string
	next, old := map[string]*record{}, map[string]*record{}
	joined := map[string]int{} // list ID → how many
	for i, m := range people {
		key := keys[i]
		r := next[key]
		if r == nil {
			if found[i] != nil {
				r = found[i].clone()
			} else {
				r = newRecord(im.l.Family, im.first+lists.Number(used), m.Address)
				used++
			}
			next[key], old[key] = r, found[i]
			order = append(order, key)
		}
		for _, id := range r.join(im.l, im.main, m, im.s.now()) {
			joined[id]++
		}
	}
	var at places
	for _, key := range order {
		if err := im.s.turned(ctx, &at, old[key], next[key]); err != nil {
			return c, 0, 0, err
		}
		c.append(im.s.put(reg, old[key], next[key], false))
	}
	added = joined[im.l.ID]
	c.append(&at.change)
	for _, l := range []lists.List{im.main, im.l} {
		if joined[l.ID] > 0 {
			c.imported(l.Family, l.Serial, im.s.now(), joined[l.ID], next[order[0]].person.Number)
			delete(joined, l.ID) // the main list may be the list
		}
	}
	return c, added, used, nil
}
