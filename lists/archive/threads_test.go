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

// Some mail programs name no post that they answer: an answer belongs to the
// post that has its subject, if that came shortly before; also where the index
// was lost since.
func TestAnswersThatNameNoPost(t *testing.T) {
	ctx, f := context.Background(), newFolder(t)
	a := newArchive(t, f, redistest.New(t))
	at := func(e Entry, days int) Entry { e.At = noon.AddDate(0, 0, days); return e }
	put(t, a,
		at(post("1@x", "Budget", "", "1"), -40),
		at(post("2@x", "Re: Budget", "", "2"), -20),                               // too late
		at(post("3@x", "[dc] Budget", "", "3"), -19),                              // no answer
		at(post("4@x", "Re: [dc] budget", "", "4"), -18),                          // 3
		at(post("5@x", "AW: Budget", "In-Reply-To: <elsewhere@x>\r\n", "5"), -12), // 3
		at(post("6@x", "Re: Budget", "In-Reply-To: <1@x>\r\n", "6"), -12),         // it says which
		at(post("7@x", "Re: Budget", "", "7"), -6),                                // 3, by 5
		at(post("8@x", "Re:", "", "8"), -6),
		at(post("9@x", "RE:", "", "9"), -6),
		at(post("10@x", "Sv: Re: Budget", "In-Reply-To: <elsewhere@x>\r\n", "10"), 9), // 3, as 5
	)
	want := []uint32{1, 2, 3, 3, 3, 1, 3, 8, 9, 3}
	for _, a := range []*Archive{a, newArchive(t, f, redistest.New(t))} {
		posts, err := a.Entries(ctx, "dc", 1, 99)
		if err != nil || len(posts) != len(want) {
			t.Fatal(len(posts), err)
		}
		for i, p := range posts {
			if p.Thread != want[i] {
				t.Errorf("%s (%s) is in thread %d, want %d", p.Subject, p.MessageID, p.Thread, want[i])
			}
		}
		// What a digest counts is what a page shows.
		stirred, err := a.Threads(ctx, "dc", noon.AddDate(0, 0, -19), noon.AddDate(0, 0, -11), 9)
		if err != nil || len(stirred) != 2 || stirred[0].UID != 3 || stirred[0].Posts != 3 {
			t.Errorf("%+v, %v", stirred, err)
		}
		if shown, err := a.Thread(ctx, "dc", 3, 99); err != nil || len(shown) != 5 {
			t.Errorf("%d posts on the page, %v", len(shown), err)
		}
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
