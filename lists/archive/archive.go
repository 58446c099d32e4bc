package archive

import (
	"context"
	"crypto/rand"
	_ "embed" // the scripts
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

// Archive is the archive of all lists. Its methods may be called by many
// goroutines and many servers at once.
type Archive struct {
	bucket Bucket
	rdb    redis.UniversalClient
	now    func() time.Time
	log    *slog.Logger

	reserve, publish, restore *redis.Script

	mu    sync.Mutex
	lines map[string]*line // list ID → who waits to be made visible in it
}

//go:embed reserve.lua
var reserveLua string

//go:embed thread.lua
var threadLua string

//go:embed publish.lua
var publishLua string

//go:embed restore.lua
var restoreLua string

// Open joins a bucket and a Redis. The first time it gives the bucket an id
// and writes it to Redis; ever after it refuses a bucket that is not the one
// which this Redis knows, such as an empty folder where none was mounted.
func Open(ctx context.Context, bucket Bucket, rdb redis.UniversalClient, now func() time.Time, log *slog.Logger) (*Archive, error) {
	a := &Archive{
		bucket: bucket, rdb: rdb, now: now, log: log,
		reserve: redis.NewScript(reserveLua), publish: redis.NewScript(threadLua + publishLua), restore: redis.NewScript(threadLua + restoreLua),
		lines: map[string]*line{},
	}
	if err := a.checkBucket(ctx); err != nil {
		return nil, fmt.Errorf("archive bucket %s: %w", bucket, err)
	}
	return a, nil
}

const (
	bucketIDKey   = "{plenary}:archive"
	bucketIDName  = "bucket-id"
	validityName  = "/validity"
	recordsPerKey = 128
)

// checkBucket compares the ids. Redis is read first: another server that
// starts now writes to the bucket first, so an id in Redis is in its bucket.
func (a *Archive) checkBucket(ctx context.Context) error {
	known, err := a.rdb.Get(ctx, bucketIDKey).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return fmt.Errorf("read the bucket's id in Redis: %w", err)
	}
	id, err := a.getOnce(ctx, bucketIDName, func() string {
		if known != "" {
			return ""
		}
		return strings.ToLower(rand.Text())
	})
	if err != nil {
		return err
	}
	if id == "" {
		return fmt.Errorf("it has no id, but this Redis knows it as %s: it is empty or not the bucket that was used before; mount or name the right one", known)
	}
	if known == "" {
		if err := a.rdb.SetNX(ctx, bucketIDKey, id, 0).Err(); err != nil {
			return fmt.Errorf("write the bucket's id to Redis: %w", err)
		}
		if known, err = a.rdb.Get(ctx, bucketIDKey).Result(); err != nil {
			return fmt.Errorf("read the bucket's id in Redis: %w", err)
		}
	}
	if known != id {
		return fmt.Errorf("its id is %s, but this Redis belongs to the bucket %s; name that one, or another Redis", id, known)
	}
	return nil
}

// getOnce reads a small object that is written once. If there is none it
// writes what made gives, unless that is "".
func (a *Archive) getOnce(ctx context.Context, key string, made func() string) (string, error) {
	data, err := a.bucket.Get(ctx, key)
	if errors.Is(err, ErrNoObject) {
		value := made()
		if value == "" {
			return "", nil
		}
		if err := a.bucket.Put(ctx, key, []byte(value)); err != nil && !errors.Is(err, ErrExists) {
			return "", err
		}
		data, err = a.bucket.Get(ctx, key) // another server may have been first
	}
	if err != nil {
		return "", err
	}
	if len(data) == 0 || len(data) > 64 {
		return "", fmt.Errorf("object %s is damaged", key)
	}
	return string(data), nil
}

func listKey(list, kind string) string { return "{a:" + list + "}:" + kind }
func metaKey(list string) string       { return listKey(list, "meta") }
func codesKey(list string) string      { return listKey(list, "codes") }
func midsKey(list string) string       { return listKey(list, "mids") }
func rowsKey(list string) string       { return listKey(list, "rows") }

// recordsKey is the hash that holds the record of the post uid.
func recordsKey(list string, uid uint32) string {
	return listKey(list, "e:"+strconv.FormatUint(uint64(uid/recordsPerKey), 10))
}

func uidField(uid uint32) string { return strconv.FormatUint(uint64(uid), 10) }

func (a *Archive) line(list string) *line {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := a.lines[list]
	if l == nil {
		l = newLine()
		a.lines[list] = l
	}
	return l
}

// ready gives the list's line, when this process has checked its archive: it
// has its UIDVALIDITY, and the index is not behind the bucket, as it is when
// Redis was restored from an older copy.
func (a *Archive) ready(ctx context.Context, list string) (*line, error) {
	l := a.line(list)
	if err := l.lock(ctx); err != nil {
		return nil, err
	}
	defer l.unlock()
	if l.validity != 0 {
		return l, nil
	}
	validity, err := a.validity(ctx, list)
	if err != nil {
		return nil, fmt.Errorf("archive of %s: %w", list, err)
	}
	behind, err := a.behind(ctx, list)
	if err != nil {
		return nil, fmt.Errorf("archive of %s: %w", list, err)
	}
	if behind {
		a.log.Warn("the archive's index is behind its bucket, as after a loss in Redis; it is rebuilt", "list", list)
		n, err := a.rebuild(ctx, list, false)
		if err != nil {
			return nil, err
		}
		a.log.Info("the archive's index is rebuilt", "list", list, "restored", n)
	}
	l.validity = validity
	return l, nil
}

// validity reads the list's UIDVALIDITY, or makes one.
func (a *Archive) validity(ctx context.Context, list string) (uint32, error) {
	text, err := a.getOnce(ctx, list+validityName, func() string {
		return strconv.FormatUint(uint64(uint32(a.now().Unix())|1), 10)
	})
	if err != nil {
		return 0, err
	}
	v, err := strconv.ParseUint(text, 10, 32)
	if err != nil || v == 0 {
		return 0, fmt.Errorf("object %s is damaged", list+validityName)
	}
	return uint32(v), nil
}

// behind tells whether the bucket holds a UID that Redis has not given. The
// block of the last one given and the next are enough to see that.
func (a *Archive) behind(ctx context.Context, list string) (bool, error) {
	last, err := a.last(ctx, list)
	if err != nil {
		return false, err
	}
	highest := uint32(0)
	for _, block := range []uint32{last / blockSize, last/blockSize + 1} {
		err := a.bucket.List(ctx, blockPrefix(list, block), func(key string) error {
			if s, ok := parseSlot(key); ok {
				highest = max(highest, s.uid)
			}
			return nil
		})
		if err != nil {
			return false, err
		}
	}
	if highest <= last {
		return false, nil
	}
	// Another server may have put posts since last was read. An object is put
	// only once its UID was given.
	last, err = a.last(ctx, list)
	return highest > last, err
}

// last is the last UID that was given, 0 before the first.
func (a *Archive) last(ctx context.Context, list string) (uint32, error) {
	last, err := a.rdb.HGet(ctx, metaKey(list), "last").Uint64()
	if err != nil && !errors.Is(err, redis.Nil) {
		return 0, fmt.Errorf("read the index: %w", err)
	}
	return uint32(last), nil
}

// State is the list's archive now.
func (a *Archive) State(ctx context.Context, listID string) (lists.ArchiveState, error) {
	l, err := a.ready(ctx, listID)
	if err != nil {
		return lists.ArchiveState{}, err
	}
	var meta *redis.SliceCmd
	var octets *redis.IntCmd
	_, err = a.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		meta = p.HMGet(ctx, metaKey(listID), "seen", "bytes", "gen")
		octets = p.StrLen(ctx, rowsKey(listID))
		return nil
	})
	if err != nil {
		return lists.ArchiveState{}, fmt.Errorf("archive of %s: read its state: %w", listID, err)
	}
	return lists.ArchiveState{
		Validity: l.validity, Next: uint32(number(meta.Val()[0])) + 1, Count: int(octets.Val() / rowSize),
		Bytes: number(meta.Val()[1]), Generation: number(meta.Val()[2]),
	}, nil
}

// number reads a field of HMGET, 0 for a missing one.
func number(v any) int64 {
	s, _ := v.(string)
	n, _ := strconv.ParseInt(s, 10, 64) // our scripts write nothing else
	return n
}
