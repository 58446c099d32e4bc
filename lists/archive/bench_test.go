package archive

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

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

// BenchmarkThreads gathers a week of a list that has 20,000 posts.
func BenchmarkThreads(b *testing.B) {
	ctx, a := context.Background(), newArchive(b, newMemory(), redistest.Mini(b))
	for i := range 20000 {
		e := post(fmt.Sprint(i, "@x"), fmt.Sprint("subject ", i%2000), fmt.Sprintf("In-Reply-To: <%d@x>\r\n", i%2000), "x")
		e.At = noon.AddDate(0, 0, -i/50)
		if _, _, err := a.Put(ctx, e); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if threads, err := a.Threads(ctx, "dc", noon.AddDate(0, 0, -7), noon.AddDate(0, 0, 1)); err != nil || len(threads) == 0 {
			b.Fatal(len(threads), err)
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
