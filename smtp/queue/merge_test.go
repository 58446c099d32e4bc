package queue

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// crowdWrites has many clients bring one item after another, each a while
// after its last was written, and gives the sizes of the writes.
func crowdWrites(t *testing.T, halves time.Duration, clients, each int) (sizes []int) {
	synctest.Test(t, func(t *testing.T) {
		m := &merged[int]{life: t.Context(), wait: time.Minute, halves: halves, most: 1000, write: func(_ context.Context, items []int) error {
			sizes = append(sizes, len(items)) // one write at a time
			time.Sleep(500*time.Microsecond + time.Duration(len(items))*30*time.Microsecond)
			return nil
		}}
		var all sync.WaitGroup
		for i := range clients {
			all.Go(func() {
				for j := range each {
					time.Sleep(time.Duration(700+(i*37+j*11)%300) * time.Microsecond)
					if err := m.put(t.Context(), i, 1); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
	})
	return sizes
}

// Those who come again and again are written by halves: a few that are alone
// in a write have all others wait for the disk twice.
func TestMergedCrowdIsWrittenByHalves(t *testing.T) {
	const clients, each = 20, 200
	few := func(sizes []int) (n int) {
		for _, size := range sizes[10:] {
			if size < clients/4 {
				n++
			}
		}
		return n
	}
	with, without := crowdWrites(t, time.Millisecond, clients, each), crowdWrites(t, 0, clients, each)
	t.Logf("%d writes, %d of them small; without waiting %d and %d", len(with), few(with), len(without), few(without))
	if few(with)*20 > len(with) || few(without)*5 < len(without) {
		t.Errorf("small are with waiting %v, without %v", with, without)
	}
	total := 0
	for _, size := range with {
		total += size
	}
	if total != clients*each {
		t.Errorf("%d items were written, not %d", total, clients*each)
	}
}

// Nobody waits for others who are not there: one client is written at once,
// also after a crowd, soon.
func TestMergedLoneItemDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &merged[int]{life: t.Context(), wait: time.Minute, halves: time.Millisecond, most: 1000,
			write: func(context.Context, []int) error { time.Sleep(time.Microsecond); return nil }}
		put := func() time.Duration {
			began := time.Now()
			if err := m.put(t.Context(), 0, 1); err != nil {
				t.Error(err)
			}
			return time.Since(began)
		}
		for range 3 {
			if took := put(); took != time.Microsecond {
				t.Errorf("alone: %v", took)
			}
		}
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() { put() })
		}
		all.Wait()
		waited := 0
		for range 30 {
			if put() > time.Microsecond {
				waited++
			}
		}
		if waited > 20 || put() != time.Microsecond {
			t.Errorf("%d waited after a crowd of 50", waited)
		}
	})
}

// A write that is full waits for nobody.
func TestMergedFullWriteDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &merged[int]{life: t.Context(), wait: time.Minute, halves: time.Hour, most: 3, crowd: 100,
			write: func(context.Context, []int) error { return nil }}
		var all sync.WaitGroup
		began := time.Now()
		for range 8 {
			all.Go(func() {
				if err := m.put(t.Context(), 0, 1); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if took := time.Since(began); took > time.Hour { // the last two wait for a third
			t.Errorf("it took %v", took)
		}
	})
}
