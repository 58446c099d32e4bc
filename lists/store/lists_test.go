package store_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/lists/store/redistest"
)

func TestCreateListFillsInDefaults(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, c := context.Background(), newClock()
		s := open(t, rdb, c)
		main := must(s.CreateList(ctx, lists.NewList{Name: "DC", Title: " The\r\nCoalition "}))(t)
		sub := must(s.CreateList(ctx, lists.NewList{Name: "data-protection", Title: "Map", Parent: "dc", Join: lists.JoinInvited}))(t)
		want := lists.List{
			ID: "dc", Serial: 1, Family: "dc", ListID: "dc.lists.example.org", Name: "dc", Short: "dc", Title: "The Coalition",
			State: lists.Active, Post: lists.PostMembers, Join: lists.JoinOpen, Archive: lists.ArchivePublic,
			Unsub: lists.UnsubscribeOneClick, Reply: lists.ReplyAuthor, From: lists.FromAuto, Language: "en", Created: c.now(),
		}
		same(t, main, want)
		want.ID, want.Serial, want.Name, want.Short, want.Title = "dc-data-protection", 2, "dc-data-protection", "data-protection", "Map"
		want.ListID, want.Post, want.Join = "data-protection.dc.lists.example.org", lists.PostFamily, lists.JoinInvited
		same(t, sub, want)
		must(s.CreateList(ctx, lists.NewList{Name: "cd", Title: "La coalition"}))(t)
		must(s.UpdateList(ctx, "cd", func(l *lists.List) error { l.Language = "fr"; return nil }))(t)
		if group := must(s.CreateList(ctx, lists.NewList{Name: "cartes", Title: "Cartes", Parent: "cd"}))(t); group.Language != "fr" {
			t.Errorf("a group of a French list speaks %q", group.Language)
		}
		got, ok := must(open(t, rdb, c).Directory(ctx))(t).ByID("dc-data-protection")
		if !ok {
			t.Fatal("another server doesn't see the list")
		}
		same(t, got, want)
		if n := must(s.Count(ctx, "dc"))(t); n != 0 {
			t.Errorf("a new list has %d members", n)
		}
	})
}

func same(t *testing.T, got, want lists.List) {
	t.Helper()
	if !got.Created.Equal(want.Created) {
		t.Errorf("created %v, want %v", got.Created, want.Created)
	}
	got.Created = want.Created
	if g, w := jsonOf(got), jsonOf(want); g != w {
		t.Errorf("list\n%s, want\n%s", g, w)
	}
}

func TestCreateListRefuses(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, s := context.Background(), open(t, rdb, newClock())
		coalition(t, s)
		must(s.RenameList(ctx, "dc-names", "domains"))(t)
		for _, c := range []struct {
			n     lists.NewList
			words string
		}{
			{lists.NewList{Name: "dc", Title: "x"}, "already a list dc"},
			{lists.NewList{Name: "maps", Title: "x", Parent: "dc"}, "already a list dc-maps"},
			{lists.NewList{Name: "dc-names", Title: "x"}, "already a list dc-names"}, // an alias, and an ID
			{lists.NewList{Name: "join", Title: "x", Parent: "dc"}, "join"},
			{lists.NewList{Name: "plenary", Title: "x"}, "site itself"},
			{lists.NewList{Name: "new", Title: " "}, "title"},
			{lists.NewList{Name: "new", Title: strings.Repeat("خ", 201)}, "The title has 201 characters, and 200 is the most"},
			{lists.NewList{Name: "new", Title: "x", Next: strings.Repeat("x", 1001)}, "The next step has 1001 characters"},
			{lists.NewList{Name: "new", Title: "x", Parent: "dc-maps"}, "under a main list"},
			{lists.NewList{Name: "new", Title: "x", Post: "nobody"}, "is no choice for post: write one of family, members"},
			{lists.NewList{Name: "new", Title: "x", NextBy: "soon"}, "is not a date"},
		} {
			_, err := s.CreateList(ctx, c.n)
			refused(t, err, c.words)
		}
		_, err := s.CreateList(ctx, lists.NewList{Name: "new", Title: "x", Parent: "none"})
		missing(t, err)
		if n := len(must(s.Directory(ctx))(t).Lists); n != 3 {
			t.Errorf("%d lists after refusals, want 3", n)
		}
		if n := rdb.HLen(ctx, "{f:dc}:lists").Val(); n != 3 {
			t.Errorf("the family knows %d lists, want 3", n)
		}
	})
}

func TestUpdateList(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, s, other := context.Background(), open(t, rdb, newClock()), open(t, rdb, newClock())
		coalition(t, s)
		must(other.Directory(ctx))(t) // cached from here on
		l := must(s.UpdateList(ctx, "dc-maps", func(l *lists.List) error {
			l.State, l.Next, l.Aliases = lists.Paused, "draft", []string{"Atlas", "atlas", "dc-maps"}
			l.Purpose, l.Footer = "A \x1b[31mmap\x07\r\nof\tlaws\u200f", "-- \nTo leave:\u0085 write\r"
			return nil
		}))(t)
		if l.State != lists.Paused || !slices.Equal(l.Aliases, []string{"atlas"}) {
			t.Errorf("list %+v", l)
		}
		if l.Purpose != "A [31mmap\nof\tlaws\u200f" || l.Footer != "-- \nTo leave: write\n" {
			t.Errorf("purpose %q, footer %q", l.Purpose, l.Footer)
		}
		if got, _ := must(other.Directory(ctx))(t).Resolve("atlas"); got.List.ID != "dc-maps" || got.List.Next != "draft" {
			t.Errorf("another server finds %+v", got)
		}
		set := func(f func(l *lists.List)) error {
			_, err := s.UpdateList(ctx, "dc-names", func(l *lists.List) error { f(l); return nil })
			return err
		}
		refused(t, set(func(l *lists.List) { l.Aliases = []string{"atlas"} }), "already a list atlas")
		refused(t, set(func(l *lists.List) { l.Reply = "all" }), "no choice for reply: write one of author, list")
		if err := set(func(l *lists.List) { l.Serial = 9 }); err == nil {
			t.Error("a serial was changed")
		}
		if err := set(func(l *lists.List) { l.Name = "x" }); err == nil {
			t.Error("a name was changed without rename")
		}
		_, err := s.UpdateList(ctx, "none", func(*lists.List) error { return nil })
		missing(t, err)
	})
}

func TestRenameListKeepsIdentityAndOldName(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, s := context.Background(), open(t, rdb, newClock())
		coalition(t, s)
		l := must(s.RenameList(ctx, "dc-maps", "atlas"))(t)
		if l.ID != "dc-maps" || l.Name != "dc-atlas" || l.Short != "atlas" || l.ListID != "maps.dc.lists.example.org" ||
			!slices.Equal(l.Aliases, []string{"dc-maps"}) {
			t.Errorf("renamed %+v", l)
		}
		l = must(s.RenameList(ctx, "dc-maps", "dc-maps"))(t)
		if l.Name != "dc-maps" || !slices.Equal(l.Aliases, []string{"dc-atlas"}) {
			t.Errorf("renamed back %+v", l)
		}
		if again := must(s.RenameList(ctx, "dc-maps", "maps"))(t); !slices.Equal(again.Aliases, l.Aliases) {
			t.Errorf("renamed to its own name %+v", again)
		}
		_, err := s.RenameList(ctx, "dc-maps", "names")
		refused(t, err, "already a list dc-names")

		// A group of the same short name after the main list is renamed gets a List-Id of its own.
		must(s.RenameList(ctx, "dc", "xx"))(t)
		l = must(s.CreateList(ctx, lists.NewList{Name: "maps", Title: "Maps", Parent: "dc"}))(t)
		if l.ID != "xx-maps" || l.ListID != "xx-maps.dc.lists.example.org" {
			t.Errorf("new group %+v", l)
		}
	})
}

func TestRemoveList(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, s := context.Background(), open(t, rdb, newClock())
		coalition(t, s)
		join(t, s, "dc-maps", lists.NewMember{Address: "ada@example.org", Leader: true})
		join(t, s, "dc", lists.NewMember{Address: "bob@example.org", Admin: true})
		must(s.Hold(ctx, lists.HeldPost{List: "dc-maps", Queue: "q"}, []byte("raw")))(t)
		must(s.Record(ctx, lists.ProgressEntry{List: "dc-maps", Kind: "progress", Source: "m"}))(t)
		refused(t, s.RemoveList(ctx, "dc"), "still has groups")
		if err := s.RemoveList(ctx, "dc-maps"); err != nil {
			t.Fatal(err)
		}
		if p := must(s.Person(ctx, "dc", "ada@example.org"))(t); len(p.Subs) != 1 || p.Subs[0].List != "dc" {
			t.Errorf("after the group's removal %+v", p)
		}
		missing(t, s.RemoveList(ctx, "dc-maps"))
		for _, word := range []string{"dc-maps", "Maps"} {
			if name, ok, err := s.Removed(ctx, word); name != "dc-maps" || !ok || err != nil {
				t.Errorf("Removed(%s): %q, %v, %v", word, name, ok, err)
			}
		}
		if _, ok, err := s.Removed(ctx, "dc"); ok || err != nil {
			t.Errorf("dc was never removed: %v, %v", ok, err)
		}
		_, err := s.Numbers(ctx, "dc-maps")
		missing(t, err)

		// The name is free again, for a list that has nothing of the old one.
		again := must(s.CreateList(ctx, lists.NewList{Name: "maps", Title: "Maps", Parent: "dc"}))(t)
		if again.ID != "dc-maps" || again.Serial != 4 {
			t.Errorf("made again %+v", again)
		}
		held := must(s.Held(ctx, "dc-maps"))(t)
		record := must(s.Progress(ctx, "dc-maps", newClock().now().AddDate(-1, 0, 0), newClock().now().AddDate(1, 0, 0)))(t)
		leaders, _, err := s.Officers(ctx, "dc-maps")
		if n := must(s.Count(ctx, "dc-maps"))(t); n != 0 || len(held) != 0 || len(record) != 0 || len(leaders) != 0 || err != nil {
			t.Errorf("the new list has %d members, held %v, record %v, leaders %v, %v", n, held, record, leaders, err)
		}
		for _, id := range []string{"dc-maps", "dc-names", "dc"} {
			if err := s.RemoveList(ctx, id); err != nil {
				t.Fatal(err)
			}
		}
		for _, key := range keys(ctx, rdb) {
			if strings.HasPrefix(key, "{f:") && key != "{f:dc}:next" && !strings.Contains(key, ":heldby:") {
				t.Errorf("left behind: %s", key)
			}
		}
	})
}

func TestRemovalThatWasCutShortIsFinished(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, s := context.Background(), open(t, rdb, newClock())
		coalition(t, s)
		join(t, s, "dc-maps", lists.NewMember{Address: "ada@example.org"})
		mark := func() { // as the first step of a removal leaves it
			record := rdb.HGet(ctx, "{plenary}:lists", "dc-maps").Val()
			rdb.HSet(ctx, "{plenary}:lists", "dc-maps", strings.TrimSuffix(record, "}")+`,"removing":true}`)
			rdb.Incr(ctx, "{plenary}:version")
		}
		mark()
		if _, ok := must(s.Directory(ctx))(t).ByID("dc-maps"); ok {
			t.Error("a list that is being removed is still shown")
		}
		_, _, err := s.Subscribe(ctx, "dc-maps", lists.NewMember{Address: "bob@example.org"})
		missing(t, err)
		l := must(s.CreateList(ctx, lists.NewList{Name: "maps", Title: "Maps", Parent: "dc"}))(t)
		if n := must(s.Count(ctx, "dc-maps"))(t); n != 0 || l.Serial == 2 {
			t.Errorf("made again with %d members, serial %d", n, l.Serial)
		}
		mark()
		if err := s.RemoveList(ctx, "dc-maps"); err != nil {
			t.Error(err)
		}
	})
}

// Recent serves what Directory read, and a list that another server made is
// in it as soon as Directory is asked again.
func TestRecentFollowsDirectory(t *testing.T) {
	rdb := redistest.New(t)
	here, there := open(t, rdb, newClock()), open(t, rdb, newClock())
	must(here.Directory(t.Context()))(t)
	must(there.CreateList(t.Context(), lists.NewList{Name: "new", Title: "New"}))(t)
	must(here.Directory(t.Context()))(t)
	d := must(here.Recent(t.Context()))(t)
	if _, ok := d.ByID("new"); !ok {
		t.Error("Recent is older than what Directory read")
	}
}
