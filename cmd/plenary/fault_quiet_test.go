//go:build faults

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists/archive"
	"plenary/lists/store"
)

// waiting tells what the queue still holds, "" nothing. It looks at the keys
// themselves (smtp/queue/KEYS.md), not through the code that is tested.
func (w *faultWorld) waiting(ctx context.Context) (string, error) {
	var left []string
	see := func(what string, n int64, err error) error {
		if n > 0 {
			left = append(left, fmt.Sprintf("%s %d", what, n))
		}
		return err
	}
	length := func(key string) error { n, err := w.rdb.XLen(ctx, key).Result(); return see(key, n, err) }
	sorted := func(key string) error { n, err := w.rdb.ZCard(ctx, key).Result(); return see(key, n, err) }
	members, err := w.rdb.SCard(ctx, "{letters}:all").Result()
	if err := errors.Join(see("{letters}:all", members, err),
		length("{in:0}"), length("{in:0}:dead"), length("{letters}:prompt"), length("{letters}:notice"), length("{f:dc}:q:chunks"), length("{f:dc}:q:retries"),
		sorted("{in:0}:later"), sorted("{letters}:later"), sorted("{f:dc}:q:posts"), sorted("{f:dc}:q:due")); err != nil {
		return "", err
	}
	return strings.Join(left, ", "), nil
}

// ledger is what Redis remembers of who has which post, for whoever looks why
// somebody has it not.
func (w *faultWorld) ledger(ctx context.Context) string {
	var b strings.Builder
	for _, pattern := range []string{"{f:dc}:q:post:*", "{f:dc}:q:parts:*"} {
		scan := w.rdb.Scan(ctx, 0, pattern, 1000).Iterator()
		for scan.Next(ctx) {
			fields, err := w.rdb.HGetAll(ctx, scan.Val()).Result()
			fmt.Fprintf(&b, "%s %v\n", scan.Val(), err)
			for _, name := range slices.Sorted(maps.Keys(fields)) {
				fmt.Fprintf(&b, "\t%s %.300q\n", name, fields[name])
				if name[0] == 'b' {
					fmt.Fprintf(&b, "\t%s %x\n", name, fields[name])
				}
			}
		}
	}
	return b.String()
}

// bodies are the keys of Redis in which a post's body is left, or what only a
// post on its way has.
func (w *faultWorld) bodies(ctx context.Context) (left []string, err error) {
	scan := w.rdb.Scan(ctx, 0, "*", 1000).Iterator()
	for scan.Next(ctx) {
		key := scan.Val()
		switch {
		case strings.HasPrefix(key, "{f:dc}:a:"), strings.HasPrefix(key, "{f:dc}:p:"): // people
			continue
		case strings.Contains(key, ":q:plan:"), strings.Contains(key, ":q:late:"), strings.Contains(key, ":q:bodies:"), strings.Contains(key, "{letters}:mail:"):
			left = append(left, key)
			continue
		}
		value, err := w.rdb.Dump(ctx, key).Result()
		if err != nil && !errors.Is(err, redis.Nil) {
			return nil, fmt.Errorf("looking into %s: %w", key, err)
		}
		if strings.Contains(value, marker) {
			left = append(left, key)
		}
	}
	return left, scan.Err()
}

// accepted counts the messages that the queue ever took, and how many of them
// may be there more than once, as their server wrote them anew.
func (w *faultWorld) accepted(ctx context.Context) (n, again int, err error) {
	info, err := w.rdb.XInfoStream(ctx, "{in:0}").Result()
	if err != nil {
		return 0, 0, err
	}
	for _, s := range w.servers {
		text, err := os.ReadFile(s.log())
		if err != nil {
			return 0, 0, err
		}
		for _, m := range writtenAgain.FindAllSubmatch(text, -1) {
			more, _ := strconv.Atoi(string(m[1]))
			again += more
		}
	}
	return int(info.EntriesAdded), again, nil
}

var writtenAgain = regexp.MustCompile(`msg="messages written once more: [^"]*" messages=(\d+)`)

// archived checks that the archive has each post once in each of its lists,
// and nothing else.
func (w *faultWorld) archived(ctx context.Context, t trial) error {
	st, err := store.Open(ctx, w.rdb, faultSite, time.Now)
	if err != nil {
		return err
	}
	bucket, err := archive.OpenBucket(ctx, "file://"+filepath.Join(w.dir, "data", "archive"), archive.Keys{})
	if err != nil {
		return err
	}
	ar, err := archive.Open(ctx, bucket, w.rdb, time.Now, nil)
	if err != nil {
		return err
	}
	d, err := st.Directory(ctx)
	if err != nil {
		return err
	}
	for _, name := range []string{"dc", "dc-maps"} {
		l, ok := d.ByID(name)
		if !ok {
			return fmt.Errorf("no list %s", name)
		}
		var mbox bytes.Buffer
		written, err := ar.Export(ctx, l, &mbox, nil)
		if err != nil {
			return err
		}
		want := 0
		for i, p := range t.posts {
			for _, to := range p.lists {
				if to != name {
					continue
				}
				want++
				if n := strings.Count(mbox.String(), fmt.Sprintf("Message-ID: <fault-%d-%d@m.example>", t.seed, i)); n != 1 {
					return fmt.Errorf("post %d stands %d times in the archive of %s", i, n, name)
				}
			}
		}
		if written != want {
			return fmt.Errorf("%d posts stand in the archive of %s, not %d", written, name, want)
		}
	}
	return nil
}
