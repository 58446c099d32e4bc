package redistest_test

import (
	"context"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists/store/redistest"
)

func TestKillAndRestartKeepWhatWasWritten(t *testing.T) {
	ctx := context.Background()
	s := redistest.Start(t)
	c := s.Client(t)
	if err := c.Set(ctx, "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	s.Kill()
	s.Kill()
	if err := c.Get(ctx, "k").Err(); err == nil {
		t.Fatal("a killed server still answers")
	}
	if err := s.Restart(); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Get(ctx, "k").Result(); err != nil || got != "v" {
		t.Fatalf("after the restart k = %q, %v; want v", got, err)
	}
}

func TestAServerCanBeCopiedAndStopped(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	s := redistest.StartIn(t, dir)
	if err := s.Client(t).Set(ctx, "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	s.Kill()
	if err := s.Signal(syscall.SIGSTOP); err == nil {
		t.Fatal("a dead server took a signal")
	}
	other := t.TempDir()
	if err := os.CopyFS(other, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	s = redistest.StartIn(t, other)
	c := redis.NewClient(&redis.Options{Addr: s.Addr, ReadTimeout: 100 * time.Millisecond, MaxRetries: -1})
	defer c.Close()
	if got, err := c.Get(ctx, "k").Result(); err != nil || got != "v" {
		t.Fatalf("the copy's k = %q, %v; want v", got, err)
	}
	if err := s.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	if err := c.Get(ctx, "k").Err(); err == nil {
		t.Fatal("a stopped server answers")
	}
	if err := s.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if err := s.Client(t).Get(ctx, "k").Err(); err != nil {
		t.Fatalf("a server that goes on: %v", err)
	}
}

func TestEachServerIsItsOwn(t *testing.T) {
	ctx := context.Background()
	clients := map[string]redis.UniversalClient{"real": redistest.New(t), "other": redistest.New(t), "mini": redistest.Mini(t)}
	for name, c := range clients {
		if n, err := c.DBSize(ctx).Result(); err != nil || n != 0 {
			t.Errorf("%s: fresh Redis holds %d keys, %v", name, n, err)
		}
		c.Set(ctx, "k", name, 0)
	}
}

func TestClusterRefusesToCrossSlots(t *testing.T) {
	ctx := context.Background()
	if !redistest.Real() {
		redistest.Start(t) // skips, or fails under CI
	}
	c, stop, err := redistest.Cluster(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	if err := c.Set(ctx, "{a}x", "1", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if err := c.Eval(ctx, "return 1", []string{"{a}x", "{b}y"}).Err(); err == nil {
		t.Fatal("keys of two slots passed")
	}
}
