package queue

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

// Options are what a Queue needs to know. Zero values take the defaults.
type Options struct {
	Domain string        // the site's domain, for the Message-IDs of letters
	Node   string        // this process among all on the Redis; default host, pid and chance
	Shard  string        // which inbound stream; default "0"
	Lease  time.Duration // how long work is held without a sign of life; default 15 s
	Sweep  time.Duration // how often it is looked for what is due, or was left by the dead; default 1 s
	Chunk  int           // member numbers in one piece of a fan-out; default 256
	Keep   time.Duration // how long a settled post is remembered; default 7 days
	Retry  Backoff
	Roster Roster // who the members are; needed by Plan and List
	Now    func() time.Time
	Log    *slog.Logger

	// Accepted is told how long each Accept took, and with what outcome; may
	// be nil.
	Accepted func(took time.Duration, err error)
}

// Roster is what the queue asks about members; the store answers.
type Roster interface {
	// LastNumber is the highest number given out in the family.
	LastNumber(ctx context.Context, family string) (lists.Number, error)
	// Roster gives the family's people with numbers from..to, ascending.
	Roster(ctx context.Context, family string, from, to lists.Number) ([]lists.Person, error)
}

// Numbers is a Roster that can also tell at once which numbers a list has:
// bit n, the highest of an octet first, is set for member n (the order of
// Redis's SETBIT). With it a small list of a large family is planned in a
// few chunks.
type Numbers interface {
	Numbers(ctx context.Context, listID string) ([]byte, error)
}

// Queue is the queue of one process. Its methods may be called at once from
// many goroutines.
type Queue struct {
	rdb redis.UniversalClient
	opt Options
	log *slog.Logger
	now func() time.Time

	letterBell, partBell chan struct{} // rung when this process has put in work to deliver

	bodies  bodies
	accepts *merged[acceptance]
	crowdAt atomic.Int64 // when many messages were last taken at once, Unix ns

	outage outage // at any stream

	mu       sync.Mutex
	groups   map[string]*group // by stream
	ledgers  map[familyKeys]*merged[*saving]
	families []string // that may have work, as last read
	sights   sights
	turn     int
}

// New makes the queue of this process. It does not talk to Redis yet.
func New(rdb redis.UniversalClient, o Options) *Queue {
	if o.Node == "" {
		o.Node = nodeName()
	}
	if o.Shard == "" {
		o.Shard = "0"
	}
	if o.Lease <= 0 {
		o.Lease = 15 * time.Second
	}
	if o.Sweep <= 0 {
		o.Sweep = time.Second
	}
	o.Sweep = min(o.Sweep, o.Lease/4)
	if o.Chunk <= 0 {
		o.Chunk = 256
	}
	if o.Keep <= 0 {
		o.Keep = 7 * 24 * time.Hour
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Retry = o.Retry.orDefault()
	q := &Queue{
		rdb: rdb, opt: o, log: o.Log, now: o.Now,
		letterBell: make(chan struct{}, 1), partBell: make(chan struct{}, 1),
		bodies: bodies{limit: bodiesKept, held: map[string]*bodyEntry{}},
		groups: map[string]*group{}, ledgers: map[familyKeys]*merged[*saving]{},
	}
	q.accepts = &merged[acceptance]{life: context.Background(), wait: acceptWait, halves: acceptHalves, most: acceptsAtOnce, write: q.take}
	return q
}

func nodeName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "node"
	}
	var b [4]byte
	rand.Read(b[:])
	return fmt.Sprintf("%s-%d-%s", host, os.Getpid(), hex.EncodeToString(b[:]))
}

// ring wakes one who waits at a bell.
func ring(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}

// WaitLetter returns when there may be a letter to send: when this process
// has put one in, after d, or when ctx ends.
func (q *Queue) WaitLetter(ctx context.Context, d time.Duration) { wait(ctx, q.letterBell, d) }

// WaitPart does the same for parts of posts.
func (q *Queue) WaitPart(ctx context.Context, d time.Duration) { wait(ctx, q.partBell, d) }

func wait(ctx context.Context, bell chan struct{}, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-bell:
	case <-t.C:
	case <-ctx.Done():
	}
}
