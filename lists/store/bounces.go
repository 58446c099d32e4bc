package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

// bouncesKept is how long the score of an address that fails is remembered
// after its last failure; a score goes stale long before.
const bouncesKept = 30 * 24 * time.Hour

// Bounces is what SetBounces kept of the person, nil where nothing is.
func (s *Store) Bounces(ctx context.Context, family string, n lists.Number) ([]byte, error) {
	value, err := s.rdb.Get(ctx, bouncesKey(family, n)).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("bounces of member %d of %s: %w", n, family, err)
	}
	return value, nil
}

// SetBounces keeps the score of the person's address, for thirty days; nil
// forgets it.
func (s *Store) SetBounces(ctx context.Context, family string, n lists.Number, score []byte) error {
	key := bouncesKey(family, n)
	err := error(nil)
	if len(score) == 0 {
		err = s.rdb.Del(ctx, key).Err()
	} else {
		err = s.rdb.Set(ctx, key, score, bouncesKept).Err()
	}
	if err != nil {
		return fmt.Errorf("keep bounces of member %d of %s: %w", n, family, err)
	}
	return nil
}

// bouncesKey holds the score of one person's address.
func bouncesKey(f string, n lists.Number) string {
	return fmt.Sprintf("%s:bounces:%d", familyTag(f), n)
}
