package queue

import (
	"context"

	"github.com/redis/go-redis/v9"
)

// acksAtOnce is how many handled messages one write forgets at most.
const acksAtOnce = 500

// forget gives what makes handled messages be forgotten, by entry id, as long
// as life lasts: those that are done while one write is under way share the
// next.
func (q *Queue) forget(life context.Context) *merged[string] {
	k := q.inbound()
	return &merged[string]{life: life, wait: q.opt.Lease, most: acksAtOnce, write: func(ctx context.Context, ids []string) error {
		members := make([]any, len(ids))
		for i, id := range ids {
			members[i] = id
		}
		_, err := q.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.XAck(ctx, k.stream(), groupName, ids...)
			p.XDel(ctx, k.stream(), ids...)
			p.ZRem(ctx, k.later(), members...)
			p.HDel(ctx, k.errors(), ids...)
			return nil
		})
		return err
	}}
}
