package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"plenary/lists"
	"plenary/lists/store/redistest"
	"plenary/smtp"
)

// Posts come at any moment, small ones and huge ones, and any number of
// workers take and end parts: from the moment a post is planned its next
// part is given out before any other post has had two turns more.
func TestNoPostWaitsLongerThanOneTurnOfEachOther(t *testing.T) {
	run := func(t *rapid.T, rdb redis.UniversalClient) {
		ctx := t.Context()
		if err := redistest.Empty(ctx, rdb); err != nil {
			t.Fatal(err)
		}
		r := members(200)
		r.join(201, "dc-small") // in chunk 50
		q := New(rdb, Options{Chunk: 4, Roster: r, Lease: time.Hour})
		planned, left := 0, map[string]int{} // chunks not given out yet
		since := map[string]map[string]int{} // of a post that waits: what others were given since
		var held []*Part
		plan := func(t *rapid.T, list string, chunks int) {
			id := fmt.Sprint(list, planned)
			planned++
			if err := errors.Join(q.Plan(ctx, post(id, copyOf(list, "body "+id))), q.sweep(ctx)); err != nil {
				t.Fatal(err)
			}
			left[id], since[id] = chunks, map[string]int{}
		}
		plan(t, "dc", 51)
		t.Repeat(map[string]func(*rapid.T){
			"huge":  func(t *rapid.T) { plan(t, "dc", 51) },
			"small": func(t *rapid.T) { plan(t, "dc-small", 1) },
			"end": func(t *rapid.T) {
				if len(held) == 0 {
					t.Skip("nothing is held")
				}
				i := rapid.IntRange(0, len(held)-1).Draw(t, "which")
				if err := held[i].End(ctx, nil, nil, true); err != nil {
					t.Fatal(err)
				}
				held = slices.Delete(held, i, i+1)
			},
			"take": func(t *rapid.T) {
				p, err := q.Part(ctx)
				if err != nil {
					t.Fatal(err)
				}
				if p == nil {
					for id, n := range left {
						if n > 0 {
							t.Fatalf("%d chunks of %s wait, and none is given out", n, id)
						}
					}
					return
				}
				held = append(held, p)
				id := p.Fanout().ID
				left[id]--
				since[id] = map[string]int{}
				for other := range left {
					if other == id || left[other] == 0 {
						continue
					}
					if since[other][id]++; since[other][id] > 2 {
						t.Fatalf("%s had %d turns while %s waited for one", id, since[other][id], other)
					}
				}
			},
		})
	}
	rdb := redistest.New(t)
	rapid.Check(t, func(t *rapid.T) { run(t, rdb) })
}

// Letters that somebody waits for go before notices, whenever they come.
func TestPromptLettersGoFirst(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx := t.Context()
		q := New(rdb, Options{Domain: "lists.example.org"})
		send := func(key string, p smtp.Priority) {
			if err := q.Send(ctx, smtp.Letter{Key: key, From: "dc@lists.example.org", To: []string{"a@x.example"}, Priority: p}); err != nil {
				t.Fatal(err)
			}
		}
		for i := range 20 {
			send(fmt.Sprint("notice", i), smtp.Notice)
		}
		for i := range 5 {
			send(fmt.Sprint("prompt", i), smtp.Prompt)
			l, err := q.Letter(ctx)
			if err != nil || l == nil || l.ID() != fmt.Sprint("prompt", i) {
				t.Fatalf("the letter after prompt %d: %+v, %v", i, l, err)
			}
		}
	})
}

// away makes n posts whose members' provider puts everything off, one chunk
// each, and gives the queue with their clock.
func away(t *testing.T, rdb redis.UniversalClient, n int, clock *time.Time) *Queue {
	t.Helper()
	ctx := t.Context()
	q := New(rdb, Options{Chunk: 16, Roster: members(12), Lease: time.Hour, Now: func() time.Time { return *clock }})
	for i := range n {
		*clock = clock.Add(time.Minute)
		if err := errors.Join(q.Plan(ctx, post(fmt.Sprintf("old%03d", i), copyOf("dc", "body"))), q.sweep(ctx)); err != nil {
			t.Fatal(err)
		}
		p, err := q.Part(ctx)
		if err != nil || p == nil {
			t.Fatal(p, err)
		}
		// Another destination put off one of them, too.
		put := []lists.Deferral{{Destination: "far.example", Numbers: []lists.Number{2, 3, 4}, Reply: "421 4.7.0 later"},
			{Destination: "full.example", Numbers: []lists.Number{5}, Reply: "452 4.2.2 full"}}
		if err := p.End(ctx, []lists.Number{1, 6, 7, 8, 9, 10, 11, 12}, put, true); err != nil {
			t.Fatal(err)
		}
	}
	return q
}

// A destination that is there again is served in the order of the posts' age,
// and in turn with fresh posts: neither starves the other.
func TestADestinationThatComesBack(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx := t.Context()
		clock := time.Unix(1_800_000_000, 0)
		const waiting = 6
		q := away(t, rdb, waiting, &clock)
		if n, err := q.Hasten(ctx, "nowhere.example"); n != 0 || err != nil {
			t.Fatalf("hastened %d, %v", n, err)
		}
		due, err := rdb.ZRangeArgsWithScores(ctx, redis.ZRangeArgs{Key: familyKeys("dc").due(), Start: 0, Stop: -1}).Result()
		if err != nil {
			t.Fatal(err)
		}
		later := 0 // some may be due by now
		for _, z := range due {
			if z.Score > float64(clock.UnixMilli()) && z.Member.(string)[len(z.Member.(string))-11:] == "far.example" {
				later++
			}
		}
		if n, err := q.Hasten(ctx, "far.example"); n != later || err != nil || n == 0 {
			t.Fatalf("hastened %d of %d, %v", n, later, err)
		}
		if n, err := q.Hasten(ctx, "far.example"); n != 0 || err != nil {
			t.Fatalf("hastened %d again, %v", n, err)
		}
		for i := range 20 {
			if err := q.Plan(ctx, post(fmt.Sprintf("new%03d", i), copyOf("dc", "body"))); err != nil {
				t.Fatal(err)
			}
		}
		if err := q.sweep(ctx); err != nil {
			t.Fatal(err)
		}
		var old []string
		fresh, lastOld, most := 0, 0, 0
		for i := 1; len(old) < waiting; i++ {
			p, err := q.Part(ctx)
			if err != nil || p == nil || i > 100 {
				t.Fatal(i, p, err)
			}
			if p.Fresh() {
				fresh++
			} else if p.late.Destination == "far.example" {
				old = append(old, p.Fanout().ID)
				most, lastOld = max(most, i-lastOld), i
			}
		}
		if !slices.IsSorted(old) {
			t.Errorf("served in order %v", old)
		}
		if most > 2*retriesEvery || fresh < waiting*(retriesEvery-2) {
			t.Errorf("an old one waited %d turns; %d fresh ones were served beside %d", most, fresh, waiting)
		}
	})
}

// A million members at one provider that says 421 (DESIGN section 2,
// Destinations): one entry a chunk, no key a recipient.
func TestAProviderThatPutsAllOff(t *testing.T) {
	n := 1_000_000
	var rdb redis.UniversalClient
	if redistest.Real() {
		rdb = redistest.Start(t, "--appendfsync", "no").Client(t) // keys are counted here; no disk is waited for
	} else {
		rdb, n = redistest.New(t), 250_000 // the embedded one's Lua joins no longer lists of chunks
	}
	ctx := t.Context()
	clock := time.Unix(1_800_000_000, 0)
	q := New(rdb, Options{Roster: audience(n), Lease: time.Hour, Now: func() time.Time { return clock }})
	if err := errors.Join(q.Plan(ctx, post("p", copyOf("dc", "body"))), q.sweep(ctx)); err != nil {
		t.Fatal(err)
	}
	round := func() (parts int) {
		for {
			p, err := q.Part(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if p == nil {
				return parts
			}
			parts++
			d := lists.Deferral{Destination: "mail.example", Reply: "421 4.7.0 mail.example is busy; come back later, please"}
			for n, to := p.Range(); n <= to; n++ {
				if p.Todo(n) && n > 0 {
					d.Numbers = append(d.Numbers, n)
				}
			}
			if err := p.End(ctx, nil, []lists.Deferral{d}, true); err != nil {
				t.Fatal(err)
			}
		}
	}
	chunks := n/q.opt.Chunk + 1
	for i := range 2 { // the first try, and the one after it
		if parts := round(); parts != chunks {
			t.Errorf("try %d: %d parts for %d chunks", i, parts, chunks)
		}
		clock = clock.Add(2 * time.Hour)
		for range chunks/1000 + 1 {
			if err := q.sweep(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	k := familyKeys("dc")
	if late := rdb.HLen(ctx, k.late("p")).Val(); late != int64(chunks) {
		t.Errorf("%d entries for %d chunks", late, chunks)
	}
	keys, err := redistest.Keys(ctx, rdb)
	if err != nil {
		t.Fatal(err)
	}
	var octets int64
	for _, key := range keys {
		size, err := rdb.MemoryUsage(ctx, key, 0).Result()
		if err != nil {
			t.Skip("this Redis does not tell its memory: ", err) // miniredis; CI has a real one
		}
		octets += size
	}
	t.Logf("%d members in %d entries: %d keys, %.1f octets a member", n, chunks, len(keys), float64(octets)/float64(n))
	if len(keys) > 12 || octets > 40*int64(n) {
		t.Errorf("%d keys, %d octets for %d members", len(keys), octets, n)
	}
}

// audience is a roster of n members of dc whom nobody asks for by name.
type audience int

func (c audience) LastNumber(context.Context, string) (lists.Number, error) {
	return lists.Number(c), nil
}
func (c audience) Roster(context.Context, string, lists.Number, lists.Number) ([]lists.Person, error) {
	return nil, nil
}
