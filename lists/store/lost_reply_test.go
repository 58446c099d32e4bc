package store_test

import (
	"context"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/lists/store/redistest"
)

// twice carries every script out twice and gives the second answer: what
// go-redis does when the first answer is lost on the way.
type twice struct{}

func (twice) DialHook(next redis.DialHook) redis.DialHook { return next }

func (twice) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if strings.HasPrefix(cmd.Name(), "eval") {
			if err := next(ctx, cmd); err != nil {
				return err
			}
		}
		return next(ctx, cmd)
	}
}

func (twice) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func TestLostRepliesDoNoHarm(t *testing.T) {
	rdb := redistest.New(t)
	rdb.AddHook(twice{})
	ctx, s := context.Background(), open(t, rdb, newClock())
	coalition(t, s)
	p, _, err := s.Subscribe(ctx, "dc-maps", lists.NewMember{Address: "ada@example.org", Leader: true})
	if err != nil || p.Number != 1 || len(p.Subs) != 2 {
		t.Errorf("subscribed %+v, %v", p, err)
	}
	must(s.Import(ctx, "dc", crowd(600)))(t)
	must(s.RenameList(ctx, "dc-names", "domains"))(t)
	if d := must(s.Directory(ctx))(t); len(d.Lists) != 3 || len(d.Find("domains", "dc")) != 1 {
		t.Errorf("directory %+v", d.Lists)
	}
	// The second time the new address is taken: by whom the first time gave it to.
	if err := s.ChangeAddress(ctx, "dc", "ada@example.org", "ada@new.example.org"); err != nil {
		t.Errorf("change of address: %v", err)
	}
	if p := must(s.Person(ctx, "dc", "ada@new.example.org"))(t); p.Number != 1 {
		t.Errorf("after the change of address %+v", p)
	}
	bob := join(t, s, "dc-maps", lists.NewMember{Address: "bob@example.org"})
	refused(t, s.ChangeAddress(ctx, "dc", "bob@example.org", "ada@new.example.org"), "already a member's")
	for _, id := range []string{"dc-maps", "dc"} { // the second time there is less to leave, then nobody
		if before, left, err := s.Unsubscribe(ctx, "dc", []string{id}, "bob@example.org"); err != nil || len(left) != 1 || left[0] != id || !before.In(id) {
			t.Errorf("left %v of %v, %v (joined %s)", left, before, err, bob)
		}
	}
	_, token, _, err := s.Ask(ctx, wish())
	if err != nil {
		t.Fatal(err)
	}
	if q, first, err := s.Settle(ctx, token, "yes", "q1"); err != nil || !first || q.Settled != "yes" {
		t.Errorf("settled %+v, first %v, %v", q, first, err)
	}
	if h := must(s.Hold(ctx, lists.HeldPost{List: "dc", Queue: "q"}, nil))(t); h.Number != 1 || len(must(s.Held(ctx, "dc"))(t)) != 1 {
		t.Errorf("held %+v", h)
	}
	e := must(s.Record(ctx, lists.ProgressEntry{List: "dc", Kind: "next", Source: "m"}))(t)
	if all := must(s.Progress(ctx, "dc", newClock().now().AddDate(0, 0, -1), newClock().now().AddDate(0, 0, 1)))(t); len(all) != 1 || all[0].ID != e.ID {
		t.Errorf("record %+v", all)
	}
	if err := s.RemoveList(ctx, "dc-maps"); err != nil {
		t.Error(err)
	}
	consistent(t, rdb, s, "dc")
}
