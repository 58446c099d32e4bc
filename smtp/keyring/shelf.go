package keyring

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// shelfKey is where the rings stand.
const shelfKey = "{plenary}:dkim"

// The fields beside the rings: the selector in use, the one before it, and
// when the records of the first were first seen in DNS (Unix time).
const (
	current   = "current"
	before    = "before"
	published = "published"
)

// Forms of what is kept.
const (
	inClear   = 'c'
	encrypted = 'e'
)

// Shelf keeps rings in Redis.
type Shelf struct {
	Redis  redis.UniversalClient
	Secret string // dkim.secret, "" kept in clear
}

// Use keeps the keys of a selector and puts them to use. Where the selector
// has keys already those are put to use, and given; made is false then. The
// ring that was in use goes on signing beside it (InUse), or, where its own
// records were never seen, the one before that.
func (s Shelf) Use(ctx context.Context, selector string, keys []Key) (in []Key, made bool, err error) {
	value, err := s.pack(keys)
	if err != nil {
		return nil, false, err
	}
	err = s.Redis.Watch(ctx, func(tx *redis.Tx) error {
		all, err := tx.HGetAll(ctx, shelfKey).Result()
		if err != nil {
			return err
		}
		old := all[current]
		// One that nobody can verify by yet is no help: then the one before it stays.
		unseen := all[published] == "" && all[before] != "" && all[before] != selector
		var first *redis.BoolCmd
		_, err = tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
			first = p.HSetNX(ctx, shelfKey, "ring:"+selector, value)
			p.HSet(ctx, shelfKey, current, selector)
			if old == "" || old == selector {
				return nil
			}
			if !unseen {
				p.HSet(ctx, shelfKey, before, old)
			}
			p.HDel(ctx, shelfKey, published)
			return nil
		})
		made = err == nil && first.Val()
		return err
	}, shelfKey)
	if err != nil {
		return nil, false, fmt.Errorf("keep the keys of %s: %w", selector, err)
	}
	in, _, err = s.Current(ctx)
	return in, made, err
}

// Current are the keys in use; none is no error.
func (s Shelf) Current(ctx context.Context) (keys []Key, selector string, err error) {
	r, err := s.InUse(ctx)
	return r.Keys, r.Selector, err
}

// Rings are the ring in use and the one before it, which signs beside it
// until others can be expected to find the new one's records.
type Rings struct {
	Selector  string // "" none
	Keys      []Key
	Before    []Key     // nil: there was no other ring
	Published time.Time // when the records of Keys were first seen in DNS, zero not yet
}

// Overlap is how long the ring before goes on signing after the new one's
// records were seen: others may remember for as long that there were none.
const Overlap = time.Hour

// Signing are the keys to sign with at a time, those first whose records
// others find: a new ring alone once it is known everywhere, and until then
// both. So no mail goes out whose signatures nobody can verify.
func (r Rings) Signing(now time.Time) []Key {
	switch {
	case len(r.Before) == 0, !r.Published.IsZero() && now.After(r.Published.Add(Overlap)):
		return r.Keys
	case r.Published.IsZero():
		return slices.Concat(r.Before, r.Keys)
	}
	return slices.Concat(r.Keys, r.Before)
}

// InUse are the rings in use. One from before that can't be read any more
// signs nothing.
func (s Shelf) InUse(ctx context.Context) (r Rings, err error) {
	all, err := s.Redis.HGetAll(ctx, shelfKey).Result()
	if err != nil {
		return r, fmt.Errorf("read the DKIM keys: %w", err)
	}
	if r.Selector = all[current]; r.Selector == "" {
		return r, nil
	}
	if r.Keys, err = s.unpack(all["ring:"+r.Selector], r.Selector); err != nil {
		return r, fmt.Errorf("read the DKIM keys of %s: %w", r.Selector, err)
	}
	if old := all[before]; old != "" && old != r.Selector {
		r.Before, _ = s.unpack(all["ring:"+old], old)
	}
	if at, err := strconv.ParseInt(all[published], 10, 64); err == nil {
		r.Published = time.Unix(at, 0)
	}
	return r, nil
}

// Seen notes that the records of the ring in use stand in DNS, for all
// servers; the first time counts. It is nothing where the ring has changed.
func (s Shelf) Seen(ctx context.Context, selector string, now time.Time) error {
	err := s.Redis.Watch(ctx, func(tx *redis.Tx) error {
		if in, err := tx.HGet(ctx, shelfKey, current).Result(); err != nil || in != selector {
			return err
		}
		_, err := tx.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.HSetNX(ctx, shelfKey, published, now.Unix())
			return nil
		})
		return err
	}, shelfKey)
	if err != nil && !errors.Is(err, redis.TxFailedErr) { // changed meanwhile: looked at again
		return fmt.Errorf("note that the DKIM keys of %s are published: %w", selector, err)
	}
	return nil
}

// pack writes keys as PKCS #8, in JSON, encrypted where there is a secret.
func (s Shelf) pack(keys []Key) ([]byte, error) {
	var ders [][]byte
	for _, k := range keys {
		der, err := x509.MarshalPKCS8PrivateKey(k.Private)
		if err != nil {
			return nil, fmt.Errorf("write a key: %w", err)
		}
		ders = append(ders, der)
	}
	plain, err := json.Marshal(ders)
	if err != nil {
		return nil, fmt.Errorf("write keys: %w", err)
	}
	if s.Secret == "" {
		return append([]byte{inClear}, plain...), nil
	}
	box, err := s.box()
	if err != nil {
		return nil, err
	}
	return box.Seal([]byte{encrypted}, nil, plain, nil), nil
}

func (s Shelf) unpack(value, selector string) (keys []Key, err error) {
	form, rest := byte(0), ""
	if value != "" {
		form, rest = value[0], value[1:]
	}
	plain := []byte(rest)
	switch form {
	case inClear:
	case encrypted:
		if s.Secret == "" {
			return nil, errors.New("they are encrypted, and dkim.secret is not set")
		}
		box, err := s.box()
		if err != nil {
			return nil, err
		}
		if plain, err = box.Open(nil, nil, plain, nil); err != nil {
			return nil, errors.New("dkim.secret is not the one they were encrypted under")
		}
	default:
		return nil, errors.New("they are damaged")
	}
	var ders [][]byte
	if err := json.Unmarshal(plain, &ders); err != nil {
		return nil, errors.New("they are damaged")
	}
	for _, der := range ders {
		private, err := x509.ParsePKCS8PrivateKey(der)
		if err != nil {
			return nil, fmt.Errorf("they are damaged: %w", err)
		}
		k, err := of(private, selector)
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// box encrypts under the secret. What it gives begins with a nonce.
func (s Shelf) box() (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, []byte(s.Secret), nil, "plenary dkim keys", 32)
	if err != nil {
		return nil, fmt.Errorf("derive a key from dkim.secret: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("encrypt the DKIM keys: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}
