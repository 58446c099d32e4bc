package certify

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"plenary/lists/store/redistest"
)

func TestRedisIsAStorage(t *testing.T) {
	ctx, db := context.Background(), redistest.New(t)
	now := time.UnixMilli(1_800_000_000_000)
	r := &Redis{DB: db, Secret: "s3cret", Now: func() time.Time { return now }}
	for key, value := range map[string]string{"certs/a/x.key": "PRIVATE", "certs/a/x.crt": "public", "certs/b/y.crt": "other", "accounts": "me"} {
		if err := r.Store(ctx, key, []byte(value)); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := r.Load(ctx, "certs/a/x.key"); err != nil || string(got) != "PRIVATE" {
		t.Errorf("%q, %v", got, err)
	}
	if raw := db.HGet(ctx, acmeKey, "certs/a/x.key").Val(); strings.Contains(raw, "PRIVATE") {
		t.Error("a private key can be read in Redis")
	}
	for _, other := range []string{"", "another"} {
		if got, err := (&Redis{DB: db, Secret: other, Now: r.Now}).Load(ctx, "certs/a/x.key"); err == nil {
			t.Errorf("with secret %q: %q", other, got)
		}
	}
	if err := db.HSet(ctx, acmeKey, "certs/a/moved.key", db.HGet(ctx, acmeKey, "certs/a/x.key").Val()).Err(); err != nil {
		t.Fatal(err)
	}
	if got, err := r.Load(ctx, "certs/a/moved.key"); err == nil {
		t.Errorf("a value under another key: %q", got)
	}
	if err := r.Delete(ctx, "certs/a/moved.key"); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][]string{"certs": {"certs/a", "certs/b"}, "certs/a": {"certs/a/x.crt", "certs/a/x.key"}, "": {"accounts", "certs"}} {
		if got, err := r.List(ctx, path, false); err != nil || !slices.Equal(got, want) {
			t.Errorf("List %q: %v, %v", path, got, err)
		}
	}
	if got, err := r.List(ctx, "certs", true); err != nil || len(got) != 3 {
		t.Errorf("all: %v, %v", got, err)
	}
	if info, err := r.Stat(ctx, "accounts"); err != nil || info.Size != 2 || !info.IsTerminal || !info.Modified.Equal(now) {
		t.Errorf("%+v, %v", info, err)
	}
	if info, err := r.Stat(ctx, "certs/a"); err != nil || info.IsTerminal {
		t.Errorf("%+v, %v", info, err)
	}
	if !r.Exists(ctx, "certs") || r.Exists(ctx, "cert") {
		t.Error("Exists is wrong")
	}
	if err := r.Delete(ctx, "certs/a"); err != nil || r.Exists(ctx, "certs/a/x.key") || !r.Exists(ctx, "certs/b/y.crt") {
		t.Errorf("Delete: %v", err)
	}
	for _, err := range []error{func() error { _, err := r.Load(ctx, "gone"); return err }(), func() error { _, err := r.Stat(ctx, "gone"); return err }(),
		func() error { _, err := r.List(ctx, "gone", true); return err }()} {
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("what is not there: %v", err)
		}
	}
}

// TestRedisLocks: one server at a time, whoever it is.
func TestRedisLocks(t *testing.T) {
	ctx, db := context.Background(), redistest.New(t)
	one, two := &Redis{DB: db, Now: time.Now}, &Redis{DB: db, Now: time.Now}
	if err := one.Lock(ctx, "issue"); err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithCancel(ctx)
	cancel()
	if err := two.Lock(short, "issue"); err == nil {
		t.Fatal("two hold one lock")
	}
	if err := two.Unlock(ctx, "issue"); err == nil {
		t.Error("another's lock was let go")
	}
	got := make(chan error, 1)
	go func() { got <- two.Lock(ctx, "issue") }()
	if err := one.Unlock(ctx, "issue"); err != nil {
		t.Error(err)
	}
	if err := <-got; err != nil {
		t.Error(err)
	}
	if err := two.Unlock(ctx, "issue"); err != nil {
		t.Error(err)
	}
	if n := db.Exists(ctx, acmeKey+"-lock:").Val(); n != 0 {
		t.Error("a lock was left")
	}
}
