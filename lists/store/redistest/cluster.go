package redistest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"
)

// A cluster's size: Redis wants three masters at least.
const nodes = 3

// Nodes are a Redis Cluster of three masters, each with a third of the slots.
type Nodes struct {
	Servers []*Server
}

// StartCluster runs a cluster in a temporary folder, killed when the test
// ends. Without a redis-server the test is skipped, or fails where CI is set.
func StartCluster(t testing.TB) *Nodes {
	t.Helper()
	if !Real() {
		if os.Getenv("CI") != "" {
			t.Fatal("redis-server is not on PATH, and CI is set")
		}
		t.Skip("redis-server is not on PATH")
	}
	n, err := startCluster(t.TempDir())
	if err != nil {
		t.Fatalf("start a cluster: %v", err)
	}
	t.Cleanup(n.Kill)
	return n
}

// Cluster runs a cluster with its files in dir, for all tests of a TestMain:
// it takes seconds to come up. The caller calls stop.
func Cluster(dir string) (c redis.UniversalClient, stop func(), err error) {
	n, err := startCluster(dir)
	if err != nil {
		return nil, nil, err
	}
	cluster := redis.NewClusterClient(&redis.ClusterOptions{Addrs: n.Addrs()})
	return cluster, func() { cluster.Close(); n.Kill() }, nil
}

// Addrs are the nodes' addresses.
func (n *Nodes) Addrs() []string {
	out := make([]string, len(n.Servers))
	for i, s := range n.Servers {
		out[i] = s.Addr
	}
	return out
}

// URL names the cluster in a configuration.
func (n *Nodes) URL() string { return "redis+cluster://" + strings.Join(n.Addrs(), ",") }

// Kill ends all nodes at once.
func (n *Nodes) Kill() {
	for _, s := range n.Servers {
		s.Kill()
	}
}

func startCluster(dir string) (n *Nodes, err error) {
	n = &Nodes{}
	defer func() {
		if err != nil {
			n.Kill()
		}
	}()
	for i := range nodes {
		home := filepath.Join(dir, strconv.Itoa(i))
		if err := os.Mkdir(home, 0o700); err != nil {
			return n, err
		}
		bus, err := freeAddr() // by default port + 10,000, which may be none
		if err != nil {
			return n, err
		}
		_, port, err := net.SplitHostPort(bus)
		if err != nil {
			return n, err
		}
		s, err := start("redis-server", home, "--cluster-enabled", "yes", "--cluster-port", port, "--cluster-node-timeout", "15000")
		if err != nil {
			return n, err
		}
		n.Servers = append(n.Servers, s)
	}
	return n, n.join()
}

// join makes one cluster of the nodes.
func (n *Nodes) join() error {
	ctx := context.Background()
	const slots = 16384
	for i, s := range n.Servers {
		one := redis.NewClient(&redis.Options{Addr: s.Addr})
		defer one.Close()
		from, to := i*slots/nodes, (i+1)*slots/nodes-1
		err := errors.Join(one.Do(ctx, "CLUSTER", "SET-CONFIG-EPOCH", i+1).Err(), one.Do(ctx, "CLUSTER", "ADDSLOTSRANGE", from, to).Err())
		if err != nil {
			return fmt.Errorf("give node %d its slots: %w", i, err)
		}
		if i == 0 {
			continue
		}
		if err := one.Do(ctx, meeting(n.Servers[0])...).Err(); err != nil {
			return fmt.Errorf("have node %d meet the first: %w", i, err)
		}
	}
	return await(func() error {
		for _, s := range n.Servers {
			one := redis.NewClient(&redis.Options{Addr: s.Addr})
			info, err := one.Do(ctx, "CLUSTER", "INFO").Text()
			one.Close()
			switch {
			case err != nil:
				return err
			case !strings.Contains(info, "cluster_state:ok") || !strings.Contains(info, fmt.Sprintf("cluster_size:%d", nodes)):
				return fmt.Errorf("the cluster is not ready: %s", info)
			}
		}
		return nil
	})
}

// meeting is the command by which a node meets another.
func meeting(s *Server) []any {
	host, port, _ := net.SplitHostPort(s.Addr)
	args := []any{"CLUSTER", "MEET", host, port}
	for i, a := range s.extra {
		if a == "--cluster-port" {
			args = append(args, s.extra[i+1])
		}
	}
	return args
}

// each calls do for every server that takes writes.
func each(ctx context.Context, c redis.UniversalClient, do func(context.Context, redis.Cmdable) error) error {
	if cluster, ok := c.(*redis.ClusterClient); ok {
		return cluster.ForEachMaster(ctx, func(ctx context.Context, one *redis.Client) error { return do(ctx, one) })
	}
	return do(ctx, c)
}

// Empty takes all keys out of a Redis, a cluster's nodes included.
func Empty(ctx context.Context, c redis.UniversalClient) error {
	return each(ctx, c, func(ctx context.Context, one redis.Cmdable) error { return one.FlushAll(ctx).Err() })
}

// Keys are all keys of a Redis, a cluster's nodes included, sorted.
func Keys(ctx context.Context, c redis.UniversalClient) ([]string, error) {
	var mu sync.Mutex
	var all []string
	err := each(ctx, c, func(ctx context.Context, one redis.Cmdable) error {
		scan := one.Scan(ctx, 0, "*", 1000).Iterator()
		for scan.Next(ctx) {
			mu.Lock()
			all = append(all, scan.Val())
			mu.Unlock()
		}
		return scan.Err()
	})
	slices.Sort(all)
	return slices.Compact(all), err
}
