package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/lists/store/redistest"
	"plenary/smtp"
)

// each runs a test on a real Redis, on one in cluster mode, which refuses what
// crosses hash slots, and on miniredis: the scripts must suit all.
func each(t *testing.T, test func(t *testing.T, rdb redis.UniversalClient)) {
	t.Run("redis", func(t *testing.T) { test(t, redistest.New(t)) })
	if cluster != nil {
		t.Run("cluster", func(t *testing.T) {
			if err := redistest.Empty(t.Context(), cluster); err != nil {
				t.Fatal(err)
			}
			test(t, cluster)
		})
	}
	t.Run("mini", func(t *testing.T) { test(t, redistest.Mini(t)) })
}

// soon waits for a condition that other goroutines bring about.
func soon(t testing.TB, what string, cond func() bool) {
	t.Helper()
	end := time.Now().Add(time.Minute)
	for !cond() {
		if time.Now().After(end) {
			t.Fatalf("never happened: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func consume(t testing.TB, q *Queue, name string, handle Handler) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- q.Consume(ctx, name, 4, handle) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				t.Errorf("Consume: %v", err)
			}
		})
	}
	t.Cleanup(stop)
	return stop
}

func TestCollectedMailIsAcceptedOnceForEachID(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		q, ctx := New(rdb, Options{Lease: 10 * time.Second}), t.Context()
		id, err := q.Accept(ctx, smtp.Envelope{From: "a@b.example", To: []string{"dc@lists.example.org"}, Protocol: "IMAP"}, []byte("one\r\n"))
		if err != nil || len(id) != 20 {
			t.Fatalf("id %q, %v", id, err)
		}
		for range 3 {
			again, err := q.Accept(ctx, smtp.Envelope{ID: id, Protocol: "IMAP"}, []byte("one\r\n"))
			if err != nil || again != id {
				t.Fatalf("again: %q, %v", again, err)
			}
		}
		var got atomic.Int32
		consume(t, q, "r", func(_ context.Context, env smtp.Envelope, raw []byte) error {
			if env.ID != id || env.From != "a@b.example" || string(raw) != "one\r\n" {
				t.Errorf("got %+v %q", env, raw)
			}
			got.Add(1)
			return nil
		})
		soon(t, "the stream is empty", func() bool { return rdb.XLen(ctx, q.inbound().stream()).Val() == 0 })
		if got.Load() != 1 {
			t.Errorf("handled %d times", got.Load())
		}
	})
}

func TestIDsSortByTime(t *testing.T) {
	at := time.UnixMilli(1_763_920_000_000)
	a, b := newID(at), newID(at.Add(time.Millisecond))
	if a >= b || len(a) != 20 || a == newID(at) {
		t.Errorf("%s, %s", a, b)
	}
}

func TestInboundErrorIsTriedAgainThenSetAside(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx := t.Context()
		var clock atomic.Int64 // seconds the test is ahead
		q := New(rdb, Options{Lease: time.Hour, Sweep: 10 * time.Millisecond, Now: func() time.Time {
			return time.Now().Add(time.Duration(clock.Load()) * time.Second)
		}})
		if _, err := q.Accept(ctx, smtp.Envelope{ID: "poison"}, []byte("x")); err != nil {
			t.Fatal(err)
		}
		if _, err := q.Accept(ctx, smtp.Envelope{ID: "good"}, []byte("y")); err != nil {
			t.Fatal(err)
		}
		var poison, good atomic.Int32
		consume(t, q, "r", func(_ context.Context, env smtp.Envelope, _ []byte) error {
			if env.ID == "good" {
				good.Add(1)
				return nil
			}
			if poison.Add(1)%2 == 0 {
				panic("boom")
			}
			return errors.New("no such thing")
		})
		for n := int32(1); n < mostTries; n++ {
			soon(t, "a try is over", func() bool { return poison.Load() >= n && rdb.ZCard(ctx, q.inbound().later()).Val() == 1 })
			clock.Add(1801)
		}
		soon(t, "it is set aside", func() bool { return rdb.XLen(ctx, q.inbound().dead()).Val() == 1 })
		if n := rdb.XLen(ctx, q.inbound().stream()).Val(); n != 0 || good.Load() != 1 {
			t.Errorf("%d left in the stream, good handled %d times", n, good.Load())
		}
	})
}

// idle makes Redis believe that the holders of a stream's entries gave no sign
// of life for a time; without ids of all entries.
func idle(t *testing.T, rdb redis.UniversalClient, stream string, d time.Duration, ids ...string) {
	t.Helper()
	all, err := rdb.XPendingExt(t.Context(), &redis.XPendingExtArgs{Stream: stream, Group: groupName, Start: "-", End: "+", Count: 100}).Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if len(ids) > 0 && !slices.Contains(ids, p.ID) {
			continue
		}
		if err := rdb.Do(t.Context(), "XCLAIM", stream, groupName, p.Consumer, 0, p.ID, "IDLE", d.Milliseconds(), "RETRYCOUNT", p.RetryCount, "JUSTID").Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// What a dead consumer held goes on at another; what a slow one holds does
// not (invariant 1).
func TestInboundClaimedFromTheDeadOnly(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx := t.Context()
		options := func(node string) Options {
			return Options{Lease: 6 * time.Second, Sweep: 10 * time.Millisecond, Node: node}
		}
		q := New(rdb, options("one"))
		stream := q.inbound().stream()
		for i := range 3 {
			if _, err := q.Accept(ctx, smtp.Envelope{ID: fmt.Sprint("m", i)}, nil); err != nil {
				t.Fatal(err)
			}
		}
		// A consumer reads one and dies, a lease ago.
		dead := q.newGroup(stream, "", "dead")
		if got, err := dead.read(ctx, 1, -1); err != nil || len(got) != 1 || got[0].fields["env"] == "" {
			t.Fatalf("%v, %v", got, err)
		}
		idle(t, rdb, stream, q.opt.Lease)
		var mu sync.Mutex
		handled := map[string]int{}
		release := make(chan struct{})
		handle := func(ctx context.Context, env smtp.Envelope, _ []byte) error {
			mu.Lock()
			handled[env.ID]++
			mu.Unlock()
			if env.ID == "m1" { // slow
				<-release
			}
			return ctx.Err()
		}
		consume(t, q, "a", handle)
		consume(t, New(rdb, options("two")), "b", handle)
		soon(t, "the dead one's message goes on", func() bool { mu.Lock(); defer mu.Unlock(); return handled["m0"] == 1 })
		soon(t, "the slow one alone is left", func() bool { return rdb.XLen(ctx, stream).Val() == 1 })
		// The slow one's holder gives signs of life: with its idle time set to
		// most of a lease, it is young again before the lease is over.
		for range 2 {
			idle(t, rdb, stream, q.opt.Lease/2)
			soon(t, "a sign of life", func() bool {
				p, err := rdb.XPendingExt(ctx, &redis.XPendingExtArgs{Stream: stream, Group: groupName, Start: "-", End: "+", Count: 1}).Result()
				return err == nil && len(p) == 1 && p[0].Idle < q.opt.Lease/2
			})
		}
		close(release)
		soon(t, "all is done", func() bool { return rdb.XLen(ctx, stream).Val() == 0 })
		for id, n := range handled {
			if n != 1 {
				t.Errorf("%s handled %d times", id, n)
			}
		}
	})
}

// A full or absent Redis is a 4xx, never a 250 and never a hang (invariant 6).
func TestAcceptRefusesWhatRedisDoesNotTake(t *testing.T) {
	s := redistest.Start(t)
	rdb := s.Client(t)
	q, ctx := New(rdb, Options{}), t.Context()
	if err := rdb.ConfigSet(ctx, "maxmemory", "1").Err(); err != nil {
		t.Fatal(err)
	}
	var r *smtp.Reply
	if _, err := q.Accept(ctx, smtp.Envelope{}, []byte("x")); !errors.As(err, &r) || r.Code != 452 || r.Enhanced != [3]int{4, 3, 1} {
		t.Errorf("full: %v", err)
	}
	s.Kill()
	short, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if _, err := q.Accept(short, smtp.Envelope{}, []byte("x")); !errors.As(err, &r) || r.Code != 451 || r.Enhanced != [3]int{4, 3, 0} {
		t.Errorf("gone: %v", err)
	}
}

func TestLetterOnceForEachKey(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		q, ctx := New(rdb, Options{Domain: "lists.example.org"}), t.Context()
		l := smtp.Letter{Key: "welcome/1", From: "dc@lists.example.org", To: []string{"a@x.example", "b@y.example"}, Subject: "Hi", Text: "Hi\n", Priority: smtp.Notice}
		for range 3 {
			if err := q.Send(ctx, l); err != nil {
				t.Fatal(err)
			}
		}
		l.Key, l.Priority = "question/1", smtp.Prompt
		if err := q.Send(ctx, l); err != nil {
			t.Fatal(err)
		}
		first, err := q.Letter(ctx)
		if err != nil || first == nil || first.ID() != "question/1" {
			t.Fatalf("first %+v, %v: prompt letters go first", first, err)
		}
		second, err := q.Letter(ctx)
		if err != nil || second == nil || second.ID() != "welcome/1" || len(second.To()) != 2 {
			t.Fatalf("second %+v, %v", second, err)
		}
		if third, err := q.Letter(ctx); err != nil || third != nil {
			t.Fatalf("third %+v, %v", third, err)
		}
		if err := first.End(ctx, nil, nil); err != nil {
			t.Fatal(err)
		}
		if err := second.End(ctx, []string{"b@y.example"}, &lists.Deferral{Reply: "451 later"}); err != nil {
			t.Fatal(err)
		}
		if n := rdb.ZCard(ctx, lettersLater).Val(); n != 1 {
			t.Errorf("%d letters wait, not 1", n)
		}
		if err := q.Send(ctx, l); err != nil {
			t.Fatal(err)
		}
		if again, err := q.Letter(ctx); err != nil || again != nil {
			t.Errorf("sent again: %+v, %v", again, err)
		}
	})
}
