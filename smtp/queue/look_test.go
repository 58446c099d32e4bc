package queue

import (
	"context"
	"fmt"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/lists/store/redistest"
)

// trips counts the round trips to Redis.
type trips struct{ n atomic.Int32 }

func (c *trips) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (c *trips) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error { c.n.Add(1); return next(ctx, cmd) }
}

func (c *trips) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error { c.n.Add(1); return next(ctx, cmds) }
}

func inFamily(family, id string) lists.Fanout {
	c := copyOf("dc", "body")
	c.List.Family = family
	return lists.Fanout{ID: id, Family: family, MessageID: id + "@example.org", Targets: []lists.Copy{c}}
}

// However many families there are, to find that none has work is one round
// trip, and two to find the one that has; another server's post waits for no
// more than the next asking, and while one family is busy no other waits for it.
func TestManyFamilies(t *testing.T) {
	ctx, rdb := t.Context(), redistest.New(t)
	q, other := New(rdb, Options{Chunk: 4, Roster: members(400)}), New(rdb, Options{Chunk: 4, Roster: members(400)})
	for i := range 700 {
		if err := rdb.SAdd(ctx, familiesKey, fmt.Sprintf("f%03d", i)).Err(); err != nil {
			t.Fatal(err)
		}
	}
	count := &trips{}
	rdb.AddHook(count)
	within := func(what string, most int32, do func()) {
		t.Helper()
		count.n.Store(0)
		do()
		if n := count.n.Load(); n > most {
			t.Errorf("%s took %d round trips", what, n)
		}
	}
	part := func(want string) *Part {
		t.Helper()
		p, err := q.Part(ctx)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if p != nil {
			got = p.Fanout().Family
		}
		if got != want {
			t.Fatalf("a part of family %q, not %q", got, want)
		}
		return p
	}
	sweep := func() {
		if err := q.sweep(ctx); err != nil {
			t.Fatal(err)
		}
	}
	sweep() // the scripts are known from here on
	within("looking after the queue", 4, sweep)
	within("finding nothing", 2, func() { part("") })
	within("finding nothing again", 2, func() { part("") })
	for _, who := range []*Queue{other, q} {
		if err := who.Plan(ctx, inFamily("f500", "p"+who.opt.Node)); err != nil {
			t.Fatal(err)
		}
		p := part("f500")
		if err := p.End(ctx, nil, nil, true); err != nil {
			t.Fatal(err)
		}
	}
	// f500 has a hundred chunks left: another family's post gets its turn.
	if err := other.Plan(ctx, inFamily("f007", "small")); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for {
		p, err := q.Part(ctx)
		if err != nil || p == nil {
			t.Fatal(p, err)
		}
		if p.Fanout().Family == "f007" {
			break
		}
		time.Sleep(lookEvery / 4)
		if time.Since(began) > time.Minute {
			t.Fatal("the other family has no turn")
		}
	}
}
