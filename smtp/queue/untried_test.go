package queue

import (
	"errors"
	"slices"
	"testing"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

// One recipient is dropped also from a post that was not tried for them yet:
// they do not get it, and the others do. While their chunk is being tried it
// says so, and drops nobody.
func TestDropOfOneWhoWasNotTried(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx := t.Context()
		q := New(rdb, Options{Chunk: 4, Roster: members(10)})
		for _, id := range []string{"p1", "p2"} {
			if err := q.Plan(ctx, post(id, copyOf("dc", "body"))); err != nil {
				t.Fatal(err)
			}
		}
		if err := q.Plan(ctx, post("p3", lists.Copy{List: listOf("dc"), Body: []byte("a digest"), Only: lists.Numbers{0b0100_0000}})); err != nil { // for 1 alone
			t.Fatal(err)
		}
		if err := q.sweep(ctx); err != nil {
			t.Fatal(err)
		}
		drop := func(message, who string, want int, busy bool) {
			t.Helper()
			if n, err := q.Drop(ctx, message, who); n != want || errors.Is(err, errBeingTried) != busy || err != nil && !busy {
				t.Errorf("drop %s %s: %d, %v", message, who, n, err)
			}
		}
		waits := func(message, who string, want bool) {
			t.Helper()
			if got, err := q.Waits(ctx, message, who); got != want || err != nil {
				t.Errorf("%s waits for %s: %t, %v", message, who, got, err)
			}
		}
		waits("p1@example.org", "m6@example.org", true)
		drop("p1@example.org", "M6@example.org", 1, false)
		waits("p1@example.org", "m6@example.org", false)
		drop("p1@example.org", "m6@example.org", 0, false) // done before
		drop("p1@example.org", "m99@example.org", 0, false)
		drop("p3@example.org", "m9@example.org", 0, false) // is not to get it
		waits("p3@example.org", "m1@example.org", true)
		drop(All, "m9@example.org", 2, false)
		got := map[string][]lists.Number{}
		for {
			p, err := q.Part(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if p == nil {
				break
			}
			id := p.Fanout().ID
			var done []lists.Number
			for n, to := p.Range(); n <= to; n++ {
				who, in := q.opt.Roster.(*people).all[n]
				if _, ok := lists.PickTarget(who, p.Fanout().Targets, "", ""); in && ok && p.Todo(n) {
					got[id], done = append(got[id], n), append(done, n)
				}
			}
			if slices.Contains(done, 1) && id == "p1" {
				drop("p1@example.org", "m1@example.org", 0, true)
				waits("p1@example.org", "m1@example.org", true)
				if err := p.Save(ctx, []lists.Number{1}); err != nil {
					t.Fatal(err)
				}
				drop("p1@example.org", "m1@example.org", 0, false) // they have it
			}
			if err := p.End(ctx, done, nil, true); err != nil {
				t.Fatal(err)
			}
		}
		for id, want := range map[string][]lists.Number{"p1": {1, 2, 3, 4, 5, 7, 8, 10}, "p2": {1, 2, 3, 4, 5, 6, 7, 8, 10}, "p3": {1}} {
			slices.Sort(got[id])
			if !slices.Equal(got[id], want) {
				t.Errorf("post %s went to %v, not %v", id, got[id], want)
			}
		}
		if left := show(t, q); left != "" {
			t.Errorf("left: %s", left)
		}
	})
}
