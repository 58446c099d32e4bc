package archive

import (
	"context"
	"errors"
	"fmt"
	"strconv"
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
	p, state, err := a.enter(ctx, l, slot{list: e.List.ID, code: Code(e.Identity), at: stampTime(e.At, a.now())})
	// Another server can be faster as often as it likes, but each time a post
	// of its own has become visible: this one gets through.
	for err == nil && state == moved {
		was := p.s
		if p, state, err = a.place(ctx, l, p, e.Raw); err == nil && p.s.uid != was.uid {
			if err := a.bucket.Delete(ctx, was.key()); err != nil { // Rebuild would skip it too
				a.log.Warn("an object that is no longer used could not be deleted", "list", was.list, "uid", was.uid, "err", err)
			}
		}
	}
	if err != nil {
		return 0, false, fmt.Errorf("archive of %s: keep a post: %w", e.List.ID, err)
	}
	return p.s.uid, state == shown, nil
}

// How a post stands after a step.
type standing int

const (
	moved standing = iota // it has a new place
	known                 // it was visible before
	shown                 // it is visible now
)

// enter reserves a place, and counts it among those on their way.
func (a *Archive) enter(ctx context.Context, l *line, s slot) (*passage, standing, error) {
	ticket := l.ask()
	s, state, err := a.reserveSlot(ctx, s)
	p := &passage{s: s}
	l.given(ticket, p, err == nil && state == moved)
	return p, state, err
}

func (a *Archive) reserveSlot(ctx context.Context, s slot) (slot, standing, error) {
	result, err := a.reserve.Run(ctx, a.rdb, []string{metaKey(s.list), codesKey(s.list)}, s.code, s.stamp()).Slice()
	if err != nil {
		return s, moved, fmt.Errorf("reserve a place: %w", err)
	}
	return readPlace(s, result)
}

// place puts the object and makes the post visible in its turn. Where it
// moved, what it returns is on its way again.
func (a *Archive) place(ctx context.Context, l *line, p *passage, raw []byte) (*passage, standing, error) {
	defer l.done(p)
	err := a.bucket.Put(ctx, p.s.key(), raw)
	if errors.Is(err, ErrExists) {
		// A server that died, or another one that is at work on the same post.
		// What it stored counts, though its trace fields may differ.
		// Gone again, it was moved to a later UID meanwhile, and publishing
		// will tell where.
		var stored []byte
		if stored, err = a.bucket.Get(ctx, p.s.key()); err == nil {
			raw = stored
		} else if errors.Is(err, ErrNoObject) {
			err = nil
		}
	}
	if err != nil {
		return p, moved, err
	}
	p.d = describe(raw)
	if err := l.pass(ctx, p, func(batch []*passage) { a.show(context.WithoutCancel(ctx), batch) }); err != nil {
		return p, moved, err
	}
	return p.next, p.state, p.err
}

// show makes posts of one list visible, in their order and in one go.
func (a *Archive) show(ctx context.Context, batch []*passage) {
	answers, err := a.publishAll(ctx, batch, a.publish.EvalSha)
	if err != nil && redis.HasErrorPrefix(err, "NOSCRIPT") { // it has run none of them
		answers, err = a.publishAll(ctx, batch, a.publish.Eval)
	}
	for i, p := range batch {
		if answers[i] == nil { // none was sent
			p.err = err
			continue
		}
		result, err := answers[i].Slice()
		if err != nil {
			p.err = fmt.Errorf("make it visible: %w", err)
			continue
		}
		s, state, err := readPlace(p.s, result)
		p.next, p.state, p.err = &passage{s: s}, state, err
	}
}

// publishAll runs the script that makes a post visible for each of a batch, in
// one go. An answer is nil where none was sent.
func (a *Archive) publishAll(ctx context.Context, batch []*passage, run func(context.Context, redis.Scripter, []string, ...any) *redis.Cmd) ([]*redis.Cmd, error) {
	answers := make([]*redis.Cmd, len(batch))
	_, err := a.rdb.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for i, p := range batch {
			keys, args, err := a.publishArgs(p)
			if err != nil {
				return err
			}
			answers[i] = run(ctx, pipe, keys, args...)
		}
		return nil
	})
	return answers, err
}

func (a *Archive) publishArgs(p *passage) (keys []string, args []any, err error) {
	s, d := p.s, p.d
	data, err := d.encode(s)
	if err != nil {
		return nil, nil, err
	}
	keys = []string{metaKey(s.list), codesKey(s.list), midsKey(s.list), rowsKey(s.list), recordsKey(s.list, s.uid)}
	args = []any{s.code, s.uid, s.stamp(), data, row(s, d.Size), d.Size}
	return keys, append(args, d.fields(s.at)...), nil
}

// fields are the post's own Message-ID, its subject and those it answers, for
// a script.
func (d described) fields(at time.Time) []any {
	own := ""
	if d.MessageID != "" {
		own = idField(d.MessageID)
	}
	here, before := subjectFields(d.Subject, at)
	fields := []any{own, here, before}
	for _, id := range d.heard {
		fields = append(fields, idField(id))
	}
	return fields
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
	n, err := strconv.ParseUint(place, 10, 32)
	if err != nil {
		return s, moved, fmt.Errorf("archive index of %s: odd answer %v", s.list, result)
	}
	s.uid = uint32(n)
	return s, standing(state), nil
}
