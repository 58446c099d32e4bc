package weekly

import (
	"fmt"
	"testing"
	"time"

	"plenary/digest"
	"plenary/lists"
)

// BenchmarkDigest writes the digest of 100 groups with 50,000 posts in the
// week, out of a Redis of its own; threads are given.
func BenchmarkDigest(b *testing.B) {
	w := newWorld(b)
	ctx := b.Context()
	for i := range 100 {
		l, err := w.store.CreateList(ctx, lists.NewList{Name: fmt.Sprintf("g%d", i), Parent: w.main.ID, Title: fmt.Sprintf("Group %d", i), Next: "Go on", NextBy: "2026-12-01"})
		if err != nil {
			b.Fatal(err)
		}
		for n := range 500 {
			if err := w.store.CountPost(ctx, l.ID, lists.Number(n%40), w.clock.now().Add(time.Duration(n)*time.Second), fmt.Sprint(n)); err != nil {
				b.Fatal(err)
			}
		}
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
}
