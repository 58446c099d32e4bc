package weekly

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"plenary/digest"
	"plenary/lists"
)

// BenchmarkDigest writes the digest of 100 groups with 5,000 and with 50,000
// posts in the week, out of a Redis of its own; threads are given. Beside the
// time it shows the heap while it is written: it must not grow with the posts.
func BenchmarkDigest(b *testing.B) {
	for _, posts := range []int{50, 500} {
		b.Run(fmt.Sprintf("posts=%d", 100*posts), func(b *testing.B) { digestOf(b, posts) })
	}
}

func digestOf(b *testing.B, posts int) {
	w := newWorld(b)
	ctx := b.Context()
	var filling errgroup.Group
	filling.SetLimit(16)
	for i := range 100 {
		l, err := w.store.CreateList(ctx, lists.NewList{Name: fmt.Sprintf("g%d", i), Parent: w.main.ID, Title: fmt.Sprintf("Group %d", i), Next: "Go on", NextBy: "2026-12-01"})
		if err != nil {
			b.Fatal(err)
		}
		filling.Go(func() error {
			for n := range posts {
				if err := w.store.CountPost(ctx, l.ID, lists.Number(n%40), w.clock.now().Add(time.Duration(n)*time.Second), fmt.Sprint(n)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := filling.Wait(); err != nil {
		b.Fatal(err)
	}
	w.clock.set("2026-11-23T09:00:00+01:00")
	s := w.sender(b)
	b.ReportAllocs()
	for b.Loop() {
		m, err := s.Preview(ctx, w.main, digest.Week{Year: 2026, Number: 48})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(m.HTML)), "octets-html")
	}
	b.StopTimer()
	base, peak := heapWhile(func() {
		if _, err := s.Preview(ctx, w.main, digest.Week{Year: 2026, Number: 48}); err != nil {
			b.Error(err)
		}
	})
	b.ReportMetric(float64(base)/(1<<20), "MiB-heap-before")
	b.ReportMetric(float64(peak)/(1<<20), "MiB-heap-at-most")
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
