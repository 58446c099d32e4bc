package redistest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

// Newer is a server on PATH that knows WAITAOF (Redis 7.2, or Valkey), "" where
// there is none.
func Newer() string {
	if path, err := exec.LookPath("valkey-server"); err == nil {
		return path
	}
	path, err := exec.LookPath("redis-server")
	if err != nil {
		return ""
	}
	out, err := exec.Command(path, "--version").Output()
	if err != nil {
		return ""
	}
	_, version, _ := strings.Cut(string(out), "v=")
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	a, _ := strconv.Atoi(major)
	b, _ := strconv.Atoi(minor)
	if a > 7 || a == 7 && b >= 2 {
		return path
	}
	return ""
}

// Replicated runs a master and its replicas, of the program named, each with
// its log on disk; it returns when the replicas have caught up.
func Replicated(t testing.TB, program string, replicas int) (master *Server, others []*Server) {
	t.Helper()
	run := func(extra ...string) *Server {
		s, err := start(program, t.TempDir(), append([]string{"--repl-diskless-sync-delay", "0"}, extra...)...)
		if err != nil {
			t.Fatalf("start %s: %v", program, err)
		}
		t.Cleanup(s.Kill)
		return s
	}
	master = run()
	for range replicas {
		others = append(others, run("--replicaof", strings.Replace(master.Addr, ":", " ", 1)))
	}
	c := master.Client(t)
	err := await(func() error {
		info, err := c.Info(context.Background(), "replication").Result()
		if err == nil && strings.Count(info, "state=online") < replicas {
			err = fmt.Errorf("not all replicas have come: %s", info)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return master, others
}

// Sentinel runs a sentinel that watches a master by the name of "mymaster",
// and makes one of its replicas the master soon after it dies. It returns its
// address when it knows the replicas.
func Sentinel(t testing.TB, program string, master *Server, replicas int) string {
	t.Helper()
	dir := t.TempDir()
	config := filepath.Join(dir, "sentinel.conf") // which a sentinel writes, too
	err := os.WriteFile(config, fmt.Appendf(nil, "dir %s\nsentinel monitor mymaster %s 1\nsentinel down-after-milliseconds mymaster 500\n"+
		"sentinel failover-timeout mymaster 5000\n", dir, strings.Replace(master.Addr, ":", " ", 1)), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	s, err := (&Server{program: program, dir: dir, config: config}).start()
	if err != nil {
		t.Fatalf("start a sentinel: %v", err)
	}
	t.Cleanup(s.Kill)
	c := redis.NewSentinelClient(&redis.Options{Addr: s.Addr})
	defer c.Close()
	err = await(func() error {
		known, err := c.Replicas(context.Background(), "mymaster").Result()
		if err == nil && len(known) < replicas {
			err = fmt.Errorf("the sentinel knows %d of %d replicas", len(known), replicas)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s.Addr
}
