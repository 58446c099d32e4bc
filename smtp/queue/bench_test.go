package queue

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists/store/redistest"
	"plenary/smtp"
)

// BenchmarkAccept takes 4 KiB messages of 20 sessions into a durable Redis,
// and the same by one XADD each, turn by turn in one run: "ratio" is the first
// to the second.
func BenchmarkAccept(b *testing.B) {
	rdb := redistest.New(b)
	q := New(rdb, Options{Domain: "lists.example.org"})
	raw := []byte(strings.Repeat(strings.Repeat("x", 70)+"\r\n", 57))
	env := smtp.Envelope{From: "a@example.org", To: []string{"dc@lists.example.org"}, Remote: "192.0.2.1", Helo: "c.example", Protocol: "ESMTP"}
	const sessions, each = 20, 25
	turn := func(take func() error) time.Duration {
		var all sync.WaitGroup
		began := time.Now()
		for range sessions {
			all.Go(func() {
				for range each {
					if err := take(); err != nil {
						b.Error(err)
					}
				}
			})
		}
		all.Wait()
		return time.Since(began)
	}
	var ours, bare time.Duration
	var allocs uint64
	n := 0
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		ours += turn(func() error { _, err := q.Accept(b.Context(), env, raw); return err })
		runtime.ReadMemStats(&after)
		allocs += after.Mallocs - before.Mallocs
		bare += turn(func() error {
			return rdb.XAdd(b.Context(), &redis.XAddArgs{Stream: "bare", Values: []any{"raw", raw}}).Err()
		})
		rdb.Del(b.Context(), "bare", q.inbound().stream())
		n += sessions * each
	}
	b.ReportMetric(float64(n)/ours.Seconds(), "msg/s")
	b.ReportMetric(bare.Seconds()/ours.Seconds(), "ratio")
	b.ReportMetric(float64(allocs)/float64(n), "allocs/msg")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkSend takes letters, beside one XADD each.
func BenchmarkSend(b *testing.B) {
	rdb := redistest.New(b)
	q := New(rdb, Options{Domain: "lists.example.org"})
	raw := strings.Repeat("x", 1000)
	var ours, bare time.Duration
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		began := time.Now()
		err := q.Send(b.Context(), smtp.Letter{Key: fmt.Sprint("k", i), To: []string{"ann@example.org"}, From: "plenary@lists.example.org", Raw: []byte(raw)})
		if err != nil {
			b.Fatal(err)
		}
		ours += time.Since(began)
		began = time.Now()
		if err := rdb.XAdd(b.Context(), &redis.XAddArgs{Stream: "bare", Values: []any{"raw", raw}}).Err(); err != nil {
			b.Fatal(err)
		}
		bare += time.Since(began)
	}
	b.ReportMetric(bare.Seconds()/ours.Seconds(), "ratio")
}
