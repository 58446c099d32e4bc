package store_test

import (
	"context"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
	"github.com/xdg-go/scram"

	"plenary/lists"
)

// TestVerifiers: each app password proves itself by SCRAM-SHA-256, another
// does not, and the factors tell nobody who is known.
func TestVerifiers(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx := context.Background()
		s := open(t, rdb, newClock())
		ada := lists.Address("ada@example.org")
		for label, secret := range map[string]string{"mail": "one-one-one-one", "phone": "two-two-two-two"} {
			if err := s.SetPassword(ctx, ada, label, secret); err != nil {
				t.Fatal(err)
			}
		}
		rdb.HSet(ctx, keyLike(ctx, t, rdb, ":password:"), "old", "1 $argon2id$v=19$m=8192,t=4,p=1$c2FsdA$aGFzaA") // as it was before verifiers
		factors, all, err := s.Verifiers(ctx, "ADA@example.org")
		if err != nil || len(all) != 2 || factors.Iters < 4096 || len(factors.Salt) != 16 {
			t.Fatalf("%d verifiers, %v, %v", len(all), factors, err)
		}
		proves := func(secret string) bool {
			for _, one := range all {
				server, err := scram.SHA256.NewServer(func(string) (scram.StoredCredentials, error) { return one, nil })
				if err != nil {
					t.Fatal(err)
				}
				client, err := scram.SHA256.NewClient("ada@example.org", secret, "")
				if err != nil {
					t.Fatal(err)
				}
				ours, theirs, word := client.NewConversation(), server.NewConversation(), ""
				for range 3 {
					if word, err = ours.Step(word); err != nil {
						break
					}
					if !theirs.Done() {
						word, _ = theirs.Step(word)
					}
				}
				if ours.Valid() && theirs.Valid() {
					return true
				}
			}
			return false
		}
		if !proves("one-one-one-one") || !proves("two-two-two-two") || proves("one-one-one-two") {
			t.Error("the wrong passwords prove themselves")
		}
		again, none, err := s.Verifiers(ctx, "nobody@example.org")
		if err != nil || len(none) != 0 || again.Iters != factors.Iters || len(again.Salt) != len(factors.Salt) || again.Salt == factors.Salt {
			t.Errorf("an unknown address has %v, %v, %v", again, none, err)
		}
		if same, _, _ := s.Verifiers(ctx, "nobody@example.org"); same != again {
			t.Error("an unknown address has another salt each time")
		}
		key := keyLike(ctx, t, rdb, ":password:")
		rdb.HSet(ctx, key, "broken", "1 $argon2id$x SCRAM-SHA-256$4096:!$x:y")
		if _, _, err := s.Verifiers(ctx, ada); err == nil {
			t.Error("a broken verifier is no error")
		}
	})
}

func keyLike(ctx context.Context, t *testing.T, rdb redis.UniversalClient, part string) string {
	t.Helper()
	for _, key := range keys(ctx, rdb) {
		if strings.Contains(key, part) {
			return key
		}
	}
	t.Fatalf("no key like %s", part)
	return ""
}
