package receive

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"plenary/lists"
)

type asked func() *lists.Directory

func (a asked) Directory(context.Context) (*lists.Directory, error) { return a(), nil }

// TestStaleNoIsNoNo: an answer to a question that was put before a list was
// made does not deny the list.
func TestStaleNoIsNoNo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		none := lists.NewDirectory("plenary.test", nil)
		some := lists.NewDirectory("plenary.test", []lists.List{{ID: "maps", Family: "maps", Name: "maps"}})
		slow, calls := make(chan struct{}), 0
		s := &snapshot{wait: time.Minute, now: time.Now, dir: asked(func() *lists.Directory {
			if calls++; calls == 1 {
				<-slow
				return none
			}
			return some
		})}
		ask := func() chan bool {
			answer := make(chan bool, 1)
			go func() {
				known, err := s.resolve(context.Background(), "maps")
				answer <- known && err == nil
			}()
			synctest.Wait() // until it waits for the directory
			return answer
		}
		before := ask()
		after := ask() // the list is made between the two
		close(slow)
		if <-before {
			t.Error("the first was asked too early to know")
		}
		if !<-after {
			t.Error("the list that was made is denied")
		}
		for range 3 {
			if !<-ask() {
				t.Error("the list is denied")
			}
		}
		if calls != 2 {
			t.Errorf("the directory was asked %d times", calls)
		}
		time.Sleep(fresh)
		<-ask()
		if calls != 3 {
			t.Errorf("after its time the answer is still used: %d questions", calls)
		}
	})
}
