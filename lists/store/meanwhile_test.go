package store_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/lists/store"
	"plenary/lists/store/redistest"
)

// meanwhile is a client by which something else happens, once, between what a
// change reads and what it writes.
type meanwhile struct {
	happens func()
	done    atomic.Bool
}

func (m *meanwhile) DialHook(next redis.DialHook) redis.DialHook { return next }

func (m *meanwhile) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if strings.HasPrefix(cmd.Name(), "eval") && m.done.CompareAndSwap(false, true) {
			m.happens()
		}
		return next(ctx, cmd)
	}
}

func (m *meanwhile) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// between gives two stores on one Redis: the first does f, with the second,
// in the middle of its first change.
func between(t *testing.T, c *clock, f func(other *store.Store)) (s, other *store.Store, rdb redis.UniversalClient) {
	t.Helper()
	server := redistest.Start(t)
	rdb = server.Client(t)
	other = open(t, rdb, c)
	coalition(t, other)
	slow := server.Client(t)
	slow.AddHook(&meanwhile{happens: func() { f(other) }})
	return open(t, slow, c), other, rdb
}

func TestNobodyJoinsAListThatIsRemovedMeanwhile(t *testing.T) {
	ctx := context.Background()
	s, other, rdb := between(t, newClock(), func(other *store.Store) {
		if err := other.RemoveList(ctx, "dc-maps"); err != nil {
			t.Error(err)
		}
	})
	_, _, err := s.Subscribe(ctx, "dc-maps", lists.NewMember{Address: "ada@example.org"})
	missing(t, err)
	if n := rdb.Exists(ctx, "{f:dc}:m:2", "{f:dc}:act:2", "{f:dc}:p:0").Val(); n != 0 {
		t.Errorf("%d keys are left of a joining that was refused", n)
	}
	consistent(t, rdb, other, "dc")
}

func TestQuestionAskedMeanwhileIsTheSame(t *testing.T) {
	ctx, c := context.Background(), newClock()
	var first string
	s, other, _ := between(t, c, func(other *store.Store) {
		_, token, again, err := other.Ask(ctx, wish())
		if first = token; err != nil || again {
			t.Errorf("asked meanwhile: again %v, %v", again, err)
		}
	})
	if _, _, _, err := other.Ask(ctx, wish()); err != nil { // what is left of it must not stand in the way
		t.Fatal(err)
	}
	c.advance(4 * 24 * time.Hour)
	if _, token, again, err := s.Ask(ctx, wish()); err != nil || !again || token != first {
		t.Errorf("asked: again %v, the same %v, %v", again, token == first, err)
	}
}

func TestPersonChangedMeanwhileIsReadAgain(t *testing.T) {
	ctx := context.Background()
	s, other, rdb := between(t, newClock(), func(other *store.Store) {
		if _, err := other.UpdatePerson(ctx, "dc", "ada@example.org", func(p *lists.Person) error { p.Conceal = true; return nil }); err != nil {
			t.Error(err)
		}
	})
	join(t, other, "dc-maps", lists.NewMember{Address: "ada@example.org"})
	p, err := s.UpdatePerson(ctx, "dc", "ada@example.org", func(p *lists.Person) error { p.HideOwn = true; return nil })
	if err != nil || !p.Conceal || !p.HideOwn {
		t.Errorf("person %+v, %v", p, err)
	}
	consistent(t, rdb, s, "dc")
}
