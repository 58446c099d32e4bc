package archive

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"plenary/lists/store/redistest"
)

// Within one server nobody is overtaken, so no post is stored twice and no
// UID is left out, however many are put at once.
func TestPostsOfOneServerAreShownInOrder(t *testing.T) {
	ctx, f := context.Background(), newFolder(t)
	counted := &stuckBucket{Bucket: f}
	a := newArchive(t, counted, redistest.New(t))
	if _, err := a.State(ctx, "dc"); err != nil {
		t.Fatal(err)
	}
	stored := 0
	counted.after = func(string) error {
		counted.mu.Lock()
		defer counted.mu.Unlock()
		stored++
		return nil
	}
	const posts = 200
	var wg sync.WaitGroup
	for i := range posts {
		wg.Go(func() {
			if _, first, err := a.Put(ctx, post(fmt.Sprint(i, "@x"), "s", "", "x")); !first || err != nil {
				t.Error(first, err)
			}
		})
	}
	wg.Wait()
	rows, err := a.Rows(ctx, "dc", 0)
	if err != nil || len(rows) != posts || rows[posts-1].UID != posts || stored != posts {
		t.Errorf("%d rows, %d objects stored, %v; want %d of both and the last UID the same", len(rows), stored, err, posts)
	}
	l := a.line("dc")
	if len(l.asking)+len(l.onWay)+len(l.stored) > 0 || l.leading {
		t.Errorf("left behind: %+v", l)
	}
}

func TestLineWhoseTurnItIs(t *testing.T) {
	// p carries UIDs; those in stored wait for their turn.
	for name, c := range map[string]struct {
		onWay, stored []uint32
		asking        bool // a place was asked for before the stored ones were given theirs
		want          string
	}{
		"alone":             {[]uint32{5}, []uint32{5}, false, "[5]"},
		"together":          {[]uint32{5, 6, 7}, []uint32{7, 5, 6}, false, "[5 6 7]"},
		"behind another":    {[]uint32{5, 6}, []uint32{6}, false, "[]"},
		"before another":    {[]uint32{5, 6, 7}, []uint32{5, 7}, false, "[5]"},
		"the same twice":    {[]uint32{5, 5, 6}, []uint32{5, 6}, false, "[5]"},
		"the same, stored":  {[]uint32{5, 5, 6}, []uint32{5, 6, 5}, false, "[5 5 6]"},
		"one is asked for":  {[]uint32{5}, []uint32{5}, true, "[]"},
		"nobody has stored": {[]uint32{5}, nil, false, "[]"},
	} {
		l := newLine()
		if c.asking {
			l.ask()
		}
		for _, uid := range c.onWay {
			ticket := l.ask()
			l.given(ticket, &passage{s: slot{uid: uid}}, true)
		}
		for _, uid := range c.stored {
			l.stored = append(l.stored, &passage{s: slot{uid: uid}, after: l.tickets})
		}
		l.ask() // a later one is in nobody's way
		got := []uint32{}
		for _, p := range l.next() {
			got = append(got, p.s.uid)
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}
