package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"plenary/lists"
	"plenary/lists/store/redistest"
)

// What was answered for survives a kill of Redis at any point, and what was
// cut short is there whole or not at all.
func TestKilledRedisKeepsEveryChangeWholeOrNotAtAll(t *testing.T) {
	server := redistest.Start(t)
	ctx := context.Background()
	coalition(t, open(t, server.Client(t), newClock()))
	for round := range 2 {
		s := open(t, server.Client(t), newClock())
		var mu sync.Mutex
		var done []lists.Address
		enough := make(chan struct{})
		var workers sync.WaitGroup
		for w := range 4 {
			workers.Go(func() {
				for i := 0; ; i++ {
					a := lists.Address(fmt.Sprintf("p%d-%d-%d@example.org", round, w, i))
					brief, cancel := context.WithTimeout(ctx, 30*time.Second)
					_, _, err := s.Subscribe(brief, "dc-maps", lists.NewMember{Address: a, Leader: true})
					cancel()
					if err != nil {
						return // Redis is gone: an error, and no hang
					}
					mu.Lock()
					if done = append(done, a); len(done) == 50 {
						close(enough)
					}
					mu.Unlock()
				}
			})
		}
		<-enough
		server.Kill()
		workers.Wait()
		if err := server.Restart(); err != nil {
			t.Fatal(err)
		}
		// A client of its own: the old one's pool has yet to notice.
		rdb := server.Client(t)
		s = open(t, rdb, newClock())
		for _, a := range done {
			if p, err := s.Person(ctx, "dc", a); err != nil || !p.In("dc-maps") {
				t.Errorf("%s was answered for and is lost: %+v, %v", a, p, err)
			}
		}
		consistent(t, rdb, s, "dc")
	}
}

func TestCancelledContextEndsAChange(t *testing.T) {
	s := openNew(t)
	coalition(t, s)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := s.Subscribe(ctx, "dc", lists.NewMember{Address: "ada@example.org"}); err == nil {
		t.Error("subscribed under a cancelled context")
	}
}
