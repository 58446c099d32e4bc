package queue

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// mostPutBack is how often an entry is put back.
const mostPutBack = 20

// group is this process's place in the consumer group of one stream: it
// reads entries, claims what others left, and keeps the leases of what it
// holds.
type group struct {
	rdb      redis.UniversalClient
	stream   string
	later    string // sorted set of entries set aside until a time
	consumer string
	lease    time.Duration
	sweep    time.Duration // how often it is looked for entries to claim

	mu     sync.Mutex
	ready  bool // the group exists
	buried time.Time
	swept  time.Time // when it was last looked for entries to claim
	held   map[string]*lease
	spare  []entry   // taken, and not worked on for trouble with Redis
	rests  time.Time // when it was last found to have nothing

	outage     outage  // at this stream
	everywhere *outage // at any of the process
}

// heard notes whether Redis answered. Who had trouble at one stream may not
// have asked at the others meanwhile, and counts them as away too. In a cluster
// the trouble of one node so holds back claims at all of them, and nothing else.
func (g *group) heard(err error) {
	g.outage.heard(err)
	if err == nil || elsewhere(err) {
		g.everywhere.heard(err)
	}
}

// entry is one entry of a stream, held by this process.
type entry struct {
	*lease
	tries  int
	again  int // how often it was put back
	fields map[string]string
}

// ensure makes the group where it is not there yet.
func (g *group) ensure(ctx context.Context) error {
	g.mu.Lock()
	ready := g.ready
	g.mu.Unlock()
	if ready {
		return nil
	}
	err := g.rdb.XGroupCreateMkStream(ctx, g.stream, groupName, "0").Err()
	if err != nil && !strings.HasPrefix(err.Error(), "BUSYGROUP") {
		return fmt.Errorf("making the consumer group of %s: %w", g.stream, err)
	}
	g.mu.Lock()
	g.ready = true
	g.mu.Unlock()
	return nil
}

// read takes up to n new entries, waiting for block at most (negative: not
// at all); the wait counts as part of the lease.
func (g *group) read(ctx context.Context, n int, block time.Duration) ([]entry, error) {
	if err := g.ensure(ctx); err != nil {
		return nil, err
	}
	asked := time.Now()
	got, err := g.rdb.XReadGroup(ctx, &redis.XReadGroupArgs{
		Group: groupName, Consumer: g.consumer, Streams: []string{g.stream, ">"}, Count: int64(n), Block: block,
	}).Result()
	switch {
	case errors.Is(err, redis.Nil):
		g.heard(nil)
		return nil, nil
	case err != nil:
		g.heard(err)
		g.forget(err)
		return nil, fmt.Errorf("reading %s: %w", g.stream, err)
	case len(got) == 0:
		return nil, nil
	}
	g.heard(nil)
	var out []entry
	for _, m := range got[0].Messages {
		if m.Values == nil { // deleted since
			continue
		}
		e := entry{lease: g.hold(m.ID, asked), tries: 1, fields: make(map[string]string, len(m.Values))}
		for k, v := range m.Values {
			e.fields[k], _ = v.(string)
		}
		out = append(out, e)
	}
	return out, nil
}

// holding tells whether this process has the entry, though its time ran out.
func (g *group) holding(id string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.held[id] != nil
}

// claim takes up to n entries whose set-aside time has come or whose holder
// is dead.
func (g *group) claim(ctx context.Context, n int, now time.Time) ([]entry, error) {
	if err := g.ensure(ctx); err != nil {
		return nil, err
	}
	asked := time.Now()
	got, err := claimScript.Run(ctx, g.rdb, []string{g.stream, g.later},
		groupName, g.consumer, g.lease.Milliseconds(), now.UnixMilli(), n).Slice()
	g.heard(err)
	if err != nil {
		g.forget(err)
		return nil, fmt.Errorf("claiming from %s: %w", g.stream, err)
	}
	var out []entry
	for _, item := range got {
		part, ok := item.([]any)
		if !ok || len(part) != 3 {
			return out, fmt.Errorf("claiming from %s: odd answer %v", g.stream, item)
		}
		id, _ := part[0].(string)
		tries, _ := part[1].(int64)
		fields, _ := part[2].([]any)
		if g.holding(id) { // what was done of it is about to be recorded here
			continue
		}
		e := entry{lease: g.hold(id, asked), tries: int(tries), fields: make(map[string]string, len(fields)/2)}
		for i := 0; i+1 < len(fields); i += 2 {
			k, _ := fields[i].(string)
			e.fields[k], _ = fields[i+1].(string)
		}
		out = append(out, e)
	}
	return out, nil
}

// putBack keeps an entry that could not be worked on, for the next who asks:
// left alone it would wait for its lease to run out. What fails again and
// again is left alone after all, so that others get their turn.
func (g *group) putBack(e entry) {
	if e.again++; e.again > mostPutBack {
		e.drop()
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.spare = append(g.spare, e)
}

// takeBack gives an entry put back that is still held; nil where there is
// none. g is locked.
func (g *group) takeBack() *entry {
	for len(g.spare) > 0 {
		e := g.spare[0]
		g.spare = g.spare[1:]
		if e.Valid() {
			return &e
		}
		if g.held[e.id] == e.lease {
			delete(g.held, e.id)
		}
	}
	return nil
}

// next gives entries to work on: now and then those whose time has come or
// whose holder is dead, else new ones; before all, what was put back.
func (g *group) next(ctx context.Context, n int, block time.Duration, now time.Time) ([]entry, error) {
	g.mu.Lock()
	sweep := time.Since(g.swept) >= g.sweep && g.outage.over() && g.everywhere.over()
	if sweep {
		g.swept = time.Now()
	}
	again := g.takeBack()
	g.mu.Unlock()
	if again != nil {
		return []entry{*again}, nil
	}
	if sweep {
		asked := time.Now()
		if got, err := g.claim(ctx, n, now); err != nil || len(got) > 0 {
			if len(got) == n { // there may be more, as where a server died
				g.mu.Lock()
				g.swept = time.Time{}
				g.mu.Unlock()
			}
			if len(got) > 0 && time.Since(asked) > time.Second { // Redis hung: see firstRecord
				wait(ctx, nil, firstRecord)
			}
			return got, err
		}
		g.bury(ctx)
	}
	return g.read(ctx, n, block)
}

// restFor is how long a stream that seldom has something is left alone once it
// had nothing.
const restFor = 100 * time.Millisecond

// rest notes that the stream had nothing.
func (g *group) rest() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.rests = time.Now()
}

// wake notes that it has something.
func (g *group) wake() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.rests = time.Time{}
}

// quiet tells whether it had nothing a moment ago.
func (g *group) quiet() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.spare) == 0 && time.Since(g.rests) < restFor
}

// forget makes the next call look for the group again when Redis says that
// it is not there, as after a Redis that lost its data.
func (g *group) forget(err error) {
	if strings.Contains(err.Error(), "NOGROUP") {
		g.mu.Lock()
		g.ready = false
		g.mu.Unlock()
	}
}

// renew gives a sign of life for everything held.
func (g *group) renew(ctx context.Context) error {
	g.mu.Lock()
	held := make([]*lease, 0, len(g.held))
	args := []any{groupName, g.consumer}
	for id, l := range g.held { // those whose time ran out, too: what was done is not recorded yet
		l.Valid()
		held = append(held, l)
		args = append(args, id)
	}
	g.mu.Unlock()
	if len(held) == 0 {
		return nil
	}
	asked := time.Now()
	ours, err := renewScript.Run(ctx, g.rdb, []string{g.stream}, args...).StringSlice()
	g.heard(err)
	if err != nil {
		g.forget(err)
		return fmt.Errorf("renewing %d leases of %s: %w", len(held), g.stream, err)
	}
	still := make(map[string]bool, len(ours))
	for _, id := range ours {
		still[id] = true
	}
	till := asked.Add(g.lease - g.lease/8)
	for _, l := range held {
		l.mu.Lock()
		if still[l.id] && !l.lost {
			l.till = till
		} else {
			l.lose()
		}
		l.mu.Unlock()
	}
	return nil
}

// keep renews until ctx ends, four times in the life of a lease.
func (g *group) keep(ctx context.Context, failed func(error)) {
	t := time.NewTicker(g.lease / 4)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			c, cancel := context.WithTimeout(ctx, g.lease/4)
			if err := g.renew(c); err != nil && ctx.Err() == nil {
				failed(err)
			}
			cancel()
		}
	}
}

// group gives this process's place at a stream.
func (q *Queue) group(stream, later string) *group {
	q.mu.Lock()
	defer q.mu.Unlock()
	g := q.groups[stream]
	if g == nil {
		g = q.newGroup(stream, later, q.opt.Node)
		q.groups[stream] = g
	}
	return g
}

func (q *Queue) newGroup(stream, later, consumer string) *group {
	return &group{
		rdb: q.rdb, stream: stream, later: later, consumer: consumer,
		lease: q.opt.Lease, sweep: q.opt.Sweep, held: map[string]*lease{}, everywhere: &q.outage,
	}
}

// bury forgets the consumers of processes long gone: those that hold
// nothing and gave no sign of life for a day. Trouble is no matter: it will
// be tried again.
func (g *group) bury(ctx context.Context) {
	g.mu.Lock()
	due := time.Since(g.buried) > time.Hour
	if due {
		g.buried = time.Now()
	}
	g.mu.Unlock()
	if !due {
		return
	}
	all, err := g.rdb.XInfoConsumers(ctx, g.stream, groupName).Result()
	if err != nil {
		return
	}
	for _, c := range all {
		if c.Pending == 0 && c.Idle > 24*time.Hour && c.Name != g.consumer {
			g.rdb.XGroupDelConsumer(ctx, g.stream, groupName, c.Name)
		}
	}
}
