package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/lists/store/redistest"
)

var (
	noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	dc   = lists.List{ID: "dc", Family: "dc", Name: "dc", Archive: lists.ArchivePublic}
)

func newArchive(t testing.TB, b Bucket, rdb redis.UniversalClient) *Archive {
	t.Helper()
	a, err := Open(context.Background(), b, rdb, func() time.Time { return noon }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func newFolder(t testing.TB) *folder {
	t.Helper()
	f, err := openFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func post(id, subject, more, body string) Entry {
	raw := "From: Alice Liddell <alice@example.org>\r\nMessage-ID: <" + id + ">\r\nSubject: " + subject + "\r\n" + more + "\r\n" + body
	return Entry{List: dc, Identity: Identity(id, []byte(raw)), At: noon, Raw: []byte(raw)}
}

// put puts posts in order and returns their UIDs.
func put(t testing.TB, a *Archive, entries ...Entry) []uint32 {
	t.Helper()
	var uids []uint32
	for _, e := range entries {
		uid, first, err := a.Put(context.Background(), e)
		if err != nil || !first {
			t.Fatalf("Put: %d, %v, %v", uid, first, err)
		}
		uids = append(uids, uid)
	}
	return uids
}

func objects(t testing.TB, b Bucket, prefix string) []string {
	t.Helper()
	var keys []string
	if err := b.List(context.Background(), prefix, func(k string) error { keys = append(keys, k); return nil }); err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestPutOnce(t *testing.T) {
	ctx, b := context.Background(), newFolder(t)
	a := newArchive(t, b, redistest.New(t))
	e := post("1@x", "=?utf-8?q?caf=C3=A9?=\r\n  au lait", "In-Reply-To: <0@x>\r\n", "bare\nlf and \x00\xff\r\n")
	if uids := put(t, a, e, post("2@x", "two", "", "x")); !reflect.DeepEqual(uids, []uint32{1, 2}) {
		t.Fatalf("UIDs %v", uids)
	}
	again := e
	again.At, again.Raw = noon.Add(time.Hour), append([]byte("Received: by a relay\r\n"), e.Raw...)
	if uid, first, err := a.Put(ctx, again); uid != 1 || first || err != nil {
		t.Errorf("the same post again: %d, %v, %v", uid, first, err)
	}
	if raw, err := a.Get(ctx, "dc", 1); err != nil || !bytes.Equal(raw, e.Raw) {
		t.Errorf("Get: %q, %v", raw, err)
	}
	want := lists.ArchivedPost{
		UID: 1, Code: Code(e.Identity), At: noon, Size: int64(len(e.Raw)), Subject: "café au lait", From: "Alice Liddell",
		Author: describe(e.Raw).Author, MessageID: "1@x", InReplyTo: "0@x", Thread: 1,
	}
	for how, find := range map[string]func() (lists.ArchivedPost, error){
		"Entry":       func() (lists.ArchivedPost, error) { return a.Entry(ctx, "dc", 1) },
		"ByCode":      func() (lists.ArchivedPost, error) { return a.ByCode(ctx, "dc", Code(e.Identity)) },
		"ByMessageID": func() (lists.ArchivedPost, error) { return a.ByMessageID(ctx, "dc", "1@x") },
	} {
		if got, err := find(); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v; want %+v", how, got, err, want)
		}
	}
	if link := Link("https://lists.example.org", "dc", e.Identity); link != "https://lists.example.org/dc/archive/"+want.Code || len(want.Code) != 26 {
		t.Errorf("link %s", link)
	}
	state, err := a.State(ctx, "dc")
	if err != nil || state.Count != 2 || state.Next != 3 || state.Bytes != int64(len(e.Raw)+len(post("2@x", "two", "", "x").Raw)) || state.Validity == 0 {
		t.Errorf("state %+v, %v", state, err)
	}
	if keys := objects(t, b, "dc/"); len(keys) != 3 || keys[0] != "dc/000000/0000000001-20261130t120000z-"+want.Code+".eml" {
		t.Errorf("objects %q", keys)
	}
}

func TestWhatIsNotThereIsNotFound(t *testing.T) {
	ctx, a := context.Background(), newArchive(t, newFolder(t), redistest.Mini(t))
	put(t, a, post("2@x", "re", "In-Reply-To: <1@x>\r\n", "x"))
	for how, find := range map[string]func() error{
		"Entry":       func() error { _, err := a.Entry(ctx, "dc", 7); return err },
		"Get":         func() error { _, err := a.Get(ctx, "none", 1); return err },
		"ByCode":      func() error { _, err := a.ByCode(ctx, "dc", "x"); return err },
		"ByMessageID": func() error { _, err := a.ByMessageID(ctx, "dc", "1@x"); return err }, // only heard of
	} {
		if err := find(); !errors.Is(err, lists.ErrNotFound) {
			t.Errorf("%s: %v", how, err)
		}
	}
}

func TestArchiveNoneKeepsNothing(t *testing.T) {
	b := newFolder(t)
	a := newArchive(t, b, redistest.Mini(t))
	e := post("1@x", "s", "", "x")
	e.List.Archive = lists.ArchiveNone
	if uid, first, err := a.Put(context.Background(), e); uid != 0 || first || err != nil {
		t.Errorf("Put: %d, %v, %v", uid, first, err)
	}
	if keys := objects(t, b, ""); len(keys) != 1 {
		t.Errorf("objects %q, want only the bucket's id", keys)
	}
}

func TestArchiveOnS3(t *testing.T) {
	ctx, a := context.Background(), newArchive(t, openFakeS3(t, "archive/x"), redistest.New(t))
	e := post("1@x", "s", "", "bare\nlf")
	put(t, a, e)
	if raw, err := a.Get(ctx, "dc", 1); err != nil || !bytes.Equal(raw, e.Raw) {
		t.Errorf("Get: %q, %v", raw, err)
	}
	if n, err := a.Rebuild(ctx, "dc"); n != 0 || err != nil {
		t.Errorf("Rebuild of a whole index: %d, %v", n, err)
	}
}

// In a cluster the keys of each step must lie in one slot.
func TestArchiveOnARedisCluster(t *testing.T) {
	if !redistest.Real() {
		if os.Getenv("CI") != "" {
			t.Fatal("redis-server is not on PATH, and CI is set")
		}
		t.Skip("redis-server is not on PATH")
	}
	rdb, stop, err := redistest.Cluster(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	ctx, a := context.Background(), newArchive(t, newFolder(t), rdb)
	for i := range 300 { // several blocks of records
		put(t, a, post(fmt.Sprint(i, "@x"), "s", "", "x"))
	}
	if posts, err := a.Entries(ctx, "dc", 100, 150); err != nil || len(posts) != 150 || posts[0].UID != 100 || posts[149].UID != 249 {
		t.Errorf("Entries: %d posts, %v", len(posts), err)
	}
	if posts, err := a.Latest(ctx, "dc", 0, 200); err != nil || len(posts) != 200 || posts[0].UID != 300 || posts[199].UID != 101 {
		t.Errorf("Latest: %d posts, %v", len(posts), err)
	}
	if posts, err := a.Latest(ctx, "dc", 3, 200); err != nil || len(posts) != 2 || posts[1].UID != 1 {
		t.Errorf("Latest before 3: %+v, %v", posts, err)
	}
	if _, err := a.Rebuild(ctx, "dc"); err != nil {
		t.Error(err)
	}
}

// stuckBucket fails, or stops, at chosen moments.
type stuckBucket struct {
	Bucket
	mu     sync.Mutex
	before func(key string) error // before Put
	after  func(key string) error // after Put
	listed func()                 // before List
}

func (b *stuckBucket) List(ctx context.Context, prefix string, fn func(key string) error) error {
	b.mu.Lock()
	listed := b.listed
	b.mu.Unlock()
	if listed != nil {
		listed()
	}
	return b.Bucket.List(ctx, prefix, fn)
}

func (b *stuckBucket) Put(ctx context.Context, key string, data []byte) error {
	b.mu.Lock()
	before, after := b.before, b.after
	b.mu.Unlock()
	if before != nil {
		if err := before(key); err != nil {
			return err
		}
	}
	if err := b.Bucket.Put(ctx, key, data); err != nil {
		return err
	}
	if after != nil {
		return after(key)
	}
	return nil
}

// A server dies after each step of Put. Another one puts the post again: it
// must get the reserved UID, be stored once, and be visible only then.
func TestPutGoesOnWhereADeadServerStopped(t *testing.T) {
	died := errors.New("died")
	for step, b := range map[string]*stuckBucket{
		"reserved": {before: func(string) error { return died }},
		"stored":   {after: func(string) error { return died }},
	} {
		t.Run(step, func(t *testing.T) {
			ctx, rdb, f := context.Background(), redistest.New(t), newFolder(t)
			before, after := b.before, b.after
			b.Bucket, b.before, b.after = f, nil, nil
			dead, alive := newArchive(t, b, rdb), newArchive(t, f, rdb)
			if _, err := alive.State(ctx, "dc"); err != nil { // the list's validity is there
				t.Fatal(err)
			}
			b.before, b.after = before, after
			e := post("1@x", "s", "", "x")
			if _, _, err := dead.Put(ctx, e); !errors.Is(err, died) {
				t.Fatalf("the dead server: %v", err)
			}
			if n, err := alive.Count(ctx, "dc"); n != 0 || err != nil {
				t.Errorf("visible too early: %d, %v", n, err)
			}
			if _, err := alive.ByCode(ctx, "dc", Code(e.Identity)); !errors.Is(err, lists.ErrNotFound) {
				t.Errorf("visible too early: %v", err)
			}
			again := e
			again.At, again.Raw = noon.Add(time.Minute), append([]byte("Received: again\r\n"), e.Raw...)
			uid, first, err := alive.Put(ctx, again)
			if uid != 1 || !first || err != nil {
				t.Errorf("the other server: %d, %v, %v", uid, first, err)
			}
			if keys := objects(t, f, "dc/000000/"); len(keys) != 1 {
				t.Errorf("objects %q", keys)
			}
			if _, err := alive.Get(ctx, "dc", 1); err != nil {
				t.Error(err)
			}
		})
	}
}

// A server is overtaken by another one between storing and showing a post:
// readers may have seen the other's higher UID, so the post moves behind it.
func TestPutMovesBehindWhatReadersHaveSeen(t *testing.T) {
	ctx, rdb, f := context.Background(), redistest.New(t), newFolder(t)
	slow := &stuckBucket{Bucket: f}
	one, two := newArchive(t, slow, rdb), newArchive(t, f, rdb)
	if _, err := one.State(ctx, "dc"); err != nil {
		t.Fatal(err)
	}
	overtaken := false
	slow.after = func(string) error {
		if !overtaken {
			overtaken = true
			put(t, two, post("fast@x", "s", "", "x"))
		}
		return nil
	}
	uid, first, err := one.Put(ctx, post("slow@x", "s", "", "x"))
	if uid != 3 || !first || err != nil {
		t.Fatalf("the slow post: %d, %v, %v; want 3", uid, first, err)
	}
	rows, err := two.Rows(ctx, "dc", 0)
	if err != nil || len(rows) != 2 || rows[0].UID != 2 || rows[1].UID != 3 {
		t.Errorf("rows %v, %v", rows, err)
	}
	if keys := objects(t, f, "dc/000000/"); len(keys) != 2 {
		t.Errorf("objects %q: the one under the first name is still there", keys)
	}
	if p, err := two.Entry(ctx, "dc", 3); err != nil || p.Thread != 3 {
		t.Errorf("%+v, %v", p, err)
	}
}

// A server that begins sees a post in the bucket whose UID was given since it
// asked: the index has lost nothing, and what is on its way is let alone.
func TestAPostOnItsWayIsNoLoss(t *testing.T) {
	ctx, rdb, f := context.Background(), redistest.New(t), newFolder(t)
	slow, starting := &stuckBucket{Bucket: f}, &stuckBucket{Bucket: f}
	one, two := newArchive(t, slow, rdb), newArchive(t, starting, rdb)
	if _, err := one.State(ctx, "dc"); err != nil {
		t.Fatal(err)
	}
	stored, leave, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	slow.after = func(string) error {
		close(stored)
		<-leave
		return nil
	}
	var begin sync.Once
	starting.listed = func() {
		begin.Do(func() {
			go func() {
				defer close(ended)
				if uid, first, err := one.Put(ctx, post("a@x", "s", "", "x")); !first || err != nil {
					t.Errorf("the post: %d, %v, %v; want it to be shown by its own server", uid, first, err)
				}
			}()
			<-stored
		})
	}
	state, err := two.State(ctx, "dc")
	close(leave)
	<-ended
	if err != nil {
		t.Fatal(err)
	}
	if after, err := two.State(ctx, "dc"); err != nil || after.Generation != state.Generation || state.Count != 0 || after.Count != 1 {
		t.Errorf("before %+v, after %+v, %v", state, after, err)
	}
}

// Three servers put the same sixty posts at once, while a reader watches:
// each post is kept once, rows only ever grow at the end, and UIDs rise.
func TestPutByManyAtOnce(t *testing.T) {
	ctx, rdb, f := context.Background(), redistest.New(t), newFolder(t)
	var servers []*Archive
	for range 3 {
		servers = append(servers, newArchive(t, f, rdb))
	}
	const posts = 60
	var mu sync.Mutex
	firsts, uids := map[int]int{}, map[int]map[uint32]bool{}
	done := make(chan struct{})
	watched := make(chan error, 1)
	go func() { watched <- watchRows(ctx, servers[0], done) }()
	var wg sync.WaitGroup
	for _, a := range servers {
		for worker := range 4 {
			wg.Go(func() {
				for i := worker; i < posts; i += 4 {
					uid, first, err := a.Put(ctx, post(fmt.Sprint(i, "@x"), "s", "", fmt.Sprint(i)))
					mu.Lock()
					if err != nil {
						t.Error(err)
					}
					if first {
						firsts[i]++
					}
					if uids[i] == nil {
						uids[i] = map[uint32]bool{}
					}
					uids[i][uid] = true
					mu.Unlock()
				}
			})
		}
	}
	wg.Wait()
	close(done)
	if err := <-watched; err != nil {
		t.Error(err)
	}
	for i := range posts {
		if firsts[i] != 1 || len(uids[i]) != 1 {
			t.Errorf("post %d: first %d times, UIDs %v", i, firsts[i], uids[i])
		}
	}
	if n, err := servers[1].Count(ctx, "dc"); n != posts || err != nil {
		t.Errorf("%d posts, %v", n, err)
	}
	if n := len(objects(t, f, "dc/000000/")); n != posts {
		t.Errorf("%d objects for %d posts", n, posts)
	}
}

// watchRows fails if a row that a reader has seen moves, or UIDs don't rise.
func watchRows(ctx context.Context, a *Archive, done <-chan struct{}) error {
	var seen []lists.ArchiveRow
	for {
		rows, err := a.Rows(ctx, "dc", 0)
		if err != nil {
			return err
		}
		if len(rows) < len(seen) || len(seen) > 0 && !reflect.DeepEqual(rows[:len(seen)], seen) {
			return fmt.Errorf("rows changed from %v to %v", seen, rows)
		}
		for i := 1; i < len(rows); i++ {
			if rows[i].UID <= rows[i-1].UID {
				return fmt.Errorf("UIDs don't rise: %v", rows)
			}
		}
		seen = rows
		select {
		case <-done:
			return nil
		default:
		}
	}
}

func TestPutEndsWithItsContext(t *testing.T) {
	rdb, f := redistest.New(t), newFolder(t)
	slow := &stuckBucket{Bucket: f}
	a := newArchive(t, slow, rdb)
	if _, err := a.State(context.Background(), "dc"); err != nil {
		t.Fatal(err)
	}
	entered, leave := make(chan struct{}), make(chan struct{})
	slow.before = func(key string) error {
		if strings.Contains(key, "0000000001-") {
			close(entered)
			<-leave
		}
		return nil
	}
	firstDone := make(chan error, 1)
	go func() {
		_, _, err := a.Put(context.Background(), post("1@x", "s", "", "x"))
		firstDone <- err
	}()
	<-entered
	ctx, cancel := context.WithCancel(context.Background())
	slow.mu.Lock()
	slow.after = func(string) error { cancel(); return nil }
	slow.mu.Unlock()
	if _, _, err := a.Put(ctx, post("2@x", "s", "", "x")); !errors.Is(err, context.Canceled) {
		t.Errorf("the second, which waits for the first: %v", err)
	}
	close(leave)
	if err := <-firstDone; err != nil {
		t.Error(err)
	}
	if uid, first, err := a.Put(context.Background(), post("2@x", "s", "", "x")); uid != 2 || !first || err != nil {
		t.Errorf("the second again: %d, %v, %v", uid, first, err)
	}
}

func TestOpenChecksTheBucket(t *testing.T) {
	ctx, rdb := context.Background(), redistest.Mini(t)
	root := t.TempDir()
	open := func(name string, rdb redis.UniversalClient) error {
		b, err := openFolder(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		_, err = Open(ctx, b, rdb, time.Now, slog.New(slog.DiscardHandler))
		return err
	}
	for range 2 {
		if err := open("right", rdb); err != nil {
			t.Fatal(err)
		}
	}
	if err := open("empty", rdb); err == nil || !strings.Contains(err.Error(), "it is empty or not the bucket that was used before") {
		t.Errorf("an empty bucket: %v", err)
	}
	if err := open("other", redistest.Mini(t)); err != nil {
		t.Fatal(err)
	}
	if err := open("other", rdb); err == nil || !strings.Contains(err.Error(), "belongs to the bucket") {
		t.Errorf("another bucket: %v", err)
	}
	if err := open("right", redistest.Mini(t)); err != nil {
		t.Errorf("the bucket with a new Redis: %v", err)
	}
}

func TestServersThatStartTogetherAgreeOnTheBucket(t *testing.T) {
	rdb, f := redistest.New(t), newFolder(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := Open(context.Background(), f, rdb, time.Now, slog.New(slog.DiscardHandler)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
