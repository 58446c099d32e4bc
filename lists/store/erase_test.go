package store_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/lists/store"
)

// TestErase: everything that is kept of an address is found, and then gone;
// others' is left; a group's record keeps what was said.
func TestErase(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx := context.Background()
		s := open(t, rdb, newClock())
		coalition(t, s)
		ada, bob := lists.Address("ada@erase.example"), lists.Address("bob@erase.example")
		for _, a := range []lists.Address{ada, bob} {
			join(t, s, "dc", lists.NewMember{Address: a, Name: "Name of " + a.Local(), Leader: true})
			if err := s.SetPassword(ctx, a, "mail", "secret-of-"+a.Local()); err != nil {
				t.Fatal(err)
			}
			must(s.NewSession(ctx, a, time.Hour))(t)
			must(s.NewSignIn(ctx, a, time.Hour))(t)
			if _, _, _, err := s.Ask(ctx, lists.Question{Kind: lists.KindConfirm, Address: a, Actions: []lists.Action{{Verb: lists.DoPassword, Asker: a, Subject: a}}}); err != nil {
				t.Fatal(err)
			}
			must(s.Hold(ctx, lists.HeldPost{List: "dc", Author: a, Queue: "q" + a.Local()}, []byte("raw of "+string(a))))(t)
			must(s.Record(ctx, lists.ProgressEntry{List: "dc", Kind: "progress", Author: a, Name: "Name of " + a.Local(), Text: "We met.", Source: a.Local() + "@m"}))(t)
			p := must(s.Person(ctx, "dc", a))(t)
			must(s.EnterPosts(ctx, []lists.DigestPost{{List: "dc", Identity: "post of " + a.Local(), Subject: "Hello", From: "Name of " + a.Local(), Author: p.Number, At: time.Now()}}))(t)
			_, _, err := s.Freeze(ctx, "", "allowed/questions/"+a.Key(), []byte("yes"), time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.SetBounces(ctx, "dc", p.Number, []byte("score of "+string(a))); err != nil {
				t.Fatal(err)
			}
		}
		found := must(s.Personal(ctx, "ADA@erase.example"))(t)
		if len(found.Passwords) != 1 || found.Sessions != 2 || len(found.Questions) != 1 || len(found.Held) != 1 || len(found.Progress) != 1 {
			t.Errorf("found %+v", found)
		}
		if e := must(s.Erase(ctx, ada, false))(t); e != (store.Erased{Families: 1, Passwords: 1, Sessions: 2, Questions: 1, Held: 1, Progress: 1}) {
			t.Errorf("erased %+v", e)
		}
		if e := must(s.Erase(ctx, ada, false))(t); !e.Nothing() {
			t.Errorf("the third time: %+v", e)
		}
		for _, key := range keys(ctx, rdb) {
			if raw, _ := rdb.Dump(ctx, key).Result(); strings.Contains(strings.ToLower(key+raw), "ada@erase.example") || strings.Contains(raw, "Name of ada") {
				t.Errorf("still in %s", key)
			}
		}
		record := must(s.Progress(ctx, "dc", time.Time{}, time.Time{}))(t)
		if len(record) != 2 || record[0].Name != store.FormerMember || record[0].Text != "We met." || record[1].Author != bob {
			t.Errorf("the record is %+v", record)
		}
		if left := must(s.Personal(ctx, bob))(t); len(left.Passwords) != 1 || left.Sessions != 2 || len(left.Questions) != 1 || len(left.Held) != 1 || len(left.Progress) != 1 {
			t.Errorf("of bob is left %+v", left)
		}
		posts := must(s.DigestPosts(ctx, "dc", 0, 10))(t)
		if len(posts) != 2 || posts[0].From != store.FormerMember || posts[0].Subject != "Hello" || posts[1].From != "Name of bob" {
			t.Errorf("the posts are %+v", posts)
		}
		if must(s.PeopleFor(ctx, bob))(t)[0].Name != "Name of bob" {
			t.Error("bob is not who he was")
		}
	})
}

// TestEraseKeepsAuthorship: who keeps their name on what they wrote may have it taken off later.
func TestEraseKeepsAuthorship(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx := context.Background()
		s := open(t, rdb, newClock())
		coalition(t, s)
		ada := lists.Address("ada@erase.example")
		join(t, s, "dc", lists.NewMember{Address: ada, Name: "Ada", Leader: true})
		p := must(s.Person(ctx, "dc", ada))(t)
		must(s.Record(ctx, lists.ProgressEntry{List: "dc", Kind: "progress", Author: ada, Name: "Ada", Text: "We met.", Source: "x@m"}))(t)
		must(s.EnterPosts(ctx, []lists.DigestPost{{List: "dc", Identity: "one", From: "Ada", Author: p.Number, At: time.Now()}}))(t)
		if e := must(s.Erase(ctx, ada, true))(t); e != (store.Erased{Families: 1}) {
			t.Errorf("erased %+v", e)
		}
		if posts := must(s.DigestPosts(ctx, "dc", 0, 10))(t); len(posts) != 1 || posts[0].From != "Ada" {
			t.Errorf("the posts are %+v", posts)
		}
		if e := must(s.Erase(ctx, ada, false))(t); e != (store.Erased{Progress: 1}) {
			t.Errorf("then erased %+v", e)
		}
	})
}

// TestEraseFindsPostsOfWhoLeft: somebody's name stands on what waits for
// digests after they left the family too, or never joined it; it is shown and
// taken off.
func TestEraseFindsPostsOfWhoLeft(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx := context.Background()
		s := open(t, rdb, newClock())
		coalition(t, s)
		ada, bob := lists.Address("ada@erase.example"), lists.Address("bob@erase.example")
		join(t, s, "dc", lists.NewMember{Address: ada, Name: "Ada"})
		n := must(s.Person(ctx, "dc", ada))(t).Number
		must(s.EnterPosts(ctx, []lists.DigestPost{{List: "dc", Identity: "one", From: "Ada", Subject: "Hi", MessageID: "1@m", Author: n, Address: "Ada@Erase.example", At: time.Now()}}))(t)
		must(s.EnterPosts(ctx, []lists.DigestPost{{List: "dc", Identity: "two", From: "Bob", Author: lists.Stranger(bob), Address: bob, At: time.Now()}}))(t)
		if _, _, err := s.Unsubscribe(ctx, "dc", []string{"dc"}, ada); err != nil {
			t.Fatal(err)
		}
		found := must(s.Personal(ctx, ada))(t)
		if len(found.Digests) != 1 || found.Digests[0].Subject != "Hi" || found.Digests[0].MessageID != "1@m" || found.Digests[0].List != "dc" {
			t.Errorf("found %+v", found)
		}
		for range 2 {
			must(s.Erase(ctx, ada, true))(t)
			if posts := must(s.DigestPosts(ctx, "dc", 0, 10))(t); posts[0].From != "Ada" {
				t.Errorf("the name was to be kept: %+v", posts)
			}
		}
		for range 2 {
			must(s.Erase(ctx, ada, false))(t)
		}
		if posts := must(s.DigestPosts(ctx, "dc", 0, 10))(t); len(posts) != 2 || posts[0].From != store.FormerMember || posts[0].Subject != "Hi" || posts[1].From != "Bob" {
			t.Errorf("the posts are %+v", posts)
		}
		if left := must(s.Personal(ctx, ada))(t); len(left.Digests) != 0 {
			t.Errorf("left %+v", left)
		}
	})
}

// TestSecretsCannotBeReadInRedis: what stands in Redis lets nobody sign in:
// passwords as argon2id and SCRAM verifiers, tokens as digests.
func TestSecretsCannotBeReadInRedis(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx := context.Background()
		s := open(t, rdb, newClock())
		ada := lists.Address("ada@example.org")
		if err := s.SetPassword(ctx, ada, "mail", "abcde-fghij-klmno-pqrst"); err != nil {
			t.Fatal(err)
		}
		secrets := []string{"abcde-fghij-klmno-pqrst", "abcdefghijklmnopqrst", must(s.NewSession(ctx, ada, time.Hour))(t), must(s.NewSignIn(ctx, ada, time.Hour))(t)}
		_, token, _, err := s.Ask(ctx, lists.Question{Kind: lists.KindConfirm, Address: ada, Actions: []lists.Action{{Verb: lists.DoPassword, Asker: ada, Subject: ada}}})
		if err != nil {
			t.Fatal(err)
		}
		secrets = append(secrets, token)
		argon := false
		for _, key := range keys(ctx, rdb) {
			text := key
			switch rdb.Type(ctx, key).Val() {
			case "string":
				text += rdb.Get(ctx, key).Val()
			case "hash":
				text += jsonOf(rdb.HGetAll(ctx, key).Val())
			}
			argon = argon || strings.Contains(text, "$argon2id$")
			for _, secret := range secrets {
				if strings.Contains(strings.ToLower(text), strings.ToLower(secret)) {
					t.Errorf("%q can be read in %s", secret, key)
				}
			}
		}
		if !argon {
			t.Error("the password is not kept as argon2id")
		}
	})
}
