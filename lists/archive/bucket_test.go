package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
)

// openBuckets gives one bucket of each kind: what holds for one holds for all.
func openBuckets(t *testing.T) map[string]Bucket {
	t.Helper()
	ctx := context.Background()
	folder, err := OpenBucket(ctx, "file://"+filepath.Join(t.TempDir(), "a", "b"), Keys{})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]Bucket{"folder": folder, "s3": openFakeS3(t, "archive/one")}
}

func openFakeS3(t *testing.T, path string) Bucket {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("archive"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	b, err := OpenBucket(context.Background(), "s3://"+path+"?insecure=true&region=us-east-1&endpoint="+strings.TrimPrefix(server.URL, "http://"),
		Keys{Access: "key", Secret: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBucket(t *testing.T) {
	ctx := context.Background()
	for kind, b := range openBuckets(t) {
		t.Run(kind, func(t *testing.T) {
			data := append([]byte("From x\r\nbare\nlf \x00\xff"), bytes.Repeat([]byte("0123456789"), 2<<20)...) // above S3's part size
			for _, key := range []string{"dc/000001/b.eml", "dc/000000/a.eml", "dcx/one", "id"} {
				if err := b.Put(ctx, key, data); err != nil {
					t.Fatal(err)
				}
			}
			if err := b.Put(ctx, "dc/000000/a.eml", []byte("other")); !errors.Is(err, ErrExists) {
				t.Errorf("second Put: %v, want ErrExists", err)
			}
			if got, err := b.Get(ctx, "dc/000000/a.eml"); err != nil || !bytes.Equal(got, data) {
				t.Errorf("Get: %d octets and %v, want the %d put first", len(got), err, len(data))
			}
			if _, err := b.Get(ctx, "dc/000000/none"); !errors.Is(err, ErrNoObject) {
				t.Errorf("Get of nothing: %v, want ErrNoObject", err)
			}
			for prefix, want := range map[string][]string{
				"dc/":        {"dc/000000/a.eml", "dc/000001/b.eml"},
				"dc/000001/": {"dc/000001/b.eml"},
				"none/":      nil,
				"":           {"dc/000000/a.eml", "dc/000001/b.eml", "dcx/one", "id"},
			} {
				var got []string
				err := b.List(ctx, prefix, func(key string) error { got = append(got, key); return nil })
				if err != nil || !reflect.DeepEqual(got, want) {
					t.Errorf("List(%q) = %q, %v; want %q", prefix, got, err, want)
				}
			}
			stop := errors.New("stop")
			if err := b.List(ctx, "", func(string) error { return stop }); !errors.Is(err, stop) {
				t.Errorf("List goes on after its function's error: %v", err)
			}
			for range 2 {
				if err := b.Delete(ctx, "dc/000001/b.eml"); err != nil {
					t.Error(err)
				}
			}
			if _, err := b.Get(ctx, "dc/000001/b.eml"); !errors.Is(err, ErrNoObject) {
				t.Errorf("Get of what was deleted: %v", err)
			}
		})
	}
}

func TestBucketPutIfAbsentUnderARace(t *testing.T) {
	for kind, b := range openBuckets(t) {
		t.Run(kind, func(t *testing.T) {
			var wg sync.WaitGroup
			var mu sync.Mutex
			var winners []string
			for i := range 16 {
				wg.Go(func() {
					mine := fmt.Sprint("writer ", i)
					err := b.Put(context.Background(), "dc/race", []byte(mine))
					mu.Lock()
					defer mu.Unlock()
					if err == nil {
						winners = append(winners, mine)
					} else if !errors.Is(err, ErrExists) {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			got, err := b.Get(context.Background(), "dc/race")
			if err != nil || len(winners) != 1 || string(got) != winners[0] {
				t.Errorf("won: %q; stands: %q, %v", winners, got, err)
			}
		})
	}
}

func TestBucketRefusesKeysThatLeaveIt(t *testing.T) {
	for kind, b := range openBuckets(t) {
		for _, key := range []string{"", "/etc/passwd", "../x", "a/../../x", "a//b", "a/", ".tmp/x", "a/.hidden", "A", "a b", "a\x00", `a\b`} {
			if err := b.Put(context.Background(), key, nil); err == nil || errors.Is(err, ErrExists) {
				t.Errorf("%s: Put(%q) was let through: %v", kind, key, err)
			}
			if _, err := b.Get(context.Background(), key); err == nil || errors.Is(err, ErrNoObject) {
				t.Errorf("%s: Get(%q) was let through: %v", kind, key, err)
			}
			if err := b.Delete(context.Background(), key); err == nil {
				t.Errorf("%s: Delete(%q) was let through", kind, key)
			}
		}
	}
}

func TestOpenBucketSaysWhatIsWrong(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{
		"/var/lib/archive":                            "must begin with file:/// or s3://",
		"file://host/path":                            "file:/// and the whole path",
		"file:relative":                               "file:/// and the whole path",
		"file:///x?y=z":                               "file:/// and the whole path",
		"file://" + file:                              "is no folder",
		"file://" + file + "/sub":                     "is no folder",
		"s3://bucket?colour=blue":                     `"colour" is not known`,
		"s3://bucket?insecure=perhaps":                "true or false",
		"s3:///prefix":                                "the bucket's name comes after s3://",
		"s3://key:secret@bucket":                      "keys don't belong in the address",
		"s3://bucket?endpoint=127.0.0.1:1":            "AWS_ACCESS_KEY_ID",
		"s3://bucket/../x?endpoint=localhost&region=": "no object key",
	} {
		_, err := OpenBucket(context.Background(), address, Keys{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", address, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "secret@") {
			t.Errorf("%s: the error shows the key: %v", address, err)
		}
		// What the configuration's check can see before anybody is asked.
		seen := CheckAddress(address)
		if formal := strings.HasPrefix(address, "s3:") && !strings.Contains(address, "endpoint"); (seen != nil) != formal {
			t.Errorf("%s: CheckAddress says %v", address, seen)
		}
		if seen != nil && (!strings.Contains(seen.Error(), want) || strings.Contains(seen.Error(), "secret@")) {
			t.Errorf("%s: CheckAddress says %v, want %q", address, seen, want)
		}
	}
}

func TestOpenBucketSaysThatAnS3BucketIsMissing(t *testing.T) {
	server := httptest.NewServer(gofakes3.New(s3mem.New()).Server())
	defer server.Close()
	_, err := OpenBucket(context.Background(), "s3://none?insecure=true&region=us-east-1&endpoint="+strings.TrimPrefix(server.URL, "http://"), Keys{Access: "k", Secret: "s"})
	if err == nil || !strings.Contains(err.Error(), "no such bucket") {
		t.Errorf("got %v", err)
	}
}

// Each step of a write fails in turn: Put must say so, nothing half-written
// may stand under the key, and the next Put must succeed.
func TestFolderPutIsWholeOrNotAtAll(t *testing.T) {
	broken := errors.New("broken disk")
	for step, breakIt := range map[string]func(*fileOps){
		"write": func(o *fileOps) {
			o.write = func(name string, data []byte) error {
				_ = os.WriteFile(name, data[:1], 0o600)
				return broken
			}
		},
		"link": func(o *fileOps) { o.link = func(string, string) error { return broken } },
		"sync": func(o *fileOps) { o.sync = func(string) error { return broken } },
	} {
		t.Run(step, func(t *testing.T) {
			f, err := openFolder(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			good := f.ops
			breakIt(&f.ops)
			if err := f.Put(context.Background(), "dc/x", []byte("whole")); !errors.Is(err, broken) {
				t.Fatalf("Put: %v", err)
			}
			f.ops = good
			if err := f.Put(context.Background(), "dc/x", []byte("whole")); err != nil && !errors.Is(err, ErrExists) {
				t.Fatalf("Put again: %v", err)
			}
			if got, err := f.Get(context.Background(), "dc/x"); err != nil || string(got) != "whole" {
				t.Errorf("stands: %q, %v", got, err)
			}
			if left, _ := os.ReadDir(filepath.Join(f.root, tempFolder)); len(left) != 0 {
				t.Errorf("%d temporary files are left", len(left))
			}
		})
	}
}

// What another writer linked a moment ago is relied on by our caller: its
// folder is synced before Put says that it exists.
func TestFolderPutSyncsWhatAnotherWrote(t *testing.T) {
	f, err := openFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Put(context.Background(), "dc/x", []byte("1")); err != nil {
		t.Fatal(err)
	}
	var synced []string
	f.ops.sync = func(dir string) error { synced = append(synced, filepath.Base(dir)); return nil }
	f.ops.link = func(string, string) error { return fs.ErrExist }
	for _, key := range []string{"dc/x", "dc/linked-meanwhile"} {
		if err := f.Put(context.Background(), key, []byte("2")); !errors.Is(err, ErrExists) {
			t.Errorf("Put: %v", err)
		}
	}
	if !reflect.DeepEqual(synced, []string{"dc", "dc"}) {
		t.Errorf("synced %q", synced)
	}
}

func TestFolderSweepsWhatDeadWritersLeft(t *testing.T) {
	root := t.TempDir()
	if _, err := openFolder(root); err != nil {
		t.Fatal(err)
	}
	old, fresh := filepath.Join(root, tempFolder, "old"), filepath.Join(root, tempFolder, "fresh")
	for _, name := range []string{old, fresh} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chtimes(old, time.Now().Add(-48*time.Hour), time.Now().Add(-48*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := openFolder(root); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the old temporary file is still there: %v", err)
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Errorf("another writer's temporary file was taken away: %v", err)
	}
}

func TestKeysFrom(t *testing.T) {
	env := map[string]string{"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_SESSION_TOKEN": "c"}
	if got := KeysFrom(func(k string) string { return env[k] }); got != (Keys{"a", "b", "c"}) {
		t.Errorf("got %+v", got)
	}
}

// A folder that another process made a moment ago, or whose sync failed, has a
// name that may not be on disk: what is put into it answers for that too.
func TestFolderPutSyncsTheNamesOfFolders(t *testing.T) {
	f, err := openFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(f.root, "dc", "000000"), 0o700); err != nil { // by another, who has not synced yet
		t.Fatal(err)
	}
	var synced []string
	broken := errors.New("broken disk")
	f.ops.sync = func(dir string) error {
		rel, _ := filepath.Rel(f.root, dir)
		if synced = append(synced, rel); len(synced) == 2 {
			return broken
		}
		return nil
	}
	for i, want := range []string{". dc", ". dc dc dc/000000", ". dc dc dc/000000 dc/000000"} {
		if err := f.Put(context.Background(), fmt.Sprintf("dc/000000/%d", i), []byte("x")); (err != nil) != (i == 0) {
			t.Fatalf("Put %d: %v", i, err)
		}
		if got := strings.Join(synced, " "); got != want {
			t.Errorf("after Put %d: synced %q, want %q", i, got, want)
		}
	}
}
