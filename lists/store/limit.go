package store

import (
	"context"
	_ "embed"
	"fmt"
	"time"
)

//go:embed allow.lua
var allowLua string

// Allow counts one more towards the limit that key names, and tells whether
// it is within: limit in a span of per, which begins with the first. What is
// not allowed is not counted, so that a span always ends.
func (s *Store) Allow(ctx context.Context, key string, limit int, per time.Duration) (bool, error) {
	allowed, err := s.allowScript.Run(ctx, s.rdb, []string{limitKey(key)}, limit, max(per.Milliseconds(), 1), s.now().UnixMilli()).Int()
	if err != nil {
		return false, fmt.Errorf("count towards a limit: %w", err)
	}
	return allowed == 1, nil
}

// Freeze keeps value under key, in the family tag or ("") for the site,
// unless something stands there already: stands is what is kept now, first
// whether it is this value. ttl 0 keeps it for ever. An ID may be given to a
// new list after its list was removed, so what concerns a list is better
// frozen under its serial.
func (s *Store) Freeze(ctx context.Context, tag, key string, value []byte, ttl time.Duration) (stands []byte, first bool, err error) {
	k := onceKey(tag, key)
	err = retry(ctx, func() (bool, error) {
		if first, err = s.rdb.SetNX(ctx, k, value, ttl).Result(); err != nil {
			return false, err
		}
		if first {
			stands = value
			return true, nil
		}
		stands, err = s.rdb.Get(ctx, k).Bytes()
		if absent(err) { // it has just expired
			return false, nil
		}
		return err == nil, err
	})
	if err != nil {
		return nil, false, fmt.Errorf("freeze %s: %w", key, err)
	}
	return stands, first, nil
}
