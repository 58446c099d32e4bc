package redisopen

import (
	"context"
	"fmt"
	"strconv"
	"strings"

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
	info, err := rdb.Info(ctx, "replication").Result()
	if err != nil {
		return nil, err
	}
	return judge(settings, fields(info)), nil
}

// judge is the rule: what the settings and the replication say may be lost.
func judge(settings, replication map[string]string) []Risk {
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
	if n, _ := strconv.Atoi(replication["connected_slaves"]); n > 0 {
		risks = append(risks, Risk{Setting: "replication", Is: fmt.Sprintf("on (%d replicas)", n),
			Loses: "a replica that takes over may lack the last writes, and mail acknowledged just before is lost"})
	}
	if replication["role"] == "slave" {
		risks = append(risks, Risk{Setting: "role", Is: "replica", Write: "",
			Loses: "writes are refused here; name its master in redis.url"})
	}
	return risks
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
