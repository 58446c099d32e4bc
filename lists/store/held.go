package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"plenary/lists"
)

// heldRemembered is how long a queue id's post is known to have been held,
// also after its release: longer than any inbound entry is tried again.
const heldRemembered = 14 * day

// Hold keeps a post for the owners of h.List and gives it its number. The
// same queue id is held once: again, the post comes back as it was kept, and
// one that has been released since with its number and no time.
func (s *Store) Hold(ctx context.Context, h lists.HeldPost, raw []byte) (lists.HeldPost, error) {
	l, _, err := s.list(ctx, h.List)
	if err != nil {
		return h, fmt.Errorf("hold a post: %w", err)
	}
	by := heldByKey(l.Family, l.Serial, h.Queue)
	number := 0
	err = retry(ctx, func() (bool, error) {
		stands, err := s.rdb.Get(ctx, by).Int()
		if err == nil {
			h, err = s.heldBefore(ctx, l, h, stands)
			return err == nil, err
		}
		if !absent(err) {
			return false, err
		}
		if number == 0 {
			n, err := s.rdb.Incr(ctx, heldNextKey(l.Family, l.Serial)).Result()
			if err != nil {
				return false, err
			}
			number = int(n)
		}
		h.Number = number
		record, err := json.Marshal(h)
		if err != nil {
			return false, err
		}
		field := strconv.Itoa(h.Number)
		var c change
		c.noKey(by)
		c.setString(by, field, heldRemembered)
		c.setField(heldKey(l.Family, l.Serial), field, string(record))
		c.setField(heldBodyKey(l.Family, l.Serial), field, string(raw))
		return s.commit(ctx, &c)
	})
	if err != nil {
		return h, fmt.Errorf("hold a post for list %q: %w", h.List, err)
	}
	return h, nil
}

// heldBefore is h as it was kept under its number.
func (s *Store) heldBefore(ctx context.Context, l lists.List, h lists.HeldPost, number int) (lists.HeldPost, error) {
	record, err := s.rdb.HGet(ctx, heldKey(l.Family, l.Serial), strconv.Itoa(number)).Result()
	if absent(err) {
		h.Number, h.At = number, time.Time{}
		return h, nil
	}
	if err != nil {
		return h, err
	}
	var kept lists.HeldPost
	return kept, json.Unmarshal([]byte(record), &kept)
}

// Held are the posts that wait for a list's owners, by number.
func (s *Store) Held(ctx context.Context, listID string) ([]lists.HeldPost, error) {
	l, _, err := s.list(ctx, listID)
	if err != nil {
		return nil, err
	}
	records, err := s.rdb.HVals(ctx, heldKey(l.Family, l.Serial)).Result()
	if err != nil {
		return nil, fmt.Errorf("read the held posts of list %q: %w", listID, err)
	}
	held := make([]lists.HeldPost, len(records))
	for i, record := range records {
		if err := json.Unmarshal([]byte(record), &held[i]); err != nil {
			return nil, fmt.Errorf("read a held post of list %q: %w", listID, err)
		}
	}
	slices.SortFunc(held, func(a, b lists.HeldPost) int { return cmp.Compare(a.Number, b.Number) })
	return held, nil
}

// HeldBody is the raw message of a held post.
func (s *Store) HeldBody(ctx context.Context, listID string, n int) ([]byte, error) {
	l, _, err := s.list(ctx, listID)
	if err != nil {
		return nil, err
	}
	raw, err := s.rdb.HGet(ctx, heldBodyKey(l.Family, l.Serial), strconv.Itoa(n)).Bytes()
	if absent(err) {
		return nil, notFound("held post %d of list %q", n, listID)
	}
	if err != nil {
		return nil, fmt.Errorf("read held post %d of list %q: %w", n, listID, err)
	}
	return raw, nil
}

// Release takes a post out of those that are held. The bool is false where it
// is not there (any more): exactly one caller releases it.
func (s *Store) Release(ctx context.Context, listID string, n int) (h lists.HeldPost, released bool, err error) {
	l, _, err := s.list(ctx, listID)
	if err != nil {
		return h, false, err
	}
	key, field := heldKey(l.Family, l.Serial), strconv.Itoa(n)
	err = retry(ctx, func() (bool, error) {
		record, err := s.rdb.HGet(ctx, key, field).Result()
		if absent(err) {
			h, released = lists.HeldPost{}, false
			return true, nil
		}
		if err != nil {
			return false, err
		}
		if err := json.Unmarshal([]byte(record), &h); err != nil {
			return false, err
		}
		var c change
		c.fieldIs(key, field, record)
		c.delField(key, field)
		c.delField(heldBodyKey(l.Family, l.Serial), field)
		released, err = s.commit(ctx, &c)
		return released, err
	})
	if err != nil {
		return lists.HeldPost{}, false, fmt.Errorf("release held post %d of list %q: %w", n, listID, err)
	}
	return h, released, nil
}
