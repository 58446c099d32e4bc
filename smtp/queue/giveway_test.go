package queue

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/smtp"
)

func TestGiveWayIsBounded(t *testing.T) {
	var crowded atomic.Bool
	w := way{crowded: crowded.Load}
	took := func() time.Duration {
		began := time.Now()
		w.give(t.Context())
		return time.Since(began)
	}
	crowded.Store(true)
	if d := took(); d < giveWayEach {
		t.Errorf("it gave way for %v, with a crowd there", d)
	}
	w.read(4, 4)
	behind := w.behind
	if w.read(4, 4); behind.IsZero() || w.behind != behind {
		t.Error("it is not known since when more waits than a read gives")
	}
	w.behind = time.Now().Add(-giveWayMost - time.Second)
	w.crowded = func() bool { t.Error("it gives way still"); return false }
	w.give(t.Context())
	if w.read(4, 3); !w.behind.IsZero() {
		t.Error("it has caught up, and does not know")
	}
}

// Messages that come at the same time share writes; each is there once, and
// one that could not be written is refused to its own client.
func TestAcceptTogether(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		q := New(rdb, Options{})
		var writes atomic.Int32
		take := q.accepts.write
		q.accepts.write = func(ctx context.Context, all []acceptance) error {
			writes.Add(1)
			return take(ctx, all)
		}
		var clients sync.WaitGroup
		for c := range 20 {
			clients.Go(func() {
				for i := range 10 {
					if _, err := q.Accept(t.Context(), smtp.Envelope{ID: fmt.Sprint("m", c, "-", i)}, []byte("x")); err != nil {
						t.Error(err)
					}
				}
			})
		}
		clients.Wait()
		if n := rdb.XLen(t.Context(), q.inbound().stream()).Val(); n != 200 || writes.Load() >= 200 {
			t.Errorf("%d messages by %d writes", n, writes.Load())
		}
		q.accepts.write = func(context.Context, []acceptance) error { return errors.New("MISCONF no disk") }
		var reply *smtp.Reply
		if _, err := q.Accept(t.Context(), smtp.Envelope{ID: "late"}, []byte("x")); !errors.As(err, &reply) || reply.Code != 452 {
			t.Errorf("got %v", err)
		}
	})
}

// A write that hangs does not hold a client longer than it wants to wait, nor
// those that come after it once it has ended.
func TestMergedWritesOneAtATime(t *testing.T) {
	var under, most atomic.Int32
	leave := make(chan struct{})
	m := &merged[int]{life: context.Background(), wait: time.Minute, most: 3, write: func(_ context.Context, items []int) error {
		most.Store(max(most.Load(), under.Add(1)))
		defer under.Add(-1)
		if len(items) > 3 {
			t.Errorf("%d in one write", len(items))
		}
		<-leave
		return nil
	}}
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error, 1)
	go func() { gone <- m.put(ctx, 0, 1) }()
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			if err := m.put(t.Context(), i, 1); err != nil {
				t.Error(err)
			}
		})
	}
	close(leave)
	all.Wait()
	if most.Load() != 1 {
		t.Errorf("%d writes at once", most.Load())
	}
	soon(t, "the writer has ended", func() bool { m.mu.Lock(); defer m.mu.Unlock(); return !m.busy })
}
