package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

// FormerMember is the name that stands for somebody who was erased.
const FormerMember = "Former member"

// Erased counts what Erase took away or changed.
type Erased struct {
	Families  int `json:"families"` // in which they were somebody
	Passwords int `json:"passwords"`
	Sessions  int `json:"sessions"`
	Questions int `json:"questions"`
	Held      int `json:"held"`
	Progress  int `json:"progress"` // entries whose author was replaced
}

// Nothing tells whether there was nothing to do.
func (e Erased) Nothing() bool { return e == Erased{} }

// Erase forgets an address: its people with their choices, roles and scores,
// passwords, sessions, questions, and what waits for owners. The record of
// groups keeps what was reported, with FormerMember as its author unless
// authorship is to be kept. Nobody is told. It may be repeated.
func (s *Store) Erase(ctx context.Context, a lists.Address, keepAuthorship bool) (e Erased, err error) {
	for _, step := range []func() error{
		func() error { return s.eraseMember(ctx, a, keepAuthorship, &e) },
		func() error { return s.eraseSecrets(ctx, a, &e) },
		func() error {
			return s.questionsOf(ctx, a, func(key string, _ asked) error { e.Questions++; return s.rdb.Del(ctx, key).Err() })
		},
		func() error {
			return s.heldOf(ctx, a, func(h lists.HeldPost) error {
				_, released, err := s.Release(ctx, h.List, h.Number)
				if released {
					e.Held++
				}
				return err
			})
		},
		func() error {
			if keepAuthorship {
				return nil
			}
			return s.progressOf(ctx, a, func(l lists.List, record string, p lists.ProgressEntry) error {
				e.Progress++
				return s.renameAuthor(ctx, l, record, p)
			})
		},
		func() error {
			if keepAuthorship {
				return nil
			}
			return s.postsOf(ctx, a, func(key, record string, p lists.DigestPost) error {
				return s.renamePost(ctx, key, p.Identity, record)
			})
		},
	} {
		if err := step(); err != nil {
			return e, fmt.Errorf("erase an address: %w", err)
		}
	}
	return e, nil
}

// eraseMember unsubscribes the address everywhere, and forgets its scores.
func (s *Store) eraseMember(ctx context.Context, a lists.Address, keepAuthorship bool, e *Erased) error {
	people, err := s.PeopleFor(ctx, a)
	if err != nil {
		return err
	}
	for _, p := range people {
		if !keepAuthorship {
			if err := s.renamePosts(ctx, p.Family, p.Number); err != nil {
				return err
			}
		}
		if err := s.SetBounces(ctx, p.Family, p.Number, nil); err != nil {
			return err
		}
		if _, _, err := s.Unsubscribe(ctx, p.Family, []string{p.Family}, a); err != nil {
			return err
		}
		e.Families++
	}
	return nil
}

func (s *Store) eraseSecrets(ctx context.Context, a lists.Address, e *Erased) error {
	had, err := s.rdb.HLen(ctx, passwordsKey(a)).Result()
	if err != nil {
		return err
	}
	e.Passwords = int(had)
	if err := s.DropPasswords(ctx, a); err != nil {
		return err
	}
	return s.tokensOf(ctx, a, func(key string) error { e.Sessions++; return s.rdb.Del(ctx, key).Err() })
}

// renameAuthor writes an entry of a group's record again, without who it is of.
func (s *Store) renameAuthor(ctx context.Context, l lists.List, record string, e lists.ProgressEntry) error {
	e.Author, e.Name = "", FormerMember
	next, err := json.Marshal(e)
	if err != nil {
		return err
	}
	key := recordKey(l.Family, l.Serial)
	_, err = s.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.ZAdd(ctx, key, redis.Z{Score: float64(e.At.UnixMilli()), Member: string(next)})
		p.ZRem(ctx, key, record)
		return nil
	})
	return err
}
