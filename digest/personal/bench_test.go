package personal

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"plenary/lists"
	"plenary/lists/store"
	"plenary/lists/store/redistest"
	"plenary/smtp/deliver"
	"plenary/smtp/deliver/sink"
	"plenary/smtp/queue"
)

// BenchmarkTenThousand is the target of issue 6: digests of five sub-lists to
// the same 10,000 members, each made once, go out as fast as one post of
// their size does in the same run.
func BenchmarkTenThousand(b *testing.B) {
	const members, groups, posts = 10_000, 5, 4
	ctx, rdb := b.Context(), redistest.New(b)
	now := time.Date(2026, 11, 16, 12, 0, 0, 0, time.UTC)
	site := lists.Site{Domain: "lists.example.org"}
	st, err := store.Open(ctx, rdb, site, func() time.Time { return now })
	check(b, err)
	main, err := st.CreateList(ctx, lists.NewList{Name: "dc", Title: "Coalition"})
	check(b, err)
	people := make([]lists.NewMember, members)
	for i := range people {
		people[i].Address = address(i + 1)
	}
	if _, err := st.Import(ctx, main.ID, people); err != nil {
		b.Fatal(err)
	}
	for i := range people {
		people[i].Delivery = lists.Daily
	}
	var subs []lists.List
	for g := range groups {
		l, err := st.CreateList(ctx, lists.NewList{Name: fmt.Sprint("g", g), Parent: "dc", Title: "Group"})
		check(b, err)
		_, err = st.Import(ctx, l.ID, people)
		check(b, err)
		subs = append(subs, l)
	}
	far, err := sink.New(sink.Options{})
	check(b, err)
	b.Cleanup(func() { far.Close() })
	q := queue.New(rdb, queue.Options{Domain: site.Domain, Roster: st})
	d, err := deliver.New(deliver.Config{Domain: site.Domain, Secret: st.Secret(), Relay: far.Addr()}, parts{q}, st, nil, nil)
	check(b, err)
	run, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.Run(run) }()
	b.Cleanup(func() { stop(); <-done })

	counted := &counting{Queue: q}
	s := &Sender{Site: site, Now: func() time.Time { return now }, Books: st, Posts: fourKiB{}, Planner: counted, Log: slog.New(slog.DiscardHandler),
		Schedule: Schedule{Daily: schedule.Daily, Weekly: schedule.Weekly, Posts: 100, Octets: 500 << 10}}
	check(b, s.Tick(ctx))

	var single, making, digests time.Duration
	for n := range b.N {
		for p := range posts {
			for _, l := range subs {
				_, err := st.EnterPosts(ctx, []lists.DigestPost{{List: l.ID, Identity: fmt.Sprintf("%s-%d-%d", l.ID, n, p), Subject: "About it", Size: 4096, At: now}})
				check(b, err)
			}
		}
		now = now.Add(24 * time.Hour)
		counted.plans, counted.octets = 0, 0
		far.Reset()
		began := time.Now()
		check(b, s.Tick(ctx))
		making += time.Since(began)
		check(b, far.Wait(ctx, groups*members))
		digests += time.Since(began)
		if counted.plans != groups {
			b.Fatalf("%d mails were made for %d lists", counted.plans, groups)
		}
		far.Reset()
		began = time.Now()
		for g := range groups { // the same octets as posts, to those who take each
			check(b, q.Plan(ctx, lists.Fanout{ID: fmt.Sprintf("single-%d-%d", n, g), Family: "dc",
				Targets: []lists.Copy{{List: main, Head: []byte("Subject: single\r\n\r\n"), Body: bytes.Repeat([]byte(strings.Repeat("x", 62)+"\r\n"), counted.octets/groups/64)}}}))
		}
		check(b, far.Wait(ctx, groups*members))
		single += time.Since(began)
	}
	rate := func(d time.Duration) float64 { return float64(b.N*groups*members) / d.Seconds() }
	b.ReportMetric(making.Seconds()*1000/float64(b.N), "ms/making")
	b.ReportMetric(rate(digests), "digests/s")
	b.ReportMetric(rate(single), "posts/s")
	b.ReportMetric(rate(digests)/rate(single), "ratio")
}

func check(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// counting counts what is planned.
type counting struct {
	*queue.Queue
	plans, octets int
}

func (c *counting) Plan(ctx context.Context, f lists.Fanout) error {
	c.plans++
	c.octets += len(f.Targets[0].Body)
	return c.Queue.Plan(ctx, f)
}

// parts shows the queue's leased work to the sender.
type parts struct{ *queue.Queue }

func (q parts) Letter(ctx context.Context) (deliver.Letter, error) {
	l, err := q.Queue.Letter(ctx)
	if l == nil {
		return nil, err
	}
	return l, err
}

func (q parts) Part(ctx context.Context) (deliver.Part, error) {
	p, err := q.Queue.Part(ctx)
	if p == nil {
		return nil, err
	}
	return p, err
}

// fourKiB makes every post one of 4 KiB.
type fourKiB struct{ asSent }

func (fourKiB) Raw(_ context.Context, _ lists.List, p lists.DigestPost) ([]byte, error) {
	return []byte("X-Post: " + p.Identity + "\r\n\r\n" + strings.Repeat(strings.Repeat("y", 62)+"\r\n", 64)), nil
}
