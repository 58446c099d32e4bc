package store_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/lists/store/redistest"
)

// crowd is n people with addresses and names of ordinary length.
func crowd(n int) []lists.NewMember {
	first := []string{"Ada", "Grace", "Edsger", "Barbara", "Donald", "Frances", "Tim", "Margaret"}
	last := []string{"Lovelace", "Hopper", "Dijkstra", "Liskov", "Knuth", "Allen", "Berners-Lee", "Hamilton"}
	all := make([]lists.NewMember, n)
	for i := range all {
		f, l := first[i%8], last[i/8%8]
		all[i] = lists.NewMember{Address: lists.Address(fmt.Sprintf("%s.%s%d@mail.example.org", strings.ToLower(f), strings.ToLower(l), i)), Name: f + " " + l}
	}
	return all
}

func TestImportOfAHundredThousandIsSmall(t *testing.T) {
	const people, limit = 100_000, 300
	server := redistest.Start(t, "--appendfsync", "no") // memory is measured, not the disk
	rdb, ctx := server.Client(t), context.Background()
	s := open(t, rdb, newClock())
	coalition(t, s)
	before := usedMemory(t, rdb)
	if n := must(s.Import(ctx, "dc", crowd(people)))(t); n != people {
		t.Fatalf("%d were imported", n)
	}
	if n := must(s.Count(ctx, "dc"))(t); n != people {
		t.Errorf("%d members", n)
	}
	each := float64(usedMemory(t, rdb)-before) / people
	t.Logf("%.1f bytes a member", each)
	if each > limit {
		t.Errorf("%.1f bytes a member, at most %d", each, limit)
	}
	if p := must(s.PersonByNumber(ctx, "dc", people))(t); p.Address != crowd(people)[people-1].Address {
		t.Errorf("the last is %+v", p)
	}
}

// usedMemory is what Redis's data takes, without buffers of connections.
func usedMemory(t testing.TB, rdb redis.UniversalClient) int64 {
	t.Helper()
	stats := must(rdb.Do(context.Background(), "MEMORY", "STATS").Result())(t)
	fields := map[string]int64{}
	switch stats := stats.(type) {
	case map[any]any:
		for k, v := range stats {
			n, _ := v.(int64)
			fields[fmt.Sprint(k)] = n
		}
	case []any:
		for i := 0; i+1 < len(stats); i += 2 {
			n, _ := stats[i+1].(int64)
			fields[fmt.Sprint(stats[i])] = n
		}
	}
	n := fields["total.allocated"] - fields["clients.normal"] - fields["aof.buffer"]
	if n <= 0 {
		t.Fatalf("memory statistics %v", stats)
	}
	return n
}

func TestImport(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, s := context.Background(), open(t, rdb, newClock())
		coalition(t, s)
		join(t, s, "dc", lists.NewMember{Address: "ADA.lovelace0@mail.example.org", Name: "Countess", Delivery: lists.Daily})
		all := append(crowd(1100), lists.NewMember{Address: "grace.lovelace1@mail.example.org", Leader: true})
		if n := must(s.Import(ctx, "dc-maps", all))(t); n != 1100 {
			t.Errorf("%d were imported, want 1100", n)
		}
		if n := must(s.Import(ctx, "dc-maps", all))(t); n != 0 {
			t.Errorf("%d were imported again", n)
		}
		ada := must(s.PersonByNumber(ctx, "dc", 1))(t)
		if ada.Name != "Countess" || ada.Subs[0].Delivery != lists.Daily || !ada.In("dc-maps") {
			t.Errorf("who was there before %+v", ada)
		}
		if leaders, _, _ := s.Officers(ctx, "dc-maps"); len(leaders) != 1 || leaders[0].Name != "Grace Lovelace" {
			t.Errorf("leaders %+v", leaders)
		}
		if people := consistent(t, rdb, s, "dc"); len(people) != 1100 || people[1099].Number != 1100 {
			t.Errorf("%d people, the last number %d", len(people), people[len(people)-1].Number)
		}
		if a := must(s.Activity(ctx, "dc-maps", newClock().now(), newClock().now().AddDate(0, 0, 1)))(t); a.Joined != 1100 {
			t.Errorf("activity counts %d", a.Joined)
		}
		_, err := s.Import(ctx, "dc", []lists.NewMember{{Address: "x@example.org"}, {Address: "nonsense"}})
		if err == nil || !strings.Contains(err.Error(), "person 2") {
			t.Errorf("a bad line: %v", err)
		}
		_, err = s.Person(ctx, "dc", "x@example.org")
		missing(t, err)
		_, err = s.Import(ctx, "none", nil)
		missing(t, err)
	})
}

func BenchmarkRosterOfAThousand(b *testing.B) {
	rdb := redistest.New(b)
	s := open(b, rdb, newClock())
	ctx := context.Background()
	coalition(b, s)
	must(s.Import(ctx, "dc", crowd(10_000)))(b)
	for i := 0; b.Loop(); i++ {
		from := lists.Number(i%9*1024 + 1)
		if people := must(s.Roster(ctx, "dc", from, from+999))(b); len(people) != 1000 {
			b.Fatal(strconv.Itoa(len(people)) + " people")
		}
	}
}
