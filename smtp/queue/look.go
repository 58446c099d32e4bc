package queue

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// fewFamilies is up to how many families are asked for work one by one. Of
// more only those are asked whose streams hold something, which one call over
// all of them tells; it is made again after lookEvery, and at once where those
// known to have work had none.
const (
	fewFamilies = 4
	lookEvery   = 100 * time.Millisecond
	lookAtOnce  = 500 // families in one call
)

// sights is what this process knows of which families have work.
type sights struct {
	looked time.Time       // when that was begun last
	some   map[string]bool // whose streams held something, or were given something here since
}

// toAsk gives the families to ask for work; asked are those that were asked in
// vain since began.
func (q *Queue) toAsk(ctx context.Context, began time.Time, asked []string) ([]string, error) {
	q.mu.Lock()
	all, looked := q.families, q.sights.looked
	known := slices.DeleteFunc(slices.Clone(all), func(name string) bool { return !q.sights.some[name] })
	q.mu.Unlock()
	var err error
	switch {
	case len(all) <= fewFamilies:
		known = slices.Clone(all)
	case asked == nil && time.Since(looked) >= lookEvery, asked != nil && looked.Before(began):
		known, err = q.look(ctx, all)
	}
	return slices.DeleteFunc(known, func(name string) bool { return slices.Contains(asked, name) }), err
}

// look finds the families whose streams hold something, be it held by others:
// what a dead process held is claimed by whoever asks.
func (q *Queue) look(ctx context.Context, all []string) ([]string, error) {
	began := time.Now()
	some, err := q.which(ctx, all, func(p redis.Pipeliner, f familyKeys) []*redis.IntCmd {
		return []*redis.IntCmd{p.XLen(ctx, f.chunks()), p.XLen(ctx, f.retries())}
	})
	q.mu.Lock()
	defer q.mu.Unlock()
	if err != nil {
		for _, g := range q.groups { // none of them was asked
			g.outage.heard(err)
		}
		if elsewhere(err) {
			q.outage.heard(err)
		}
		return nil, fmt.Errorf("looking for families with work: %w", err)
	}
	q.sights = sights{looked: began, some: make(map[string]bool, len(some))}
	for _, name := range some {
		q.sights.some[name] = true
	}
	return some, nil
}

// given notes that this process has given a family work.
func (q *Queue) given(family string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.sights.some == nil {
		q.sights.some = map[string]bool{}
	}
	q.sights.some[family] = true
}

// withDue finds the families of which something put off is due.
func (q *Queue) withDue(ctx context.Context, all []string, now int64) ([]string, error) {
	return q.which(ctx, all, func(p redis.Pipeliner, f familyKeys) []*redis.IntCmd {
		return []*redis.IntCmd{p.ZCount(ctx, f.due(), "-inf", strconv.FormatInt(now, 10))}
	})
}

// which finds the families of which something counts more than nothing, and
// those of which it can't be told: to go on with them tells what is wrong. It
// is an error where nothing can be told.
func (q *Queue) which(ctx context.Context, all []string, count func(redis.Pipeliner, familyKeys) []*redis.IntCmd) (some []string, err error) {
	told := false
	for page := range slices.Chunk(all, lookAtOnce) {
		counts := make([][]*redis.IntCmd, len(page))
		_, failed := q.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
			for i, name := range page {
				counts[i] = count(p, familyKeys(name))
			}
			return nil
		})
		if failed != nil {
			err = failed
		}
		for i, name := range page {
			for _, c := range counts[i] {
				told = told || c.Err() == nil
				if c.Err() != nil || c.Val() > 0 {
					some = append(some, name)
					break
				}
			}
		}
	}
	if told || len(all) == 0 {
		return some, nil
	}
	return nil, err
}
