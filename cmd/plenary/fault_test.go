//go:build faults

package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"plenary/lists/store"
	"plenary/smtp/queue"
)

// TestFaults is the fault driver: while posts to 2,000 members are under way
// it kills, stops and disconnects servers, Redis and the far side, and then
// holds what the sink took against invariants 1 and 2 (DESIGN section 3).
// Each seed is a trial of its own, and prints its counts. By environment:
//
//	PLENARY_FAULT_SEED    only this one
//	PLENARY_FAULT_FIRST   the first; default 1
//	PLENARY_FAULT_SEEDS   so many from there; default 200
//	PLENARY_FAULT_WORLDS  trials side by side; default 16: they mostly wait for leases
//	PLENARY_FAULT_LOGS    1 shows what the servers logged, of seeds that pass, too
func TestFaults(t *testing.T) {
	number := func(name string, fallback int) int {
		text := os.Getenv(name)
		if text == "" {
			return fallback
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			t.Fatalf("%s=%s is no number", name, text)
		}
		return n
	}
	first := max(number("PLENARY_FAULT_FIRST", 1), 1)
	last := first + number("PLENARY_FAULT_SEEDS", 200) - 1
	if one := number("PLENARY_FAULT_SEED", 0); one > 0 {
		first, last = one, one
	}
	template := faultTemplate(t)
	places := make(chan struct{}, number("PLENARY_FAULT_WORLDS", 16))
	var sum tally
	var all sync.WaitGroup
	for seed := first; seed <= last; seed++ {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) { try(t, template, draw(uint64(seed)), &sum) })
		})
	}
	all.Wait()
	t.Logf("%d seeds: %d faults; %d recipients served, %d doubled of %d allowed (%d seeds that allow none: %d doubled); %d mails taken in %d tries",
		last-first+1, sum.faults.Load(), sum.served.Load(), sum.doubled.Load(), sum.allowed.Load(), sum.strict.Load(), sum.strictDoubled.Load(), sum.mails.Load(), sum.tries.Load())
}

// tally adds up what the seeds count.
type tally struct {
	faults, served, doubled, allowed, strict, strictDoubled, mails, tries atomic.Int64
}

// try carries one trial out.
func try(t *testing.T, template string, tr trial, sum *tally) {
	w := newFaultWorld(t, template, tr)
	began := time.Now()
	mails := tr.mails()
	people, total := map[string][]string{}, 0
	for i, p := range tr.posts {
		key := fmt.Sprintf("<fault-%d-%d@m.example>", tr.seed, i)
		people[key] = p.people()
		total += len(people[key])
	}
	if tr.help {
		people[tr.helpKey()] = []string{member(2)}
		total++
	}
	if tr.moves {
		total -= moved * len(tr.posts) // they may have it or not
	}
	var handing, breaking sync.WaitGroup
	t.Cleanup(func() { // before what they use is taken away
		close(w.over)
		w.account.end()
		handing.Wait()
		breaking.Wait()
	})
	for _, h := range mails {
		handing.Go(func() {
			if err := w.handIn(tr.seed, h); err != nil {
				t.Error(err)
			}
		})
	}
	for _, f := range tr.faults {
		breaking.Go(func() {
			w.account.reach(int(f.at * float64(total)))
			if w.pause(f.wait) {
				w.happen(f)
			}
		})
	}
	if tr.moves {
		breaking.Go(func() {
			w.account.reach(total / 3)
			if err := w.move(tr); err != nil {
				t.Error(err)
			}
		})
	}
	handing.Wait()
	w.until("a copy for everyone", func() bool {
		w.nudge(began)
		return w.account.reached() >= total
	})
	close(w.served)
	breaking.Wait()
	left := "not looked at"
	t.Cleanup(func() {
		if t.Failed() && left != "" {
			t.Logf("the queue holds %s", left)
		}
	})
	w.until("an empty queue", func() bool {
		w.nudge(began)
		var err error
		left, err = w.waiting(t.Context())
		return err == nil && left == ""
	})
	w.until("the sink's file read to its end", w.account.uptodate)
	w.judge(tr, mails, people, sum, time.Since(began))
}

// nudge has what was put off tried at once, now and then, as an operator does
// who does not want to wait for five minutes.
func (w *faultWorld) nudge(began time.Time) {
	if since := time.Since(began); since < 20*time.Second || since < w.nudgedAt+10*time.Second {
		return
	}
	w.nudgedAt = time.Since(began)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	st, err := store.Open(ctx, w.rdb, faultSite, time.Now)
	if err != nil {
		return // Redis is away
	}
	if n, err := queue.New(w.rdb, queue.Options{Domain: faultDomain, Roster: st}).Retry(ctx, "all", ""); err == nil {
		w.putOff += n
	}
}

// judge holds what came of the trial against what was promised.
func (w *faultWorld) judge(tr trial, mails []*handed, people map[string][]string, sum *tally, took time.Duration) {
	t, ctx := w.t, w.t.Context()
	var names []string
	for _, s := range w.servers {
		names = append(names, s.name)
	}
	allowed, windows := allowance(names, tr, w.outages)
	served, doubled := 0, 0
	sums := map[string]string{}
	for _, h := range mails {
		sums[h.key] = h.sum()
	}
	var movers []string
	if tr.moves {
		leave, join := tr.movers()
		movers = append(leave, join...)
	}
	for key, who := range people {
		letter := key == tr.helpKey()
		if letter {
			sums[key] = ""
		}
		n, most, err := w.account.audit(key, who, movers, sums[key])
		if err != nil {
			t.Errorf("%v\n%s", err, w.ledger(ctx))
		}
		if most > windows {
			t.Errorf("%s: somebody has it %d times, after %d faults that double", key, most+1, windows)
		}
		served += len(who)
		if letter && n > windows {
			t.Errorf("the answer to one command came %d times too often; %d allowed", n, windows)
		} else if !letter {
			doubled += n
		}
	}
	for _, key := range w.account.keys() {
		if people[key] == nil {
			t.Errorf("a mail nobody asked for: %s", key)
		}
	}
	if doubled > allowed {
		t.Errorf("%d copies too many, %d allowed", doubled, allowed)
	}
	taken, unsure, tries := 0, 0, 0
	for _, h := range mails {
		if h.taken {
			taken++
		}
		unsure += h.unsure
		tries += h.tries
	}
	if n, again, err := w.accepted(ctx); err != nil || n < taken || n > taken+unsure+again {
		t.Errorf("the queue took %d messages, %v; %d were answered 2xx, of %d the answer was lost, %d were written once more", n, err, taken, unsure, again)
	}
	if left, err := w.bodies(ctx); err != nil || len(left) > 0 {
		t.Errorf("left in Redis: %v, %v", left, err)
	}
	if err := w.archived(ctx, tr); err != nil {
		t.Error(err)
	}
	if raced := w.raced(); raced != "" {
		t.Error(raced)
	}
	if t.Failed() || os.Getenv("PLENARY_FAULT_LOGS") != "" {
		t.Log(w.logs())
	}
	sum.add(len(w.outages), served, doubled, allowed, len(mails), tries)
	t.Logf("seed %d: served %d, doubled %d of %d allowed; %d mails taken in %d tries, %d answers lost; %d put off hastened; %s\n\t%s",
		tr.seed, served, doubled, allowed, taken, tries, unsure, w.putOff, took.Round(100*time.Millisecond), tr)
	for _, o := range w.outages {
		t.Logf("\t%s: %s", o.trialFault, o.to.Sub(o.from).Round(10*time.Millisecond))
	}
}

func (s *tally) add(faults, served, doubled, allowed, mails, tries int) {
	for _, c := range []struct {
		to *atomic.Int64
		n  int
	}{{&s.faults, faults}, {&s.served, served}, {&s.doubled, doubled}, {&s.allowed, allowed}, {&s.mails, mails}, {&s.tries, tries}} {
		c.to.Add(int64(c.n))
	}
	if allowed == 0 {
		s.strict.Add(1)
		s.strictDoubled.Add(int64(doubled))
	}
}
