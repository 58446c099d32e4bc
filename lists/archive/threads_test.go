package archive

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"plenary/lists/store/redistest"
)

func TestThreads(t *testing.T) {
	ctx, a := context.Background(), newArchive(t, newFolder(t), redistest.New(t))
	at := func(e Entry, hours int) Entry { e.At = noon.Add(time.Duration(hours) * time.Hour); return e }
	bob := func(e Entry) Entry {
		e.Raw = bytes.Replace(e.Raw, []byte("Alice Liddell <alice@"), []byte("Bob <bob@"), 1)
		return e
	}
	put(t, a,
		at(post("map@x", "The map", "", "1"), -100),
		at(bob(post("map2@x", "Re: [dc] The map", "In-Reply-To: <map@x>\r\n", "2")), 1),
		at(post("map3@x", "RE: AW: The map", "References: <map@x>\r\n <lost@x>\r\n", "3"), 2),
		at(post("alone@x", "Fwd: Alone", "", "4"), 3),
		// Two answers to a post that was never here, which then comes.
		at(post("a@x", "Re: ghost", "In-Reply-To: <ghost@x>\r\n", "5"), 4),
		at(bob(post("b@x", "Re: ghost", "In-Reply-To: <ghost@x>\r\n", "6")), 5),
		at(post("ghost@x", "ghost", "", "7"), 6),
		at(post("late@x", "late", "", "8"), 50),
	)
	got, err := a.Threads(ctx, "dc", noon, noon.Add(24*time.Hour), 10)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, th := range got {
		lines = append(lines, fmt.Sprintf("%d %s: %d posts, the last at %d", th.UID, th.Subject, th.Posts, int(th.Last.Sub(noon).Hours())))
	}
	want := []string{
		"5 ghost: 3 posts, the last at 6",
		"1 The map: 2 posts, the last at 2",
		"4 Alone: 1 posts, the last at 3",
	}
	if !reflect.DeepEqual(lines, want) {
		t.Errorf("threads:\n%s\nwant:\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	if got[1].Code != Code(post("map@x", "The map", "", "1").Identity) {
		t.Error("a thread's code is not that of its first post")
	}
	if two, err := a.Threads(ctx, "dc", noon, noon.Add(24*time.Hour), 2); err != nil || !reflect.DeepEqual(two, got[:2]) {
		t.Errorf("at most two: %v, %v", two, err)
	}
}

func TestPostsWithOneMessageIDAreTwoPosts(t *testing.T) {
	ctx, a := context.Background(), newArchive(t, newFolder(t), redistest.Mini(t))
	put(t, a, post("1@x", "one", "", "one"), post("1@x", "two", "", "two"))
	if p, err := a.ByMessageID(ctx, "dc", "1@x"); err != nil || p.Subject != "one" {
		t.Errorf("%+v, %v", p, err)
	}
}

// A thread's posts are found from its first on, whatever stands between.
func TestThread(t *testing.T) {
	ctx, a := context.Background(), newArchive(t, newFolder(t), redistest.Mini(t))
	var want []uint32
	for n := range 300 {
		answers := ""
		if n == 0 || n%100 == 7 {
			if want = append(want, uint32(n+1)); n > 0 {
				answers = "In-Reply-To: <0@x>\r\n"
			}
		}
		put(t, a, post(fmt.Sprintf("%d@x", n), "s", answers, fmt.Sprint(n)))
	}
	for most, n := range map[int]int{100: 4, 2: 2, 0: 0} {
		posts, err := a.Thread(ctx, "dc", 1, most)
		if err != nil || len(posts) != n {
			t.Fatalf("at most %d: %d posts, %v", most, len(posts), err)
		}
		for i, p := range posts {
			if p.UID != want[i] || p.Thread != 1 {
				t.Errorf("post %d is %+v", i, p)
			}
		}
	}
	for _, none := range []uint32{0, 301, 1<<32 - 1} {
		if posts, err := a.Thread(ctx, "dc", none, 9); err != nil || len(posts) != 0 {
			t.Errorf("thread %d: %v, %v", none, posts, err)
		}
	}
}
