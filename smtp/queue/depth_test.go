package queue

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/smtp"
)

func TestDepthTellsTheOldest(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, clock := t.Context(), time.Now()
		q := New(rdb, Options{Domain: "lists.example.org", Chunk: 4, Roster: members(6), Now: func() time.Time { return clock }})
		if d, err := q.Depth(ctx); err != nil || d != (Depth{}) {
			t.Fatalf("an empty queue: %+v, %v", d, err)
		}
		add := func(n string) {
			if _, err := q.Accept(ctx, smtp.Envelope{ID: "q" + n, To: []string{"dc@lists.example.org"}}, []byte("x")); err != nil {
				t.Fatal(err)
			}
			if err := q.Send(ctx, smtp.Letter{Key: "k" + n, From: "dc@lists.example.org", To: []string{"a@x.example"}}); err != nil {
				t.Fatal(err)
			}
			if err := q.Plan(ctx, post("p"+n, copyOf("dc", "body"))); err != nil {
				t.Fatal(err)
			}
		}
		add("1")
		clock = clock.Add(time.Hour)
		add("2")
		d, err := q.Depth(ctx)
		if err != nil || d.Inbound != 2 || d.Letters != 2 || d.Posts != 2 {
			t.Fatalf("%+v, %v", d, err)
		}
		for what, age := range map[string]time.Duration{"inbound": d.Oldest, "letter": d.OldestLetter, "post": d.OldestPost} {
			if age < 59*time.Minute || age > 61*time.Minute {
				t.Errorf("the oldest %s is said to have waited for %s", what, age)
			}
		}
	})
}
