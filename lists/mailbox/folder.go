package mailbox

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"plenary/lists"
)

// folders are the lists' folders that somebody has open. Each is read once
// for all who have it open.
type folders struct {
	archive Archive
	log     *slog.Logger

	mu   sync.Mutex
	open map[string]*folder // list ID →
}

// folder is one list's posts, 16 octets each. They only ever become more at
// the end: message number n is rows[n-1] for ever, and what a session has
// seen of them stays true.
type folder struct {
	list     string
	validity uint32
	all      *folders

	reading chan struct{} // holds a token while the archive is asked

	mu         sync.Mutex
	rows       []lists.ArchiveRow
	next       uint32
	generation int64
	void       bool // the index was rebuilt: rows may have moved
	changed    chan struct{}
	users      int
	waiting    int // of users, those that idle
}

func newFolders(archive Archive, log *slog.Logger) *folders {
	return &folders{archive: archive, log: log, open: map[string]*folder{}}
}

// enter opens a list's folder. The caller calls leave.
func (fs *folders) enter(ctx context.Context, list string) (*folder, error) {
	f := fs.use(list)
	if err := f.refresh(ctx); err != nil {
		f.leave()
		return nil, err
	}
	return f, nil
}

func (fs *folders) use(list string) *folder {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	f := fs.open[list]
	if f == nil {
		f = &folder{list: list, all: fs, reading: make(chan struct{}, 1), changed: make(chan struct{})}
		fs.open[list] = f
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.users++
	return f
}

func (f *folder) leave() {
	f.all.mu.Lock()
	defer f.all.mu.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.users--; f.users == 0 && f.all.open[f.list] == f {
		delete(f.all.open, f.list)
	}
}

// refresh asks the archive for what is new.
func (f *folder) refresh(ctx context.Context) error {
	select {
	case f.reading <- struct{}{}:
		defer func() { <-f.reading }()
	case <-ctx.Done():
		return ctx.Err()
	}
	state, err := f.all.archive.State(ctx, f.list)
	if err != nil {
		return err
	}
	known, fresh := f.compare(state)
	if !fresh || state.Count == known {
		return nil
	}
	more, err := f.all.archive.Rows(ctx, f.list, known)
	if err != nil {
		return err
	}
	return f.grow(more)
}

// compare notes the state. It is not fresh when the rows are void.
func (f *folder) compare(state lists.ArchiveState) (known int, fresh bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.validity == 0 {
		f.validity, f.generation = state.Validity, state.Generation
	}
	if f.void || state.Generation != f.generation || state.Count < len(f.rows) {
		f.makeVoid()
		return 0, false
	}
	f.next = max(f.next, state.Next)
	return len(f.rows), true
}

// makeVoid sends all users away; who comes next gets a new folder.
func (f *folder) makeVoid() {
	if !f.void {
		f.void = true
		f.tell()
		go f.forget() // its lock comes before ours
	}
}

func (f *folder) forget() {
	f.all.mu.Lock()
	defer f.all.mu.Unlock()
	if f.all.open[f.list] == f {
		delete(f.all.open, f.list)
	}
}

func (f *folder) grow(more []lists.ArchiveRow) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	last := uint32(0)
	if n := len(f.rows); n > 0 {
		last = f.rows[n-1].UID
	}
	for _, r := range more {
		if r.UID <= last {
			f.makeVoid()
			return fmt.Errorf("archive of %s: UIDs don't rise (%d after %d)", f.list, r.UID, last)
		}
		last = r.UID
	}
	f.rows = append(f.rows, more...)
	f.next = max(f.next, last+1)
	f.tell()
	return nil
}

// tell wakes those that idle.
func (f *folder) tell() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// view is the folder now. The rows are not changed by anybody.
func (f *folder) view() (rows []lists.ArchiveRow, next uint32, changed <-chan struct{}, void bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.rows[:len(f.rows):len(f.rows)], f.next, f.changed, f.void
}

// await counts those that idle, by which watch knows where to look.
func (f *folder) await(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.waiting += n
}

// watch looks after the folders in which somebody idles, until ctx ends.
func (fs *folders) watch(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		for _, f := range fs.awaited() {
			if err := f.refresh(ctx); err != nil && ctx.Err() == nil {
				fs.log.Warn("new posts of a folder can't be seen", "list", f.list, "err", err)
			}
		}
	}
}

func (fs *folders) awaited() []*folder {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	var found []*folder
	for _, f := range fs.open {
		f.mu.Lock()
		if f.waiting > 0 {
			found = append(found, f)
		}
		f.mu.Unlock()
	}
	return found
}

// span is message numbers from first to last, both included.
type span struct{ first, last int }

// numbers gives the messages that a set names, each once, in order: UIDs
// where uid is set, else message numbers. "*" is the last message; in a set
// of UIDs "n:*" holds it even where n is higher (RFC 3501 6.4.8).
func numbers(rows []lists.ArchiveRow, uid bool, ranges []span) []span {
	if len(rows) == 0 {
		return nil
	}
	top := len(rows)
	if uid {
		top = int(rows[len(rows)-1].UID)
	}
	var spans []span
	for _, r := range ranges {
		if r.first == 0 {
			r.first = top
		}
		if r.last == 0 {
			r.last = top
		}
		if r.first > r.last {
			r.first, r.last = r.last, r.first
		}
		if uid {
			r = numbersOf(rows, r)
		}
		r.last = min(r.last, len(rows))
		if r.first <= r.last {
			spans = append(spans, r)
		}
	}
	return merge(spans)
}

// numbersOf are the message numbers of the UIDs in r.
func numbersOf(rows []lists.ArchiveRow, r span) span {
	first, _ := slices.BinarySearchFunc(rows, r.first, func(row lists.ArchiveRow, uid int) int { return cmp.Compare(int(row.UID), uid) })
	end, _ := slices.BinarySearchFunc(rows, r.last+1, func(row lists.ArchiveRow, uid int) int { return cmp.Compare(int(row.UID), uid) })
	return span{first + 1, end}
}

func merge(spans []span) []span {
	slices.SortFunc(spans, func(x, y span) int { return cmp.Compare(x.first, y.first) })
	var merged []span
	for _, r := range spans {
		if n := len(merged); n > 0 && r.first <= merged[n-1].last+1 {
			merged[n-1].last = max(merged[n-1].last, r.last)
			continue
		}
		merged = append(merged, r)
	}
	return merged
}

// within tells whether message number n is in merged spans.
func within(spans []span, n int) bool {
	i, found := slices.BinarySearchFunc(spans, n, func(s span, n int) int { return cmp.Compare(s.first, n) })
	return found || i > 0 && n <= spans[i-1].last
}
