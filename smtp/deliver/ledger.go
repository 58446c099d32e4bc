package deliver

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"plenary/lists"
)

// lingers is how long a served recipient waits unrecorded for company.
const lingers = 20 * time.Millisecond

// ledger collects what became of a part's members and has it recorded in
// merged batches, one write at a time. While a write has failed, or a whole
// batch waits to be recorded, nothing more is sent.
type ledger struct {
	s    *Sender
	part Part

	mu       sync.Mutex
	change   *sync.Cond
	done     []lists.Number // not recorded yet
	failures []Failure      // among done
	put      map[string]*lists.Deferral
	timer    *time.Timer
	saving   bool
	stalled  bool // the last write failed and is tried again
	ended    bool // the end is being recorded
	lost     bool // the lease is; nothing more may be sent or recorded
}

func newLedger(s *Sender, p Part) *ledger {
	l := &ledger{s: s, part: p, put: map[string]*lists.Deferral{}}
	l.change = sync.NewCond(&l.mu)
	return l
}

// ready waits until one more may be sent, and tells whether it may.
func (l *ledger) ready() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for !l.lost && (l.stalled || len(l.done) >= l.s.cfg.Batch) {
		l.save()
		l.change.Wait()
	}
	return !l.lost && l.part.Valid()
}

// served notes members who have the post, or will get it no more.
func (l *ledger) served(items ...*item) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, it := range items {
		l.done = append(l.done, it.number)
	}
	l.noted()
}

// gone notes members who left meanwhile.
func (l *ledger) gone(ns []lists.Number) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done = append(l.done, ns...)
	l.noted()
}

// fail notes a member who can't be served.
func (l *ledger) fail(f Failure) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failures = append(l.failures, f)
	l.done = append(l.done, f.Number)
	l.noted()
}

// later notes members whom a destination puts off; after is how long, where
// they had no turn.
func (l *ledger) later(destination, reply string, paced bool, after time.Duration, ns ...lists.Number) {
	if len(ns) == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	d := l.put[destination]
	if d == nil {
		d = &lists.Deferral{Destination: destination, Paced: true}
		l.put[destination] = d
	}
	d.Numbers = append(d.Numbers, ns...)
	d.After = max(d.After, after)
	if d.Paced = d.Paced && paced; !paced || d.Reply == "" {
		d.Reply = reply
	}
}

func (l *ledger) noted() {
	switch {
	case len(l.done) >= (l.s.cfg.Batch+1)/2:
		l.save()
	case l.timer == nil && !l.saving:
		l.timer = time.AfterFunc(lingers, func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.timer = nil
			l.save()
		})
	}
}

// save begins a write where there is something to write and none is under
// way. It is called with the lock held.
func (l *ledger) save() {
	if l.saving || l.ended || l.lost || len(l.done) == 0 {
		return
	}
	l.saving = true
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
	done, failures := slices.Clone(l.done), slices.Clone(l.failures)
	go l.write(done, failures)
}

// write records done, however long it takes, as long as the lease stands.
func (l *ledger) write(done []lists.Number, failures []Failure) {
	err := l.persist(func(ctx context.Context) error { return l.part.Save(ctx, done) }, failures)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.saving = false
	if err == nil {
		l.done = append(l.done[:0], l.done[len(done):]...)
		l.failures = append(l.failures[:0], l.failures[len(failures):]...)
		if len(l.done) >= (l.s.cfg.Batch+1)/2 {
			l.save()
		}
	}
	l.change.Broadcast()
}

// tellFor is how long the ledger waits for one who is told of failures and
// does not take them: then they are in the log alone, and mail goes on.
const tellFor = time.Minute

// persist tells of failures and then writes, again and again until both
// have worked or the lease is lost.
func (l *ledger) persist(write func(context.Context) error, failures []Failure) error {
	began := time.Now()
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		err := l.s.tell(ctx, failures)
		if err != nil && time.Since(began) > tellFor {
			l.s.log.Error("failures were not taken note of", "part", l.part.String(), "failures", len(failures), "err", err)
			err, failures = nil, nil
		}
		if err == nil {
			err = write(ctx)
			l.s.stats.saves.Add(1)
		}
		cancel()
		l.mu.Lock()
		l.stalled = err != nil
		l.lost = err != nil && !l.part.Valid()
		l.change.Broadcast()
		lost := l.lost
		l.mu.Unlock()
		if err == nil {
			return nil
		}
		l.s.log.Warn("ledger not written", "part", l.part.String(), "lost", lost, "err", err)
		if lost || errors.Is(err, context.Canceled) {
			return err
		}
		time.Sleep(wait)
	}
}

// end records all and gives up the lease; all tells that nothing is left.
func (l *ledger) end(all bool) {
	l.mu.Lock()
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
	for l.saving {
		l.change.Wait()
	}
	l.ended = true // a timer that has just fired comes too late
	done, failures, lost := l.done, l.failures, l.lost
	put := make([]lists.Deferral, 0, len(l.put))
	for _, d := range l.put {
		put = append(put, *d)
	}
	l.mu.Unlock()
	if lost || !l.part.Valid() {
		l.s.log.Warn("lease lost; another goes on with it", "part", l.part.String(), "unrecorded", len(done))
		l.part.Leave()
		return
	}
	if err := l.persist(func(ctx context.Context) error { return l.part.End(ctx, done, put, all) }, failures); err != nil {
		l.part.Leave()
	}
}

// tell passes failures on.
func (s *Sender) tell(ctx context.Context, failures []Failure) error {
	if s.failed == nil {
		return nil
	}
	for _, f := range failures {
		if err := s.failed.Failed(ctx, f); err != nil {
			return err
		}
	}
	return nil
}
