package redisopen

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Risk is one way in which a Redis could lose accepted mail.
type Risk struct {
	Setting string // appendfsync
	Is      string // everysec
	Write   string // always; "" where no value mends it
	Loses   string // what is lost, when, in one sentence
}

// Unsafe refuses a Redis that could lose accepted mail.
type Unsafe struct {
	Addr  string
	Risks []Risk
}

func (u *Unsafe) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Redis at %s could lose accepted mail:", u.Addr)
	for _, r := range u.Risks {
		fmt.Fprintf(&b, "\n  %s is %s: %s", r.Setting, r.Is, r.Loses)
		if r.Write != "" {
			fmt.Fprintf(&b, "\n    write in redis.conf: %s %s    (or at once: redis-cli CONFIG SET %s %s)", r.Setting, r.Write, r.Setting, r.Write)
		}
	}
	b.WriteString("\nMend that, or write redis.durability = \"relaxed\" to run all the same.")
	return b.String()
}

// risks looks at every server that takes our writes.
func (c *Conn) risks(ctx context.Context) ([]Risk, error) {
	cluster, ok := c.UniversalClient.(*redis.ClusterClient)
	if !ok {
		return risksOf(ctx, c.UniversalClient)
	}
	found := make(chan []Risk, 1)
	found <- nil
	err := cluster.ForEachMaster(ctx, func(ctx context.Context, one *redis.Client) error {
		risks, err := risksOf(ctx, one)
		if all := <-found; len(all) == 0 {
			found <- risks // one server's faults are enough to say
		} else {
			found <- all
		}
		return err
	})
	return <-found, err
}

// asker is what looking needs.
type asker interface {
	ConfigGet(ctx context.Context, parameter string) *redis.MapStringStringCmd
	Info(ctx context.Context, section ...string) *redis.StringCmd
	Pipelined(ctx context.Context, fn func(redis.Pipeliner) error) ([]redis.Cmder, error)
}

func risksOf(ctx context.Context, rdb asker) ([]Risk, error) {
	settings := map[string]string{}
	for _, name := range []string{"appendonly", "appendfsync", "no-appendfsync-on-rewrite", "maxmemory-policy"} {
		got, err := rdb.ConfigGet(ctx, name).Result()
		if err != nil {
			return []Risk{{Setting: "CONFIG GET", Is: "refused (" + err.Error() + ")",
				Loses: "nobody can tell whether this Redis has on disk what it acknowledges"}}, nil
		}
		settings[name] = got[name]
	}
	info, err := infoOf(ctx, rdb)
	if err != nil {
		return nil, err
	}
	risks := judge(settings, info)
	if n, _ := strconv.Atoi(info["connected_slaves"]); len(risks) == 0 && n > 0 {
		return tryWaiting(ctx, rdb, n), nil
	}
	return risks, nil
}

// infoOf is what a server says of itself and its replicas.
func infoOf(ctx context.Context, rdb asker) (map[string]string, error) {
	all := map[string]string{}
	for _, section := range []string{"server", "replication"} {
		info, err := rdb.Info(ctx, section).Result()
		if err != nil {
			return nil, err
		}
		maps.Copy(all, fields(info))
	}
	return all, nil
}

// tryWaiting has a write of no meaning wait for replicas, as all writes will:
// where they keep nothing on disk it would wait in vain.
func tryWaiting(ctx context.Context, rdb asker, replicas int) []Risk {
	n := enough(replicas)
	ctx = context.WithValue(ctx, asIs{}, true)
	var err error
	for range 5 { // a replica that has just come may still be reading
		wait := waitAOF(ctx, n)
		_, _ = rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
			p.Set(ctx, "{plenary}:waited", "", time.Minute)
			return p.Process(ctx, wait)
		})
		var got []int64
		if got, err = wait.Result(); err == nil && len(got) == 2 && int(got[1]) >= n {
			return nil
		}
		if err != nil || ctx.Err() != nil {
			break
		}
	}
	is := fmt.Sprintf("not on the disk of %d of %d replicas within %v", n, replicas, waitFor)
	if err != nil {
		is = "refused (" + err.Error() + ")"
	}
	return []Risk{{Setting: "WAITAOF", Is: is, Loses: "a replica that takes over may lack the last writes; write in the redis.conf of each replica: appendonly yes"}}
}

// judge is the rule: what the settings, and what the server says of itself and
// its replicas, say may be lost.
func judge(settings, info map[string]string) []Risk {
	var risks []Risk
	unless := func(name, want, loses string) {
		if is, ok := settings[name]; ok && is != want {
			risks = append(risks, Risk{name, is, want, loses})
		}
	}
	unless("appendonly", "yes", "what came since the last snapshot is lost when Redis or its machine stops")
	if settings["appendonly"] == "yes" {
		unless("appendfsync", "always", "the last second, or more, is lost when the machine stops")
		unless("no-appendfsync-on-rewrite", "no", "nothing is on disk while the log is rewritten, and lost when the machine stops then")
	}
	unless("maxmemory-policy", "noeviction", "when its memory is full Redis drops members and mail instead of refusing more")
	if n, _ := strconv.Atoi(info["connected_slaves"]); n > 0 && !since(info["redis_version"], 7, 2) {
		risks = append(risks, Risk{Setting: "replication", Is: fmt.Sprintf("on (%d replicas), with Redis %s", n, info["redis_version"]),
			Loses: "a replica that takes over may lack the last writes, and mail acknowledged just before is lost; from Redis 7.2 on Plenary waits until replicas have it (WAITAOF)"})
	}
	if info["role"] == "slave" {
		risks = append(risks, Risk{Setting: "role", Is: "replica", Write: "",
			Loses: "writes are refused here; name its master in redis.url"})
	}
	return risks
}

// since tells whether a version is MAJOR.MINOR or later.
func since(version string, major, minor int) bool {
	first, rest, _ := strings.Cut(version, ".")
	second, _, _ := strings.Cut(rest, ".")
	a, err := strconv.Atoi(first)
	b, err2 := strconv.Atoi(second)
	return err == nil && err2 == nil && (a > major || a == major && b >= minor)
}

// fields reads the name:value lines of INFO.
func fields(info string) map[string]string {
	m := map[string]string{}
	for line := range strings.Lines(info) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			m[name] = value
		}
	}
	return m
}
