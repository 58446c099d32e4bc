package redistest_test

import (
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"plenary/lists/store/redistest"
)

func TestProxyMakesTheTroubleAskedFor(t *testing.T) {
	ctx := t.Context()
	s := redistest.Start(t)
	p := redistest.NewProxy(t, s.Addr)
	c := redis.NewClient(&redis.Options{Addr: p.Addr, MaxRetries: -1, DialerRetries: 1})
	defer c.Close()
	if err := c.HSet(ctx, "h", "a", "1", "b", "").Err(); err != nil {
		t.Fatal(err)
	}
	if all, err := c.HGetAll(ctx, "h").Result(); len(all) != 2 || all["a"] != "1" || err != nil {
		t.Fatal(all, err)
	}
	if _, err := c.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Incr(ctx, "n"); p.Get(ctx, "none"); return nil }); err != redis.Nil {
		t.Fatal(err)
	}
	p.Make(func(c redistest.Command) redistest.Fault {
		switch {
		case c.Is("set", "full"):
			return redistest.Fault{Answer: "-OOM no memory"}
		case c.Is("set", "lost"):
			return redistest.Fault{Lose: true}
		case c.Is("set", "cut"):
			return redistest.Fault{Cut: true}
		}
		return redistest.Fault{}
	})
	p.Seen()
	for key, words := range map[string]string{"full": "OOM no memory", "lost": "EOF", "cut": "EOF"} {
		if err := c.Set(ctx, key, "1", 0).Err(); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", key, err)
		}
	}
	if n := c.Exists(ctx, "full", "lost", "cut").Val(); n != 1 {
		t.Errorf("%d keys were written, want the lost one alone", n)
	}
	sets := 0
	for _, cmd := range p.Seen() {
		if cmd.Is("SET") {
			sets++
		}
	}
	if sets != 3 {
		t.Errorf("%d SETs were seen", sets)
	}
	p.Refuse()
	if err := c.Ping(ctx).Err(); err == nil {
		t.Error("a proxy that refuses answers")
	}
	if err := p.Listen(); err != nil {
		t.Fatal(err)
	}
	if err := c.Ping(ctx).Err(); err != nil {
		t.Error(err)
	}
}
