package store_test

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

func TestJoinAndLeave(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, s := context.Background(), open(t, rdb, newClock())
		coalition(t, s)
		ada := lists.NewMember{Address: "Ada@example.org", Name: " Ada\tLovelace\x00\r\nX ", Delivery: lists.Daily, Leader: true}
		if got := join(t, s, "dc-maps", ada); got != "dc dc-maps" {
			t.Errorf("joining a group joined %q, want its main list too", got)
		}
		if got := join(t, s, "dc-maps", ada); got != "" {
			t.Errorf("joining again joined %q", got)
		}
		p := must(s.Person(ctx, "dc", "ada@EXAMPLE.org"))(t)
		joined := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
		want := lists.Person{Family: "dc", Number: 1, Address: "Ada@example.org", Name: "Ada Lovelace X", Subs: []lists.Subscription{
			{List: "dc", Delivery: lists.Each, Joined: joined},
			{List: "dc-maps", Delivery: lists.Daily, Leader: true, Joined: joined},
		}}
		if !reflect.DeepEqual(p, want) {
			t.Errorf("person\n%+v, want\n%+v", p, want)
		}
		join(t, s, "dc-names", lists.NewMember{Address: "ada@example.org"})
		before, left, err := s.Unsubscribe(ctx, "dc", []string{"dc-maps", "dc-none"}, "ada@example.org")
		if err != nil || strings.Join(left, " ") != "dc-maps" || !before.In("dc-maps") {
			t.Errorf("left %v, before %+v, %v", left, before, err)
		}
		if _, left, err = s.Unsubscribe(ctx, "dc", []string{"dc-maps"}, "ada@example.org"); err != nil || left != nil {
			t.Errorf("leaving again left %v, %v", left, err)
		}
		if _, left, err = s.Unsubscribe(ctx, "dc", []string{"dc"}, "ada@example.org"); err != nil || strings.Join(left, " ") != "dc dc-names" {
			t.Errorf("leaving the main list left %v, %v", left, err)
		}
		_, err = s.Person(ctx, "dc", "ada@example.org")
		missing(t, err)
		_, _, err = s.Unsubscribe(ctx, "dc", []string{"dc"}, "ada@example.org")
		missing(t, err)
		if n := must(s.Count(ctx, "dc"))(t); n != 0 {
			t.Errorf("%d members after the only one left", n)
		}
		p, _, err = s.Subscribe(ctx, "dc", ada)
		if err != nil || p.Number < 2 {
			t.Errorf("a number was given again: %+v, %v", p, err)
		}
	})
}
