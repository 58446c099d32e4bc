package store

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

//go:embed commit.lua
var commitLua string

// change is one atomic step on keys of one hash tag: what must still be as it
// was read, and what is then written. Checks are added before writes.
type change struct {
	keys  []string
	at    map[string]int // key → its index in keys, from 1
	steps []any
}

func (c *change) step(verb, key, field string, value any) {
	i, known := c.at[key]
	if !known {
		if c.at == nil {
			c.at = map[string]int{}
		}
		c.keys = append(c.keys, key)
		i = len(c.keys)
		c.at[key] = i
	}
	c.steps = append(c.steps, verb, i, field, value)
}

func (c *change) fieldIs(key, field, value string)           { c.step("h=", key, field, value) }
func (c *change) noField(key, field string)                  { c.step("h!", key, field, "") }
func (c *change) stringIs(key, value string)                 { c.step("s=", key, "", value) }
func (c *change) noKey(key string)                           { c.step("s!", key, "", "") }
func (c *change) setField(key, field, value string)          { c.step("hset", key, field, value) }
func (c *change) delField(key, field string)                 { c.step("hdel", key, field, "") }
func (c *change) delKey(key string)                          { c.step("del", key, "", "") }
func (c *change) trimBelow(key string, t time.Time)          { c.step("ztrim", key, millis(t), "") }
func (c *change) add(key string, t time.Time, member string) { c.step("zadd", key, millis(t), member) }

func (c *change) setString(key, value string, ttl time.Duration) {
	c.step("set", key, strconv.FormatInt(ttlMillis(ttl), 10), value)
}

func (c *change) setBit(key string, n lists.Number, on bool) {
	bit := 0
	if on {
		bit = 1
	}
	c.step("bit", key, strconv.FormatUint(uint64(n), 10), bit)
}

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

// ttlMillis is a life time for Redis: 0 for ever, else 1 ms at least.
func ttlMillis(ttl time.Duration) int64 {
	if ttl <= 0 {
		return 0
	}
	return max(ttl.Milliseconds(), 1)
}

// commit carries c out, unless something it rests on has changed: then done
// is false, nothing was written, and the caller reads again.
func (s *Store) commit(ctx context.Context, c *change) (done bool, err error) {
	if len(c.steps) == 0 {
		return true, nil
	}
	failed, err := s.commitScript.Run(ctx, s.rdb, c.keys, c.steps...).Int()
	return err == nil && failed == 0, err
}

// errContended ends a change that lost every race for maxTries times.
var errContended = errors.New("too many others change the same; try again")

const maxTries = 200

// retry calls try until it is done: it reads, builds a change and commits it;
// done false means that somebody else was faster. It waits a little between
// tries, at random, so that two servers don't keep step.
func retry(ctx context.Context, try func() (done bool, err error)) error {
	for i := range maxTries {
		done, err := try()
		if done || err != nil {
			return err
		}
		wait := time.NewTimer(rand.N(time.Duration(min(i+1, 20)) * time.Millisecond))
		select {
		case <-ctx.Done():
			wait.Stop()
			return ctx.Err()
		case <-wait.C:
		}
	}
	return errContended
}

// absent tells whether err says that a key or field is not there.
func absent(err error) bool { return errors.Is(err, redis.Nil) }

func isNotFound(err error) bool { return errors.Is(err, lists.ErrNotFound) }

func notFound(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, lists.ErrNotFound)...)
}

func refusal(format string, args ...any) error {
	return &lists.Refusal{Text: fmt.Sprintf(format, args...), Form: format, Args: args}
}

// append adds other's steps to c.
func (c *change) append(other *change) {
	for i := 0; i < len(other.steps); i += 4 {
		key := other.keys[other.steps[i+1].(int)-1]
		c.step(other.steps[i].(string), key, other.steps[i+2].(string), other.steps[i+3])
	}
}
