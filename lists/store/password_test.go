package store_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/lists/store"
	"plenary/lists/store/redistest"
)

func openNew(t testing.TB) *store.Store {
	t.Helper()
	return open(t, redistest.New(t), newClock())
}

func TestPasswords(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, c := context.Background(), newClock()
		s := open(t, rdb, c)
		ada := lists.Address("ada@example.org")
		set := func(label, secret string) {
			t.Helper()
			c.advance(time.Second)
			if err := s.SetPassword(ctx, ada, label, secret); err != nil {
				t.Fatal(err)
			}
		}
		check := func(a lists.Address, secret string, want bool) {
			t.Helper()
			if got := must(s.CheckPassword(ctx, a, secret))(t); got != want {
				t.Errorf("password %q of %s: %v", secret, a, got)
			}
		}
		set("imap", "one-one-one-one")
		set("phone", "two-two-two-two")
		check("ADA@example.org", "one-one-one-one", true)
		check(ada, "two-two-two-two", true)
		check(ada, "two-two-two-twO", false)
		check(ada, "", false)
		check(ada, strings.Repeat("x", 1000), false)
		check("bob@example.org", "one-one-one-one", false)
		set("imap", "three-three-three")
		check(ada, "one-one-one-one", false)
		for _, label := range strings.Fields("3 4 5 6 7 8 9") { // the ninth takes the oldest's place
			set(label, "secret-"+label)
		}
		check(ada, "two-two-two-two", false)
		check(ada, "three-three-three", true)
		for _, key := range keys(ctx, rdb) {
			if rdb.Type(ctx, key).Val() == "hash" {
				for _, v := range rdb.HVals(ctx, key).Val() {
					if strings.Contains(v, "three-three") {
						t.Errorf("a password can be read in Redis: %s", key)
					}
				}
			}
		}
		if err := s.DropPasswords(ctx, ada); err != nil {
			t.Fatal(err)
		}
		check(ada, "three-three-three", false)
		if s.SetPassword(ctx, ada, "x", "") == nil {
			t.Error("an empty password was set")
		}
	})
}

// Nobody can tell by the time that an answer takes whether an address has
// passwords, and how many.
func TestPasswordsTakeEquallyLong(t *testing.T) {
	ctx, s := context.Background(), openNew(t)
	ada := lists.Address("ada@example.org")
	for _, label := range strings.Fields("1 2 3 4 5 6 7 8") {
		if err := s.SetPassword(ctx, ada, label, "secret-"+label); err != nil {
			t.Fatal(err)
		}
	}
	took := func(a lists.Address, secret string) time.Duration {
		quickest := time.Hour
		for range 6 {
			at := time.Now()
			must(s.CheckPassword(ctx, a, secret))(t)
			quickest = min(quickest, time.Since(at))
		}
		return quickest
	}
	unknown := took("bob@example.org", "wrong")
	for _, secret := range []string{"wrong", "secret-1", "secret-8"} {
		if known := took(ada, secret); known > 3*unknown || unknown > 3*known {
			t.Errorf("%q takes %v, of an unknown address %v", secret, known, unknown)
		}
	}
}

// Passwords from before there were verifiers open as before.
func TestPasswordsWithoutVerifier(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, s := context.Background(), open(t, rdb, newClock())
		ada := lists.Address("ada@example.org")
		for _, label := range []string{"old", "new"} {
			if err := s.SetPassword(ctx, ada, label, "secret-"+label); err != nil {
				t.Fatal(err)
			}
		}
		for _, key := range keys(ctx, rdb) {
			if !strings.Contains(key, ":password:") {
				continue
			}
			words := strings.Fields(rdb.HGet(ctx, key, "old").Val())
			rdb.HSet(ctx, key, "old", words[0]+" "+words[1])
		}
		for secret, want := range map[string]bool{"secret-old": true, "secret-new": true, "secret-olD": false} {
			if got := must(s.CheckPassword(ctx, ada, secret))(t); got != want {
				t.Errorf("%q: %v", secret, got)
			}
		}
	})
}

func TestSignInIsSpentOnceAndSessionsLast(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, c := context.Background(), newClock()
		s, other := open(t, rdb, c), open(t, rdb, c)
		token := must(s.NewSignIn(ctx, "Ada@example.org", 15*time.Minute))(t)
		if a := must(other.SpendSignIn(ctx, strings.ToUpper(token)))(t); a != "Ada@example.org" || len(token) != 26 {
			t.Errorf("token %s stands for %s", token, a)
		}
		_, err := s.SpendSignIn(ctx, token)
		missing(t, err)
		token = must(s.NewSignIn(ctx, "ada@example.org", 15*time.Minute))(t)
		_, err = s.Session(ctx, token)
		missing(t, err) // it is no session
		c.advance(15 * time.Minute)
		_, err = s.SpendSignIn(ctx, token)
		missing(t, err)

		session := must(s.NewSession(ctx, "ada@example.org", time.Hour))(t)
		for range 2 {
			if a := must(other.Session(ctx, session))(t); a != "ada@example.org" {
				t.Errorf("session of %s", a)
			}
		}
		_, err = s.SpendSignIn(ctx, session)
		missing(t, err)
		if left := ttls(ctx, rdb, "{plenary}:session:"); len(left) != 1 || left[0] != time.Hour {
			t.Errorf("life times %v", left)
		}
		for range 2 {
			if err := s.EndSession(ctx, session); err != nil {
				t.Error(err)
			}
		}
		_, err = s.Session(ctx, session)
		missing(t, err)
		if _, err := s.NewSession(ctx, "ada@example.org", 0); err == nil {
			t.Error("a session without an end was made")
		}
	})
}
