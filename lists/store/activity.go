package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

// What a list's activity holds; each member of the set is KIND/WHO/MS, and
// of an import KIND/HOW MANY/MS/FIRST NUMBER.
const (
	eventPosted   = "p" // WHO is the author's number
	eventJoined   = "j" // WHO is the member's number
	eventLeft     = "l"
	eventImported = "i"
)

// activityKept is how long activity is remembered: the digest's plot of
// twelve weeks, and then some.
const activityKept = 100 * day

// imported adds that count people joined a list together, first among them.
func (c *change) imported(family string, serial uint32, at time.Time, count int, first lists.Number) {
	c.add(activityKey(family, serial), at, fmt.Sprintf("%s/%d/%s/%d", eventImported, count, millis(at), first))
}

// event adds that something happened in a list to a change, and forgets what
// is too old. The same event at the same time counts once.
func (c *change) event(family string, serial uint32, at time.Time, kind string, who lists.Number) {
	key := activityKey(family, serial)
	c.trimBelow(key, at.Add(-activityKept))
	c.add(key, at, fmt.Sprintf("%s/%d/%s", kind, who, millis(at)))
}

// CountPost remembers that author wrote a post to a list at a time; number 0
// stands for everybody who is no member. The same again counts once.
func (s *Store) CountPost(ctx context.Context, listID string, author lists.Number, at time.Time) error {
	l, _, err := s.list(ctx, listID)
	if err != nil {
		return fmt.Errorf("count a post: %w", err)
	}
	var c change
	c.event(l.Family, l.Serial, at, eventPosted, author)
	if _, err := s.commit(ctx, &c); err != nil {
		return fmt.Errorf("count a post to list %q: %w", listID, err)
	}
	return nil
}

// Activity is what happened in a list from since on and before until (zero:
// to now); what is older than 100 days is forgotten.
func (s *Store) Activity(ctx context.Context, listID string, since, until time.Time) (a lists.Activity, err error) {
	l, _, err := s.list(ctx, listID)
	if err != nil {
		return a, err
	}
	from, to := span(since, until)
	events, err := s.rdb.ZRangeByScore(ctx, activityKey(l.Family, l.Serial), &redis.ZRangeBy{Min: from, Max: to}).Result()
	if err != nil {
		return a, fmt.Errorf("read the activity of list %q: %w", listID, err)
	}
	authors := map[lists.Number]bool{}
	for _, event := range events {
		parts := strings.Split(event, "/")
		who, err := strconv.ParseUint(parts[min(1, len(parts)-1)], 10, 32)
		if err != nil {
			return a, fmt.Errorf("activity %q of list %q: %w", event, listID, err)
		}
		n := lists.Number(who)
		switch parts[0] {
		case eventPosted:
			a.Posts++
			authors[n] = true
			if ms, err := strconv.ParseInt(parts[len(parts)-1], 10, 64); err == nil {
				a.Last = time.UnixMilli(ms).UTC() // events come in order of time
			}
		case eventJoined:
			a.Joined++
			a.Newcomers = append(a.Newcomers, n)
		case eventImported:
			a.Joined += int(who)
		case eventLeft:
			a.Left++
			a.Newcomers = slices.DeleteFunc(a.Newcomers, func(c lists.Number) bool { return c == n })
		}
	}
	a.People = len(authors)
	return a, nil
}
