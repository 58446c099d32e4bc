package archive

import (
	"context"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/lists/store/redistest"
)

// dump is all that readers can see of a list.
func dump(t *testing.T, a *Archive) (lists.ArchiveState, []lists.ArchiveRow, []lists.ArchivedPost) {
	t.Helper()
	ctx := context.Background()
	state, err := a.State(ctx, "dc")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := a.Rows(ctx, "dc", 0)
	if err != nil {
		t.Fatal(err)
	}
	posts, err := a.Entries(ctx, "dc", 1, 10000)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range posts {
		if again, err := a.ByCode(ctx, "dc", p.Code); err != nil || !reflect.DeepEqual(again, p) {
			t.Errorf("ByCode: %+v, %v; want %+v", again, err, p)
		}
		if again, err := a.ByMessageID(ctx, "dc", p.MessageID); err != nil || !reflect.DeepEqual(again, p) {
			t.Errorf("ByMessageID: %+v, %v; want %+v", again, err, p)
		}
	}
	return state, rows, posts
}

func story(t *testing.T, a *Archive) {
	for i := range 20 {
		more := ""
		if i%3 > 0 {
			more = fmt.Sprintf("In-Reply-To: <%d@x>\r\n", i-1)
		}
		e := post(fmt.Sprint(i, "@x"), fmt.Sprint("subject ", i), more, fmt.Sprint(i))
		e.At = noon.Add(-time.Duration(i) * time.Hour)
		put(t, a, e)
	}
}

// Redis is lost whole: from the bucket alone the index comes out as it was,
// by itself.
func TestRebuildFromTheBucketAlone(t *testing.T) {
	f := newFolder(t)
	a := newArchive(t, f, redistest.New(t))
	story(t, a)
	state, rows, posts := dump(t, a)
	rdb := redistest.New(t)
	b := newArchive(t, f, rdb)
	newState, newRows, newPosts := dump(t, b)
	state.Generation = newState.Generation
	if newState != state {
		t.Errorf("state %+v, want %+v", newState, state)
	}
	if !reflect.DeepEqual(newRows, rows) {
		t.Errorf("rows %v, want %v", newRows, rows)
	}
	if !reflect.DeepEqual(newPosts, posts) {
		t.Errorf("posts %+v, want %+v", newPosts, posts)
	}
	if uid := put(t, b, post("new@x", "s", "", "x"))[0]; uid != 21 {
		t.Errorf("the next post has UID %d, want 21", uid)
	}
	if uid, first, err := b.Put(context.Background(), post("3@x", "subject 3", "", "3")); uid != 4 || first || err != nil {
		t.Errorf("an old post again: %d, %v, %v", uid, first, err)
	}
	if n, err := b.Rebuild(context.Background(), "dc"); n != 0 || err != nil {
		t.Errorf("Rebuild of a whole index: %d, %v", n, err)
	}
}

// Redis is restored from an older copy: the posts since are put back before
// one of their UIDs is given again.
func TestRebuildAfterRedisFellBehind(t *testing.T) {
	ctx, f, rdb := context.Background(), newFolder(t), redistest.Start(t).Client(t) // only a real one can DUMP
	a := newArchive(t, f, rdb)
	put(t, a, post("1@x", "s", "", "x"), post("2@x", "s", "", "x"))
	copied := map[string]string{}
	for _, key := range rdb.Keys(ctx, "{a:dc}:*").Val() {
		copied[key] = rdb.Dump(ctx, key).Val()
	}
	put(t, a, post("3@x", "s", "", "x"), post("4@x", "s", "", "x"))
	state, _, _ := dump(t, a)
	for key, value := range copied {
		if err := rdb.RestoreReplace(ctx, key, 0, value).Err(); err != nil {
			t.Fatal(err)
		}
	}
	b := newArchive(t, f, rdb)
	if uid := put(t, b, post("5@x", "s", "", "x"))[0]; uid != 5 {
		t.Errorf("the next post has UID %d, want 5", uid)
	}
	after, rows, _ := dump(t, b)
	if len(rows) != 5 || after.Generation == state.Generation || after.Validity != state.Validity {
		t.Errorf("%d rows; state %+v, before %+v", len(rows), after, state)
	}
}

// A server died between two steps and left an object that nobody uses.
func TestRebuildPassesOverWhatWasLeft(t *testing.T) {
	ctx, f := context.Background(), newFolder(t)
	a := newArchive(t, f, redistest.Mini(t))
	put(t, a, post("0@x", "s", "", "x"), post("0b@x", "s", "", "x"))
	e := post("1@x", "s", "", "x")
	put(t, a, e)
	left := slot{list: "dc", uid: 1, at: noon, code: Code(e.Identity)}
	for key, data := range map[string][]byte{left.key(): e.Raw, "dc/000000/notes.txt": nil, "dc/readme": []byte("by hand")} {
		if err := f.Put(ctx, key, data); err != nil {
			t.Fatal(err)
		}
	}
	b := newArchive(t, f, redistest.Mini(t))
	_, rows, posts := dump(t, b)
	if len(rows) != 3 || len(posts) != 3 || rows[2].UID != 3 {
		t.Errorf("rows %v, %d posts", rows, len(posts))
	}
}

func TestPutWhileRebuilding(t *testing.T) {
	ctx, f := context.Background(), newFolder(t)
	story(t, newArchive(t, f, redistest.New(t)))
	rdb := redistest.New(t)
	a, b := newArchive(t, f, rdb), newArchive(t, f, rdb)
	var wg sync.WaitGroup
	for _, server := range []*Archive{a, b} {
		wg.Go(func() {
			for range 3 {
				if _, err := server.Rebuild(ctx, "dc"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range 20 {
		wg.Go(func() {
			if _, _, err := a.Put(ctx, post(fmt.Sprint("new", i, "@x"), "s", "", fmt.Sprint("n", i))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if _, rows, posts := dump(t, b); len(rows) != 40 || len(posts) != 40 {
		t.Errorf("%d rows, %d posts; want 40", len(rows), len(posts))
	}
}

// Redis goes away in the middle of work: Put says so, and goes on after.
func TestPutWithoutRedis(t *testing.T) {
	server := redistest.Start(t)
	rdb := redis.NewClient(&redis.Options{Addr: server.Addr, MaxRetries: -1})
	t.Cleanup(func() { rdb.Close() })
	f := newFolder(t)
	slow := &stuckBucket{Bucket: f}
	a := newArchive(t, slow, rdb)
	put(t, a, post("1@x", "s", "", "x"))
	slow.after = func(string) error { server.Kill(); return nil }
	if _, _, err := a.Put(context.Background(), post("2@x", "s", "", "x")); err == nil {
		t.Fatal("Put succeeded without Redis")
	}
	slow.after = nil
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	if uid := put(t, a, post("2@x", "s", "", "x"))[0]; uid != 2 {
		t.Errorf("UID %d", uid)
	}
}
