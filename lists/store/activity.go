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

// What a list's activity holds; each member of the set is KIND/WHO/MS, of a
// post KIND/WHO/POST, and of an import KIND/HOW MANY/MS/FIRST NUMBER.
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

// posted is the event that author wrote the post of this identity.
func posted(author lists.Number, identity string) string {
	return fmt.Sprintf("%s/%d/%s", eventPosted, author, eventIdentity(identity))
}

// eventIdentity is how events name a post.
func eventIdentity(identity string) string { return digest(identity)[:16] }

// CountPost remembers that author wrote a post to a list at a time; number 0
// stands for the site itself, and lists.Stranger for who is no member. The post that this identity names
// counts once, when it came first, as it does in the archive.
func (s *Store) CountPost(ctx context.Context, listID string, author lists.Number, at time.Time, identity string) error {
	l, _, err := s.list(ctx, listID)
	if err != nil {
		return fmt.Errorf("count a post: %w", err)
	}
	var c change
	key := activityKey(l.Family, l.Serial)
	c.trimBelow(key, at.Add(-activityKept))
	c.add(key, at, posted(author, identity))
	if _, err := s.commit(ctx, &c); err != nil {
		return fmt.Errorf("count a post to list %q: %w", listID, err)
	}
	return nil
}

// Activity is what happened in a list from since on and before until (zero:
// to now); what is older than 100 days is forgotten.
func (s *Store) Activity(ctx context.Context, listID string, since, until time.Time) (lists.Activity, error) {
	spans, err := s.Activities(ctx, listID, []time.Time{since, until})
	if err != nil {
		return lists.Activity{}, err
	}
	return spans[0], nil
}

// Activities is the same for each span between two of the bounds, which must
// ascend: one reading of the list's activity, a page of it in memory at a time.
func (s *Store) Activities(ctx context.Context, listID string, bounds []time.Time) ([]lists.Activity, error) {
	l, _, err := s.list(ctx, listID)
	if err != nil {
		return nil, err
	}
	t := tally{spans: make([]lists.Activity, len(bounds)-1), authors: map[lists.Number]bool{}}
	from, to := span(bounds[0], bounds[len(bounds)-1])
	err = s.eachEvent(ctx, activityKey(l.Family, l.Serial), from, to, func(event string, at time.Time) error {
		for t.at+1 < len(t.spans) && at.UnixMilli() >= bounds[t.at+1].UnixMilli() {
			t.next()
		}
		return t.count(event, at)
	})
	if err != nil {
		return nil, fmt.Errorf("read the activity of list %q: %w", listID, err)
	}
	t.next()
	return t.spans, nil
}

// tally counts events, which come in order of time, into spans.
type tally struct {
	spans   []lists.Activity
	at      int                   // the span that is being counted
	authors map[lists.Number]bool // in that span
}

// next ends a span.
func (t *tally) next() {
	t.spans[t.at].People = len(t.authors)
	t.authors = map[lists.Number]bool{}
	t.at = min(t.at+1, len(t.spans)-1)
}

func (t *tally) count(event string, at time.Time) error {
	parts := strings.Split(event, "/")
	who, err := strconv.ParseUint(parts[min(1, len(parts)-1)], 10, 32)
	if err != nil {
		return fmt.Errorf("event %q: %w", event, err)
	}
	a, n := &t.spans[t.at], lists.Number(who)
	switch parts[0] {
	case eventPosted:
		a.Posts++
		t.authors[n] = true
		a.Last = at.UTC()
	case eventJoined:
		a.Joined++
		a.Newcomers = append(a.Newcomers, n)
	case eventImported:
		a.Joined += int(who)
	case eventLeft:
		a.Left++
		a.Newcomers = slices.DeleteFunc(a.Newcomers, func(c lists.Number) bool { return c == n })
	}
	return nil
}

// eventPage is how many events are read at a time.
const eventPage = 1000

// eachEvent calls fn for each event of a span, by time. Pages begin at the
// score where the last one ended, so that nothing is missed when the oldest
// are trimmed meanwhile.
func (s *Store) eachEvent(ctx context.Context, key, from, to string, fn func(event string, at time.Time) error) error {
	count, last := int64(eventPage), map[string]bool{} // those at the last score that have been seen
	for {
		page, err := s.rdb.ZRangeByScoreWithScores(ctx, key, &redis.ZRangeBy{Min: from, Max: to, Count: count}).Result()
		if err != nil {
			return err
		}
		fresh := false
		for _, z := range page {
			event, ok := z.Member.(string)
			score := strconv.FormatFloat(z.Score, 'f', -1, 64)
			switch {
			case !ok || last[event]:
				continue
			case score != from:
				from, last = score, map[string]bool{}
			}
			fresh, last[event] = true, true
			if err := fn(event, time.UnixMilli(int64(z.Score))); err != nil {
				return err
			}
		}
		switch {
		case int64(len(page)) < count:
			return nil
		case !fresh: // more at one millisecond than a page holds
			count *= 2
		}
	}
}
