package store_test

import (
	"context"
	"net"
	"sync/atomic"
	"testing"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

// trips counts the pipelines that have commands in them.
type trips struct{ n atomic.Int64 }

func (c *trips) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}
func (c *trips) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }
func (c *trips) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		c.n.Add(1)
		return next(ctx, cmds)
	}
}

// TestPersonOfARememberedNumber: one round trip for who was looked up before,
// and what another server has changed since is seen.
func TestPersonOfARememberedNumber(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx := context.Background()
		s, other := open(t, rdb, newClock()), open(t, rdb, newClock())
		coalition(t, s)
		join(t, s, "dc", lists.NewMember{Address: "ada@example.org"})
		counted := &trips{}
		rdb.AddHook(counted)
		person := func(a lists.Address, want lists.Number) {
			t.Helper()
			p, err := s.Person(ctx, "dc", a)
			if want == 0 {
				missing(t, err)
			} else if err != nil || p.Number != want || p.Address != a {
				t.Errorf("%s: %+v, %v, want number %d", a, p, err, want)
			}
		}
		person("ada@example.org", 1)
		before := counted.n.Load()
		person("ada@example.org", 1)
		if got := counted.n.Load() - before; got != 1 {
			t.Errorf("%d round trips for one who was looked up before", got)
		}
		// Another server gives ada's number another address, and ada another number.
		if err := other.ChangeAddress(ctx, "dc", "ada@example.org", "lovelace@example.org"); err != nil {
			t.Fatal(err)
		}
		person("ada@example.org", 0)
		join(t, other, "dc", lists.NewMember{Address: "ada@example.org"})
		person("ada@example.org", 2)
		person("lovelace@example.org", 1)
		if _, _, err := other.Unsubscribe(ctx, "dc", []string{"dc"}, "ada@example.org"); err != nil {
			t.Fatal(err)
		}
		person("ada@example.org", 0)
	})
}
