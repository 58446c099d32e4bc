package queue

import (
	"context"
	"fmt"
)

// hastenAtOnce bounds how many entries of a family are looked at.
const hastenAtOnce = 100_000

// Hasten says that a destination which failed is there again: what it put off
// is due now, the oldest post's first. It is given out in turn with fresh
// posts, like all that is due, so it starves none.
func (q *Queue) Hasten(ctx context.Context, destination string) (n int, err error) {
	families, err := q.rdb.SMembers(ctx, familiesKey).Result()
	if err != nil {
		return 0, fmt.Errorf("hastening mail to %s: %w", destination, err)
	}
	for _, name := range families {
		f := familyKeys(name)
		more, err := hastenScript.Run(ctx, q.rdb, []string{f.due(), f.posts()}, q.now().UnixMilli(), destination, hastenAtOnce).Int()
		if err != nil {
			return n, fmt.Errorf("hastening mail of %s to %s: %w", name, destination, err)
		}
		n += more
	}
	return n, nil
}
