package archive

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists/store/redistest"
)

// BenchmarkPut keeps posts of 4 KiB in one list, from many goroutines, with a
// Redis and a folder that are on disk before each is answered.
func BenchmarkPut(b *testing.B) {
	ctx, a := context.Background(), newArchive(b, newFolder(b), redistest.New(b))
	body := make([]byte, 4<<10)
	for i := range body {
		body[i] = "0123456789abcdef\n"[i%17]
	}
	var n atomic.Int64
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, _, err := a.Put(ctx, post(fmt.Sprint(n.Add(1), "@x"), "s", "", string(body))); err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkThreads looks for the threads that moved most in a week of 5,000
// and of 50,000 posts, with as many posts before it; also where each is a
// thread of its own. Beside the time it shows the heap while it looks: that
// must not grow with the posts.
func BenchmarkThreads(b *testing.B) {
	for _, row := range []struct{ posts, threads int }{{5000, 500}, {50000, 500}, {50000, 50000}} {
		b.Run(fmt.Sprintf("posts=%d/threads=%d", row.posts, row.threads), func(b *testing.B) {
			ctx, rdb := context.Background(), redistest.New(b)
			a := newArchive(b, newMemory(), rdb)
			indexed(b, a, 2*row.posts, row.threads)
			look := func() {
				if threads, err := a.Threads(ctx, "dc", noon, noon.AddDate(0, 0, 7), 3); err != nil || len(threads) != 3 {
					b.Fatal(len(threads), err)
				}
			}
			for b.Loop() {
				look()
			}
			b.StopTimer()
			base, peak := heapWhile(look)
			b.ReportMetric(float64(peak-base)/(1<<20), "MiB-heap-more")
		})
	}
}

// indexed writes so many posts straight to the index, all of the second half
// in the week from noon on.
func indexed(t testing.TB, a *Archive, posts, threads int) {
	t.Helper()
	ctx := context.Background()
	for from := 1; from <= posts; from += 1000 {
		var rows []byte
		_, err := a.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
			for uid := from; uid < min(from+1000, posts+1); uid++ {
				s := slot{list: "dc", uid: uint32(uid), at: noon.Add(-time.Duration(posts-uid+1) * time.Minute), code: fmt.Sprintf("%026d", uid)}
				if uid > posts/2 {
					s.at = noon.Add(time.Duration(uid) * time.Second)
				}
				d := describe(post(fmt.Sprint(uid, "@x"), fmt.Sprint("Subject ", uid), "", "x").Raw)
				data, err := d.encode(s)
				if err != nil {
					return err
				}
				p.HSet(ctx, recordsKey("dc", s.uid), uidField(s.uid), fmt.Sprintf("%s%d}", data, posts/2+uid%threads+1))
				rows = append(rows, row(s, d.Size)...)
			}
			p.Append(ctx, rowsKey("dc"), string(rows))
			p.HSet(ctx, metaKey("dc"), "last", posts, "seen", posts)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// heapWhile is the heap in use before do, and the most of it while it runs.
func heapWhile(do func()) (base, peak uint64) {
	used := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	runtime.GC()
	base, peak = used(), used()
	done := make(chan struct{})
	go func() { do(); close(done) }()
	for {
		select {
		case <-done:
			return base, max(peak, used())
		case <-time.After(2 * time.Millisecond):
			peak = max(peak, used())
		}
	}
}

// memory is a bucket that forgets.
type memory struct {
	Bucket
	objects map[string][]byte
}

func newMemory() *memory { return &memory{objects: map[string][]byte{}} }

func (m *memory) Put(_ context.Context, key string, data []byte) error {
	m.objects[key] = data
	return nil
}

func (m *memory) Get(_ context.Context, key string) ([]byte, error) {
	if data, ok := m.objects[key]; ok {
		return data, nil
	}
	return nil, ErrNoObject
}

func (m *memory) List(context.Context, string, func(string) error) error { return nil }
func (m *memory) String() string                                         { return "memory" }
