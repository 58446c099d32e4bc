package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

// Record appends an entry to its list's record and gives it its ID, and the
// time where it has none. What one message (Source) says of one kind is
// recorded once: again, the entry that stands comes back.
func (s *Store) Record(ctx context.Context, e lists.ProgressEntry) (lists.ProgressEntry, error) {
	l, _, err := s.list(ctx, e.List)
	if err != nil {
		return e, fmt.Errorf("record progress: %w", err)
	}
	if e.At.IsZero() {
		e.At = s.now().UTC()
	}
	sources, source := recordSourceKey(l.Family, l.Serial), digest(e.Kind+"\n"+e.Source)
	var next int64
	err = retry(ctx, func() (bool, error) {
		var c change
		if e.Source != "" {
			id, err := s.rdb.HGet(ctx, sources, source).Result()
			if err == nil {
				e, err = s.recorded(ctx, l, id)
				return err == nil, err
			}
			if !absent(err) {
				return false, err
			}
			c.noField(sources, source)
		}
		if next == 0 {
			if next, err = s.rdb.Incr(ctx, recordNextKey(l.Family, l.Serial)).Result(); err != nil {
				return false, err
			}
		}
		e.ID = fmt.Sprintf("%013d-%06d", max(e.At.UnixMilli(), 0), next)
		record, err := json.Marshal(e)
		if err != nil {
			return false, err
		}
		if e.Source != "" {
			c.setField(sources, source, e.ID)
		}
		c.add(recordKey(l.Family, l.Serial), e.At, string(record))
		return s.commit(ctx, &c)
	})
	if err != nil {
		return e, fmt.Errorf("record progress of list %q: %w", e.List, err)
	}
	return e, nil
}

// recorded is the entry with this ID.
func (s *Store) recorded(ctx context.Context, l lists.List, id string) (lists.ProgressEntry, error) {
	ms, _, _ := strings.Cut(id, "-")
	at, err := strconv.ParseInt(ms, 10, 64)
	if err != nil {
		return lists.ProgressEntry{}, fmt.Errorf("entry %q: %w", id, err)
	}
	score := strconv.FormatInt(at, 10)
	entries, err := s.entries(ctx, l, score, score)
	if err != nil {
		return lists.ProgressEntry{}, err
	}
	i := slices.IndexFunc(entries, func(e lists.ProgressEntry) bool { return e.ID == id })
	if i < 0 {
		return lists.ProgressEntry{}, notFound("entry %q", id)
	}
	return entries[i], nil
}

// Progress is a list's record from since on and before until (zero: to its
// end), in order of time.
func (s *Store) Progress(ctx context.Context, listID string, since, until time.Time) ([]lists.ProgressEntry, error) {
	l, _, err := s.list(ctx, listID)
	if err != nil {
		return nil, err
	}
	from, to := span(since, until)
	entries, err := s.entries(ctx, l, from, to)
	if err != nil {
		return nil, fmt.Errorf("read the record of list %q: %w", listID, err)
	}
	return entries, nil
}

// span is from since on and before until, as scores in whole milliseconds, so
// that a span and the next one share nothing and miss nothing.
func span(since, until time.Time) (from, to string) {
	from, to = "-inf", "+inf"
	if !since.IsZero() {
		from = millis(since)
	}
	if !until.IsZero() {
		to = "(" + millis(until)
	}
	return from, to
}

func (s *Store) entries(ctx context.Context, l lists.List, from, to string) ([]lists.ProgressEntry, error) {
	records, err := s.rdb.ZRangeByScore(ctx, recordKey(l.Family, l.Serial), &redis.ZRangeBy{Min: from, Max: to}).Result()
	if err != nil {
		return nil, err
	}
	entries := make([]lists.ProgressEntry, len(records))
	for i, record := range records {
		if err := json.Unmarshal([]byte(record), &entries[i]); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(entries, func(a, b lists.ProgressEntry) int { return cmp.Compare(a.ID, b.ID) })
	return entries, nil
}
