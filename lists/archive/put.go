package archive

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

// Entry is a post to be kept.
type Entry struct {
	List     lists.List
	Identity string    // see func Identity; a second entry with the same one is the same post
	At       time.Time // when it came: IMAP's internal date
	Raw      []byte    // the message, kept octet for octet
}

// Put keeps a post, and returns when the bucket has it on disk and readers
// see it. Its UID is the same however often the same post is put, by however
// many servers, and first is true for one of them. A list that keeps no
// archive takes nothing: uid is 0 then.
//
// The steps are: reserve a place in Redis, put the object under it, make it
// visible. Each may be repeated, so after a crash the next Put of the same
// post goes on where it stopped.
func (a *Archive) Put(ctx context.Context, e Entry) (uid uint32, first bool, err error) {
	if e.List.Archive == lists.ArchiveNone {
		return 0, false, nil
	}
	if len(e.Raw) == 0 || e.Identity == "" {
		return 0, false, fmt.Errorf("archive of %s: a post without octets or identity", e.List.ID)
	}
	l, err := a.ready(ctx, e.List.ID)
	if err != nil {
		return 0, false, err
	}
	s := slot{list: e.List.ID, code: Code(e.Identity), at: stampTime(e.At, a.now())}
	s, visible, err := a.enter(ctx, l, s)
	if err != nil || visible {
		return s.uid, false, err
	}
	// Another server can be faster as often as it likes, but each time a post
	// of its own has become visible: this one gets through.
	for {
		next, state, err := a.place(ctx, l, s, e.Raw)
		if err != nil {
			return 0, false, fmt.Errorf("archive of %s: keep a post: %w", e.List.ID, err)
		}
		if next.uid != s.uid {
			if err := a.bucket.Delete(ctx, s.key()); err != nil { // Rebuild would skip it too
				a.log.Warn("an object that is no longer used could not be deleted", "list", s.list, "uid", s.uid, "err", err)
			}
		}
		if state != moved {
			return next.uid, state == shown, nil
		}
		s = next
	}
}

// How a post stands after a step.
type standing int

const (
	moved standing = iota // it has a new place
	known                 // it was visible before
	shown                 // it is visible now
)

// enter reserves a place, and counts it among those on their way in this
// process. Both under the line's lock: a higher UID can't overtake it.
func (a *Archive) enter(ctx context.Context, l *line, s slot) (slot, bool, error) {
	if err := l.lock(ctx); err != nil {
		return s, false, err
	}
	defer l.unlock()
	result, err := a.reserve.Run(ctx, a.rdb, []string{metaKey(s.list), codesKey(s.list)}, s.code, s.stamp()).Slice()
	if err != nil {
		return s, false, fmt.Errorf("archive of %s: reserve a place: %w", s.list, err)
	}
	s, state, err := readPlace(s, result)
	if err == nil && state == moved {
		l.add(s.uid)
	}
	return s, state == known, err
}

// place puts the object, waits until all lower UIDs of this process are done,
// and makes the post visible. What it returns is not counted as on its way,
// unless it moved.
func (a *Archive) place(ctx context.Context, l *line, s slot, raw []byte) (next slot, state standing, err error) {
	defer l.done(s.uid)
	err = a.bucket.Put(ctx, s.key(), raw)
	if errors.Is(err, ErrExists) {
		// A server that died, or another one that is at work on the same post.
		// What it stored counts, though its trace fields may differ.
		raw, err = a.bucket.Get(ctx, s.key())
	}
	if err != nil {
		return s, moved, err
	}
	if err := l.turn(ctx, s.uid); err != nil {
		return s, moved, err
	}
	d := describe(raw)
	if err := a.thread(ctx, s, &d); err != nil {
		return s, moved, err
	}
	if err := l.lock(ctx); err != nil {
		return s, moved, err
	}
	defer l.unlock()
	next, state, err = a.show(ctx, s, d)
	if err == nil && state == moved {
		l.add(next.uid)
	}
	return next, state, err
}

// show runs the script that makes a post visible.
func (a *Archive) show(ctx context.Context, s slot, d described) (slot, standing, error) {
	keys, args, err := a.indexArgs(s, d)
	if err != nil {
		return s, moved, err
	}
	result, err := a.publish.Run(ctx, a.rdb, keys, args...).Slice()
	if err != nil {
		return s, moved, fmt.Errorf("make it visible: %w", err)
	}
	return readPlace(s, result)
}

func (a *Archive) indexArgs(s slot, d described) (keys []string, args []any, err error) {
	d.At, d.Code = s.stamp(), s.code
	data, err := d.encode()
	if err != nil {
		return nil, nil, err
	}
	keys = []string{metaKey(s.list), codesKey(s.list), midsKey(s.list), rowsKey(s.list), recordsKey(s.list, s.uid)}
	args = []any{s.code, s.uid, s.stamp(), data, row(s, d.Size), d.Size, d.Thread}
	return keys, append(args, d.fields()...), nil
}

// fields are the post's own Message-ID and those it answers, for a script.
func (d described) fields() []any {
	own := ""
	if d.MessageID != "" {
		own = idField(d.MessageID)
	}
	fields := []any{own}
	for _, id := range d.heard {
		fields = append(fields, idField(id))
	}
	return fields
}

// thread finds the thread of a post that is about to be visible: that of a
// post it answers, or that of posts which answer it and came before it, or a
// new one.
func (a *Archive) thread(ctx context.Context, s slot, d *described) error {
	d.Thread = s.uid
	var wanted []string
	for _, id := range append([]string{d.MessageID}, d.heard...) {
		if id != "" {
			wanted = append(wanted, idField(id))
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	found, err := a.rdb.HMGet(ctx, midsKey(s.list), wanted...).Result()
	if err != nil {
		return fmt.Errorf("find its thread: %w", err)
	}
	for _, value := range found {
		if _, root, ok := readMid(value); ok {
			d.Thread = root
			return nil
		}
	}
	return nil
}

// readMid reads "UID THREAD".
func readMid(value any) (uid, root uint32, ok bool) {
	text, ok := value.(string)
	if !ok {
		return 0, 0, false
	}
	n, err := fmt.Sscanf(text, "%d %d", &uid, &root)
	return uid, root, err == nil && n == 2 && root != 0
}

// readPlace reads what reserve and publish return.
func readPlace(s slot, result []any) (slot, standing, error) {
	if len(result) != 2 {
		return s, moved, fmt.Errorf("archive index of %s: odd answer %v", s.list, result)
	}
	state, ok := result[0].(int64)
	place, ok2 := result[1].(string)
	if !ok || !ok2 {
		return s, moved, fmt.Errorf("archive index of %s: odd answer %v", s.list, result)
	}
	if standing(state) == moved {
		next, err := parsePlace(s.list, s.code, place)
		return next, moved, err
	}
	n, err := redis.NewStringResult(place, nil).Uint64()
	if err != nil {
		return s, moved, fmt.Errorf("archive index of %s: odd answer %v", s.list, result)
	}
	s.uid = uint32(n)
	return s, standing(state), nil
}

// line is a list's posts on their way in this process. They become visible in
// the order of their UIDs: one that comes too late would need another UID, and
// its object another name.
type line struct {
	gate     chan struct{} // holds one token while the line is locked
	validity uint32        // UIDVALIDITY, 0 until the list was checked; under the lock

	mu      sync.Mutex
	onWay   map[uint32]int // UID → how many Puts carry it
	changed chan struct{}  // closed when one is done
}

func (a *Archive) line(list string) *line {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := a.lines[list]
	if l == nil {
		l = &line{gate: make(chan struct{}, 1), onWay: map[uint32]int{}, changed: make(chan struct{})}
		a.lines[list] = l
	}
	return l
}

func (l *line) lock(ctx context.Context) error {
	select {
	case l.gate <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *line) unlock() { <-l.gate }

func (l *line) add(uid uint32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.onWay[uid]++
}

func (l *line) done(uid uint32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.onWay[uid]--; l.onWay[uid] <= 0 {
		delete(l.onWay, uid)
	}
	close(l.changed)
	l.changed = make(chan struct{})
}

// turn waits until no lower UID is on its way.
func (l *line) turn(ctx context.Context, uid uint32) error {
	for {
		changed := l.lower(uid)
		if changed == nil {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// lower returns what will be closed at the next change if a lower UID than
// this is on its way, else nil.
func (l *line) lower(uid uint32) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	for other := range l.onWay {
		if other < uid {
			return l.changed
		}
	}
	return nil
}
