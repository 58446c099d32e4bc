package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/lists/store"
	"plenary/lists/store/redistest"
)

// clock is a time that a test sets.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// cluster is shared by all tests, since one takes long to come up; nil where
// there is no redis-server.
var cluster redis.UniversalClient

func TestMain(m *testing.M) {
	// Seconds, not minutes; the command line may ask for more.
	_, _ = flag.Set("rapid.checks", "30"), flag.Set("rapid.steps", "20")
	os.Exit(run(m))
}

func run(m *testing.M) int {
	if redistest.Real() {
		dir, err := os.MkdirTemp("", "cluster")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		c, stop, err := redistest.Cluster(dir)
		if err != nil {
			panic(err)
		}
		defer stop()
		cluster = c
	}
	return m.Run()
}

// each runs a test on every kind of Redis that Plenary meets: alone, as a
// cluster that refuses to cross hash slots, and the demo's.
func each(t *testing.T, f func(t *testing.T, rdb redis.UniversalClient)) {
	t.Run("redis", func(t *testing.T) { f(t, redistest.New(t)) })
	t.Run("miniredis", func(t *testing.T) { f(t, redistest.Mini(t)) })
	if cluster != nil {
		t.Run("cluster", func(t *testing.T) {
			if err := redistest.Empty(context.Background(), cluster); err != nil {
				t.Fatal(err)
			}
			f(t, cluster)
		})
	}
}

var site = lists.Site{Domain: "lists.example.org"}

func open(t testing.TB, rdb redis.UniversalClient, c *clock) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), rdb, site, c.now)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// must gives v, and ends the test on an error.
func must[T any](v T, err error) func(t testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// coalition makes the main list dc with the groups maps and names.
func coalition(t testing.TB, s *store.Store) {
	t.Helper()
	for _, n := range []lists.NewList{
		{Name: "dc", Title: "Coalition"},
		{Name: "maps", Title: "Maps", Parent: "dc"},
		{Name: "names", Title: "Names", Parent: "dc"},
	} {
		must(s.CreateList(context.Background(), n))(t)
	}
}

// join subscribes, and tells which lists were joined.
func join(t testing.TB, s *store.Store, list string, m lists.NewMember) string {
	t.Helper()
	_, added, err := s.Subscribe(context.Background(), list, m)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(added, " ")
}

func refused(t testing.TB, err error, words string) {
	t.Helper()
	var r *lists.Refusal
	if !errors.As(err, &r) || !strings.Contains(r.Text, words) {
		t.Errorf("error %v; want a refusal with %q", err, words)
	}
}

func missing(t testing.TB, err error) {
	t.Helper()
	if !errors.Is(err, lists.ErrNotFound) {
		t.Errorf("error %v; want ErrNotFound", err)
	}
}

func TestOpenKeepsOneSecret(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		a, b := open(t, rdb, newClock()), open(t, rdb, newClock())
		if len(a.Secret()) != 32 || string(a.Secret()) != string(b.Secret()) {
			t.Errorf("secrets %x and %x", a.Secret(), b.Secret())
		}
	})
}

// A Redis that takes no writes can be looked at.
func TestOpenWritesOnce(t *testing.T) {
	rdb := redistest.Start(t).Client(t)
	ctx := t.Context()
	site := lists.Site{Domain: "lists.example.org"}
	if _, err := store.Open(ctx, rdb, site, time.Now); err != nil {
		t.Fatal(err)
	}
	if err := rdb.ConfigSet(ctx, "maxmemory", "1").Err(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(ctx, rdb, site, time.Now); err != nil {
		t.Error(err)
	}
}

func TestOpenRefusesAnotherSchema(t *testing.T) {
	rdb := redistest.New(t)
	ctx := context.Background()
	rdb.Set(ctx, "{plenary}:schema", "7", 0)
	_, err := store.Open(ctx, rdb, site, time.Now)
	if err == nil || !strings.Contains(err.Error(), `schema "7"`) || !strings.Contains(err.Error(), `reads schema "1"`) {
		t.Errorf("error %v", err)
	}
	if n := rdb.DBSize(ctx).Val(); n != 1 {
		t.Errorf("%d keys after a refused Open, want the schema alone", n)
	}
}

func jsonOf(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

// keys are all keys of a Redis.
func keys(ctx context.Context, rdb redis.UniversalClient) []string {
	all, err := redistest.Keys(ctx, rdb)
	if err != nil {
		panic(err) // the test's own Redis
	}
	return all
}
