package deliver_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/lists/store/redistest"
	"plenary/smtp/deliver/sink"
)

const benchMembers = 10_000

// fourKiB is a post of 4,096 octets with its header.
var fourKiB = strings.Repeat("The quick brown fox jumps over the lazy dog, and the dog lets it.\r\n", 60)

// BenchmarkFanout sends one 4 KiB post to 10,000 members over a durable
// Redis, from Plan to the last 250, and the same mails by a bare pipelined
// sender with a ledger in the same run: "ratio" is the first to the second.
func BenchmarkFanout(b *testing.B) {
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
			var ours, bare time.Duration
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			b.ResetTimer()
			for i := range b.N {
				s.Reset()
				began := time.Now()
				if err := n.Plan(b.Context(), post(fmt.Sprint("p", i), fourKiB, "dc")); err != nil {
					b.Fatal(err)
				}
				if err := s.Wait(b.Context(), benchMembers); err != nil {
					b.Fatal(err)
				}
				ours += time.Since(began)
				settled(b, rdb)
			}
			b.StopTimer()
			runtime.ReadMemStats(&after)
			for range b.N {
				s.Reset()
				began := time.Now()
				bareSender(b, rdb, s.Addr(), 8, 50)
				if err := s.Wait(b.Context(), benchMembers); err != nil {
					b.Fatal(err)
				}
				bare += time.Since(began)
			}
			total := float64(b.N * benchMembers)
			b.ReportMetric(total/ours.Seconds(), "rcpt/s")
			b.ReportMetric(total/bare.Seconds(), "bare-rcpt/s")
			b.ReportMetric(bare.Seconds()/ours.Seconds(), "ratio")
			b.ReportMetric(float64(after.Mallocs-before.Mallocs)/total, "allocs/rcpt")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// bareSender is the least that sends the same: conns connections, the next
// envelope in the write of the final dot, and a bitmap written to Redis
// after each batch.
func bareSender(b testing.TB, rdb redis.UniversalClient, addr string, conns, batch int) {
	var all sync.WaitGroup
	for w := range conns {
		all.Go(func() {
			c, err := net.Dial("tcp", addr)
			if err != nil {
				b.Error(err)
				return
			}
			defer c.Close()
			r := bufio.NewReader(c)
			lines := func(n int) {
				for range n {
					for {
						line, err := r.ReadSlice('\n')
						if err != nil {
							b.Error(err)
							return
						}
						if line[3] == ' ' {
							break
						}
					}
				}
			}
			lines(1)
			fmt.Fprintf(c, "EHLO bare\r\n")
			lines(1)
			l, head := main("dc"), []byte("Subject: bare\r\nList-Id: <dc>\r\n\r\n"+fourKiB+".\r\n")
			envelope := func(buf []byte, n int) []byte {
				token := lists.MemberToken(secret, lists.TokenBounce, l, lists.Number(n))
				return fmt.Appendf(buf, "MAIL FROM:<%s>\r\nRCPT TO:<m%d@example.org>\r\nDATA\r\n", lists.RoleAddress(l, "bounces", token, "lists.example.org"), n)
			}
			first, last := w*benchMembers/conns+1, (w+1)*benchMembers/conns
			buf := envelope(nil, first)
			bits := make([]byte, 32)
			for n := first; n <= last; n++ {
				if n == first {
					c.Write(buf)
				}
				lines(3)
				buf = append(buf[:0], head...)
				if n < last {
					buf = envelope(buf, n+1)
				}
				c.Write(buf)
				lines(1)
				if n%batch == 0 || n == last {
					if err := rdb.HSet(context.Background(), "bare", fmt.Sprint(n), bits).Err(); err != nil {
						b.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
}
