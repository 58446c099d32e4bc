package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"plenary/lists"
)

// renamePosts puts FormerMember in the place of a person's name in what
// members' digests say of posts.
func (s *Store) renamePosts(ctx context.Context, family string, n lists.Number) error {
	d, err := s.Directory(ctx)
	if err != nil {
		return err
	}
	for _, l := range d.Family(family) {
		wrote, err := s.writtenBy(ctx, l, n)
		if err != nil || len(wrote) == 0 {
			if err != nil {
				return err
			}
			continue
		}
		key := postRecordsKey(l.Family, l.Serial)
		records := s.rdb.HScan(ctx, key, 0, "", 1000).Iterator()
		for records.Next(ctx) {
			identity := records.Val()
			if !records.Next(ctx) || !wrote[eventIdentity(identity)] {
				continue
			}
			if err := s.renamePost(ctx, key, identity, records.Val()); err != nil {
				return err
			}
		}
		if err := records.Err(); err != nil {
			return err
		}
	}
	return nil
}

// writer is how a post that waits for digests names who wrote it: by it
// erasing finds what somebody wrote who left the family since, and nobody can
// read it back.
func writer(a lists.Address) string { return digest("writer " + a.Key())[:16] }

// postsOf calls fn with each post of the address that is numbered for
// digests, with the key of its record and how it stands there.
func (s *Store) postsOf(ctx context.Context, a lists.Address, fn func(key, record string, p lists.DigestPost) error) error {
	d, err := s.Directory(ctx)
	if err != nil {
		return err
	}
	mark := `"b":"` + writer(a) + `"`
	for _, l := range d.Lists {
		key := postRecordsKey(l.Family, l.Serial)
		records := s.rdb.HScan(ctx, key, 0, "", 1000).Iterator()
		for records.Next(ctx) {
			identity := records.Val()
			if !records.Next(ctx) {
				break
			}
			_, text, _ := strings.Cut(records.Val(), " ")
			if !strings.Contains(text, mark) {
				continue
			}
			p := lists.DigestPost{List: l.ID, Identity: identity}
			if err := json.Unmarshal([]byte(text), &p); err != nil {
				return fmt.Errorf("read a post of %s: %w", l.ID, err)
			}
			if p.By != writer(a) {
				continue
			}
			if err := fn(key, records.Val(), p); err != nil {
				return err
			}
		}
		if err := records.Err(); err != nil {
			return err
		}
	}
	return nil
}

// writtenBy are the posts of a list that a member's number stands at, by what
// events name them.
func (s *Store) writtenBy(ctx context.Context, l lists.List, n lists.Number) (map[string]bool, error) {
	wrote := map[string]bool{}
	who := strconv.FormatUint(uint64(n), 10)
	err := s.eachEvent(ctx, activityKey(l.Family, l.Serial), "-inf", "+inf", func(event string, _ time.Time) error {
		if parts := strings.Split(event, "/"); len(parts) == 3 && parts[0] == eventPosted && parts[1] == who {
			wrote[parts[2]] = true
		}
		return nil
	})
	return wrote, err
}

// renamePost writes a post's record again, unless it was trimmed meanwhile.
func (s *Store) renamePost(ctx context.Context, key, identity, text string) error {
	sum, record, _ := strings.Cut(text, " ")
	var p lists.DigestPost
	if err := json.Unmarshal([]byte(record), &p); err != nil {
		return err
	}
	p.From, p.By = FormerMember, ""
	next, err := json.Marshal(p)
	if err != nil {
		return err
	}
	var c change
	c.fieldIs(key, identity, text)
	c.setField(key, identity, sum+" "+string(next))
	_, err = s.commit(ctx, &c)
	return err
}
