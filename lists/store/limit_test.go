package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

func TestAllow(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, c := context.Background(), newClock()
		s, other := open(t, rdb, c), open(t, rdb, c)
		ask := func(key string, want bool) {
			t.Helper()
			if got := must(s.Allow(ctx, key, 3, 24*time.Hour))(t); got != want {
				t.Errorf("%v after the start: allowed %v", c.now().Sub(newClock().now()), got)
			}
		}
		ask("ask/ada", true)
		must(other.Allow(ctx, "ask/ada", 3, 24*time.Hour))(t)
		c.advance(23 * time.Hour)
		ask("ask/ada", true)
		ask("ask/ada", false)
		ask("ask/bob", true)
		if left := ttls(ctx, rdb, "{plenary}:limit:"); len(left) != 2 || left[0] != 24*time.Hour {
			t.Errorf("life times %v", left)
		}
		c.advance(time.Hour) // refusals have not put the end off
		for range 3 {
			ask("ask/ada", true)
		}
		ask("ask/ada", false)
		c.advance(-48 * time.Hour) // a clock that was wrong shuts nobody out
		ask("ask/ada", true)
		must(s.Allow(ctx, "minute", 1, time.Minute))(t) // its end is our clock's, however much real time passes
		if left := ttls(ctx, rdb, "{plenary}:limit:"); !slices.Contains(left, time.Hour) {
			t.Errorf("life times %v", left)
		}
		if must(s.Allow(ctx, "none", 0, time.Minute))(t) {
			t.Error("a limit of none allowed one")
		}
	})
}

func TestFreezeKeepsTheFirst(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, s, other := context.Background(), open(t, rdb, newClock()), open(t, rdb, newClock())
		long := string(make([]byte, 500))
		for _, c := range []struct {
			s interface {
				Freeze(context.Context, string, string, []byte, time.Duration) ([]byte, bool, error)
			}
			tag, key, value string
			stands          string
			first           bool
		}{
			{s, "dc", "digest/1", "a\x00", "a\x00", true},
			{other, "dc", "digest/1", "b", "a\x00", false},
			{s, "", "digest/1", "c", "c", true},
			{s, "", long, "d", "d", true},
			{other, "", long, "e", "d", false},
		} {
			stands, first, err := c.s.Freeze(ctx, c.tag, c.key, []byte(c.value), time.Hour)
			if err != nil || first != c.first || string(stands) != c.stands {
				t.Errorf("freeze %q under %.10s: %q, first %v, %v", c.value, c.key, stands, first, err)
			}
		}
		if left := ttls(ctx, rdb, "{f:dc}:once:"); len(left) != 1 || left[0] != time.Hour {
			t.Errorf("life times %v", left)
		}
		if _, _, err := s.Freeze(ctx, "dc", "for ever", nil, 0); err != nil || rdb.PTTL(ctx, "{f:dc}:once:for ever").Val() != -1 {
			t.Errorf("kept for %v, %v", rdb.PTTL(ctx, "{f:dc}:once:for ever").Val(), err)
		}
	})
}
