package store_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/lists/store/redistest"
)

// Wrong tokens of one place are bounded, true ones cost nothing, other places
// are not touched, and a minute later all is as before.
func TestGuesses(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, c := context.Background(), newClock()
		s, other := open(t, rdb, c), open(t, rdb, c)
		here, there := lists.Guesser{Remote: "2001:db8::1"}, lists.Guesser{Remote: "2001:db8:1::1"}
		for range 50 {
			if !must(s.Guess(ctx, here))(t) {
				t.Fatal("true tokens were counted")
			}
			if err := other.Guessed(ctx, here); err != nil {
				t.Fatal(err)
			}
		}
		for range 19 {
			must(s.Guess(ctx, here))(t)
		}
		next := lists.Guesser{Remote: "2001:db8::ffff"} // of the same /64
		if !must(other.Guess(ctx, next))(t) || must(s.Guess(ctx, next))(t) || must(other.Guess(ctx, here))(t) {
			t.Error("not twenty wrong ones")
		}
		if !must(s.Guess(ctx, there))(t) {
			t.Error("another place is shut out")
		}
		c.advance(time.Minute - time.Second)
		if must(s.Guess(ctx, here))(t) {
			t.Error("forgotten too soon")
		}
		c.advance(time.Second)
		if !must(s.Guess(ctx, here))(t) {
			t.Error("shut out for more than a minute")
		}
	})
}

// Guesses that come all at once are no more than one after the other.
func TestGuessesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		s := open(t, rdb, newClock())
		var taken atomic.Int32
		var wait sync.WaitGroup
		for range 60 {
			wait.Go(func() {
				if ok, err := s.Guess(context.Background(), lists.Guesser{Remote: "192.0.2.1"}); err != nil {
					t.Error(err)
				} else if ok {
					taken.Add(1)
				}
			})
		}
		wait.Wait()
		if taken.Load() != 20 {
			t.Errorf("%d guesses", taken.Load())
		}
	})
}

// Guesses from very many places are bounded in all: then each has one, and who
// has shown no wrong token is not shut out.
func TestGuessesInAll(t *testing.T) {
	ctx, c := context.Background(), newClock()
	s := open(t, redistest.New(t), c)
	place := func(i int) lists.Guesser {
		return lists.Guesser{Remote: fmt.Sprintf("192.0.%d.1", i)}
	}
	for i := range lists.WrongInAll / 20 {
		for range 20 {
			must(s.Guess(ctx, place(i)))(t)
		}
	}
	fresh := place(200)
	if !must(s.Guess(ctx, fresh))(t) {
		t.Error("a place without a wrong token is shut out")
	}
	if must(s.Guess(ctx, fresh))(t) {
		t.Error("a second guess from one place, past the limit of all")
	}
	c.advance(time.Minute)
	for range 2 {
		if !must(s.Guess(ctx, fresh))(t) {
			t.Error("the limit of all did not end")
		}
	}
}
