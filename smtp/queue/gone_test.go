package queue

import (
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

// Who was put off, left the list, and is still in another list of the family
// gets that list's copy, whether it is planned before or after the next try
// finds them gone.
func TestWhoLeftWhilePutOffIsServedByALaterList(t *testing.T) {
	for name, planned := range map[string]string{"planned after the try": "after", "planned during the try": "during", "planned before the try": "before"} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, rdb redis.UniversalClient) {
				ctx := t.Context()
				clock := time.Unix(1_800_000_000, 0)
				r := members(5) // 1, 3 and 5 are in dc-maps too
				q := New(rdb, Options{Chunk: 8, Roster: r, Now: func() time.Time { return clock }})
				plan := func(when, list string) {
					if when == planned {
						if err := q.Plan(ctx, post("p1", copyOf(list, "body"))); err != nil {
							t.Fatal(err)
						}
					}
				}
				next := func() *Part {
					clock = clock.Add(2 * time.Hour)
					if err := q.sweep(ctx); err != nil {
						t.Fatal(err)
					}
					p, err := q.Part(ctx)
					if err != nil {
						t.Fatal(err)
					}
					return p
				}
				got := map[lists.Number][]string{}
				serve := func(p *Part) {
					var done, gone []lists.Number
					for n, to := p.Range(); n <= to; n++ {
						if !p.Todo(n) {
							continue
						}
						if id, ok := lists.PickTarget(r.all[n], p.Fanout().Targets, "", ""); ok {
							got[n], done = append(got[n], id), append(done, n)
						} else {
							gone = append(gone, n)
						}
					}
					p.Gone(gone)
					if !p.Fresh() {
						plan("during", "dc-maps")
					}
					if err := p.End(ctx, done, nil, true); err != nil {
						t.Fatal(err)
					}
				}
				plan(planned, "dc")
				p := next()
				put := []lists.Deferral{{Destination: "example.org", Numbers: []lists.Number{3, 4}, Reply: "451 4.3.0 later"}}
				if err := p.End(ctx, []lists.Number{1, 2, 5}, put, true); err != nil {
					t.Fatal(err)
				}
				who := r.all[3]
				who.Subs = slices.DeleteFunc(slices.Clone(who.Subs), func(s lists.Subscription) bool { return s.List == "dc" })
				r.all[3] = who
				plan("before", "dc-maps")
				for range 4 {
					if p := next(); p != nil {
						serve(p)
					}
				}
				plan("after", "dc-maps")
				for range 4 {
					if p := next(); p != nil {
						serve(p)
					}
				}
				if len(got) != 2 || !slices.Equal(got[3], []string{"dc-maps"}) || !slices.Equal(got[4], []string{"dc"}) {
					t.Errorf("the later tries served %v", got)
				}
				if left := show(t, q); left != "" {
					t.Errorf("left: %s", left)
				}
			})
		})
	}
}
