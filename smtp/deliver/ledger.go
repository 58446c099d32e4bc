package deliver

import (
	"context"
	"errors"
	"slices"
	"time"

	"plenary/lists"
)

// lingers is how long a served recipient waits unrecorded for company.
const lingers = 20 * time.Millisecond

// ledger collects what became of a part's members and has it recorded in
// merged batches, one write at a time. While a write has failed, or too much
// waits to be recorded, nothing more is sent.
type ledger struct {
	s      *Sender
	part   Part
	family string
	all    *ledgers // whose lock it is under

	done     []lists.Number // not recorded yet
	failures []Failure      // among done
	put      map[string]*lists.Deferral
	settled  []lists.Deferral // of destinations that are done with, not recorded yet
	timer    *time.Timer
	saving   bool
	stalled  bool // the last write failed and is tried again
	ending   bool // the end is being recorded
	lost     bool // the lease is; nothing more may be sent or recorded
}

func newLedger(s *Sender, p Part) *ledger {
	l := &ledger{s: s, part: p, family: p.Fanout().Family, all: s.ledgers, put: map[string]*lists.Deferral{}}
	l.all.mu.Lock()
	defer l.all.mu.Unlock()
	l.all.open = append(l.all.open, l)
	return l
}

// ready waits until one more may be sent, and tells whether it may.
func (l *ledger) ready() bool {
	l.all.mu.Lock()
	defer l.all.mu.Unlock()
	for !l.lost && (l.stalled || l.all.unsaved >= l.all.most) {
		l.all.save("", 1)
		l.all.change.Wait()
	}
	return !l.lost && l.part.Valid()
}

// served notes members who have the post, or will get it no more.
func (l *ledger) served(items ...*item) {
	l.all.mu.Lock()
	defer l.all.mu.Unlock()
	for _, it := range items {
		l.done = append(l.done, it.number)
	}
	l.noted(len(items))
}

// fail notes a member who can't be served.
func (l *ledger) fail(f Failure) {
	l.all.mu.Lock()
	defer l.all.mu.Unlock()
	l.failures = append(l.failures, f)
	l.done = append(l.done, f.Number)
	l.noted(1)
}

// later notes members whom a destination puts off; after is how long, where
// they had no turn.
func (l *ledger) later(destination, reply string, paced bool, after time.Duration, ns ...lists.Number) {
	if len(ns) == 0 {
		return
	}
	l.all.mu.Lock()
	defer l.all.mu.Unlock()
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

// putOffAfter is how long a part that is done with a destination may go on
// with others before who was put off there is told of.
const putOffAfter = 2 * time.Second

// over notes that a destination is done with: whom it put off waits no longer
// for the part's end, which a slow destination may keep for many minutes.
func (l *ledger) over(destination string) {
	l.all.mu.Lock()
	defer l.all.mu.Unlock()
	d := l.put[destination]
	if d == nil {
		return
	}
	time.AfterFunc(putOffAfter, func() {
		l.all.mu.Lock()
		defer l.all.mu.Unlock()
		if l.put[destination] != d || l.ending || l.lost { // the end tells
			return
		}
		delete(l.put, destination)
		l.settled = append(l.settled, *d)
		l.save()
	})
}

// noted has n more members saved, at once or after a while.
func (l *ledger) noted(n int) {
	l.all.unsaved += n
	switch {
	case len(l.done) >= l.s.half():
		l.save()
	case l.timer == nil && !l.saving:
		l.timer = time.AfterFunc(lingers, func() {
			l.all.mu.Lock()
			defer l.all.mu.Unlock()
			l.timer = nil
			l.save()
		})
	}
}

// half is how many of a part are worth a write.
func (s *Sender) half() int { return (s.cfg.Batch + 1) / 2 }

// save begins a write where there is something to write and none is under
// way; who else of the family has something to write joins it. It is called
// with the lock held.
func (l *ledger) save() {
	if l.begin(1) {
		l.all.save(l.family, max(1, l.s.cfg.Batch/8))
	}
}

func (l *ledger) begin(least int) bool {
	if l.saving || l.ending || l.lost || len(l.done) < least && len(l.settled) == 0 {
		return false
	}
	l.saving = true
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
	done, failures, put := slices.Clone(l.done), slices.Clone(l.failures), slices.Clone(l.settled)
	go l.write(done, failures, put)
	return true
}

// write records done and put, however long it takes, as long as nobody else
// has the part.
func (l *ledger) write(done []lists.Number, failures []Failure, put []lists.Deferral) {
	err := l.persist(func(ctx context.Context) error {
		if len(put) > 0 {
			return l.part.PutOff(ctx, done, put)
		}
		return l.part.Save(ctx, done)
	}, failures)
	l.all.mu.Lock()
	defer l.all.mu.Unlock()
	l.saving = false
	if err == nil {
		l.done = append(l.done[:0], l.done[len(done):]...)
		l.failures = append(l.failures[:0], l.failures[len(failures):]...)
		l.settled = append(l.settled[:0], l.settled[len(put):]...)
		l.all.unsaved -= len(done)
		if len(l.done) >= l.s.half() || len(l.settled) > 0 {
			l.save()
		}
	}
	l.all.change.Broadcast()
}

// tellFor is how long the ledger waits for one who is told of failures and
// does not take them: then they are in the log alone, and mail goes on.
const tellFor = time.Minute

// persist tells of failures and then writes, again and again until both
// have worked or the part is lost.
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
		l.all.mu.Lock()
		l.stalled = err != nil
		l.lost = err != nil && l.s.lost(l.part, began)
		lost := l.lost
		if err != nil {
			l.all.change.Broadcast()
		}
		l.all.mu.Unlock()
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
	l.all.mu.Lock()
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
	for l.saving {
		l.all.change.Wait()
	}
	l.ending = true // a timer that has just fired comes too late
	done, failures, lost := l.done, l.failures, l.lost
	put := slices.Clone(l.settled)
	for _, d := range l.put {
		put = append(put, *d)
	}
	l.all.mu.Unlock()
	defer l.forget()
	if lost || l.part.Taken() {
		l.s.log.Warn("lease lost; another goes on with it", "part", l.part.String(), "unrecorded", len(done))
		l.part.Leave()
		return
	}
	if err := l.persist(func(ctx context.Context) error { return l.part.End(ctx, done, put, all) }, failures); err != nil {
		l.part.Leave()
	}
}

// forget ends the ledger.
func (l *ledger) forget() {
	l.all.mu.Lock()
	defer l.all.mu.Unlock()
	l.all.ended(l)
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
