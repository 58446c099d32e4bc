package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"plenary/lists"
	"plenary/lists/store/redistest"
)

// TestAPostAndATurnAtOnce: from the moment a post has its number, how a member
// takes it never changes, however posts and turns race.
func TestAPostAndATurnAtOnce(t *testing.T) {
	ctx, s := context.Background(), open(t, redistest.New(t), newClock())
	coalition(t, s)
	join(t, s, "dc", lists.NewMember{Address: "ada@example.org"})
	var both sync.WaitGroup
	taken := map[uint64]lists.Delivery{} // by post, as the chunk that sends it sees it
	done := make(chan struct{})
	both.Go(func() {
		defer close(done)
		for i := range 200 {
			n, err := s.EnterPosts(ctx, []lists.DigestPost{{List: "dc", Identity: fmt.Sprint(i), Size: 1}})
			if err != nil {
				t.Error(err)
				return
			}
			p, err := s.Person(ctx, "dc", "ada@example.org")
			if err != nil {
				t.Error(err)
				return
			}
			taken[n[0]] = p.Subs[0].DeliveryOf(n[0])
		}
	})
	turns := 0
	both.Go(func() {
		for ; turns < 60; turns++ { // as many as are remembered
			if _, err := s.UpdatePerson(ctx, "dc", "ada@example.org", func(p *lists.Person) error {
				p.Subs[0].Delivery = []lists.Delivery{lists.Weekly, lists.Each}[turns%2]
				return nil
			}); err != nil {
				t.Error(err)
				return
			}
		}
	})
	both.Wait()
	p, err := s.Person(ctx, "dc", "ada@example.org")
	if err != nil || len(taken) != 200 {
		t.Fatalf("%d posts, %v", len(taken), err)
	}
	for n, d := range taken {
		if now := p.Subs[0].DeliveryOf(n); now != d {
			t.Errorf("post %d was taken as %s and is %s now", n, d, now)
		}
	}
	if len(p.Subs[0].Turns) < 2 {
		t.Logf("posts and turns did not meet: %v", p.Subs[0].Turns)
	}
}

// TestPostsAreNumberedAndForgotten walks a list's posts through their life.
func TestPostsAreNumberedAndForgotten(t *testing.T) {
	clock := newClock()
	ctx, s := context.Background(), open(t, redistest.New(t), clock)
	coalition(t, s)
	enter := func(id string, in ...string) (all []uint64) {
		t.Helper()
		var posts []lists.DigestPost
		for _, l := range in {
			posts = append(posts, lists.DigestPost{List: l, Identity: id, Size: 10, Subject: "S " + id, At: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Raw: []byte("raw " + id)})
		}
		return must(s.EnterPosts(ctx, posts))(t)
	}
	if got := fmt.Sprint(enter("a", "dc"), enter("b", "dc", "dc-maps"), enter("a", "dc", "dc-maps")); got != "[1] [2 1] [1 2]" {
		t.Errorf("numbers %s", got)
	}
	if _, err := s.DigestBody(ctx, "dc", "a"); !errors.Is(err, lists.ErrNotFound) {
		t.Errorf("a body is kept where nobody reads digests: %v", err)
	}
	join(t, s, "dc", lists.NewMember{Address: "ada@example.org", Delivery: lists.Weekly})
	enter("c", "dc")
	if raw := must(s.DigestBody(ctx, "dc", "c"))(t); string(raw) != "raw c" {
		t.Errorf("body %q", raw)
	}
	book := must(s.DigestBook(ctx, "dc"))(t)
	if book.Posts != 3 || book.Sum != 30 {
		t.Errorf("book %+v", book)
	}
	posts := must(s.DigestPosts(ctx, "dc", 1, 3))(t)
	if len(posts) != 2 || posts[0].Number != 2 || posts[0].Sum != 20 || posts[1].Subject != "S c" {
		t.Errorf("posts %+v", posts)
	}
	if got := must(s.PostNumbers(ctx, "dc-maps", []string{"a", "b", "none"}))(t); fmt.Sprint(got) != "map[a:2 b:1]" {
		t.Errorf("in dc-maps: %v", got)
	}
	next := book.Weekly
	next.Upto = 3
	if !must(s.SetShelf(ctx, "dc", lists.Weekly, next))(t) || must(s.SetShelf(ctx, "dc", lists.Weekly, next))(t) {
		t.Error("a shelf is set once for each state read")
	}
	for _, err := range []error{s.TrimPosts(ctx, "dc", 2, time.Now()), s.TrimPosts(ctx, "dc", 3, time.Time{})} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if left := must(s.DigestPosts(ctx, "dc", 0, 9))(t); len(left) != 1 || left[0].Identity != "c" {
		t.Errorf("left %+v", left)
	}
	if _, err := s.DigestBody(ctx, "dc", "c"); !errors.Is(err, lists.ErrNotFound) {
		t.Errorf("the body stays: %v", err)
	}
	readers := must(s.DigestReaders(ctx, "dc"))(t)
	if len(readers) != 1 || readers[0].Subs[0].DeliveryOf(2) != lists.NoMail || readers[0].Subs[0].DeliveryOf(3) != lists.Weekly {
		t.Errorf("readers %+v", readers)
	}
	if err := s.MarkDigestReaders(ctx, "dc"); err != nil {
		t.Fatal(err)
	}
}
