package store

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

// The kinds of token that stand for an address. Redis has a digest of each,
// from which it can't be read back.
const (
	signInToken  = "signin"
	sessionToken = "session"
)

// NewSignIn makes a token that signs an address in, once, within ttl.
func (s *Store) NewSignIn(ctx context.Context, a lists.Address, ttl time.Duration) (token string, err error) {
	return s.newToken(ctx, signInToken, a, ttl)
}

// SpendSignIn gives the address that a sign-in token stands for, and spends
// the token; lists.ErrNotFound where it was spent, has expired or never was.
func (s *Store) SpendSignIn(ctx context.Context, token string) (lists.Address, error) {
	return s.readToken(signInToken, s.rdb.GetDel(ctx, tokenKey(signInToken, strings.ToLower(token))))
}

// NewSession makes a token that stands for a signed-in address during ttl.
func (s *Store) NewSession(ctx context.Context, a lists.Address, ttl time.Duration) (token string, err error) {
	return s.newToken(ctx, sessionToken, a, ttl)
}

// Session gives the address that a session token stands for;
// lists.ErrNotFound where it has ended.
func (s *Store) Session(ctx context.Context, token string) (lists.Address, error) {
	return s.readToken(sessionToken, s.rdb.Get(ctx, tokenKey(sessionToken, strings.ToLower(token))))
}

// EndSession ends a session; one that has ended is fine.
func (s *Store) EndSession(ctx context.Context, token string) error {
	if err := s.rdb.Del(ctx, tokenKey(sessionToken, strings.ToLower(token))).Err(); err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	return nil
}

func (s *Store) newToken(ctx context.Context, kind string, a lists.Address, ttl time.Duration) (string, error) {
	if ttl <= 0 {
		return "", fmt.Errorf("make a %s token: a life time of %v", kind, ttl)
	}
	var random [16]byte
	rand.Read(random[:])
	tok := token(random[:])
	value := millis(s.now().Add(ttl)) + " " + string(a)
	if err := s.rdb.Set(ctx, tokenKey(kind, tok), value, ttl).Err(); err != nil {
		return "", fmt.Errorf("make a %s token: %w", kind, err)
	}
	return tok, nil
}

func (s *Store) readToken(kind string, read *redis.StringCmd) (lists.Address, error) {
	value, err := read.Result()
	if absent(err) {
		return "", notFound("%s token", kind)
	}
	if err != nil {
		return "", fmt.Errorf("read a %s token: %w", kind, err)
	}
	ms, address, _ := strings.Cut(value, " ")
	expires, err := strconv.ParseInt(ms, 10, 64)
	if err != nil {
		return "", fmt.Errorf("read a %s token: %w", kind, err)
	}
	if s.now().UnixMilli() >= expires {
		return "", notFound("%s token: it has expired", kind)
	}
	return lists.Address(address), nil
}
