package store

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

//go:embed enter.lua
var enterLua string

// EnterPosts numbers posts of one family's lists for their digests, counts
// them as CountPost does, and gives the numbers. It is one step: who takes a digest of one list and each post
// of another is seen in both or in none. Entered again, a post keeps its
// number. The Raw of a post is kept if anybody takes digests of its list.
func (s *Store) EnterPosts(ctx context.Context, posts []lists.DigestPost) ([]uint64, error) {
	var keys []string
	var args []any
	for _, p := range posts {
		l, err := s.recently(ctx, p.List)
		if err != nil {
			return nil, fmt.Errorf("number a post: %w", err)
		}
		if p.Address != "" {
			p.By = writer(p.Address)
		}
		record, err := json.Marshal(p)
		if err != nil {
			return nil, fmt.Errorf("number a post of list %q: %w", p.List, err)
		}
		f, n := l.Family, l.Serial
		keys = append(keys, bookKey(f, n), postNumbersKey(f, n), postRecordsKey(f, n), postBodiesKey(f, n), readersKey(f, n), activityKey(f, n))
		args = append(args, p.Identity, record, p.Size, p.Raw, posted(p.Author, p.Identity), millis(p.At), millis(p.At.Add(-activityKept)))
	}
	got, err := s.enterScript.Run(ctx, s.rdb, keys, args...).Int64Slice()
	if err != nil || len(got) != len(posts) {
		return nil, fmt.Errorf("number %d posts: answer %v: %w", len(posts), got, err)
	}
	numbers := make([]uint64, len(got))
	for i, n := range got {
		numbers[i] = uint64(n)
	}
	return numbers, nil
}

// DigestBook is how far the numbering and the digests of a list are.
func (s *Store) DigestBook(ctx context.Context, listID string) (b lists.DigestBook, err error) {
	l, _, err := s.list(ctx, listID)
	if err != nil {
		return b, err
	}
	fields, err := s.rdb.HGetAll(ctx, bookKey(l.Family, l.Serial)).Result()
	if err != nil {
		return b, fmt.Errorf("read the digest book of list %q: %w", listID, err)
	}
	b.Posts, _ = strconv.ParseUint(fields["posts"], 10, 64)
	b.Sum, _ = strconv.ParseUint(fields["octets"], 10, 64)
	for cadence, shelf := range map[lists.Delivery]*lists.Shelf{lists.Daily: &b.Daily, lists.Weekly: &b.Weekly} {
		if shelf.Stands = fields[string(cadence)]; shelf.Stands == "" {
			continue
		}
		if err := json.Unmarshal([]byte(shelf.Stands), shelf); err != nil {
			return b, fmt.Errorf("read the %s digests of list %q: %w", cadence, listID, err)
		}
	}
	return b, nil
}

// SetShelf writes how far a list's daily or weekly digests are, unless
// somebody else has written it since next.Stands was read: then done is false.
func (s *Store) SetShelf(ctx context.Context, listID string, cadence lists.Delivery, next lists.Shelf) (done bool, err error) {
	l, _, err := s.list(ctx, listID)
	if err != nil {
		return false, err
	}
	value, err := json.Marshal(next)
	if err != nil {
		return false, err
	}
	var c change
	key := bookKey(l.Family, l.Serial)
	if next.Stands == "" {
		c.noField(key, string(cadence))
	} else {
		c.fieldIs(key, string(cadence), next.Stands)
	}
	c.setField(key, string(cadence), string(value))
	if done, err = s.commit(ctx, &c); err != nil {
		return false, fmt.Errorf("write the %s digests of list %q: %w", cadence, listID, err)
	}
	return done, nil
}

// DigestPosts are a list's posts after number from up to number to, ascending.
func (s *Store) DigestPosts(ctx context.Context, listID string, from, to uint64) ([]lists.DigestPost, error) {
	l, _, err := s.list(ctx, listID)
	if err != nil {
		return nil, err
	}
	posts, err := s.digestPosts(ctx, l, from, to, 0)
	if err != nil {
		return nil, fmt.Errorf("read posts %d to %d of list %q: %w", from+1, to, listID, err)
	}
	return posts, nil
}

// digestPosts reads at most limit posts, 0 all.
func (s *Store) digestPosts(ctx context.Context, l lists.List, from, to uint64, limit int64) ([]lists.DigestPost, error) {
	by := &redis.ZRangeBy{Min: "(" + strconv.FormatUint(from, 10), Max: strconv.FormatUint(to, 10), Count: limit}
	found, err := s.rdb.ZRangeByScoreWithScores(ctx, postNumbersKey(l.Family, l.Serial), by).Result()
	if err != nil || len(found) == 0 {
		return nil, err
	}
	fields := make([]string, len(found))
	for i, z := range found {
		fields[i], _ = z.Member.(string)
	}
	records, err := s.rdb.HMGet(ctx, postRecordsKey(l.Family, l.Serial), fields...).Result()
	if err != nil {
		return nil, err
	}
	posts := make([]lists.DigestPost, 0, len(found))
	for i, value := range records {
		text, ok := value.(string)
		if !ok {
			continue // trimmed meanwhile
		}
		sum, record, _ := strings.Cut(text, " ")
		p := lists.DigestPost{List: l.ID, Identity: fields[i], Number: uint64(found[i].Score)}
		if p.Sum, err = strconv.ParseUint(sum, 10, 64); err == nil {
			err = json.Unmarshal([]byte(record), &p)
		}
		if err != nil {
			return nil, fmt.Errorf("post %d: %w", p.Number, err)
		}
		posts = append(posts, p)
	}
	return posts, nil
}

// PostNumbers are the numbers that posts have in a list, those it has.
func (s *Store) PostNumbers(ctx context.Context, listID string, identities []string) (map[string]uint64, error) {
	l, _, err := s.list(ctx, listID)
	if err != nil {
		return nil, err
	}
	scores := make([]*redis.FloatCmd, len(identities))
	_, err = s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, identity := range identities {
			scores[i] = p.ZScore(ctx, postNumbersKey(l.Family, l.Serial), identity)
		}
		return nil
	})
	if err != nil && !absent(err) {
		return nil, fmt.Errorf("read the numbers of posts in list %q: %w", listID, err)
	}
	numbers := map[string]uint64{}
	for i, score := range scores {
		if score.Err() == nil {
			numbers[identities[i]] = uint64(score.Val())
		}
	}
	return numbers, nil
}

// DigestBody is a post that no archive has; lists.ErrNotFound where it was
// not kept.
func (s *Store) DigestBody(ctx context.Context, listID, identity string) ([]byte, error) {
	l, _, err := s.list(ctx, listID)
	if err != nil {
		return nil, err
	}
	raw, err := s.rdb.HGet(ctx, postBodiesKey(l.Family, l.Serial), identity).Bytes()
	if absent(err) {
		return nil, notFound("post %s of list %q", identity, listID)
	}
	if err != nil {
		return nil, fmt.Errorf("read post %s of list %q: %w", identity, listID, err)
	}
	return raw, nil
}

// trimAtOnce is how many posts one TrimPosts forgets at most.
const trimAtOnce = 500

// TrimPosts forgets posts whose digests have all gone out: the bodies of those
// up to a number, and the records of those that came before a time as well.
func (s *Store) TrimPosts(ctx context.Context, listID string, upto uint64, before time.Time) error {
	l, _, err := s.list(ctx, listID)
	if err != nil {
		return err
	}
	numbers, records, bodies := postNumbersKey(l.Family, l.Serial), postRecordsKey(l.Family, l.Serial), postBodiesKey(l.Family, l.Serial)
	kept, err := s.rdb.HKeys(ctx, bodies).Result()
	if err != nil {
		return fmt.Errorf("trim the posts of list %q: %w", listID, err)
	}
	still, err := s.PostNumbers(ctx, listID, kept)
	if err != nil {
		return err
	}
	kept = slices.DeleteFunc(kept, func(identity string) bool { return still[identity] > upto })
	oldest, err := s.digestPosts(ctx, l, 0, upto, trimAtOnce)
	if err != nil {
		return fmt.Errorf("trim the posts of list %q: %w", listID, err)
	}
	_, err = s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		if len(kept) > 0 {
			p.HDel(ctx, bodies, kept...)
		}
		for _, post := range oldest {
			if post.At.Before(before) {
				p.HDel(ctx, records, post.Identity)
				p.ZRem(ctx, numbers, post.Identity)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("trim the posts of list %q: %w", listID, err)
	}
	return nil
}
