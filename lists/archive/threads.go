package archive

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"plenary/lists"
)

// Threads are the threads that moved most from since until before until, at
// most so many: by their posts in that time, then by the latest of them. Posts
// are read a block at a time; only a number a thread stays in memory.
func (a *Archive) Threads(ctx context.Context, listID string, since, until time.Time, most int) ([]lists.ArchivedThread, error) {
	byRoot := map[uint32]stir{}
	err := a.eachRecord(ctx, listID, since, until, func(r lists.ArchiveRow, data string) error {
		root, err := threadOf(listID, r.UID, data)
		if err != nil {
			return err
		}
		m, known := byRoot[root]
		if !known {
			m.first = r.UID
		}
		m.posts, m.last = m.posts+1, max(m.last, r.Unix)
		byRoot[root] = m
		return nil
	})
	if err != nil {
		return nil, err
	}
	threads := make([]lists.ArchivedThread, 0, most)
	for _, root := range busiest(byRoot, most) {
		m := byRoot[root]
		t := lists.ArchivedThread{UID: root, Posts: int(m.posts), Last: time.Unix(m.last, 0).UTC()}
		// Named by its own first post; where that is not there, by the first
		// that came in this time.
		named, err := a.records(ctx, listID, []uint32{root, m.first})
		if err != nil {
			return nil, err
		}
		if len(named) > 0 {
			t.Code, t.Subject = named[0].Code, BareSubject(named[0].Subject)
		}
		threads = append(threads, t)
	}
	return threads, nil
}

// threadSpan is how many posts, from a thread's first on, are looked through
// for the others of it.
const threadSpan = 4096

// Thread are the posts of a thread, in order, at most so many. Those that
// come very long after its first post are left out.
func (a *Archive) Thread(ctx context.Context, listID string, thread uint32, most int) ([]lists.ArchivedPost, error) {
	state, err := a.State(ctx, listID)
	if err != nil {
		return nil, err
	}
	var posts []lists.ArchivedPost
	end := min(uint64(thread)+threadSpan, uint64(state.Next))
	for from := max(uint64(thread), 1); from < end && len(posts) < most; {
		var uids []uint32
		for ; from < end && len(uids) < blocksAtOnce*recordsPerKey; from++ {
			uids = append(uids, uint32(from))
		}
		data, err := a.recordData(ctx, listID, uids)
		if err != nil {
			return nil, err
		}
		if posts, err = inThread(listID, thread, uids, data, posts); err != nil {
			return nil, err
		}
	}
	return posts[:min(len(posts), most)], nil
}

// inThread adds those records to posts that are of a thread.
func inThread(listID string, thread uint32, uids []uint32, data []any, posts []lists.ArchivedPost) ([]lists.ArchivedPost, error) {
	for i, value := range data {
		text, there := value.(string)
		if !there {
			continue
		}
		if root, err := threadOf(listID, uids[i], text); err != nil || root != thread {
			if err != nil {
				return nil, err
			}
			continue
		}
		post, err := decodeRecord(listID, uids[i], text)
		if err != nil {
			return nil, err
		}
		posts = append(posts, post)
	}
	return posts, nil
}

// stir is how far a thread moved: its posts, the first of them by UID, and
// the time of the latest.
type stir struct {
	posts, first uint32
	last         int64
}

// busiest are the roots of the threads that moved most, at most so many.
func busiest(byRoot map[uint32]stir, most int) []uint32 {
	top := make([]uint32, 0, most+1)
	for root := range byRoot {
		top = append(top, root)
		slices.SortFunc(top, func(x, y uint32) int {
			return cmp.Or(cmp.Compare(byRoot[y].posts, byRoot[x].posts), cmp.Compare(byRoot[y].last, byRoot[x].last), cmp.Compare(y, x))
		})
		top = top[:min(len(top), most)]
	}
	return top
}

// answerPrefix is what mail programs of the languages around us put before a
// subject when they answer or forward.
var answerPrefix = regexp.MustCompile(`(?i)^(re|r|aw|antw|sv|vs|ref|odp|fwd?|wg|tr|rv|doorst)(\[\d+\])?\s*:\s*`)

// BareSubject is a subject without Re: and the like.
func BareSubject(s string) string {
	for {
		bare := strings.TrimSpace(answerPrefix.ReplaceAllString(s, ""))
		if bare == s {
			return s
		}
		s = bare
	}
}
