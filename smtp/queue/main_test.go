package queue

import (
	"fmt"
	"os"
	"testing"

	"github.com/redis/go-redis/v9"

	"plenary/lists/store/redistest"
)

// cluster is a Redis in cluster mode for all tests, which takes seconds to
// come up; nil where there is no redis-server.
var cluster redis.UniversalClient

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if !redistest.Real() {
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "plenary-cluster")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	c, stop, err := redistest.Cluster(dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer stop()
	cluster = c
	return m.Run()
}
