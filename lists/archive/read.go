package archive

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

// Count is how many posts readers see.
func (a *Archive) Count(ctx context.Context, listID string) (int, error) {
	if _, err := a.ready(ctx, listID); err != nil {
		return 0, err
	}
	n, err := a.rdb.StrLen(ctx, rowsKey(listID)).Result()
	if err != nil {
		return 0, fmt.Errorf("archive of %s: count its posts: %w", listID, err)
	}
	return int(n / rowSize), nil
}

// Rows are the visible posts in order, without the first from of them.
func (a *Archive) Rows(ctx context.Context, listID string, from int) ([]lists.ArchiveRow, error) {
	if _, err := a.ready(ctx, listID); err != nil {
		return nil, err
	}
	data, err := a.rdb.GetRange(ctx, rowsKey(listID), int64(from)*rowSize, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("archive of %s: read its rows: %w", listID, err)
	}
	return decodeRows(data), nil
}

// Entry is the index record of one post, or lists.ErrNotFound.
func (a *Archive) Entry(ctx context.Context, listID string, uid uint32) (lists.ArchivedPost, error) {
	if _, err := a.ready(ctx, listID); err != nil {
		return lists.ArchivedPost{}, err
	}
	data, err := a.rdb.HGet(ctx, recordsKey(listID, uid), uidField(uid)).Result()
	if errors.Is(err, redis.Nil) {
		err = lists.ErrNotFound
	}
	if err != nil {
		return lists.ArchivedPost{}, fmt.Errorf("archive of %s, post %d: %w", listID, uid, err)
	}
	return decodeRecord(listID, uid, data)
}

// Get is the post as it came, octet for octet, or lists.ErrNotFound.
func (a *Archive) Get(ctx context.Context, listID string, uid uint32) ([]byte, error) {
	post, err := a.Entry(ctx, listID, uid)
	if err != nil {
		return nil, err
	}
	raw, err := a.bucket.Get(ctx, slot{list: listID, uid: uid, at: post.At, code: post.Code}.key())
	if err != nil {
		return nil, fmt.Errorf("archive of %s, post %d: %w", listID, uid, err)
	}
	if int64(len(raw)) != post.Size {
		return nil, fmt.Errorf("archive of %s, post %d: its object has %d octets, not %d", listID, uid, len(raw), post.Size)
	}
	return raw, nil
}

// ByCode finds the post that a public link names, or lists.ErrNotFound.
func (a *Archive) ByCode(ctx context.Context, listID, code string) (lists.ArchivedPost, error) {
	if _, err := a.ready(ctx, listID); err != nil {
		return lists.ArchivedPost{}, err
	}
	value, err := a.rdb.HGet(ctx, codesKey(listID), code).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return lists.ArchivedPost{}, fmt.Errorf("archive of %s, post %q: %w", listID, code, err)
	}
	uid, err := strconv.ParseUint(value, 10, 32)
	if err != nil { // none, or one that isn't visible yet
		return lists.ArchivedPost{}, fmt.Errorf("archive of %s, post %q: %w", listID, code, lists.ErrNotFound)
	}
	return a.Entry(ctx, listID, uint32(uid))
}

// ByMessageID finds the first post with this Message-ID (without brackets),
// or lists.ErrNotFound.
func (a *Archive) ByMessageID(ctx context.Context, listID, messageID string) (lists.ArchivedPost, error) {
	if _, err := a.ready(ctx, listID); err != nil {
		return lists.ArchivedPost{}, err
	}
	value, err := a.rdb.HGet(ctx, midsKey(listID), idField(messageID)).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		return lists.ArchivedPost{}, fmt.Errorf("archive of %s: find a Message-ID: %w", listID, err)
	}
	uid, ok := readMid(value)
	if !ok || uid == 0 {
		return lists.ArchivedPost{}, fmt.Errorf("archive of %s: find a Message-ID: %w", listID, lists.ErrNotFound)
	}
	return a.Entry(ctx, listID, uid)
}

// readMid reads "UID THREAD".
func readMid(value string) (uid uint32, ok bool) {
	text, _, _ := strings.Cut(value, " ")
	n, err := strconv.ParseUint(text, 10, 32)
	return uint32(n), err == nil
}

// blocksAtOnce bounds how many records are in memory beyond those asked for.
const blocksAtOnce = 8

// Entries are up to limit posts from the UID on, in order.
func (a *Archive) Entries(ctx context.Context, listID string, fromUID uint32, limit int) ([]lists.ArchivedPost, error) {
	state, err := a.State(ctx, listID)
	if err != nil {
		return nil, err
	}
	var posts []lists.ArchivedPost
	for uid := uint64(fromUID); uid < uint64(state.Next) && len(posts) < limit; {
		var uids []uint32
		for ; uid < uint64(state.Next) && len(uids) < min(limit-len(posts), blocksAtOnce*recordsPerKey); uid++ {
			uids = append(uids, uint32(uid))
		}
		some, err := a.records(ctx, listID, uids)
		if err != nil {
			return nil, err
		}
		posts = append(posts, some...)
	}
	return posts, nil
}

// Latest are up to limit posts before the UID (0: the newest), the newest
// first.
func (a *Archive) Latest(ctx context.Context, listID string, before uint32, limit int) ([]lists.ArchivedPost, error) {
	state, err := a.State(ctx, listID)
	if err != nil {
		return nil, err
	}
	if before == 0 || before > state.Next {
		before = state.Next
	}
	var posts []lists.ArchivedPost
	for uid := before; uid > 1 && len(posts) < limit; {
		var uids []uint32
		for ; uid > 1 && len(uids) < min(limit-len(posts), blocksAtOnce*recordsPerKey); uid-- {
			uids = append(uids, uid-1)
		}
		some, err := a.records(ctx, listID, uids)
		if err != nil {
			return nil, err
		}
		posts = append(posts, some...)
	}
	return posts, nil
}

// rowsAtOnce bounds how many rows are in memory where the posts of a span are
// looked for.
const rowsAtOnce = 4096

// Each hands over the posts that came from since until before until, by UID.
// Their times need not rise: imported posts keep their own. Few posts are in
// memory at a time, however many there are.
func (a *Archive) Each(ctx context.Context, listID string, since, until time.Time, do func(lists.ArchivedPost) error) error {
	return a.eachRecord(ctx, listID, since, until, func(r lists.ArchiveRow, data string) error {
		post, err := decodeRecord(listID, r.UID, data)
		if err != nil {
			return err
		}
		return do(post)
	})
}

// eachRecord is Each with the records as they stand in the index.
func (a *Archive) eachRecord(ctx context.Context, listID string, since, until time.Time, do func(lists.ArchiveRow, string) error) error {
	if _, err := a.ready(ctx, listID); err != nil {
		return err
	}
	for from := int64(0); ; from += rowsAtOnce {
		data, err := a.rdb.GetRange(ctx, rowsKey(listID), from*rowSize, (from+rowsAtOnce)*rowSize-1).Result()
		if err != nil {
			return fmt.Errorf("archive of %s: read its rows: %w", listID, err)
		}
		rows := slices.DeleteFunc(decodeRows(data), func(r lists.ArchiveRow) bool {
			at := time.Unix(r.Unix, 0)
			return at.Before(since) || !at.Before(until)
		})
		for some := range slices.Chunk(rows, blocksAtOnce*recordsPerKey) {
			if err := a.handRecords(ctx, listID, some, do); err != nil {
				return err
			}
		}
		if len(data) < rowsAtOnce*rowSize {
			return nil
		}
	}
}

func (a *Archive) handRecords(ctx context.Context, listID string, rows []lists.ArchiveRow, do func(lists.ArchiveRow, string) error) error {
	uids := make([]uint32, len(rows))
	for i, r := range rows {
		uids[i] = r.UID
	}
	data, err := a.recordData(ctx, listID, uids)
	if err != nil {
		return err
	}
	for i, value := range data {
		if text, there := value.(string); there {
			if err := do(rows[i], text); err != nil {
				return err
			}
		}
	}
	return nil
}

// records reads the records of these UIDs, in their order, without those
// that are not there.
func (a *Archive) records(ctx context.Context, listID string, uids []uint32) ([]lists.ArchivedPost, error) {
	posts := make([]lists.ArchivedPost, 0, len(uids))
	for chunk := range slices.Chunk(uids, blocksAtOnce*recordsPerKey) {
		data, err := a.recordData(ctx, listID, chunk)
		if err != nil {
			return nil, err
		}
		for i, value := range data {
			text, ok := value.(string)
			if !ok {
				continue
			}
			post, err := decodeRecord(listID, chunk[i], text)
			if err != nil {
				return nil, err
			}
			posts = append(posts, post)
		}
	}
	return posts, nil
}

// recordData gives a value for each UID, nil for one that is not there.
func (a *Archive) recordData(ctx context.Context, listID string, uids []uint32) ([]any, error) {
	var answers []*redis.SliceCmd
	_, err := a.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for start := 0; start < len(uids); {
			key, fields := recordsKey(listID, uids[start]), []string{}
			for ; start < len(uids) && recordsKey(listID, uids[start]) == key; start++ {
				fields = append(fields, uidField(uids[start]))
			}
			answers = append(answers, p.HMGet(ctx, key, fields...))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("archive of %s: read its index: %w", listID, err)
	}
	var data []any
	for _, answer := range answers {
		data = append(data, answer.Val()...)
	}
	return data, nil
}
