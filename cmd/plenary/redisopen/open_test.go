package redisopen

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"plenary/lists/store/redistest"
)

func TestAddressForms(t *testing.T) {
	for s, want := range map[string]struct {
		kind, addrs, master, user, password string
		db                                  int
		tls                                 bool
	}{
		"redis://127.0.0.1:6379/0":                   {kind: "single", addrs: "127.0.0.1:6379"},
		"redis://localhost":                          {kind: "single", addrs: "localhost:6379"},
		"rediss://u:p%40@h:1/3":                      {kind: "single", addrs: "h:1", user: "u", password: "p@", db: 3, tls: true},
		"redis://:secret@[::1]:6380":                 {kind: "single", addrs: "[::1]:6380", password: "secret"},
		"unix:///run/redis.sock":                     {kind: "single", addrs: "/run/redis.sock"},
		"redis+sentinel://:p@a,b:26380,c/mymaster/2": {kind: "sentinel", addrs: "a:26379 b:26380 c:26379", master: "mymaster", password: "p", db: 2},
		"rediss+cluster://a:1,b:2":                   {kind: "cluster", addrs: "a:1 b:2", tls: true},
	} {
		a, err := parse(s)
		if err != nil {
			t.Errorf("%s: %v", s, err)
			continue
		}
		o := a.opts
		if a.kind != want.kind || strings.Join(o.Addrs, " ") != want.addrs || o.MasterName != want.master || o.Username != want.user ||
			o.Password != want.password || o.DB != want.db || (o.TLSConfig != nil) != want.tls {
			t.Errorf("%s: %+v", s, a)
		}
	}
}

func TestAddressFaultsHaveWordsAndNoPassword(t *testing.T) {
	for s, want := range map[string]string{
		"":                              "no Redis is reached by",
		"http://u:hunter2@h":            `no Redis is reached by "http:"`,
		"redis://u:hunter2@h:x":         "is no host and port",
		"redis://u:hunter2@h:0":         "is no host and port",
		"redis://u:hunter2@":            "is no host and port",
		"redis://u:hunter2@h/main":      `"main" is no number of a database`,
		"redis://u:hunter2@a,b":         "one host only",
		"redis+sentinel://u:hunter2@a":  "need the name",
		"redis+cluster://u:hunter2@a/4": "database 0 only",
		"redis+ring://u:hunter2@a":      "no Redis is reached by",
	} {
		err := CheckAddress(s)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", s, err)
		}
	}
	if err := CheckAddress(Embedded); err != nil {
		t.Error(err)
	}
}

func TestJudgeNamesEachSettingThatCouldLoseMail(t *testing.T) {
	safe := map[string]string{"appendonly": "yes", "appendfsync": "always", "no-appendfsync-on-rewrite": "no", "maxmemory-policy": "noeviction"}
	alone := map[string]string{"role": "master", "connected_slaves": "0"}
	if risks := judge(safe, alone); len(risks) > 0 {
		t.Fatalf("a safe Redis is called unsafe: %v", risks)
	}
	for setting, value := range map[string]string{"appendonly": "no", "appendfsync": "everysec", "no-appendfsync-on-rewrite": "yes", "maxmemory-policy": "allkeys-lru"} {
		with := map[string]string{}
		for k, v := range safe {
			with[k] = v
		}
		with[setting] = value
		risks := judge(with, alone)
		if len(risks) != 1 || risks[0].Setting != setting || risks[0].Is != value || risks[0].Write != safe[setting] {
			t.Errorf("%s %s: %v", setting, value, risks)
		}
	}
	if risks := judge(safe, map[string]string{"role": "master", "connected_slaves": "2"}); len(risks) != 1 || risks[0].Setting != "replication" {
		t.Error("replicas: ", risks)
	}
	if risks := judge(safe, map[string]string{"role": "slave"}); len(risks) != 1 || risks[0].Setting != "role" {
		t.Error("a replica: ", risks)
	}
}

func TestUnsafeRedisIsRefusedUnlessRelaxed(t *testing.T) {
	rdb := redistest.New(t)
	single, ok := rdb.(*redis.Client)
	if !ok || rdb.ConfigGet(t.Context(), "appendonly").Err() != nil {
		return // no redis-server here: judge is tested above, and CI has one
	}
	url := "redis://" + single.Options().Addr
	open := func(relaxed bool) (*Conn, error) {
		c, err := Open(t.Context(), Options{Address: url, Wait: time.Minute, Durable: true, Relaxed: relaxed})
		if err == nil {
			t.Cleanup(func() { c.Close() })
		}
		return c, err
	}
	if c, err := open(false); err != nil || len(c.Notes) > 0 {
		t.Fatal(err, c)
	}
	rdb.ConfigSet(t.Context(), "appendfsync", "everysec")
	rdb.ConfigSet(t.Context(), "maxmemory-policy", "volatile-ttl")
	_, err := open(false)
	if unsafe := (*Unsafe)(nil); !errors.As(err, &unsafe) || len(unsafe.Risks) != 2 {
		t.Fatal(err)
	}
	for _, want := range []string{"appendfsync is everysec", "write in redis.conf: appendfsync always", "maxmemory-policy noeviction", `redis.durability = "relaxed"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in:\n%v", want, err)
		}
	}
	c, err := open(true)
	if err != nil || len(c.Notes) != 2 || !strings.HasPrefix(c.Notes[0], "appendfsync is everysec: ") || !strings.HasPrefix(c.Notes[1], "maxmemory-policy is volatile-ttl: ") {
		t.Error(err, c)
	}
}

func TestWaitsForARedisThatIsLoading(t *testing.T) {
	m := miniredis.RunT(t)
	m.SetError("LOADING Redis is loading the dataset in memory")
	var why error
	c, err := Open(t.Context(), Options{Address: "redis://" + m.Addr(), Wait: time.Minute, Waiting: func(err error) {
		why = err
		m.SetError("") // loaded
	}})
	if err != nil || why == nil || !strings.Contains(why.Error(), "LOADING") {
		t.Fatal(err, why)
	}
	c.Close()
}

func TestEndsWaitingAtTheLimitAndAtOnceForAWrongPassword(t *testing.T) {
	m := miniredis.RunT(t)
	addr := m.Addr()
	m.RequireAuth("secret")
	if _, err := Open(t.Context(), Options{Address: "redis://:wrong@" + addr, Wait: time.Hour}); err == nil || !strings.Contains(err.Error(), "does not let us in") {
		t.Error(err)
	}
	m.Close()
	if _, err := Open(t.Context(), Options{Address: "redis://" + addr, Wait: time.Millisecond}); err == nil || !strings.Contains(err.Error(), "no Redis answers") {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(ctx, Options{Address: "redis://" + addr, Wait: time.Hour}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestEmbeddedSaysThatItIsVolatileAndForgetsByTheClock(t *testing.T) {
	c, err := Open(t.Context(), Options{Address: Embedded})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if len(c.Notes) != 1 {
		t.Error("it must say what is lost")
	}
	c.Set(t.Context(), "k", "v", time.Millisecond)
	for c.Exists(t.Context(), "k").Val() == 1 { // ends only when keys expire
		if t.Context().Err() != nil {
			t.Fatal("the key did not expire")
		}
	}
}
