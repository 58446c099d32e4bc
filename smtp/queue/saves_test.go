package queue

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"plenary/lists"
	"plenary/lists/store/redistest"
)

// Parts that are saved at the same time share a write; one whose hold is lost
// is told so, and the others are recorded.
func TestSavesOfAFamilyShareAWrite(t *testing.T) {
	p, rdb := through(t)
	ctx := t.Context()
	q := New(rdb, Options{Chunk: 8, Roster: members(40), Lease: time.Hour})
	if err := errors.Join(q.Plan(ctx, post("p", copyOf("dc", "body"))), q.sweep(ctx)); err != nil {
		t.Fatal(err)
	}
	var parts []*Part
	for range 4 {
		part, err := q.Part(ctx)
		if part == nil || err != nil {
			t.Fatal(part, err)
		}
		if err := part.Save(ctx, nil); err != nil { // the script is known from here on
			t.Fatal(err)
		}
		parts = append(parts, part)
	}
	k := parts[0].keys
	if err := rdb.HSet(ctx, k.parts("p"), "l"+parts[1].name, fmt.Sprintf("%d 0-1 0", parts[1].epoch+1)).Err(); err != nil {
		t.Fatal(err)
	}

	// The first write is held up; the other three have come by the time it goes.
	var mu sync.Mutex
	writes, stuck := 0, make(chan struct{})
	p.Make(func(c redistest.Command) redistest.Fault {
		if !scripts(c) {
			return redistest.Fault{}
		}
		mu.Lock()
		defer mu.Unlock()
		if writes++; writes == 1 {
			return redistest.Fault{Wait: stuck}
		}
		return redistest.Fault{}
	})
	errs := make([]error, len(parts))
	var saves sync.WaitGroup
	save := func(i int) {
		saves.Go(func() { errs[i] = parts[i].Save(ctx, []lists.Number{parts[i].first + 1}) })
	}
	save(0)
	m := q.saves(k)
	soon(t, "the first write is on its way", func() bool { mu.Lock(); defer mu.Unlock(); return writes == 1 })
	for i := range parts[1:] {
		save(i + 1)
	}
	soon(t, "the others wait together", func() bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		return len(m.waiting) == 1 && len(m.waiting[0].items) == 3
	})
	close(stuck)
	saves.Wait()
	if writes != 2 {
		t.Errorf("%d writes", writes)
	}
	for i, err := range errs {
		bits, _ := rdb.HGet(ctx, k.parts("p"), "b"+parts[i].name).Bytes()
		recorded := hasBit(bits, 1)
		if lost := i == 1; errors.Is(err, ErrLost) != lost || !lost && err != nil || recorded == lost || parts[i].Valid() == lost {
			t.Errorf("part %d: %v, recorded %v, held %v", i, err, recorded, parts[i].Valid())
		}
	}
}
