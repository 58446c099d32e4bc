package keyring

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"
)

// shelfKey is where the rings stand.
const shelfKey = "{plenary}:dkim"

// current is the field that names the selector in use.
const current = "current"

// Forms of what is kept.
const (
	clear     = 'c'
	encrypted = 'e'
)

// Shelf keeps rings in Redis.
type Shelf struct {
	Redis  redis.UniversalClient
	Secret string // dkim.secret, "" kept in clear
}

// Use keeps the keys of a selector and puts them to use. Where the selector
// has keys already those are put to use, and given; made is false then.
func (s Shelf) Use(ctx context.Context, selector string, keys []Key) (in []Key, made bool, err error) {
	value, err := s.pack(keys)
	if err != nil {
		return nil, false, err
	}
	var first *redis.BoolCmd
	_, err = s.Redis.TxPipelined(ctx, func(p redis.Pipeliner) error {
		first = p.HSetNX(ctx, shelfKey, "ring:"+selector, value)
		p.HSet(ctx, shelfKey, current, selector)
		return nil
	})
	if err != nil {
		return nil, false, fmt.Errorf("keep the keys of %s: %w", selector, err)
	}
	in, _, err = s.Current(ctx)
	return in, first.Val(), err
}

// Current are the keys in use; none is no error.
func (s Shelf) Current(ctx context.Context) (keys []Key, selector string, err error) {
	all, err := s.Redis.HGetAll(ctx, shelfKey).Result()
	if err != nil {
		return nil, "", fmt.Errorf("read the DKIM keys: %w", err)
	}
	if selector = all[current]; selector == "" {
		return nil, "", nil
	}
	keys, err = s.unpack(all["ring:"+selector], selector)
	if err != nil {
		return nil, selector, fmt.Errorf("read the DKIM keys of %s: %w", selector, err)
	}
	return keys, selector, nil
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
		return append([]byte{clear}, plain...), nil
	}
	box, err := s.box()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, box.NonceSize())
	rand.Read(nonce) // never fails (crypto/rand)
	return box.Seal(append([]byte{encrypted}, nonce...), nonce, plain, nil), nil
}

func (s Shelf) unpack(value, selector string) (keys []Key, err error) {
	form, rest := byte(0), ""
	if value != "" {
		form, rest = value[0], value[1:]
	}
	plain := []byte(rest)
	switch form {
	case clear:
	case encrypted:
		if s.Secret == "" {
			return nil, errors.New("they are encrypted, and dkim.secret is not set")
		}
		box, err := s.box()
		if err != nil {
			return nil, err
		}
		if len(rest) < box.NonceSize() {
			return nil, errors.New("they are damaged")
		}
		if plain, err = box.Open(nil, plain[:box.NonceSize()], plain[box.NonceSize():], nil); err != nil {
			return nil, errors.New("dkim.secret is not the one they were encrypted under")
		}
	default:
		return nil, errors.New("they are damaged")
	}
	var ders [][]byte
	if err := json.NewDecoder(strings.NewReader(string(plain))).Decode(&ders); err != nil {
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

// box encrypts under the secret.
func (s Shelf) box() (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, []byte(s.Secret), nil, "plenary dkim keys", 32)
	if err != nil {
		return nil, fmt.Errorf("derive a key from dkim.secret: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("encrypt the DKIM keys: %w", err)
	}
	return cipher.NewGCM(block)
}
