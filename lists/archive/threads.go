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

// Threads are the threads that moved from since until before until, the one
// that moved last first.
func (a *Archive) Threads(ctx context.Context, listID string, since, until time.Time) ([]lists.ArchivedThread, error) {
	posts, err := a.Since(ctx, listID, since, until)
	if err != nil {
		return nil, err
	}
	threads := gather(posts)
	roots := make([]uint32, len(threads))
	for i, t := range threads {
		roots[i] = t.UID
	}
	slices.Sort(roots)
	first, err := a.records(ctx, listID, roots)
	if err != nil {
		return nil, err
	}
	for i := range threads {
		at, found := slices.BinarySearchFunc(first, threads[i].UID, func(p lists.ArchivedPost, uid uint32) int { return cmp.Compare(p.UID, uid) })
		if found {
			threads[i].Code, threads[i].Subject = first[at].Code, BareSubject(first[at].Subject)
		}
	}
	return threads, nil
}

// gather counts posts by thread. Each thread is named by the first of the
// posts until its own first post is known.
func gather(posts []lists.ArchivedPost) []lists.ArchivedThread {
	byRoot := map[uint32]*lists.ArchivedThread{}
	people := map[uint32]map[string]bool{}
	for _, p := range posts {
		t := byRoot[p.Thread]
		if t == nil {
			t = &lists.ArchivedThread{UID: p.Thread, Code: p.Code, Subject: BareSubject(p.Subject)}
			byRoot[p.Thread], people[p.Thread] = t, map[string]bool{}
		}
		people[p.Thread][p.Author] = true
		t.Posts, t.People = t.Posts+1, len(people[p.Thread])
		if !p.At.Before(t.Last) {
			t.Last, t.From = p.At, p.From
		}
	}
	threads := make([]lists.ArchivedThread, 0, len(byRoot))
	for _, t := range byRoot {
		threads = append(threads, *t)
	}
	slices.SortFunc(threads, func(x, y lists.ArchivedThread) int {
		return cmp.Or(y.Last.Compare(x.Last), cmp.Compare(y.UID, x.UID))
	})
	return threads
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
