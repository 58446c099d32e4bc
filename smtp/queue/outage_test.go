package queue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	"plenary/lists"
)

// A process that saw Redis away where it looks for letters claims no part of a
// post from another for a while either: that one was away from it as well, and
// may have something to record.
func TestAnOutageSeenAtOneStreamHoldsForAll(t *testing.T) {
	p, rdb := through(t)
	ctx := t.Context()
	options := Options{Chunk: 8, Roster: members(7), Sweep: time.Nanosecond}
	holder, other := New(rdb, options), New(rdb, options)
	if err := errors.Join(holder.Plan(ctx, post("p", copyOf("dc", "body"))), holder.sweep(ctx), other.sweep(ctx)); err != nil {
		t.Fatal(err)
	}
	part, err := holder.Part(ctx)
	if part == nil || err != nil {
		t.Fatal(part, err)
	}
	idle(t, rdb, familyKeys("dc").chunks(), holder.opt.Lease)
	p.Make(saying("-LOADING Redis is loading the dataset in memory"))
	if l, err := other.Letter(ctx); l != nil || err == nil {
		t.Fatal(l, err)
	}
	p.Make(nil)
	for range 2 { // the first to ask hears that Redis is there again
		if got, err := other.Part(ctx); got != nil || err != nil {
			t.Fatalf("claimed at once: %v, %v", got, err)
		}
	}
	if err := part.Save(ctx, []lists.Number{1, 2}); err != nil {
		t.Fatal("the holder comes too late: ", err)
	}
	other.outage.well = other.outage.well.Add(-firstRecord) // that time is over
	if got, err := other.Part(ctx); got == nil || err != nil {
		t.Fatalf("not claimed then: %v, %v", got, err)
	}
}

// What is wrong with one stream says nothing of the others.
func TestElsewhere(t *testing.T) {
	for err, want := range map[error]bool{
		nil:                                     false,
		context.Canceled:                        false,
		context.DeadlineExceeded:                true,
		io.EOF:                                  true,
		fmt.Errorf("reading: %w", os.ErrClosed): true,
		replied("LOADING Redis is loading"):     true,
		fmt.Errorf("x: %w", replied("READONLY You can't write")): true,
		replied("OOM command not allowed"):                       true,
		fmt.Errorf("x: %w", replied("NOGROUP No such key")):      false,
		replied("WRONGTYPE Operation against a key"):             false,
		replied("ERR Error running script"):                      false,
	} {
		if got := elsewhere(err); got != want {
			t.Errorf("%v: %v", err, got)
		}
	}
}

// replied is an answer of Redis.
type replied string

func (r replied) Error() string { return string(r) }
func (replied) RedisError()     {}
