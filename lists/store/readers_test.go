package store_test

import (
	"context"
	"testing"

	"plenary/lists"
	"plenary/lists/store/redistest"
)

// Who chose digests before that was noted is found once; lists that were made
// since are not read through for it.
func TestMarkDigestReadersReadsAListOnce(t *testing.T) {
	ctx, rdb := context.Background(), redistest.New(t)
	s := open(t, rdb, newClock())
	must(s.CreateList(ctx, lists.NewList{Name: "dc", Title: "Coalition"}))(t)
	must(s.Import(ctx, "dc", []lists.NewMember{{Address: "ada@dc.example", Delivery: lists.Daily}, {Address: "bob@dc.example"}}))(t)
	mark := func() int {
		t.Helper()
		if err := s.MarkDigestReaders(ctx, "dc"); err != nil {
			t.Fatal(err)
		}
		return len(must(s.DigestReaders(ctx, "dc"))(t))
	}
	if n := mark(); n != 1 {
		t.Fatalf("%d readers", n)
	}
	rdb.Del(ctx, "{f:dc}:readers:1")
	if n := mark(); n != 0 {
		t.Errorf("a new list was read through: %d readers", n)
	}
	rdb.HDel(ctx, "{f:dc}:book:1", "noted") // as before lists were marked
	for range 2 {
		if n := mark(); n != 1 {
			t.Errorf("%d readers found", n)
		}
	}
	rdb.Del(ctx, "{f:dc}:readers:1")
	if n := mark(); n != 0 {
		t.Errorf("it was read through again: %d readers", n)
	}
}
