package queue

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// Depth is how much waits in the queue.
type Depth struct {
	Inbound int           // messages not routed yet
	Dead    int           // messages set aside
	Letters int           // letters with recipients left
	Posts   int           // posts not settled
	Late    int           // entries put off, one a post, chunk and destination
	Oldest  time.Duration // how long the oldest inbound message has waited
}

// Depth measures the queue.
func (q *Queue) Depth(ctx context.Context) (Depth, error) {
	k := q.inbound()
	var inbound, dead, letters *redis.IntCmd
	if _, err := q.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		inbound, dead, letters = p.XLen(ctx, k.stream()), p.XLen(ctx, k.dead()), p.SCard(ctx, lettersAll)
		return nil
	}); err != nil {
		return Depth{}, fmt.Errorf("measuring the queue: %w", err)
	}
	d := Depth{Inbound: int(inbound.Val()), Dead: int(dead.Val()), Letters: int(letters.Val())}
	first, err := inboundListScript.Run(ctx, q.rdb, []string{k.stream(), k.later(), k.errors()}, "-", 1, "").Slice()
	if err != nil {
		return d, fmt.Errorf("measuring the queue: %w", err)
	}
	for _, item := range first {
		fields, _ := item.([]any)
		ms, _, _ := strings.Cut(texts(fields)[0], "-")
		if n, err := strconv.ParseInt(ms, 10, 64); err == nil {
			d.Oldest = max(0, q.now().Sub(time.UnixMilli(n)))
		}
	}
	families, err := q.rdb.SMembers(ctx, familiesKey).Result()
	if err != nil {
		return d, fmt.Errorf("measuring the queue: %w", err)
	}
	for _, name := range families {
		f := familyKeys(name)
		var posts, late *redis.IntCmd
		if _, err := q.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
			posts, late = p.ZCard(ctx, f.posts()), p.ZCard(ctx, f.due())
			return nil
		}); err != nil {
			return d, fmt.Errorf("measuring the queue of %s: %w", name, err)
		}
		d.Posts += int(posts.Val())
		d.Late += int(late.Val())
	}
	return d, nil
}
