package store_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/lists/store"
)

// consistent checks the raw keys of a family against what the store says of
// its people: index, records, bitmaps and officers tell one story.
func consistent(t failer, rdb redis.UniversalClient, s *store.Store, family string) []lists.Person {
	t.Helper()
	ctx := context.Background()
	d, err := s.Directory(ctx)
	if err != nil {
		t.Fatalf("directory: %v", err)
	}
	people, err := s.Roster(ctx, family, 0, 1<<32-1)
	if err != nil {
		t.Fatalf("roster: %v", err)
	}
	var index, wantIndex, officers, wantOfficers []string
	records := 0
	for _, key := range keys(ctx, rdb) {
		switch {
		case strings.HasPrefix(key, "{f:"+family+"}:a:"):
			for a, n := range rdb.HGetAll(ctx, key).Val() {
				index = append(index, a+" "+n)
			}
		case strings.HasPrefix(key, "{f:"+family+"}:p:"):
			records += int(rdb.HLen(ctx, key).Val())
		case key == "{f:"+family+"}:officers":
			for field, roles := range rdb.HGetAll(ctx, key).Val() {
				officers = append(officers, field+" "+roles)
			}
		}
	}
	members := map[string][]lists.Number{}
	for _, p := range people {
		wantIndex = append(wantIndex, fmt.Sprintf("%s %d", p.Address.Key(), p.Number))
		for _, sub := range p.Subs {
			members[sub.List] = append(members[sub.List], p.Number)
			l, _ := d.ByID(sub.List)
			roles := strings.Repeat("L", b2i(sub.Leader)) + strings.Repeat("A", b2i(sub.Admin))
			if roles != "" {
				wantOfficers = append(wantOfficers, fmt.Sprintf("%d/%d %s", l.Serial, p.Number, roles))
			}
			if !p.In(family) {
				t.Errorf("person %d is in %s and not in the main list", p.Number, sub.List)
			}
		}
	}
	for what, pair := range map[string][2][]string{"index": {index, wantIndex}, "officers": {officers, wantOfficers}} {
		slices.Sort(pair[0])
		slices.Sort(pair[1])
		if !slices.Equal(pair[0], pair[1]) {
			t.Errorf("%s\n%q, want\n%q", what, pair[0], pair[1])
		}
	}
	if records != len(people) {
		t.Errorf("%d records for %d people", records, len(people))
	}
	for _, l := range d.Family(family) {
		bitmap, err := s.Numbers(ctx, l.ID)
		if err != nil {
			t.Fatalf("members of %s: %v", l.ID, err)
		}
		var got []lists.Number
		for n := range lists.Number(len(bitmap) * 8) {
			if bitmap[n/8]&(0x80>>(n%8)) != 0 {
				got = append(got, n)
			}
		}
		if !slices.Equal(got, members[l.ID]) {
			t.Errorf("members of %s by bitmap %v, by record %v", l.ID, got, members[l.ID])
		}
		if n, err := s.Count(ctx, l.ID); err != nil || n != len(got) {
			t.Errorf("%d members of %s counted, %v; there are %d", n, l.ID, err, len(got))
		}
	}
	last, err := strconv.Atoi(rdb.Get(ctx, "{f:"+family+"}:next").Val())
	if len(people) > 0 && (err != nil || int(people[len(people)-1].Number) > last) {
		t.Errorf("last number %d, %v, but person %d exists", last, err, people[len(people)-1].Number)
	}
	return people
}

// failer is what testing.TB and rapid.T have in common.
type failer interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

var _ failer = testing.TB(nil)

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
