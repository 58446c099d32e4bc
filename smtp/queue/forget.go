package queue

import (
	"context"
	"fmt"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

// ForgetAuthor takes an address off the posts that it wrote, sent or not: they
// stay known for a week, for copies that come late. It may be repeated.
func (q *Queue) ForgetAuthor(ctx context.Context, a lists.Address) error {
	forget := func(ctx context.Context, node redis.Cmdable) error {
		posts := node.Scan(ctx, 0, familyKeys("*").post("*"), 1000).Iterator()
		for posts.Next(ctx) {
			author, err := node.HGet(ctx, posts.Val(), "author").Result()
			switch {
			case err == redis.Nil || err == nil && !lists.Address(author).Same(a):
			case err != nil:
				return err
			default:
				if err := node.HDel(ctx, posts.Val(), "author").Err(); err != nil {
					return err
				}
			}
		}
		return posts.Err()
	}
	var err error
	if cluster, ok := q.rdb.(*redis.ClusterClient); ok {
		err = cluster.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error { return forget(ctx, node) })
	} else {
		err = forget(ctx, q.rdb)
	}
	if err != nil {
		return fmt.Errorf("take an author off posts: %w", err)
	}
	return nil
}
