package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

// Personal is what is kept here of one address, beside the people that
// PeopleFor gives. A limit's counter is named by a hash and can't be read
// back; what was set once (Freeze) ends by itself.
type Personal struct {
	Passwords []Password            `json:"passwords"` // never the passwords themselves
	Sessions  int                   `json:"sessions"`  // sign-in links and sessions of the pages
	Questions []lists.Question      `json:"questions"` // asked of the address, or about it
	Held      []lists.HeldPost      `json:"held"`      // posts and requests that wait for owners
	Progress  []lists.ProgressEntry `json:"progress"`
	Digests   []DigestPost          `json:"digests"` // posts that are, or were lately, in members' digests
}

// DigestPost is a post that members' digests are made of, also where no
// archive has it.
type DigestPost struct {
	List      string    `json:"list"` // list ID
	At        time.Time `json:"at"`
	Subject   string    `json:"subject"`
	MessageID string    `json:"message_id"`
}

// Password is an app password's label and when it was set.
type Password struct {
	Label string    `json:"label"`
	Set   time.Time `json:"set"`
}

// Personal finds it all.
func (s *Store) Personal(ctx context.Context, a lists.Address) (p Personal, err error) {
	if err = s.passwordsOf(ctx, a, &p); err == nil {
		err = s.tokensOf(ctx, a, func(string) error { p.Sessions++; return nil })
	}
	if err == nil {
		err = s.questionsOf(ctx, a, func(_ string, q asked) error { p.Questions = append(p.Questions, q.Question); return nil })
	}
	if err == nil {
		err = s.heldOf(ctx, a, func(h lists.HeldPost) error { p.Held = append(p.Held, h); return nil })
	}
	if err == nil {
		err = s.progressOf(ctx, a, func(_ lists.List, _ string, e lists.ProgressEntry) error {
			p.Progress = append(p.Progress, e)
			return nil
		})
	}
	if err == nil {
		err = s.postsOf(ctx, a, func(_, _ string, post lists.DigestPost) error {
			p.Digests = append(p.Digests, DigestPost{List: post.List, At: post.At, Subject: post.Subject, MessageID: post.MessageID})
			return nil
		})
	}
	if err != nil {
		return p, fmt.Errorf("find what is kept of an address: %w", err)
	}
	return p, nil
}

func (s *Store) passwordsOf(ctx context.Context, a lists.Address, p *Personal) error {
	stand, err := s.rdb.HGetAll(ctx, passwordsKey(a)).Result()
	for label, value := range stand {
		var ms int64
		_, _ = fmt.Sscan(value, &ms) // 0 where it is odd: the label counts
		p.Passwords = append(p.Passwords, Password{Label: label, Set: time.UnixMilli(ms).UTC()})
	}
	return err
}

// tokensOf calls fn with the key of each sign-in link and session.
func (s *Store) tokensOf(ctx context.Context, a lists.Address, fn func(key string) error) error {
	for _, kind := range []string{signInToken, sessionToken} {
		err := s.scan(ctx, siteTag+":"+kind+":*", func(key string) error {
			value, err := s.rdb.Get(ctx, key).Result()
			if absent(err) {
				return nil
			}
			if _, of, _ := strings.Cut(value, " "); err == nil && lists.Address(of).Same(a) {
				return fn(key)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// questionsOf calls fn with each question that was asked of the address, or
// that names it.
func (s *Store) questionsOf(ctx context.Context, a lists.Address, fn func(key string, q asked) error) error {
	return s.scan(ctx, siteTag+":q:*", func(key string) error {
		value, err := s.rdb.Get(ctx, key).Result()
		if absent(err) {
			return nil
		}
		if err != nil {
			return err
		}
		var q asked
		if err := json.Unmarshal([]byte(value), &q); err != nil {
			return fmt.Errorf("read %s: %w", key, err)
		}
		named := q.Address.Same(a)
		for _, action := range q.Actions {
			named = named || action.Asker.Same(a) || action.Subject.Same(a)
		}
		if named {
			return fn(key, q)
		}
		return nil
	})
}

func (s *Store) heldOf(ctx context.Context, a lists.Address, fn func(lists.HeldPost) error) error {
	d, err := s.Directory(ctx)
	if err != nil {
		return err
	}
	for _, l := range d.Lists {
		held, err := s.Held(ctx, l.ID)
		if err != nil {
			return err
		}
		for _, h := range held {
			if !h.Author.Same(a) {
				continue
			}
			if err := fn(h); err != nil {
				return err
			}
		}
	}
	return nil
}

// progressOf calls fn with each entry of the address in a group's record, and
// with how it stands there.
func (s *Store) progressOf(ctx context.Context, a lists.Address, fn func(l lists.List, record string, e lists.ProgressEntry) error) error {
	d, err := s.Directory(ctx)
	if err != nil {
		return err
	}
	for _, l := range d.Lists {
		records, err := s.rdb.ZRange(ctx, recordKey(l.Family, l.Serial), 0, -1).Result()
		if err != nil {
			return err
		}
		for _, record := range records {
			var e lists.ProgressEntry
			if err := json.Unmarshal([]byte(record), &e); err != nil {
				return fmt.Errorf("read the record of %s: %w", l.ID, err)
			}
			if !e.Author.Same(a) {
				continue
			}
			if err := fn(l, record, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// scan calls fn with each key like the pattern, on every node of a cluster.
func (s *Store) scan(ctx context.Context, pattern string, fn func(key string) error) error {
	one := func(ctx context.Context, node *redis.Client) error {
		keys := node.Scan(ctx, 0, pattern, 1000).Iterator()
		for keys.Next(ctx) {
			if err := fn(keys.Val()); err != nil {
				return err
			}
		}
		return keys.Err()
	}
	switch rdb := s.rdb.(type) {
	case *redis.ClusterClient:
		return rdb.ForEachMaster(ctx, one)
	case interface {
		Scan(ctx context.Context, cursor uint64, match string, count int64) *redis.ScanCmd
	}:
		keys := rdb.Scan(ctx, 0, pattern, 1000).Iterator()
		for keys.Next(ctx) {
			if err := fn(keys.Val()); err != nil {
				return err
			}
		}
		return keys.Err()
	}
	return fmt.Errorf("a %T can't be searched", s.rdb)
}
