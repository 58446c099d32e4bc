package deliver

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"plenary/lists"
)

// slowPart is a part whose Save takes until it is let through.
type slowPart struct {
	Part
	post    lists.Fanout
	through chan struct{}
	saves   chan int // how many each records
}

func (p *slowPart) Fanout() *lists.Fanout { return &p.post }
func (p *slowPart) Valid() bool           { return true }
func (p *slowPart) Taken() bool           { return false }
func (p *slowPart) String() string        { return "part" }
func (p *slowPart) Leave()                {}

func (p *slowPart) Save(_ context.Context, done []lists.Number) error {
	p.saves <- len(done)
	<-p.through
	return nil
}

func (p *slowPart) End(_ context.Context, done []lists.Number, _ []lists.Deferral, _ bool) error {
	p.saves <- len(done)
	return nil
}

func ledgersOf(workers, batch int, families ...string) (s *Sender, through chan struct{}, all []*ledger) {
	s = &Sender{cfg: Config{Workers: workers, Batch: batch, Log: slog.New(slog.DiscardHandler)}, log: slog.New(slog.DiscardHandler), ledgers: newLedgers(workers * batch)}
	through = make(chan struct{})
	for _, f := range families {
		all = append(all, newLedger(s, &slowPart{post: lists.Fanout{Family: f}, through: through, saves: make(chan int, 100)}))
	}
	return s, through, all
}

func saved(t *testing.T, l *ledger) int {
	t.Helper()
	select {
	case n := <-l.part.(*slowPart).saves:
		return n
	case <-time.After(time.Minute):
		t.Fatal("it is not saved")
		return 0
	}
}

// While nothing can be recorded, all parts together serve no more than the
// window counts, whichever of them are fast.
func TestWhatIsUnrecordedIsBoundedTogether(t *testing.T) {
	const workers, batch, each = 4, 10, 3
	s, through, all := ledgersOf(workers, batch, "a", "a", "b", "b")
	var mu sync.Mutex
	served := 0
	var senders sync.WaitGroup
	for i, l := range all {
		senders.Go(func() {
			for range 5 + 20*i { // some have little to send
				if !l.ready() {
					t.Error("not ready")
				}
				mu.Lock()
				served += each
				mu.Unlock()
				l.served(items(each)...)
			}
			l.end(true)
		})
	}
	// All who may send have sent: the bound is reached, and each may be one
	// burst beyond it.
	for most := workers * batch; ; time.Sleep(time.Millisecond) {
		s.ledgers.mu.Lock()
		unsaved := s.ledgers.unsaved
		s.ledgers.mu.Unlock()
		if unsaved > most+workers*each {
			t.Fatalf("%d served and not recorded, of %d", unsaved, most)
		}
		if unsaved >= most {
			break
		}
	}
	close(through)
	senders.Wait()
	if s.ledgers.unsaved != 0 || len(s.ledgers.open) != 0 {
		t.Errorf("%d unrecorded of %d ledgers at the end", s.ledgers.unsaved, len(s.ledgers.open))
	}
	if want := each * (5 + 25 + 45 + 65); served != want {
		t.Errorf("%d served of %d", served, want)
	}
}

// When one part is due to be recorded, those of its family that have
// something to record are too.
func TestAFamilyIsRecordedTogether(t *testing.T) {
	s, through, all := ledgersOf(4, 40, "a", "a", "b", "a")
	close(through)
	for _, l := range all {
		l.timer = time.NewTimer(time.Hour) // nobody is due for having lingered
	}
	for i, n := range []int{0, 7, 19, 2} { // the last has too little
		all[i].served(items(n)...)
	}
	all[0].served(items(20)...)
	if a, b := saved(t, all[0]), saved(t, all[1]); a != 20 || b != 7 {
		t.Errorf("%d and %d are recorded", a, b)
	}
	for _, l := range all {
		l.end(true)
	}
	for i, want := range []int{0, 0, 19, 2} { // of each at its end
		if got := saved(t, all[i]); got != want {
			t.Errorf("%d: %d are recorded at the end", i, got)
		}
	}
	if s.ledgers.unsaved != 0 {
		t.Errorf("%d unrecorded", s.ledgers.unsaved)
	}
}

func items(n int) []*item {
	all := make([]*item, n)
	for i := range all {
		all[i] = &item{number: lists.Number(i + 1)}
	}
	return all
}
