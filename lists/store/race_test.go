package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/lists/store"
)

// together runs f n times at once, and waits.
func together(n int, f func(i int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() { <-start; f(i) })
	}
	close(start)
	all.Wait()
}

func TestTwoServersNeverDisagreeOnPeople(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, c := context.Background(), newClock()
		servers := []*store.Store{open(t, rdb, c), open(t, rdb, c)}
		coalition(t, servers[0])
		ids := []string{"dc", "dc-maps", "dc-names"}
		var numbers sync.Map // number → address key of who had it
		together(8, func(i int) {
			s, dice := servers[i%2], rand.New(rand.NewPCG(uint64(i), 1))
			for range 40 {
				a := lists.Address(fmt.Sprintf("p%d@example.org", dice.IntN(6)))
				list := ids[dice.IntN(3)]
				var err error
				switch dice.IntN(6) {
				case 0, 1:
					var p lists.Person
					if p, _, err = s.Subscribe(ctx, list, lists.NewMember{Address: a, Leader: dice.IntN(2) == 0}); err == nil {
						if had, taken := numbers.LoadOrStore(p.Number, a.Key()); taken && had != a.Key() {
							t.Errorf("number %d was given to %v and to %s", p.Number, had, a)
						}
					}
				case 2:
					_, _, err = s.Unsubscribe(ctx, "dc", []string{list}, a)
				case 3:
					_, err = s.UpdatePerson(ctx, "dc", a, func(p *lists.Person) error { p.Subs[0].Leader = !p.Subs[0].Leader; return nil })
				case 4:
					_, err = s.Import(ctx, list, []lists.NewMember{{Address: a}, {Address: "p1@example.org"}})
				case 5: // there and back
					moved := lists.Address(fmt.Sprintf("moved%d@example.org", i))
					if err = s.ChangeAddress(ctx, "dc", a, moved); err == nil {
						_, _, err = s.Unsubscribe(ctx, "dc", []string{"dc"}, moved)
					}
				}
				if err != nil && !errors.Is(err, lists.ErrNotFound) {
					t.Error(err)
				}
			}
		})
		consistent(t, rdb, servers[1], "dc")
	})
}

func TestOneOfManyCreatorsWins(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, c := context.Background(), newClock()
		servers := []*store.Store{open(t, rdb, c), open(t, rdb, c)}
		coalition(t, servers[0])
		var made, refused atomic.Int32
		var serials sync.Map
		together(8, func(i int) {
			for n := range 4 {
				l, err := servers[i%2].CreateList(ctx, lists.NewList{Name: fmt.Sprintf("g%d", n), Title: fmt.Sprint(i), Parent: "dc"})
				var r *lists.Refusal
				switch {
				case err == nil:
					made.Add(1)
					if other, taken := serials.LoadOrStore(l.Serial, l.ID); taken {
						t.Errorf("serial %d was given to %v and %s", l.Serial, other, l.ID)
					}
					if got, _ := must(servers[(i+1)%2].Directory(ctx))(t).ByID(l.ID); got.Title != fmt.Sprint(i) {
						t.Errorf("creator %d won, and the directory says %s", i, got.Title)
					}
				case errors.As(err, &r) && strings.Contains(r.Text, "already a list"):
					refused.Add(1)
				default:
					t.Error(err)
				}
			}
		})
		if made.Load() != 4 || refused.Load() != 28 {
			t.Errorf("%d made, %d refused; want 4 and 28", made.Load(), refused.Load())
		}
		if n := rdb.HLen(ctx, "{f:dc}:lists").Val(); n != 7 {
			t.Errorf("the family knows %d lists, want 7", n)
		}
	})
}

func TestOneOfManyTakesWhatIsThereOnce(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, c := context.Background(), newClock()
		servers := []*store.Store{open(t, rdb, c), open(t, rdb, c)}
		coalition(t, servers[0])
		post := must(servers[0].Hold(ctx, lists.HeldPost{List: "dc", Queue: "q"}, nil))(t)
		signIn := must(servers[0].NewSignIn(ctx, "ada@example.org", time.Hour))(t)
		_, asked, _, err := servers[0].Ask(ctx, lists.Question{Address: "bob@example.org"})
		if err != nil {
			t.Fatal(err)
		}
		var won [7]atomic.Int32
		var tokens, heldNumbers, entries sync.Map
		count := func(what int, first bool, err error) {
			if err != nil && !errors.Is(err, lists.ErrNotFound) {
				t.Error(what, err)
			}
			if first && err == nil {
				won[what].Add(1)
			}
		}
		together(8, func(i int) {
			s := servers[i%2]
			_, first, err := s.Settle(ctx, asked, []string{"yes", "no"}[i%2], fmt.Sprint("q", i))
			count(0, first, err)
			_, first, err = s.Release(ctx, "dc", post.Number)
			count(1, first, err)
			_, first, err = s.Freeze(ctx, "dc", "k", []byte{byte(i)}, 0)
			count(2, first, err)
			_, err = s.SpendSignIn(ctx, signIn)
			count(3, true, err)
			_, token, again, err := s.Ask(ctx, wish())
			tokens.Store(token, true)
			count(4, !again, err)
			h, err := s.Hold(ctx, lists.HeldPost{List: "dc-maps", Queue: "same"}, nil)
			heldNumbers.Store(h.Number, true)
			count(5, false, err)
			e, err := s.Record(ctx, lists.ProgressEntry{List: "dc-maps", Kind: "next", Source: "same", Text: fmt.Sprint(i)})
			entries.Store(e.ID+e.Text, true)
			count(6, false, err)
		})
		for what := range 5 {
			if n := won[what].Load(); n != 1 {
				t.Errorf("%d callers were first at %d", n, what)
			}
		}
		for what, m := range map[string]*sync.Map{"tokens": &tokens, "held posts": &heldNumbers, "entries": &entries} {
			n := 0
			m.Range(func(any, any) bool { n++; return true })
			if n != 1 {
				t.Errorf("%d %s, want one", n, what)
			}
		}
		allowed := atomic.Int32{}
		together(8, func(i int) {
			if must(servers[i%2].Allow(ctx, "k", 3, time.Hour))(t) {
				allowed.Add(1)
			}
		})
		if allowed.Load() != 3 {
			t.Errorf("%d were allowed, want 3", allowed.Load())
		}
	})
}
