package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

// Pages neither lose nor double an event, not even where more of them than a
// page holds happened in one millisecond; spans share none.
func TestActivitiesInPages(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		c := newClock()
		ctx, s := t.Context(), open(t, rdb, c)
		coalition(t, s)
		start := c.now()
		var events []redis.Z
		post := func(n int, at time.Time) {
			events = append(events, redis.Z{Score: float64(at.UnixMilli()), Member: fmt.Sprintf("p/%d/%d", n, at.UnixMilli())})
		}
		for n := range 2300 { // two full pages and more at one time
			post(n+1, start.Add(time.Hour))
		}
		for n := range 1500 {
			post(n%7, start.Add(2*time.Hour+time.Duration(n)*time.Millisecond))
		}
		post(1, start.Add(3*time.Hour)) // the next span's first
		serial := must(s.Directory(ctx))(t).Family("dc")[1].Serial
		for len(events) > 0 {
			n := min(len(events), 500)
			if err := rdb.ZAdd(ctx, fmt.Sprintf("{f:dc}:act:%d", serial), events[:n]...).Err(); err != nil {
				t.Fatal(err)
			}
			events = events[n:]
		}
		bounds := []time.Time{start, start.Add(time.Hour), start.Add(2 * time.Hour), start.Add(3 * time.Hour), start.Add(4 * time.Hour)}
		got := must(s.Activities(ctx, must(s.Directory(ctx))(t).Family("dc")[1].ID, bounds))(t)
		for i, want := range []lists.Activity{{}, {Posts: 2300, People: 2300}, {Posts: 1500, People: 7}, {Posts: 1, People: 1}} {
			if got[i].Posts != want.Posts || got[i].People != want.People {
				t.Errorf("span %d: %d posts by %d people, want %d by %d", i, got[i].Posts, got[i].People, want.Posts, want.People)
			}
		}
		if at := start.Add(time.Hour); !got[1].Last.Equal(at) || !got[0].Last.IsZero() {
			t.Errorf("last %s and %s, want none and %s", got[0].Last, got[1].Last, at)
		}
	})
}
