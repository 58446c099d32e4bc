package store_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

func TestRecord(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, c := context.Background(), newClock()
		s, other := open(t, rdb, c), open(t, rdb, c)
		coalition(t, s)
		entry := func(kind, source, text string) lists.ProgressEntry {
			return lists.ProgressEntry{List: "dc-maps", Kind: kind, Author: "ada@example.org", Text: text, Source: source}
		}
		start := c.now()
		a := must(s.Record(ctx, entry("progress", "m1", "We met.")))(t)
		b := must(s.Record(ctx, entry("next", "m1", "Draft.")))(t) // the same mail, another kind
		c.advance(time.Hour)
		d := must(s.Record(ctx, entry("progress", "", "By the page.")))(t)
		e := must(s.Record(ctx, entry("progress", "", "By the page.")))(t) // no source: said twice
		if again := must(other.Record(ctx, entry("progress", "m1", "Other words.")))(t); !reflect.DeepEqual(again, a) {
			t.Errorf("recorded again %+v, want %+v", again, a)
		}
		all := must(other.Progress(ctx, "dc-maps", time.Time{}, time.Time{}))(t)
		if !reflect.DeepEqual(all, []lists.ProgressEntry{a, b, d, e}) {
			t.Errorf("record %+v", all)
		}
		if !slices.IsSortedFunc(all, func(x, y lists.ProgressEntry) int { return compare(x.ID, y.ID) }) || a.ID == b.ID || !a.At.Equal(start) {
			t.Errorf("IDs %s %s %s %s", a.ID, b.ID, d.ID, e.ID)
		}
		for _, span := range []struct {
			since, until time.Time
			want         int
		}{
			{start, start.Add(time.Hour), 2},
			{start.Add(time.Hour), start.Add(2 * time.Hour), 2},
			{start.Add(time.Minute), start.Add(time.Hour), 0},
		} {
			if got := must(s.Progress(ctx, "dc-maps", span.since, span.until))(t); len(got) != span.want {
				t.Errorf("from %v until %v: %+v", span.since, span.until, got)
			}
		}
		if other := must(s.Progress(ctx, "dc", time.Time{}, time.Time{}))(t); len(other) != 0 {
			t.Errorf("another list's record %+v", other)
		}
		_, err := s.Record(ctx, lists.ProgressEntry{List: "none"})
		missing(t, err)
		_, err = s.Progress(ctx, "none", start, start)
		missing(t, err)
	})
}

func compare(a, b string) int {
	if a < b {
		return -1
	}
	return 1
}

func TestActivity(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, c := context.Background(), newClock()
		s := open(t, rdb, c)
		coalition(t, s)
		start := c.now()
		join(t, s, "dc-maps", lists.NewMember{Address: "ada@example.org"})
		join(t, s, "dc", lists.NewMember{Address: "bob@example.org"})
		must(s.Import(ctx, "dc", []lists.NewMember{{Address: "c@example.org"}, {Address: "d@example.org"}, {Address: "ada@example.org"}}))(t)
		c.advance(time.Hour)
		if _, _, err := s.Unsubscribe(ctx, "dc", []string{"dc"}, "ada@example.org"); err != nil {
			t.Fatal(err)
		}
		for i, author := range []lists.Number{2, 2, 0} { // the second is the first handled again, later
			if err := s.CountPost(ctx, "dc", author, c.now().Add(time.Duration(i)*time.Millisecond), fmt.Sprint("post by ", author)); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.CountPost(ctx, "dc", 2, c.now().Add(time.Second), "another post by 2"); err != nil {
			t.Fatal(err)
		}
		want := lists.Activity{Posts: 3, People: 2, Last: c.now().Add(time.Second).UTC(), Joined: 4, Left: 1, Newcomers: []lists.Number{2}}
		if got := must(s.Activity(ctx, "dc", start, time.Time{}))(t); !reflect.DeepEqual(got, want) {
			t.Errorf("activity of dc %+v, want %+v", got, want)
		}
		want = lists.Activity{Joined: 1, Newcomers: []lists.Number{1}}
		if got := must(s.Activity(ctx, "dc-maps", start, c.now()))(t); !reflect.DeepEqual(got, want) {
			t.Errorf("activity of dc-maps %+v, want %+v", got, want)
		}
		c.advance(101 * 24 * time.Hour) // what is old goes when something new comes
		join(t, s, "dc", lists.NewMember{Address: "e@example.org"})
		if n := rdb.ZCard(ctx, "{f:dc}:act:1").Val(); n != 1 {
			t.Errorf("%d events are remembered", n)
		}
		missing(t, s.CountPost(ctx, "none", 1, start, "x"))
	})
}
