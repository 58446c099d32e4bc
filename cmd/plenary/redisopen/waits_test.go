package redisopen

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists/store/redistest"
)

// replicated is a real Redis that says that it has replicas: redis-server of
// Debian 12 knows no WAITAOF, so INFO and WAITAOF are answered by a script.
// A real master with a real replica is tried below, where a newer server is
// on PATH.
type replicated struct {
	proxy    *redistest.Proxy
	version  string
	replicas atomic.Int32
	synced   atomic.Int32 // how many have it on disk
	run      atomic.Int32 // changes when another server takes over
	cut      atomic.Int32 // how many WAITAOFs meet the end of their connection
}

func newReplicated(t *testing.T, version string, replicas, synced int32) *replicated {
	r := &replicated{proxy: redistest.NewProxy(t, redistest.Start(t).Addr), version: version}
	r.replicas.Store(replicas)
	r.synced.Store(synced)
	r.proxy.Make(func(c redistest.Command) redistest.Fault {
		text := func(s string) redistest.Fault { return redistest.Fault{Answer: fmt.Sprintf("$%d\r\n%s", len(s), s)} }
		switch {
		case c.Is("info", "server"):
			return text(fmt.Sprintf("redis_version:%s\r\nrun_id:process%d\r\n", r.version, r.run.Load()))
		case c.Is("info", "replication"):
			return text(fmt.Sprintf("role:master\r\nconnected_slaves:%d\r\n", r.replicas.Load()))
		case c.Is("waitaof") && r.cut.Add(-1) >= 0:
			return redistest.Fault{Cut: true}
		case c.Is("waitaof"):
			return redistest.Fault{Answer: fmt.Sprintf("*2\r\n:1\r\n:%d", r.synced.Load())}
		}
		return redistest.Fault{}
	})
	return r
}

func (r *replicated) open(t *testing.T, relaxed bool) (*Conn, error) {
	c, err := Open(t.Context(), Options{Address: "redis://" + r.proxy.Addr, Wait: time.Minute, Durable: true, Relaxed: relaxed})
	if err == nil {
		t.Cleanup(func() { c.Close() })
	}
	return c, err
}

// said are the commands since the last call, those of connecting left out, a
// line each, by connection in the order of its first.
func (r *replicated) said() string {
	byConn := map[int][]string{}
	var order []int
	for _, c := range r.proxy.Seen() {
		if c.Is("hello") || c.Is("client") || c.Is("auth") || c.Is("select") {
			continue
		}
		if byConn[c.Conn] == nil {
			order = append(order, c.Conn)
		}
		byConn[c.Conn] = append(byConn[c.Conn], strings.ToLower(strings.Join(c.Args[:min(2, len(c.Args))], " ")))
	}
	var b strings.Builder
	for _, n := range order {
		b.WriteString(strings.Join(byConn[n], ", ") + "\n")
	}
	return b.String()
}

// Invariant 7: with replicas, what is written waits for them over the
// connection that wrote it.
func TestWritesWaitForReplicasOnTheirConnection(t *testing.T) {
	r, ctx := newReplicated(t, "7.2.4", 2, 1), t.Context()
	c, err := r.open(t, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Set(ctx, "{x}first", "", 0).Err(); err != nil { // counts the replicas
		t.Fatal(err)
	}
	r.said()
	const wait = "set {plenary}:waited, waitaof 1"
	for _, step := range []struct {
		what string
		do   func() error
		want string
	}{
		{"a command", func() error { return c.SetNX(ctx, "{x}k", "v", 0).Err() }, "set {x}k, " + wait},
		{"a script", func() error { return c.Eval(ctx, "return redis.call('GET', KEYS[1])", []string{"{x}k"}).Err() },
			"eval return redis.call('get', keys[1]), " + wait},
		{"a pipeline", func() error {
			_, err := c.Pipelined(ctx, func(p redis.Pipeliner) error {
				p.Get(ctx, "{x}k")
				p.HSet(ctx, "{x}h", "f", "v")
				return nil
			})
			return err
		}, "get {x}k, hset {x}h, " + wait},
		{"a transaction", func() error {
			_, err := c.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Incr(ctx, "{x}n"); return nil })
			return err
		}, "multi, incr {x}n, exec, info server, " + wait},
		{"a read", func() error { return c.Get(ctx, "{x}k").Err() }, "get {x}k"},
		{"a transaction that reads", func() error {
			_, err := c.TxPipelined(ctx, func(p redis.Pipeliner) error { p.HGetAll(ctx, "{x}h"); return nil })
			return err
		}, "multi, hgetall {x}h, exec"},
	} {
		if err := step.do(); err != nil {
			t.Errorf("%s: %v", step.what, err)
		}
		if got := r.said(); got != step.want+"\n" {
			t.Errorf("%s: Redis was told\n%swant\n%s", step.what, got, step.want)
		}
	}
	// An answer lost between the write and its wait: both again, together.
	r.cut.Store(1)
	if err := c.HSet(ctx, "{x}h", "f", "w").Err(); err != nil {
		t.Error(err)
	}
	if got, one := r.said(), "hset {x}h, "+wait+"\n"; got != one+one {
		t.Errorf("after a lost answer Redis was told\n%s", got)
	}
}

func TestAWriteThatReplicasDoNotHaveHasFailed(t *testing.T) {
	r, ctx := newReplicated(t, "8.0.0", 2, 1), t.Context()
	c, err := r.open(t, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Set(ctx, "{x}k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	r.synced.Store(0)
	short := func(what string, err error) {
		t.Helper()
		if e := (*WaitError)(nil); !errors.As(err, &e) || e.Want != 1 || e.Have != 0 {
			t.Errorf("%s: %v", what, err)
		}
	}
	short("a command", c.Set(ctx, "{x}k", "v", 0).Err())
	short("a script", redis.NewScript("return 1").Run(ctx, c, []string{"{x}k"}).Err())
	got, err := c.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.Get(ctx, "{x}k")
		p.Del(ctx, "{x}k")
		return nil
	})
	short("a pipeline", err)
	if got[0].Err() != nil {
		t.Errorf("a read beside it: %v", got[0].Err())
	}
	short("its write", got[1].Err())
	tx, err := c.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Incr(ctx, "{x}n"); return nil })
	short("a transaction", err)
	short("its write", tx[0].Err())

	// Replicas that went away are missed: their master must not go on alone.
	r.replicas.Store(0)
	short("with the replicas gone", c.Set(ctx, "{x}k", "v", 0).Err())
	short("and still", c.Set(ctx, "{x}k", "v", 0).Err())
	// A replica that became master has lost none.
	r.run.Store(1)
	_ = c.Set(ctx, "{x}k", "v", 0).Err() // the one by which it shows
	if err := c.Set(ctx, "{x}k", "v", 0).Err(); err != nil {
		t.Errorf("on the new master: %v", err)
	}
}

// A transaction's wait is another message: it counts only where the same
// server answers it.
func TestATransactionMustNotBeWaitedForElsewhere(t *testing.T) {
	r, ctx := newReplicated(t, "8.0.0", 1, 1), t.Context()
	c, err := r.open(t, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Set(ctx, "{x}k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	r.run.Store(1)
	_, err = c.TxPipelined(ctx, func(p redis.Pipeliner) error { p.Incr(ctx, "{x}n"); return nil })
	if err == nil || !strings.Contains(err.Error(), "another server has taken over") {
		t.Error(err)
	}
}

func TestReplicasAreRefusedWhereNothingCanWaitForThem(t *testing.T) {
	_, err := newReplicated(t, "7.0.15", 2, 2).open(t, false)
	if unsafe := (*Unsafe)(nil); !errors.As(err, &unsafe) || !strings.Contains(err.Error(), "Redis 7.2") {
		t.Errorf("an old Redis with replicas: %v", err)
	}
	_, err = newReplicated(t, "7.2.0", 3, 1).open(t, false) // two of three are needed
	if unsafe := (*Unsafe)(nil); !errors.As(err, &unsafe) || unsafe.Risks[0].Setting != "WAITAOF" || !strings.Contains(err.Error(), "appendonly yes") {
		t.Errorf("replicas that write nothing: %v", err)
	}
	r := newReplicated(t, "7.0.15", 2, 0)
	c, err := r.open(t, true)
	if err != nil || len(c.Notes) != 1 {
		t.Fatal(err, c)
	}
	r.said()
	if err := c.Set(t.Context(), "k", "v", 0).Err(); err != nil {
		t.Error(err)
	}
	if got := r.said(); got != "set k\n" {
		t.Errorf("relaxed, Redis was told\n%s", got)
	}
}

func TestVersions(t *testing.T) {
	for version, want := range map[string]bool{"7.2.0": true, "7.10.1": true, "8.0.2": true, "7.0.15": false, "6.2.1": false, "": false, "next": false} {
		if since(version, 7, 2) != want {
			t.Errorf("%q: %v", version, !want)
		}
	}
}

// Invariant 7 on a real master with a real replica.
func TestWaitsForARealReplica(t *testing.T) {
	program := redistest.Newer()
	if program == "" {
		t.Log("no server here knows WAITAOF; the rule was tested on a scripted one")
		return
	}
	master, others := redistest.Replicated(t, program, 1)
	ctx := t.Context()
	c, err := Open(ctx, Options{Address: "redis://" + master.Addr, Wait: time.Minute, Durable: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	once := redis.NewScript("return redis.call('SET', KEYS[1], '1', 'NX')")
	if err := c.Set(ctx, "{x}k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if err := others[0].Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	// Sent again it writes nothing, and must wait all the same.
	for _, try := range []string{"first", "second"} {
		if err := once.Run(ctx, c, []string{"{x}once"}).Err(); !errors.As(err, new(*WaitError)) {
			t.Errorf("%s, while the replica stands still: %v", try, err)
		}
	}
	if err := others[0].Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(2 * time.Minute); ; {
		err := once.Run(ctx, c, []string{"{x}once"}).Err()
		if err == nil || errors.Is(err, redis.Nil) {
			break
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
	if got, err := others[0].Client(t).Get(ctx, "{x}once").Result(); got != "1" || err != nil {
		t.Errorf("the replica has %q, %v", got, err)
	}
}

// In a cluster the mark lies in the slot of what it goes with.
func TestInAClusterTheMarkIsBesideTheWrite(t *testing.T) {
	nodes := redistest.StartCluster(t)
	ctx := t.Context()
	told := func() *redis.ClusterClient { // of a replica that there is not
		c := redis.NewClusterClient(&redis.ClusterOptions{Addrs: nodes.Addrs(), NewClient: func(o *redis.Options) *redis.Client {
			node := redis.NewClient(o)
			w := newWaiter(node, "")
			w.run, w.most, w.looked = "x", 1, time.Now().Add(time.Hour)
			node.AddHook(w)
			return node
		}})
		t.Cleanup(func() { c.Close() })
		return c
	}
	for _, key := range []string{"{plenary}:lists", "{f:dc}:next", "{in:0}", "{letters}:all", "{a:dc}:rows", "plain"} {
		err := told().Set(ctx, key, "v", 0).Err()
		if e := (*WaitError)(nil); !errors.As(err, &e) || e.Cause == nil || !strings.Contains(e.Cause.Error(), "unknown command") {
			t.Errorf("%s: %v", key, err)
		}
	}
	c := told()
	_, err := c.Pipelined(ctx, func(p redis.Pipeliner) error { // to several nodes
		for _, key := range []string{"{1}", "{2}", "{3}", "{4}", "{5}", "{6}"} {
			p.Incr(ctx, key)
		}
		return nil
	})
	if e := (*WaitError)(nil); !errors.As(err, &e) {
		t.Errorf("a pipeline: %v", err)
	}
	keys, err := redistest.Keys(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"{plenary}:waited", "{f:dc}:waited", "{in:0}:waited", "{letters}:waited", "{a:dc}:waited", "{plain}:waited"} {
		if !slices.Contains(keys, want) {
			t.Errorf("no %s among %v", want, keys)
		}
	}
}

// Every node's client of an opened cluster has the hook.
func TestInAClusterEveryNodeWaits(t *testing.T) {
	nodes := redistest.StartCluster(t)
	for _, s := range nodes.Servers {
		if err := s.Client(t).ConfigResetStat(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
	}
	a, err := parse(nodes.URL())
	if err != nil {
		t.Fatal(err)
	}
	c := a.client(true)
	defer c.Close()
	for i := range 30 {
		if err := c.Set(t.Context(), fmt.Sprint("k", i), "v", 0).Err(); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range nodes.Servers { // who waits has asked for the replicas
		stats, err := s.Client(t).Info(t.Context(), "commandstats").Result()
		if err != nil || !strings.Contains(stats, "cmdstat_info:calls=2,") {
			t.Errorf("%s was not asked for its replicas: %v\n%s", s.Addr, err, stats)
		}
	}
}

func TestReadsDoNotWait(t *testing.T) {
	ctx := context.Background()
	for _, words := range []string{"GET k", "xreadgroup group g c streams s >", "HMGET k f", "zrangebyscore k 0 1", "info", "xack s g 1"} {
		if args := strings.Fields(words); writes(redis.NewCmd(ctx, anys(args)...)) {
			t.Errorf("%s waits", words)
		}
	}
	for _, words := range []string{"SET k v", "evalsha x 1 k", "getdel k", "xadd s * f v", "zrangestore a b 0 1", "hgetdel k fields 1 f", "xclaim s g c 0 1", "someday k"} {
		if args := strings.Fields(words); !writes(redis.NewCmd(ctx, anys(args)...)) {
			t.Errorf("%s does not wait", words)
		}
	}
}

func anys(words []string) []any {
	out := make([]any, len(words))
	for i, w := range words {
		out[i] = w
	}
	return out
}
