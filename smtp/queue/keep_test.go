package queue

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/lists/store/redistest"
)

// A Redis that answers nothing for 10 s, where leases are of 15 s, takes no
// hold away: what was sent and not recorded is recorded then, not sent again.
// It falls silent as long after a renewal as it can.
func TestAStallTakesNoHoldAway(t *testing.T) {
	t.Parallel()
	const lease = 9 * time.Second
	p, rdb := through(t)
	ctx := t.Context()
	q := New(rdb, Options{Chunk: 8, Roster: members(7), Lease: lease, Sweep: lease / 15})
	if err := errors.Join(q.Plan(ctx, post("p", copyOf("dc", "body"))), q.sweep(ctx)); err != nil {
		t.Fatal(err)
	}
	part, err := q.Part(ctx)
	if part == nil || err != nil {
		t.Fatal(part, err)
	}
	var renewed atomic.Int64
	p.Make(func(c redistest.Command) redistest.Fault {
		if c.Is("evalsha", renewScript.Hash()) {
			renewed.Store(time.Now().UnixNano())
		}
		return redistest.Fault{}
	})
	life, stop := context.WithCancel(ctx)
	var keeping sync.WaitGroup
	keeping.Go(func() { _ = q.Keep(life) })
	defer keeping.Wait()
	defer stop()
	soon(t, "a renewal", func() bool { return renewed.Load() > 0 })
	for end := time.Now().Add(lease / 2); time.Now().Before(end) && time.Since(time.Unix(0, renewed.Load())) < lease*19/100; {
		time.Sleep(time.Millisecond)
	}
	well := make(chan struct{})
	p.Make(func(redistest.Command) redistest.Fault { return redistest.Fault{Wait: well} })
	time.Sleep(lease * 70 / 100)
	p.Make(nil)
	close(well)
	for end := time.Now().Add(lease / 4); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if !part.Valid() {
			t.Fatal("the hold is lost")
		}
	}
	if err := part.Save(ctx, []lists.Number{1, 2}); err != nil {
		t.Error(err)
	}
}

// What a dead server held is taken up at once when its leases have run out,
// however much it is: a piece a second would be minutes.
func TestAllThatTheDeadHeldIsTakenUpAtOnce(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx := t.Context()
		const chunks = 51
		dead := New(rdb, Options{Node: "dead", Chunk: 4, Roster: members(200)})
		if err := errors.Join(dead.Plan(ctx, post("p", copyOf("dc", "body"))), dead.sweep(ctx)); err != nil {
			t.Fatal(err)
		}
		for i := range chunks {
			if p, err := dead.Part(ctx); p == nil || err != nil {
				t.Fatal(i, p, err)
			}
		}
		heir := New(rdb, Options{Node: "heir", Chunk: 4, Roster: members(200)})
		if err := heir.sweep(ctx); err != nil {
			t.Fatal(err)
		}
		idle(t, rdb, familyKeys("dc").chunks(), heir.opt.Lease)
		for i := range chunks {
			if p, err := heir.Part(ctx); p == nil || err != nil {
				t.Fatalf("piece %d: %v, %v", i, p, err)
			}
		}
	})
}

// What is wrong with the letters, or with one family, keeps no other from its
// retries.
func TestOneFamilysTroubleIsItsOwn(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx := t.Context()
		clock := time.Unix(1_800_000_000, 0)
		q := away(t, rdb, 1, &clock)
		rdb.SAdd(ctx, familiesKey, "aa") // before dc
		rdb.Set(ctx, familyKeys("aa").due(), "no sorted set", 0)
		rdb.Set(ctx, lettersLater, "no sorted set", 0)
		clock = clock.Add(2 * time.Hour)
		if err := q.sweep(ctx); err == nil {
			t.Error("the trouble is not told")
		}
		if n := rdb.XLen(ctx, familyKeys("dc").retries()).Val(); n != 2 {
			t.Errorf("%d of 2 entries that are due go out", n)
		}
	})
}

// However many families there are, what each has put off gets its turns while
// fresh posts wait.
func TestRetriesOfEachFamilyHaveTheirTurn(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 8} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			rdb, ctx := redistest.New(t), t.Context()
			clock := time.Unix(1_800_000_000, 0)
			q := New(rdb, Options{Chunk: 4, Roster: members(200), Lease: time.Hour, Now: func() time.Time { return clock }})
			late := map[string]bool{}
			for i := range n {
				f := fmt.Sprint("f", i)
				list := lists.List{ID: "dc", Family: f, Name: f}
				for _, id := range []string{"old", "new"} {
					fan := lists.Fanout{ID: id, Family: f, MessageID: id, Targets: []lists.Copy{{List: list, Head: []byte("X: y\r\n\r\n"), Body: []byte("body")}}}
					if err := q.Plan(ctx, fan); err != nil {
						t.Fatal(err)
					}
				}
				late[f] = true
			}
			for range n { // one part of each is put off
				p, err := q.Part(ctx)
				if err != nil || p == nil {
					t.Fatal(p, err)
				}
				if err := p.End(ctx, nil, []lists.Deferral{{Destination: "far.example", Numbers: []lists.Number{p.first + 1}, Reply: "421 later"}}, true); err != nil {
					t.Fatal(err)
				}
			}
			clock = clock.Add(2 * time.Hour)
			if err := q.sweep(ctx); err != nil {
				t.Fatal(err)
			}
			for range 2 * n * retriesEvery {
				p, err := q.Part(ctx)
				if err != nil || p == nil {
					t.Fatal(p, err)
				}
				if !p.Fresh() {
					delete(late, p.Fanout().Family)
				}
			}
			if len(late) > 0 {
				t.Errorf("no turn for what %v put off", late)
			}
		})
	}
}

// An entry that outlived its round counts for nothing in one that has no part
// for its chunk: nobody of the others is forgotten for it.
func TestAnEntryOfAnEarlierRoundCountsForNothing(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx := t.Context()
		r := members(7)
		r.join(201, "dc-far")
		q := New(rdb, Options{Chunk: 4, Roster: r, Lease: time.Hour})
		if err := q.Plan(ctx, post("p", copyOf("dc", "body"))); err != nil {
			t.Fatal(err)
		}
		if n, err := q.Drop(ctx, "p", ""); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		if err := q.Plan(ctx, post("p", copyOf("dc-far", "body"))); err != nil {
			t.Fatal(err)
		}
		p, err := q.Part(ctx)
		if err != nil || p == nil || p.name != "0000050" {
			t.Fatalf("opened %v, %v", p, err)
		}
		if err := p.End(ctx, []lists.Number{201}, nil, true); err != nil {
			t.Fatal(err)
		}
		if d, err := q.Depth(ctx); err != nil || d.Posts != 0 {
			t.Errorf("%+v, %v", d, err)
		}
	})
}
