package archive

import (
	"context"
	"net"
	"testing"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/lists/store/redistest"
)

// A week's posts are read a block at a time, however many there are, and each
// once.
func TestEachHoldsFewPostsAtATime(t *testing.T) {
	const posts = 3*rowsAtOnce + 100
	rdb := redistest.Mini(t)
	a := newArchive(t, newMemory(), rdb)
	indexed(t, a, posts, 7)
	most := &largest{}
	rdb.AddHook(most)
	next := uint32(posts/2 + 1)
	err := a.Each(context.Background(), "dc", noon, noon.AddDate(0, 0, 7), func(p lists.ArchivedPost) error {
		if p.UID != next {
			t.Fatalf("post %d, want %d", p.UID, next)
		}
		next++
		return nil
	})
	if err != nil || next != posts+1 {
		t.Errorf("the last was before %d, %v", next, err)
	}
	if most.rows > rowsAtOnce*rowSize || most.records > (blocksAtOnce+1)*recordsPerKey {
		t.Errorf("%d octets of rows and %d records were read at once", most.rows, most.records)
	}
	if most.rows == 0 || most.records == 0 {
		t.Error("nothing was seen to be read")
	}
}

// largest notes the largest answers of Redis.
type largest struct{ rows, records int }

func (l *largest) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (l *largest) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := next(ctx, cmd)
		if s, ok := cmd.(*redis.StringCmd); ok && cmd.Name() == "getrange" {
			l.rows = max(l.rows, len(s.Val()))
		}
		return err
	}
}

func (l *largest) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, all []redis.Cmder) error {
		err := next(ctx, all)
		n := 0
		for _, cmd := range all {
			if s, ok := cmd.(*redis.SliceCmd); ok {
				n += len(s.Val())
			}
		}
		l.records = max(l.records, n)
		return err
	}
}
