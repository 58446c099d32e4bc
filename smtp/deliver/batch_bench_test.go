package deliver_test

import (
	"fmt"
	"testing"
	"time"

	"plenary/lists/store/redistest"
	"plenary/smtp/deliver/sink"
)

// BenchmarkSharedFanout sends one 4 KiB post to 10,000 members who share a
// copy, RCPT by the hundred, from Plan to the last 250 over a durable Redis.
// mlmmj's batches do 11,185 a second (bench/PEERS.md).
func BenchmarkSharedFanout(b *testing.B) {
	for _, mode := range []struct {
		name    string
		without []string
	}{{"DATA", []string{"CHUNKING"}}, {"BDAT", nil}} {
		b.Run(mode.name, func(b *testing.B) {
			rdb, f := redistest.New(b), family{n: benchMembers}
			s := newSink(b, sink.Options{Without: mode.without})
			n := start(b, rdb, f, func(o *options) {
				relay(s)(o)
				o.deliver.Workers, o.queue.Chunk = 0, 256
			})
			var ours time.Duration
			for i := range b.N {
				p := sharedPost(fmt.Sprint("q", i), "dc")
				p.Targets[0].Body = []byte(fourKiB)
				s.Reset()
				began := time.Now()
				if err := n.Plan(b.Context(), p); err != nil {
					b.Fatal(err)
				}
				if err := s.Wait(b.Context(), benchMembers); err != nil {
					b.Fatal(err)
				}
				ours += time.Since(began)
				settled(b, rdb)
			}
			b.ReportMetric(float64(b.N*benchMembers)/ours.Seconds(), "rcpt/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}
