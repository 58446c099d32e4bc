package deliver_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/lists/store"
	"plenary/lists/store/redistest"
	"plenary/smtp/deliver"
	"plenary/smtp/deliver/sink"
	"plenary/smtp/queue"
)

// coalition is a store with main lists of the given sizes.
func coalition(b *testing.B, rdb redis.UniversalClient, sizes ...int) (*store.Store, []lists.List) {
	b.Helper()
	ctx := b.Context()
	st, err := store.Open(ctx, rdb, lists.Site{Domain: "lists.example.org"}, time.Now)
	if err != nil {
		b.Fatal(err)
	}
	var made []lists.List
	for i, n := range sizes {
		l, err := st.CreateList(ctx, lists.NewList{Name: fmt.Sprint("body", i), Title: "A body"})
		if err != nil {
			b.Fatal(err)
		}
		people := make([]lists.NewMember, n)
		for j := range people {
			people[j].Address = lists.Address(fmt.Sprintf("m%d@example.org", j+1))
		}
		if _, err := st.Import(ctx, l.ID, people); err != nil {
			b.Fatal(err)
		}
		made = append(made, l)
	}
	return st, made
}

// serve runs a sender on the store's members until the benchmark ends.
func serve(b *testing.B, rdb redis.UniversalClient, st *store.Store, s *sink.Sink) *queue.Queue {
	b.Helper()
	q := queue.New(rdb, queue.Options{Domain: "lists.example.org", Roster: st})
	d, err := deliver.New(deliver.Config{Domain: "lists.example.org", Secret: st.Secret(), Relay: s.Addr()}, source{q}, st, nil, nil)
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	b.Cleanup(func() { cancel(); <-done })
	return q
}

func fanout(l lists.List, id string) lists.Fanout {
	return lists.Fanout{ID: id, Family: l.ID, MessageID: id + "@example.org",
		Targets: []lists.Copy{{List: l, Head: []byte("Subject: " + id + "\r\n\r\n"), Body: []byte(fourKiB)}}}
}

// BenchmarkStoreFanout sends one 4 KiB post to 10,000 members of a real
// store; a second size shows how the time a recipient grows.
func BenchmarkStoreFanout(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			rdb, s := redistest.New(b), newSink(b, sink.Options{})
			st, made := coalition(b, rdb, n)
			q := serve(b, rdb, st, s)
			b.ResetTimer()
			for i := range b.N {
				s.Reset()
				if err := q.Plan(b.Context(), fanout(made[0], fmt.Sprint("p", i))); err != nil {
					b.Fatal(err)
				}
				if err := s.Wait(b.Context(), n); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "rcpt/s")
		})
	}
}

// BenchmarkManyPosts sends 100 posts of 4 KiB to 50 members each, planned by
// four at a time, as routers do.
func BenchmarkManyPosts(b *testing.B) {
	rdb, s := redistest.New(b), newSink(b, sink.Options{})
	st, made := coalition(b, rdb, 50)
	q := serve(b, rdb, st, s)
	b.ResetTimer()
	for i := range b.N {
		s.Reset()
		var routers sync.WaitGroup
		for r := range 4 {
			routers.Go(func() {
				for j := r; j < 100; j += 4 {
					if err := q.Plan(b.Context(), fanout(made[0], fmt.Sprintf("p%d-%d", i, j))); err != nil {
						b.Error(err)
					}
				}
			})
		}
		routers.Wait()
		if err := s.Wait(b.Context(), 5000); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(100*b.N)/b.Elapsed().Seconds(), "posts/s")
}
