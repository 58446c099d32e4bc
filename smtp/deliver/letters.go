package deliver

import (
	"context"
	"slices"
	"sync"
	"time"

	"plenary/lists"
)

// letter sends one letter to those of its recipients who have not got it.
func (s *Sender) letter(ctx context.Context, l Letter) {
	run := &letterRun{s: s, letter: l, left: slices.Clone(l.To())}
	c := wholeContent(l.Raw())
	byDestination := map[*destination]*group{}
	var groups []*group
	for _, to := range l.To() {
		d := s.to.of(lists.Address(to).Domain())
		g := byDestination[d]
		if g == nil {
			g = &group{to: d, on: run, stop: ctx.Done(), letter: true, log: s.log}
			byDestination[d] = g
			groups = append(groups, g)
		}
		g.items = append(g.items, &item{from: l.From(), to: to, content: c})
	}
	wire, cancel := s.drain(ctx)
	defer cancel()
	runAll(wire, groups, groupsAtOnce)
	run.end()
}

// letterRun is one letter on its way.
type letterRun struct {
	s      *Sender
	letter Letter

	mu   sync.Mutex
	left []string        // not settled
	put  *lists.Deferral // some of them are put off; nil: none
	lost bool
}

func (r *letterRun) ready() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.lost && r.letter.Valid()
}

// result records each recipient before the next is served: letters have
// few, and nobody should get one twice.
func (r *letterRun) result(to *destination, o outcome, items []*item) {
	for _, it := range items {
		r.one(to, it, o)
	}
}

func (r *letterRun) one(to *destination, it *item, o outcome) {
	switch {
	case o.class() == 2:
		r.s.stats.letters.Add(1)
	case o.class() == 4 && !r.letter.Expired():
		r.later(to, []*item{it}, o.String(), false)
		return
	default:
		r.s.stats.failed.Add(1)
		r.s.log.Warn("letter failed", "letter", r.letter.ID(), "reply", withoutAddresses(o.String()), "expired", o.class() == 4)
		r.refused(it.to)
	}
	r.settle(it.to)
}

// refused tells of a letter that somebody will never get. Where that can't be
// told it is not recorded either: whoever has the letter next tries again.
func (r *letterRun) refused(to string) {
	if r.s.cfg.Refused == nil {
		return
	}
	err := r.s.persist(func(ctx context.Context) error { return r.s.cfg.Refused(ctx, r.letter.ID(), to, r.letter.Raw()) }, r.letter)
	if err == nil {
		return
	}
	r.s.log.Warn("nobody was told of a failed letter", "letter", r.letter.ID(), "err", err)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lost = true
}

func (r *letterRun) settle(to string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i := slices.Index(r.left, to); i >= 0 {
		r.left = slices.Delete(r.left, i, i+1)
	}
	if len(r.left) == 0 || r.lost {
		return // the end records it
	}
	if err := r.s.persist(func(ctx context.Context) error { return r.letter.Save(ctx, r.left) }, r.letter); err != nil {
		r.s.log.Warn("letter not recorded", "letter", r.letter.ID(), "err", err)
		r.lost = true
	}
}

// later notes that some must wait; letters that have waited too long fail.
// Who had no turn waits a moment only: somebody waits for the letter.
func (r *letterRun) later(to *destination, items []*item, why string, paced bool) {
	if r.letter.Expired() && !paced {
		for _, it := range items {
			r.s.stats.failed.Add(1)
			r.s.log.Warn("letter given up", "letter", r.letter.ID(), "reply", withoutAddresses(why))
			r.refused(it.to)
			r.settle(it.to)
		}
		return
	}
	r.s.stats.deferred.Add(int64(len(items)))
	var after time.Duration
	if paced {
		after = to.comeBack(true, len(items))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.put == nil {
		r.put = &lists.Deferral{Paced: true}
	}
	r.put.After = max(r.put.After, after)
	if r.put.Paced = r.put.Paced && paced; !paced || r.put.Reply == "" {
		r.put.Reply = why
	}
}

func (r *letterRun) over(string) {} // the end tells

func (r *letterRun) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lost || r.letter.Taken() {
		r.letter.Leave()
		return
	}
	err := r.s.persist(func(ctx context.Context) error { return r.letter.End(ctx, r.left, r.put) }, r.letter)
	if err != nil {
		r.s.log.Warn("letter not recorded", "letter", r.letter.ID(), "err", err)
		r.letter.Leave()
	}
}
