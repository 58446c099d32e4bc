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
	Inbound int // messages not routed yet
	Dead    int // messages set aside
	Letters int // letters with recipients left
	Posts   int // posts not settled
	Late    int // entries put off, one a post, chunk and destination

	Oldest       time.Duration // how long the oldest inbound message has waited
	OldestLetter time.Duration // the oldest letter that is not put off
	OldestPost   time.Duration // the oldest post
}

// Depth measures the queue, in three round trips however many families there
// are.
func (q *Queue) Depth(ctx context.Context) (d Depth, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("measuring the queue: %w", err)
		}
	}()
	k := q.inbound()
	var inbound, dead, letters *redis.IntCmd
	var families *redis.StringSliceCmd
	var prompt, notice *redis.XMessageSliceCmd
	if _, err := q.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		inbound, dead, letters = p.XLen(ctx, k.stream()), p.XLen(ctx, k.dead()), p.SCard(ctx, lettersAll)
		prompt, notice = p.XRangeN(ctx, lettersPrompt, "-", "+", 1), p.XRangeN(ctx, lettersNotice, "-", "+", 1)
		families = p.SMembers(ctx, familiesKey)
		return nil
	}); err != nil {
		return d, err
	}
	d.Inbound, d.Dead, d.Letters = int(inbound.Val()), int(dead.Val()), int(letters.Val())
	for _, first := range append(prompt.Val(), notice.Val()...) {
		d.OldestLetter = max(d.OldestLetter, q.entryAge(first.ID))
	}
	// Not XRANGE, which would bring the message's body.
	first, err := inboundListScript.Run(ctx, q.rdb, []string{k.stream(), k.later(), k.errors()}, "-", 1, "").Slice()
	if err != nil {
		return d, err
	}
	for _, item := range first {
		fields, _ := item.([]any)
		d.Oldest = q.entryAge(texts(fields)[0])
	}
	return d, q.depthOfPosts(ctx, families.Val(), &d)
}

// depthOfPosts adds what the families' posts come to.
func (q *Queue) depthOfPosts(ctx context.Context, families []string, d *Depth) error {
	if len(families) == 0 {
		return nil
	}
	posts, late, oldest := make([]*redis.IntCmd, len(families)), make([]*redis.IntCmd, len(families)), make([]*redis.ZSliceCmd, len(families))
	if _, err := q.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, name := range families {
			f := familyKeys(name)
			posts[i], late[i], oldest[i] = p.ZCard(ctx, f.posts()), p.ZCard(ctx, f.due()), p.ZRangeWithScores(ctx, f.posts(), 0, 0)
		}
		return nil
	}); err != nil {
		return err
	}
	for i := range families {
		d.Posts += int(posts[i].Val())
		d.Late += int(late[i].Val())
		for _, z := range oldest[i].Val() {
			d.OldestPost = max(d.OldestPost, q.now().Sub(time.Unix(int64(z.Score), 0)))
		}
	}
	return nil
}

// entryAge is how long ago an entry of a stream was made.
func (q *Queue) entryAge(id string) time.Duration {
	ms, _, _ := strings.Cut(id, "-")
	n, err := strconv.ParseInt(ms, 10, 64)
	if err != nil {
		return 0
	}
	return max(0, q.now().Sub(time.UnixMilli(n)))
}
