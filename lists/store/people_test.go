package store_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/lists/store/redistest"
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
		_, err = s.PersonByNumber(ctx, "dc", 1)
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

func TestSubscribingAMemberGivesRolesAndKeepsTheRest(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, s := context.Background(), open(t, rdb, newClock())
		coalition(t, s)
		join(t, s, "dc-maps", lists.NewMember{Address: "ada@example.org", Name: "Ada", Delivery: lists.Weekly})
		p, added, err := s.Subscribe(ctx, "dc-maps", lists.NewMember{Address: "ADA@example.org", Name: "Other", Delivery: lists.Each, Leader: true})
		sub, _ := p.Sub("dc-maps")
		if err != nil || added != nil || p.Address != "ada@example.org" || p.Name != "Ada" || sub.Delivery != lists.Weekly || !sub.Leader {
			t.Errorf("%+v, added %v, %v", p, added, err)
		}
		for i := range 5 {
			join(t, s, "dc-maps", lists.NewMember{Address: lists.Address(fmt.Sprintf("l%d@example.org", i)), Leader: i < 4})
		}
		join(t, s, "dc", lists.NewMember{Address: "boss@example.org", Admin: true})
		leaders, admins, err := s.Officers(ctx, "dc-maps")
		if err != nil || len(leaders) != 5 || len(admins) != 1 || admins[0].Address != "boss@example.org" {
			t.Errorf("leaders %v, admins %v, %v", leaders, admins, err)
		}
		if leaders, _, _ := s.Officers(ctx, "dc-names"); leaders != nil {
			t.Errorf("leaders of another group %v", leaders)
		}
		must(s.UpdatePerson(ctx, "dc", "ada@example.org", func(p *lists.Person) error {
			p.Subs[1].Leader = false
			return nil
		}))(t)
		if leaders, _, _ := s.Officers(ctx, "dc-maps"); len(leaders) != 4 {
			t.Errorf("leaders after one has stepped down: %v", leaders)
		}
	})
}

func TestSubscribeRefuses(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, s := context.Background(), open(t, rdb, newClock())
		coalition(t, s)
		_, _, err := s.Subscribe(ctx, "none", lists.NewMember{Address: "ada@example.org"})
		missing(t, err)
		_, _, err = s.Subscribe(ctx, "dc", lists.NewMember{Address: "ada\t@example.org"})
		if !errors.Is(err, lists.ErrAddress) {
			t.Errorf("a tab in an address: %v", err)
		}
		_, _, err = s.Subscribe(ctx, "dc", lists.NewMember{Address: "ada@example.org", Delivery: "hourly"})
		refused(t, err, "each, daily, weekly, none")
		_, _, err = s.Subscribe(ctx, "dc-maps", lists.NewMember{Address: "ada@example.org", Admin: true})
		refused(t, err, "main list")
	})
}

func TestUpdatePerson(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, s := context.Background(), open(t, rdb, newClock())
		coalition(t, s)
		join(t, s, "dc-maps", lists.NewMember{Address: "ada@example.org"})
		set := func(f func(p *lists.Person)) error {
			_, err := s.UpdatePerson(ctx, "dc", "ada@example.org", func(p *lists.Person) error { f(p); return nil })
			return err
		}
		if err := set(func(p *lists.Person) {
			p.Name, p.Language, p.HideOwn, p.Conceal, p.Bouncing, p.Vacation = strings.Repeat("ä", 200), "fr", true, true, true, "2026-12-01"
			p.Subs[0].Delivery, p.Subs[1].Delivery = lists.NoMail, lists.Daily
		}); err != nil {
			t.Fatal(err)
		}
		p := must(s.PersonByNumber(ctx, "dc", 1))(t)
		joined := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
		want := lists.Person{Family: "dc", Number: 1, Address: "ada@example.org", Name: strings.Repeat("ä", 100), Language: "fr",
			HideOwn: true, Conceal: true, Bouncing: true, Vacation: "2026-12-01", Subs: []lists.Subscription{
				{List: "dc", Delivery: lists.NoMail, Joined: joined}, {List: "dc-maps", Delivery: lists.Daily, Joined: joined}}}
		if !reflect.DeepEqual(p, want) {
			t.Errorf("person\n%+v, want\n%+v", p, want)
		}
		refused(t, set(func(p *lists.Person) { p.Vacation = "soon" }), "not a date")
		refused(t, set(func(p *lists.Person) { p.Subs[0].Delivery = "" }), "no choice for delivery")
		refused(t, set(func(p *lists.Person) { p.Subs[1].Admin = true }), "main list")
		for name, f := range map[string]func(p *lists.Person){
			"number":  func(p *lists.Person) { p.Number = 9 },
			"address": func(p *lists.Person) { p.Address = "x@example.org" },
			"list":    func(p *lists.Person) { p.Subs[1].List = "dc-names" },
			"lists":   func(p *lists.Person) { p.Subs = p.Subs[:1] },
		} {
			if set(f) == nil {
				t.Errorf("UpdatePerson changed a %s", name)
			}
		}
		if p := must(s.PersonByNumber(ctx, "dc", 1))(t); !reflect.DeepEqual(p, want) {
			t.Errorf("after refusals\n%+v, want\n%+v", p, want)
		}
		_, err := s.UpdatePerson(ctx, "dc", "bob@example.org", func(*lists.Person) error { return nil })
		missing(t, err)
	})
}

// Mail is paused for an address that fails: another one has failed nobody yet.
func TestChangeAddressEndsThePauseOfTheOldOne(t *testing.T) {
	ctx := context.Background()
	s := open(t, redistest.New(t), newClock())
	coalition(t, s)
	join(t, s, "dc", lists.NewMember{Address: "ada@example.org"})
	fails := func() {
		t.Helper()
		must(s.UpdatePerson(ctx, "dc", "ada@example.org", func(p *lists.Person) error { p.Bouncing = true; return nil }))(t)
		if err := s.SetBounces(ctx, "dc", 1, []byte("score")); err != nil {
			t.Fatal(err)
		}
	}
	fails()
	if err := s.ChangeAddress(ctx, "dc", "ada@example.org", "Ada@example.org"); err != nil {
		t.Fatal(err)
	}
	if p := must(s.Person(ctx, "dc", "ada@example.org"))(t); !p.Bouncing {
		t.Error("the same mailbox in capitals is not paused any more")
	}
	if err := s.ChangeAddress(ctx, "dc", "ada@example.org", "ada@new.example.org"); err != nil {
		t.Fatal(err)
	}
	if p := must(s.Person(ctx, "dc", "ada@new.example.org"))(t); p.Bouncing {
		t.Error("the new address is paused for the old one's failures")
	}
	if score := must(s.Bounces(ctx, "dc", 1))(t); score != nil {
		t.Errorf("the new address begins with the score %q", score)
	}
}

func TestChangeAddress(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, s := context.Background(), open(t, rdb, newClock())
		coalition(t, s)
		join(t, s, "dc-maps", lists.NewMember{Address: "ada@example.org", Name: "Ada", Leader: true})
		join(t, s, "dc", lists.NewMember{Address: "bob@example.org"})
		refused(t, s.ChangeAddress(ctx, "dc", "ada@example.org", "BOB@example.org"), "already a member's")
		missing(t, s.ChangeAddress(ctx, "dc", "eve@example.org", "x@example.org"))
		for _, to := range []lists.Address{"ADA@example.org", "ada@new.example.org"} {
			if err := s.ChangeAddress(ctx, "dc", "Ada@example.org", to); err != nil {
				t.Fatal(err)
			}
			if p := must(s.Person(ctx, "dc", to))(t); p.Number != 1 || p.Address != to || len(p.Subs) != 2 || p.Name != "Ada" {
				t.Errorf("after the change to %s %+v", to, p)
			}
		}
		_, err := s.Person(ctx, "dc", "ada@example.org")
		missing(t, err)
	})
}

func TestPeopleForFindsEveryFamily(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, s := context.Background(), open(t, rdb, newClock())
		if found := must(s.PeopleFor(ctx, "ada@example.org"))(t); found != nil {
			t.Errorf("found %v in an empty site", found)
		}
		coalition(t, s)
		must(s.CreateList(ctx, lists.NewList{Name: "choir", Title: "Choir"}))(t)
		must(s.CreateList(ctx, lists.NewList{Name: "club", Title: "Club"}))(t)
		join(t, s, "dc", lists.NewMember{Address: "bob@example.org"})
		join(t, s, "dc-maps", lists.NewMember{Address: "ada@example.org"})
		join(t, s, "choir", lists.NewMember{Address: "Ada@Example.org"})
		found := must(s.PeopleFor(ctx, "ada@example.org"))(t)
		if len(found) != 2 || found[0].Family != "choir" || found[0].Number != 1 || found[1].Family != "dc" || found[1].Number != 2 {
			t.Errorf("found %+v", found)
		}
	})
}

func TestRosterAndMembersGoByNumber(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, s := context.Background(), open(t, rdb, newClock())
		coalition(t, s)
		var all []lists.NewMember
		for i := range 1200 {
			all = append(all, lists.NewMember{Address: lists.Address(fmt.Sprintf("p%d@example.org", i+1))})
		}
		if n := must(s.Import(ctx, "dc", all))(t); n != 1200 {
			t.Errorf("imported %d", n)
		}
		var few []lists.NewMember
		for i := 0; i < 1200; i += 100 {
			few = append(few, all[i])
		}
		if n := must(s.Import(ctx, "dc-maps", few))(t); n != 12 {
			t.Errorf("imported %d into the group", n)
		}
		if _, _, err := s.Unsubscribe(ctx, "dc", []string{"dc"}, "p500@example.org"); err != nil {
			t.Fatal(err)
		}
		roster := must(s.Roster(ctx, "dc", 498, 1<<32-1))(t)
		if len(roster) != 1200-497-1 || roster[0].Number != 498 || roster[2].Number != 501 || roster[2].Address != "p501@example.org" {
			t.Errorf("roster of %d: %v…", len(roster), roster[:min(3, len(roster))])
		}
		if one := must(s.Roster(ctx, "dc", 256, 256))(t); len(one) != 1 || one[0].Number != 256 {
			t.Errorf("roster of one number %v", one)
		}
		if none := must(s.Roster(ctx, "dc", 5000, 6000))(t); none != nil {
			t.Errorf("roster past the end %v", none)
		}
		var numbers []lists.Number
		err := s.Members(ctx, "dc-maps", func(p lists.Person, sub lists.Subscription) error {
			if sub.List != "dc-maps" {
				t.Errorf("subscription %+v", sub)
			}
			numbers = append(numbers, p.Number)
			return nil
		})
		if err != nil || len(numbers) != 12 || !slices.IsSorted(numbers) || numbers[11] != 1101 {
			t.Errorf("members %v, %v", numbers, err)
		}
		stop := errors.New("enough")
		if err := s.Members(ctx, "dc", func(lists.Person, lists.Subscription) error { return stop }); err != stop {
			t.Errorf("Members went on after an error: %v", err)
		}
		bitmap := must(s.Numbers(ctx, "dc-maps"))(t)
		if bitmap[0] != 0x40 || bitmap[101/8]&(0x80>>(101%8)) == 0 {
			t.Errorf("bitmap begins % x", bitmap[:16])
		}
		if last := must(s.LastNumber(ctx, "dc"))(t); last != 1200 {
			t.Errorf("last number %d", last)
		}
		if last := must(s.LastNumber(ctx, "none"))(t); last != 0 {
			t.Errorf("last number of no family %d", last)
		}
	})
}
