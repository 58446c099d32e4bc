package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

// Schema is the version of the layout that KEYS.md describes.
const Schema = "1"

// Store keeps lists and people in Redis. It may be used by any number of
// goroutines, and any number of Stores may share a Redis.
type Store struct {
	rdb    redis.UniversalClient
	site   lists.Site
	now    func() time.Time
	secret []byte

	commitScript *redis.Script
	allowScript  *redis.Script
	guessScript  *redis.Script
	enterScript  *redis.Script
	hashing      chan struct{} // who may hash a password now
	directory    atomic.Pointer[snapshot]
	checked      atomic.Int64 // when directory was last known to stand, Unix time in ns
	looks        looks
	hints        hints
}

// Open joins the site's data in Redis, and begins it in an empty one. It
// refuses a Redis that another schema of Plenary has written.
func Open(ctx context.Context, rdb redis.UniversalClient, site lists.Site, now func() time.Time) (*Store, error) {
	s := &Store{
		rdb: rdb, site: site, now: now, hashing: make(chan struct{}, 2),
		commitScript: redis.NewScript(commitLua), allowScript: redis.NewScript(allowLua), guessScript: redis.NewScript(guessLua), enterScript: redis.NewScript(enterLua),
	}
	schema, err := s.once(ctx, schemaKey(), Schema)
	if err != nil {
		return nil, fmt.Errorf("read the schema version from Redis: %w", err)
	}
	if schema != Schema {
		return nil, fmt.Errorf("this Redis holds the data of Plenary's schema %q, and this program reads schema %q: "+
			"use the program that wrote it, or another Redis database (key %s)", schema, Schema, schemaKey())
	}
	fresh := make([]byte, 32)
	rand.Read(fresh)
	secret, err := s.once(ctx, secretKey(), string(fresh))
	if err != nil {
		return nil, fmt.Errorf("read the site's secret from Redis: %w", err)
	}
	if len(secret) != 32 {
		return nil, fmt.Errorf("the site's secret in Redis has %d bytes, not 32 (key %s)", len(secret), secretKey())
	}
	s.secret = []byte(secret)
	return s, nil
}

// Secret is the site's 32 random bytes, made once: what tokens are made with.
func (s *Store) Secret() []byte { return append([]byte(nil), s.secret...) }

// once gives the string at key, which is value if there was none. It writes
// only then: a Redis that is full can be looked at.
func (s *Store) once(ctx context.Context, key, value string) (string, error) {
	if there, err := s.rdb.Get(ctx, key).Result(); !errors.Is(err, redis.Nil) {
		return there, err
	}
	if _, err := s.rdb.SetNX(ctx, key, value, 0).Result(); err != nil {
		return "", err
	}
	return s.rdb.Get(ctx, key).Result()
}
