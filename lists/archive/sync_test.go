package archive

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
)

// Writers share syncs, but only such as began after they asked.
func TestSyncsAreShared(t *testing.T) {
	var ran, linked atomic.Int64
	var saw sync.Map // which sync ran → names linked when it began
	s := syncs{sync: func(string) error {
		saw.Store(ran.Add(1), linked.Load())
		return nil
	}}
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			mine := linked.Add(1)
			before := ran.Load()
			if err := s.do("d"); err != nil {
				t.Error(err)
			}
			for n := before + 1; n <= ran.Load(); n++ {
				if names, ok := saw.Load(n); ok && names.(int64) >= mine {
					return
				}
			}
			t.Error("no sync began after this name was linked")
		})
	}
	all.Wait()
	for kept := 1; kept > 0; runtime.Gosched() { // the last sync has ended, its folder is forgotten just after
		s.mu.Lock()
		kept = len(s.dirs)
		s.mu.Unlock()
	}
}

// An error is told to everybody who waited for that sync, and to nobody else.
func TestSyncsFail(t *testing.T) {
	broken := errors.New("broken")
	begun, leave := make(chan struct{}), make(chan struct{})
	n := 0
	s := syncs{sync: func(string) error {
		if n++; n == 1 {
			close(begun)
			<-leave
			return nil
		}
		return broken
	}}
	first, second := make(chan error, 1), make(chan error, 1)
	go func() { first <- s.do("d") }()
	<-begun
	go func() { second <- s.do("d") }()
	for waiting := false; !waiting; {
		s.mu.Lock()
		waiting = s.dirs["d"].next != nil
		s.mu.Unlock()
	}
	close(leave)
	if err := <-first; err != nil {
		t.Error(err)
	}
	if err := <-second; !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}
