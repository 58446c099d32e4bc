package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

// Every so many takes, what was put off goes before what is fresh: neither
// starves the other.
const retriesEvery = 4

// Part leases the next part of a post: the families take turns, and the
// posts of a family. It is nil where none waits.
func (q *Queue) Part(ctx context.Context) (*Part, error) {
	q.mu.Lock()
	q.turn++
	turn := q.turn
	q.mu.Unlock()
	began := time.Now()
	asked, err := q.toAsk(ctx, began, nil)
	if err != nil {
		return nil, err
	}
	p, err := q.partOf(ctx, asked, turn)
	if p != nil || err != nil {
		return p, err
	}
	more, err := q.toAsk(ctx, began, append(asked, "")) // not nil, though none was asked
	if err != nil {
		return nil, err
	}
	return q.partOf(ctx, more, turn)
}

// partOf leases the next part of a post of these families.
func (q *Queue) partOf(ctx context.Context, families []string, turn int) (*Part, error) {
	for i := range families {
		f := familyKeys(families[(turn+i)%len(families)])
		streams := []string{f.chunks(), f.retries()}
		if turn/len(families)%retriesEvery == 0 { // once all families have had their turns
			slices.Reverse(streams)
		}
		for _, stream := range streams {
			g := q.group(stream, f.at("none"))
			for stream != f.retries() || !g.quiet() {
				got, err := g.next(ctx, 1, -1, q.now())
				if err != nil {
					return nil, err
				}
				if len(got) == 0 {
					g.rest()
					break
				}
				if p, err := q.open(ctx, f, stream, got[0]); p != nil || err != nil {
					return p, err
				}
			}
		}
	}
	return nil, nil
}

// errNothing says that a chunk has nothing left to do.
var errNothing = errors.New("nothing to do")

// open makes the holder of the entry the only one who may write its ledger;
// nil where there is nothing left to do.
func (q *Queue) open(ctx context.Context, f familyKeys, stream string, e entry) (p *Part, err error) {
	id := e.fields["post"]
	defer func() {
		if p == nil && err == nil {
			e.drop()
		}
		if err != nil {
			e.g.putBack(e)
			err = fmt.Errorf("opening a part of post %s of %s: %w", id, string(f), err)
		}
	}()
	ctx, cancel := q.finish(ctx)
	defer cancel()
	part := &Part{q: q, entry: e, keys: f, stream: stream}
	var answer []any
	if field, late := e.fields["late"]; late {
		part.kind, part.name = "k", field
		answer, err = lateOpenScript.Run(ctx, q.rdb, []string{f.post(id), f.parts(id), f.late(id), stream},
			field, e.id, groupName).Slice()
	} else {
		part.kind, part.name = "b", e.fields["chunk"]
		answer, err = q.openChunk(ctx, f, id, []string{f.post(id), f.parts(id), f.plan(id), stream},
			id, part.name, e.fields["at"], e.fields["round"], e.id, groupName)
		if len(answer) != 5 || answer[4] != int64(0) {
			ring(q.partBell) // the post's next chunk waits now, or may
		}
	}
	if err != nil || len(answer) == 0 {
		return nil, err
	}
	if err := part.read(answer); err != nil {
		return nil, err
	}
	part.post, err = q.bodies.get(f.post(id), part.round, func() (*loadedPost, error) { return q.load(ctx, f, id) })
	if err != nil {
		return nil, err
	}
	return part, nil
}

// openChunk opens a chunk. A post that is not at hand is read in the same
// round trip, by one worker at a time.
func (q *Queue) openChunk(ctx context.Context, f familyKeys, id string, keys []string, args ...any) (answer []any, err error) {
	key, opened := f.post(id), false
	if !q.bodies.has(key) {
		_, err = q.bodies.get(key, 0, func() (*loadedPost, error) {
			var cmd *redis.Cmd
			var head, bodies *redis.MapStringStringCmd
			_, err := q.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
				cmd = chunkOpenScript.EvalSha(ctx, p, keys, args...)
				head, bodies = p.HGetAll(ctx, key), p.HGetAll(ctx, f.bodies(id))
				return nil
			})
			if err != nil {
				return nil, err
			}
			answer, _ = cmd.Val().([]any)
			if opened = true; len(answer) == 0 {
				return nil, errNothing
			}
			return readPost(f, id, head.Val(), bodies.Val())
		})
		if errors.Is(err, errNothing) || err != nil && !redis.HasErrorPrefix(err, "NOSCRIPT") {
			q.bodies.drop(key)
		}
		switch {
		case errors.Is(err, errNothing):
			return answer, nil
		case err != nil && !redis.HasErrorPrefix(err, "NOSCRIPT"): // else it was not run
			return nil, err
		case opened:
			return answer, nil
		}
	}
	return chunkOpenScript.Run(ctx, q.rdb, keys, args...).Slice()
}

// finish gives a context for what must follow a read of a stream even if ctx
// ends meanwhile: an entry read and not opened would wait for its lease.
func (q *Queue) finish(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), q.opt.Lease)
}

// read takes in what an opening script answered.
func (p *Part) read(answer []any) error {
	if len(answer) < 4 {
		return fmt.Errorf("odd answer %v", answer)
	}
	t := texts(answer[:4])
	var err1, err2, err3 error
	p.epoch, err1 = strconv.ParseInt(t[0], 10, 64)
	p.round, err2 = strconv.Atoi(t[1])
	p.size, err3 = strconv.Atoi(t[2])
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	p.chunk = p.name[:min(7, len(p.name))]
	c, err := strconv.Atoi(p.chunk)
	if err != nil {
		return fmt.Errorf("chunk %q: %w", p.name, err)
	}
	p.first = lists.Number(c * p.size)
	if p.kind == "b" {
		p.handled = make([]byte, (p.size+7)/8)
		copy(p.handled, t[3])
		return nil
	}
	p.late = &late{}
	if err := json.Unmarshal([]byte(t[3]), p.late); err != nil {
		return fmt.Errorf("what was put off: %w", err)
	}
	p.left, p.gone = p.late.numbers(), map[lists.Number]bool{}
	return nil
}

// load reads a post with the copies of its lists.
func (q *Queue) load(ctx context.Context, f familyKeys, id string) (*loadedPost, error) {
	var post, bodies *redis.MapStringStringCmd
	if _, err := q.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		post = p.HGetAll(ctx, f.post(id))
		bodies = p.HGetAll(ctx, f.bodies(id))
		return nil
	}); err != nil {
		return nil, fmt.Errorf("reading it: %w", err)
	}
	return readPost(f, id, post.Val(), bodies.Val())
}

// readPost reads a post from its record and its copies.
func readPost(f familyKeys, id string, head, body map[string]string) (*loadedPost, error) {
	out := &loadedPost{fanout: lists.Fanout{ID: id, Family: string(f), MessageID: head["mid"], Author: lists.Address(head["author"])}}
	var err error
	if out.round, err = strconv.Atoi(head["round"]); err != nil {
		return nil, fmt.Errorf("its round: %w", err)
	}
	targets, err := readTargets(head)
	if err != nil {
		return nil, err
	}
	shared := map[string][]byte{}
	for _, t := range targets {
		if shared[t.body] == nil {
			shared[t.body] = []byte(body["b:"+t.body])
		}
		out.fanout.Targets = append(out.fanout.Targets, lists.Copy{List: t.list, Post: t.post, Only: only(body, t.list), Head: []byte(body["h:"+t.list.ID]), Body: shared[t.body]})
	}
	return out, nil
}

type target struct {
	order int
	body  string
	list  lists.List
	post  uint64 // its number in the list, 0 none
}

// only is whom alone a list's copy is for, nil all.
func only(body map[string]string, l lists.List) lists.Numbers {
	if bits, some := body["o:"+l.ID]; some {
		return lists.Numbers(bits)
	}
	return nil
}

// readTargets reads the lists that a post is still being sent to, from its
// record, in the order they were given.
func readTargets(head map[string]string) ([]target, error) {
	var out []target
	for field, value := range head {
		if len(field) < 2 || field[:2] != "t:" || value == "" {
			continue
		}
		var t target
		var list string
		if err := json.Unmarshal([]byte(value), &[]any{&t.order, &t.body, &list, &t.post}); err != nil {
			return nil, fmt.Errorf("its list %s: %w", field[2:], err)
		}
		if err := json.Unmarshal([]byte(list), &t.list); err != nil {
			return nil, fmt.Errorf("its list %s: %w", field[2:], err)
		}
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b target) int { return a.order - b.order })
	return out, nil
}
