package queue

import (
	"testing"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

// TestForgetAuthor: who was erased stands on no post of the queue; others do.
func TestForgetAuthor(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		q := New(rdb, Options{Domain: "lists.example.org", Chunk: 4, Roster: members(6)})
		for id, author := range map[string]lists.Address{"p1": "Ada@erase.example", "p2": "bob@erase.example"} {
			f := post(id, copyOf("dc", "body"))
			f.Author = author
			if err := q.Plan(t.Context(), f); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			if err := q.ForgetAuthor(t.Context(), "ada@erase.example"); err != nil {
				t.Fatal(err)
			}
		}
		left := map[string]bool{}
		if err := q.eachPost(t.Context(), func(p waiting) error { left[string(p.author)] = true; return nil }); err != nil {
			t.Fatal(err)
		}
		if len(left) != 2 || !left[""] || !left["bob@erase.example"] {
			t.Errorf("the posts are of %v", left)
		}
	})
}
