package receive_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists/store/redistest"
	"plenary/smtp/queue"
	"plenary/smtp/receive"
)

// TestNothingAnsweredIsLost (DESIGN, invariant 1): with the real queue on a
// real Redis that fills up, stops answering, and is killed, every message
// that was answered 250 is there, whatever else was said is a 451 or 452, and
// nobody hangs.
func TestNothingAnsweredIsLost(t *testing.T) {
	server := redistest.Start(t)
	rdb := server.Client(t)
	boss := redis.NewClient(&redis.Options{Addr: server.Addr, MaxRetries: -1})
	t.Cleanup(func() { boss.Close() })
	ctx := context.Background()
	steer := func(args ...any) {
		t.Helper()
		if err := boss.Do(ctx, args...).Err(); err != nil {
			t.Fatalf("%v: %v", args, err)
		}
	}
	q := queue.New(rdb, queue.Options{Domain: "plenary.test"})
	s := receive.New(receive.Config{
		Hostname: "mx.plenary.test", Domain: "plenary.test", NewID: q.NewID,
		Limits: receive.Limits{Hand: time.Second},
	}, &directory{ask: named("list")}, q, &screen{})
	l := listen(t)
	serving, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- s.ServeSMTP(serving, l) }()
	t.Cleanup(func() { stop(); <-done })

	promised := map[string]bool{}
	c := dial(t, l.Addr().String())
	c.want("220")
	c.do("250", "EHLO c")
	post := func(want ...string) {
		t.Helper()
		c.do("250", "MAIL FROM:<a@example.org>", "RCPT TO:<list@plenary.test>")
		c.do("354", "DATA")
		c.send(note + ".\r\n")
		got := c.reply()
		if id, ok := strings.CutPrefix(got, "250 2.0.0 Queued as "); ok {
			promised[strings.TrimSpace(id)] = true
		}
		for _, w := range want {
			if strings.HasPrefix(got, w) {
				return
			}
		}
		t.Fatalf("reply %q, want one of %q", got, want)
	}

	post("250")
	steer("CONFIG", "SET", "maxmemory", "1")
	post("452 4.3.1")
	steer("CONFIG", "SET", "maxmemory", "0")
	post("250")
	steer("CLIENT", "PAUSE", "60000", "WRITE")
	post("451 4.3.0")
	steer("CLIENT", "UNPAUSE")
	post("250")
	post("250")
	server.Kill()
	post("451 4.3.0")
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	for before := len(promised); len(promised) == before; {
		post("250", "451")
	}
	server.Kill()
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}

	entries, err := queue.New(server.Client(t), queue.Options{Domain: "plenary.test"}).List(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		delete(promised, e.Message)
	}
	if len(promised) != 0 {
		t.Errorf("answered 250 and lost: %v", promised)
	}
}
