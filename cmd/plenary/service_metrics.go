package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/cmd/plenary/metrics"
	"plenary/lists"
	"plenary/smtp"
	"plenary/smtp/deliver"
	"plenary/smtp/route"
)

// health answers what an operator's programs ask: whether the process lives
// (/healthz), whether it can do its work, that is, whether Redis answers
// (/readyz), and what it counts (/metrics).
func (s *service) health() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
		defer cancel()
		if err := s.rdb.Ping(ctx).Err(); err != nil {
			http.Error(w, "Redis does not answer", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	mux.Handle("GET /metrics", s.metrics.Handler())
	return mux
}

// joinMetrics has scrapes ask this service, until it has drained.
func (s *service) joinMetrics(sender *deliver.Sender) {
	s.duty = append(s.duty, func(ctx context.Context) error {
		defer s.metrics.Attach(metrics.Source{Waiting: s.waiting, Deliveries: func() metrics.Deliveries { return delivered(sender) }, Pool: s.pool})()
		return sender.Run(ctx)
	})
}

// waiting is what the queue holds.
func (s *service) waiting(ctx context.Context) ([]metrics.Waiting, error) {
	d, err := s.queue.Depth(ctx)
	if err != nil {
		return nil, err
	}
	return []metrics.Waiting{
		{Kind: "inbound", Count: d.Inbound, Oldest: d.Oldest}, {Kind: "letters", Count: d.Letters, Oldest: d.OldestLetter},
		{Kind: "posts", Count: d.Posts, Oldest: d.OldestPost}, {Kind: "late", Count: d.Late, Oldest: -1}, {Kind: "dead", Count: d.Dead, Oldest: -1},
	}, nil
}

func delivered(sender *deliver.Sender) metrics.Deliveries {
	n := sender.Stats()
	return metrics.Deliveries{Sent: n.Sent, Deferred: n.Deferred, Failed: n.Failed, Letters: n.Letters, Saves: n.Saves,
		Busy: n.Connections - n.Idle, Idle: n.Idle, Down: n.Down}
}

// pool tells of the connections to Redis.
func (s *service) pool() (used, idle int) {
	p, ok := s.rdb.(interface{ PoolStats() *redis.PoolStats })
	if !ok {
		return 0, 0
	}
	n := p.PoolStats()
	return int(n.TotalConns - n.IdleConns), int(n.IdleConns)
}

// accepted is told of each message taken in.
func (s *service) accepted(took time.Duration, err error) { s.metrics.Took("accept", took, err) }

// routed routes one message, and takes the time.
func (s *service) routed(ctx context.Context, env smtp.Envelope, raw []byte) error {
	done := s.metrics.Time("route")
	err := s.router.Handle(ctx, env, raw)
	done(err)
	return err
}

// timed takes the time of what becomes of a post.
func (s *service) timed(p route.Posts) route.Posts {
	keep, compose, plan := p.Keep, p.Compose, p.Plan
	p.Keep = func(ctx context.Context, e route.Entry) (string, error) {
		done := s.metrics.Time("archive")
		link, err := keep(ctx, e)
		done(err)
		return link, err
	}
	p.Compose = func(ctx context.Context, e route.Entry, link string) lists.Copy {
		done := s.metrics.Time("compose")
		defer done(nil)
		return compose(ctx, e, link)
	}
	p.Plan = func(ctx context.Context, f lists.Fanout) error {
		done := s.metrics.Time("plan")
		err := plan(ctx, f)
		done(err)
		return err
	}
	return p
}

// timedLeases takes the time from the lease of a piece of work to its end.
type timedLeases struct {
	deliver.Queue
	metrics *metrics.Metrics
}

func (q timedLeases) Letter(ctx context.Context) (deliver.Letter, error) {
	l, err := q.Queue.Letter(ctx)
	if l == nil || err != nil {
		return nil, err
	}
	return timedLetter{l, q.metrics.Time("letter")}, nil
}

func (q timedLeases) Part(ctx context.Context) (deliver.Part, error) {
	p, err := q.Queue.Part(ctx)
	if p == nil || err != nil {
		return nil, err
	}
	return timedPart{p, q.metrics.Time("send")}, nil
}

// errLeft is the outcome of work that was let go unfinished.
var errLeft = errors.New("left to another holder")

type timedLetter struct {
	deliver.Letter
	done func(error)
}

func (l timedLetter) End(ctx context.Context, left []string, put *lists.Deferral) error {
	err := l.Letter.End(ctx, left, put)
	if err == nil {
		l.done(nil)
	}
	return err
}

func (l timedLetter) Leave() {
	l.Letter.Leave()
	l.done(errLeft)
}

type timedPart struct {
	deliver.Part
	done func(error)
}

func (p timedPart) End(ctx context.Context, done []lists.Number, put []lists.Deferral, all bool) error {
	err := p.Part.End(ctx, done, put, all)
	if err == nil {
		p.done(nil)
	}
	return err
}

func (p timedPart) Leave() {
	p.Part.Leave()
	p.done(errLeft)
}
