package store_test

import (
	"context"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"plenary/lists"
	"plenary/lists/store/redistest"
)

// TestKeysAreAsDocumented uses all that the store can do, and finds each key
// in KEYS.md with its type, and each key of KEYS.md in Redis.
func TestKeysAreAsDocumented(t *testing.T) {
	rdb := redistest.New(t)
	ctx, s := context.Background(), open(t, rdb, newClock())
	coalition(t, s)
	join(t, s, "dc-maps", lists.NewMember{Address: "ada@example.org", Leader: true})
	must(s.Hold(ctx, lists.HeldPost{List: "dc", Queue: "q"}, []byte("raw")))(t)
	must(s.Record(ctx, lists.ProgressEntry{List: "dc", Kind: "next", Source: "m"}))(t)
	must(s.Allow(ctx, "k", 1, time.Minute))(t)
	must(s.NewSignIn(ctx, "ada@example.org", time.Minute))(t)
	must(s.NewSession(ctx, "ada@example.org", time.Minute))(t)
	_, _, _, askErr := s.Ask(ctx, wish())
	must(s.EnterPosts(ctx, []lists.DigestPost{{List: "dc", Identity: "none yet", Size: 3}}))(t)
	must(s.UpdatePerson(ctx, "dc", "ada@example.org", func(p *lists.Person) error { p.Subs[0].Delivery = lists.Daily; return nil }))(t)
	must(s.EnterPosts(ctx, []lists.DigestPost{{List: "dc", Identity: "x", Size: 3, Raw: []byte("raw")}}))(t)
	_, _, siteErr := s.Freeze(ctx, "", "digest/1", nil, 0)
	_, _, familyErr := s.Freeze(ctx, "dc", "digest/1", nil, 0)
	must(s.CreateList(ctx, lists.NewList{Name: "gone", Title: "Gone"}))(t)
	for _, err := range []error{s.RemoveList(ctx, "gone"), askErr, siteErr, familyErr, s.SetBounces(ctx, "dc", 1, []byte("{}")), s.SetPassword(ctx, "ada@example.org", "imap", "secret")} {
		if err != nil {
			t.Fatal(err)
		}
	}

	rdb.HSet(ctx, "{plenary}:dkim", "current", "p1") // the keyring's, which stands in the same table

	doc := string(must(os.ReadFile("KEYS.md"))(t))
	type row struct {
		pattern *regexp.Regexp
		kind    string
		seen    bool
	}
	var rows []*row
	parts := strings.NewReplacer("f:ID", "f:[a-z0-9-]+", "SERIAL", "[0-9]+", "SHA", "[0-9a-f]+", "KEY", ".+", ":B", ":[0-9]+", ":N", ":[0-9]+", "HHH", "[0-9a-f]{3}", "{", `\{`, "}", `\}`)
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (string|hash|zset) \\|").FindAllStringSubmatch(doc, -1) {
		rows = append(rows, &row{pattern: regexp.MustCompile("^" + parts.Replace(m[1]) + "$"), kind: m[2]})
	}
	if len(rows) < 20 {
		t.Fatalf("%d rows in KEYS.md", len(rows))
	}
	for _, key := range keys(ctx, rdb) {
		found := false
		for _, r := range rows {
			if r.pattern.MatchString(key) {
				found, r.seen = true, true
				if kind := rdb.Type(ctx, key).Val(); kind != r.kind {
					t.Errorf("%s is a %s, in KEYS.md a %s", key, kind, r.kind)
				}
			}
		}
		if !found {
			t.Errorf("%s is not in KEYS.md", key)
		}
	}
	for _, r := range rows {
		if !r.seen {
			t.Errorf("nothing is kept as %v", r.pattern)
		}
	}
}
