package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"plenary/lists"
)

var safeID = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)

// postID is the name of a post in keys.
func postID(f lists.Fanout) string {
	if safeID.MatchString(f.ID) {
		return f.ID
	}
	return hashID(f.ID)
}

// Plan queues a post for the members of its target lists, and returns when
// that is on disk. A list that the post was planned for before is left out:
// Plan repeated does nothing. One that is new to the post opens the chunks
// again in which it has members, and only who has no copy yet is served.
func (q *Queue) Plan(ctx context.Context, f lists.Fanout) error {
	if len(f.Targets) == 0 {
		return fmt.Errorf("planning post %s: it has no list", f.MessageID)
	}
	if err := q.note(ctx, f.Family); err != nil {
		return fmt.Errorf("planning post %s: %w", f.MessageID, err)
	}
	k, id, size := familyKeys(f.Family), postID(f), q.opt.Chunk
	keys := []string{k.post(id), k.parts(id), k.plan(id), k.bodies(id), k.late(id), k.posts(), k.chunks()}
	for {
		args, err := q.planArgs(ctx, f, id, size)
		if err != nil {
			return fmt.Errorf("planning post %s: %w", f.MessageID, err)
		}
		got, err := planScript.Run(ctx, q.rdb, keys, args...).Int()
		if err != nil {
			return fmt.Errorf("planning post %s for %s: %w", f.MessageID, f.Family, err)
		}
		if got > 0 && got != size { // planned before, with chunks of another size
			size = got
			continue
		}
		q.given(f.Family)
		ring(q.partBell)
		return nil
	}
}

// note makes all processes look for work of the family.
func (q *Queue) note(ctx context.Context, family string) error {
	q.mu.Lock()
	known := slices.Contains(q.families, family)
	q.mu.Unlock()
	if known { // so read from Redis, or put there
		return nil
	}
	if err := q.rdb.SAdd(ctx, familiesKey, family).Err(); err != nil {
		return fmt.Errorf("noting family %s: %w", family, err)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if !slices.Contains(q.families, family) {
		q.families = append(slices.Clone(q.families), family)
	}
	return nil
}

func (q *Queue) planArgs(ctx context.Context, f lists.Fanout, id string, size int) ([]any, error) {
	args := []any{id, f.MessageID, string(f.Author), q.now().Unix(), size, int(q.opt.Keep.Seconds()), len(f.Targets)}
	given := map[string]bool{}
	for _, c := range f.Targets {
		if c.List.Family != f.Family {
			return nil, fmt.Errorf("list %s is not of family %s", c.List.Name, f.Family)
		}
		list, err := json.Marshal(c.List)
		if err != nil {
			return nil, fmt.Errorf("list %s: %w", c.List.Name, err)
		}
		chunks := chunksWith(c.Only, size)
		if c.Only == nil {
			if chunks, err = q.chunksOf(ctx, c.List, size); err != nil {
				return nil, err
			}
		}
		hash, body := hashID(string(c.Body)), c.Body
		if given[hash] {
			body = nil
		}
		given[hash] = true
		args = append(args, c.List.ID, list, c.Head, hash, body, chunks, c.Post, []byte(c.Only))
	}
	return args, nil
}

// chunksOf names the chunks in which the list has members.
func (q *Queue) chunksOf(ctx context.Context, l lists.List, size int) (string, error) {
	if r, ok := q.opt.Roster.(Numbers); ok {
		bits, err := r.Numbers(ctx, l.ID)
		if err != nil {
			return "", fmt.Errorf("members of %s: %w", l.Name, err)
		}
		return chunksWith(bits, size), nil
	}
	last, err := q.opt.Roster.LastNumber(ctx, l.Family)
	if err != nil {
		return "", fmt.Errorf("members of %s: %w", l.Name, err)
	}
	var b strings.Builder
	for c := 0; last > 0 && c <= int(last)/size; c++ {
		fmt.Fprintf(&b, "%07d", c)
	}
	return b.String(), nil
}

// chunksWith names the chunks in which a bit is set.
func chunksWith(bits []byte, size int) string {
	var b strings.Builder
	for from := 0; from < 8*len(bits); from += size {
		if anySet(bits, from, min(from+size, 8*len(bits))) {
			fmt.Fprintf(&b, "%07d", from/size)
		}
	}
	return b.String()
}

// anySet tells whether one of the bits from..to-1 is set.
func anySet(bits []byte, from, to int) bool {
	for i := from; i < to; i++ {
		if i%8 == 0 && i+8 <= to {
			if bits[i/8] != 0 {
				return true
			}
			i += 7
			continue
		}
		if hasBit(bits, i) {
			return true
		}
	}
	return false
}

// hasBit and setBit count bits as Redis does: the highest of an octet first.
func hasBit(bits []byte, i int) bool {
	return i>>3 < len(bits) && bits[i>>3]&(0x80>>(i&7)) != 0
}

func setBit(bits []byte, i int) { bits[i>>3] |= 0x80 >> (i & 7) }
