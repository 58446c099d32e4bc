package archive

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

// Rebuild makes the list's index anew from its bucket: UIDs, threads and
// links come out as they were. It returns how many posts the index had lost.
// Posts may be put while it runs.
func (a *Archive) Rebuild(ctx context.Context, listID string) (lost int, err error) {
	l := a.line(listID)
	if err := l.lock(ctx); err != nil {
		return 0, err
	}
	defer l.unlock()
	return a.rebuild(ctx, listID, true)
}

// rebuild is Rebuild under the line's lock. Unless whole, posts that have a
// record are not read again.
func (a *Archive) rebuild(ctx context.Context, list string, whole bool) (lost int, err error) {
	slots, err := a.slots(ctx, list)
	if err != nil {
		return 0, fmt.Errorf("archive of %s: rebuild its index: %w", list, err)
	}
	if len(slots) == 0 {
		return 0, nil
	}
	// From here on new posts come after those in the bucket.
	if err := a.raise(ctx, list, slots[len(slots)-1].uid); err != nil {
		return 0, fmt.Errorf("archive of %s: rebuild its index: %w", list, err)
	}
	rows := make(map[uint32][]byte, len(slots))
	for chunk := range slices.Chunk(slots, recordsPerKey) {
		added, err := a.restoreSome(ctx, chunk, rows, whole)
		lost += added
		if err != nil {
			return lost, fmt.Errorf("archive of %s: rebuild its index: %w", list, err)
		}
	}
	if err := a.mergeRows(ctx, list, rows); err != nil {
		return lost, fmt.Errorf("archive of %s: rebuild its index: %w", list, err)
	}
	return lost, nil
}

// slots are the posts in the bucket by UID. Of two with one code the higher
// UID is the one that was made visible, if any.
func (a *Archive) slots(ctx context.Context, list string) ([]slot, error) {
	best := map[string]slot{}
	err := a.bucket.List(ctx, list+"/", func(key string) error {
		if s, ok := parseSlot(key); ok && s.uid > best[s.code].uid {
			best[s.code] = s
		}
		return nil
	})
	slots := slices.SortedFunc(maps.Values(best), func(x, y slot) int { return int(int64(x.uid) - int64(y.uid)) })
	return slots, err
}

// raise lifts the counters over all UIDs of the bucket.
func (a *Archive) raise(ctx context.Context, list string, uid uint32) error {
	return a.watch(ctx, metaKey(list), func(tx *redis.Tx) (func(redis.Pipeliner), error) {
		have, err := tx.HMGet(ctx, metaKey(list), "last", "seen").Result()
		if err != nil {
			return nil, err
		}
		return func(p redis.Pipeliner) {
			for i, field := range []string{"last", "seen"} {
				if number(have[i]) < int64(uid) {
					p.HSet(ctx, metaKey(list), field, uid)
				}
			}
		}, nil
	})
}

// restoreSome restores posts of one list, and collects the rows of all.
func (a *Archive) restoreSome(ctx context.Context, slots []slot, rows map[uint32][]byte, whole bool) (added int, err error) {
	uids := make([]uint32, len(slots))
	for i, s := range slots {
		uids[i] = s.uid
	}
	have, err := a.records(ctx, slots[0].list, uids)
	if err != nil {
		return 0, err
	}
	sizes := map[string]int64{}
	for _, p := range have {
		sizes[p.Code] = p.Size
	}
	for _, s := range slots {
		size, has := sizes[s.code]
		if whole || !has {
			var state restoring
			size, state, err = a.restoreOne(ctx, s)
			if errors.Is(err, ErrNoObject) || err == nil && state == elsewhere {
				continue // its Put, at work right now, has moved it behind
			}
			if err != nil {
				return added, fmt.Errorf("post %d: %w", s.uid, err)
			}
			added += int(state)
		}
		rows[s.uid] = row(s, size)
	}
	return added, nil
}

// restoring is what the script answers.
type restoring int

const (
	elsewhere restoring = -1 // the post has another UID
	there     restoring = 0  // nothing was missing; 1: put back
)

// restoreOne reads a post and puts its record back where it is missing.
func (a *Archive) restoreOne(ctx context.Context, s slot) (size int64, state restoring, err error) {
	raw, err := a.bucket.Get(ctx, s.key())
	if err != nil {
		return 0, there, err
	}
	d := describe(raw)
	data, err := d.encode(s)
	if err != nil {
		return 0, there, err
	}
	keys := []string{metaKey(s.list), codesKey(s.list), midsKey(s.list), recordsKey(s.list, s.uid)}
	args := append([]any{s.code, s.uid, data}, d.fields(s.at)...)
	n, err := a.restore.Run(ctx, a.rdb, keys, args...).Int()
	return d.Size, restoring(n), err
}

// mergeRows puts the rows of the bucket among those that are there, and tells
// readers by a new generation that what they hold is void.
func (a *Archive) mergeRows(ctx context.Context, list string, found map[uint32][]byte) error {
	return a.watch(ctx, rowsKey(list), func(tx *redis.Tx) (func(redis.Pipeliner), error) {
		have, err := tx.Get(ctx, rowsKey(list)).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return nil, err
		}
		all := maps.Clone(found)
		for _, r := range decodeRows(have) {
			all[r.UID] = row(slot{uid: r.UID, at: time.Unix(r.Unix, 0)}, int64(r.Size))
		}
		rows := make([]byte, 0, len(all)*rowSize)
		for _, uid := range slices.Sorted(maps.Keys(all)) {
			rows = append(rows, all[uid]...)
		}
		return func(p redis.Pipeliner) {
			p.Set(ctx, rowsKey(list), rows, 0)
			p.HSet(ctx, metaKey(list), "bytes", octets(decodeRows(string(rows))))
			p.HIncrBy(ctx, metaKey(list), "gen", 1)
		}, nil
	})
}

func octets(rows []lists.ArchiveRow) (sum int64) {
	for _, r := range rows {
		sum += int64(r.Size)
	}
	return sum
}

// watch changes what depends on a key, again until nobody else changed the
// key in between.
func (a *Archive) watch(ctx context.Context, key string, change func(*redis.Tx) (func(redis.Pipeliner), error)) error {
	for {
		err := a.rdb.Watch(ctx, func(tx *redis.Tx) error {
			write, err := change(tx)
			if err != nil {
				return err
			}
			_, err = tx.TxPipelined(ctx, func(p redis.Pipeliner) error { write(p); return nil })
			return err
		}, key)
		if !errors.Is(err, redis.TxFailedErr) {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}
