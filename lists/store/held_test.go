package store_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

func TestHeldPosts(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, c := context.Background(), newClock()
		s, other := open(t, rdb, c), open(t, rdb, c)
		coalition(t, s)
		raw := []byte("Subject: x\r\n\r\n\x00\xff\r\n")
		post := lists.HeldPost{List: "dc-maps", Author: "ada@example.org", Subject: "x", Reason: "moderated", Queue: "q1", Size: 9, At: c.now()}
		first := must(s.Hold(ctx, post, raw))(t)
		second := post
		second.Queue = "q2"
		second = must(other.Hold(ctx, second, raw))(t)
		if again := must(s.Hold(ctx, post, raw))(t); first.Number != 1 || second.Number != 2 || again.Number != 1 {
			t.Errorf("numbers %d, %d, again %d", first.Number, second.Number, again.Number)
		}
		if held := must(s.Held(ctx, "dc-maps"))(t); !reflect.DeepEqual(held, []lists.HeldPost{first, second}) {
			t.Errorf("held %+v", held)
		}
		if held := must(s.Held(ctx, "dc"))(t); len(held) != 0 {
			t.Errorf("another list holds %+v", held)
		}
		if got := must(s.HeldBody(ctx, "dc-maps", 1))(t); string(got) != string(raw) {
			t.Errorf("body %q", got)
		}
		got, released, err := s.Release(ctx, "dc-maps", 1)
		if err != nil || !released || !reflect.DeepEqual(got, first) {
			t.Errorf("released %+v, %v, %v", got, released, err)
		}
		if _, released, err = other.Release(ctx, "dc-maps", 1); err != nil || released {
			t.Errorf("released twice, %v", err)
		}
		_, err = s.HeldBody(ctx, "dc-maps", 1)
		missing(t, err)
		// The same inbound entry, handled again after its post was approved.
		if again := must(s.Hold(ctx, post, raw))(t); again.Number != 1 || !again.At.IsZero() {
			t.Errorf("held anew as %d at %v", again.Number, again.At)
		}
		later := post
		later.Queue, later.At = "q2", c.now().Add(time.Hour)
		if again := must(s.Hold(ctx, later, raw))(t); !reflect.DeepEqual(again, second) {
			t.Errorf("held again as %+v", again)
		}
		if held := must(s.Held(ctx, "dc-maps"))(t); len(held) != 1 {
			t.Errorf("held %+v", held)
		}
		_, err = s.Hold(ctx, lists.HeldPost{List: "none"}, raw)
		missing(t, err)
		_, _, err = s.Release(ctx, "none", 1)
		missing(t, err)
	})
}
