package certify

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/caddyserver/certmagic"
	"github.com/redis/go-redis/v9"
)

// Redis keeps what ACME needs where every server sees it: accounts,
// certificates and their keys, questions under way. With a Secret it is
// encrypted. The keys:
//
//	{plenary}:acme            hash    certmagic's key → 8 octets Unix time (ms), then the value
//	{plenary}:acme-lock:SHA   string  who holds a lock; a minute, renewed
type Redis struct {
	DB     redis.UniversalClient
	Secret string // "" none: in clear
	Now    func() time.Time

	mu   sync.Mutex
	held map[string]func() // by lock's name: lets it go
}

const (
	acmeKey  = "{plenary}:acme"
	lockLife = time.Minute
	lockPoll = time.Second
)

var _ certmagic.Storage = (*Redis)(nil)

// errMissing is what certmagic knows as "not there".
var errMissing = fs.ErrNotExist

// Store puts a value.
func (r *Redis) Store(ctx context.Context, key string, value []byte) error {
	sealed, err := r.seal(key, value)
	if err != nil {
		return err
	}
	raw := append(binary.BigEndian.AppendUint64(nil, uint64(r.Now().UnixMilli())), sealed...)
	if err := r.DB.HSet(ctx, acmeKey, key, raw).Err(); err != nil {
		return fmt.Errorf("keep %s: %w", key, err)
	}
	return nil
}

// Load gives a value; fs.ErrNotExist where there is none.
func (r *Redis) Load(ctx context.Context, key string) ([]byte, error) {
	_, value, err := r.read(ctx, key)
	return value, err
}

func (r *Redis) read(ctx context.Context, key string) (at time.Time, value []byte, err error) {
	raw, err := r.DB.HGet(ctx, acmeKey, key).Bytes()
	if errors.Is(err, redis.Nil) {
		err = errMissing
	}
	if err == nil && len(raw) < 8 {
		err = errors.New("it is damaged")
	}
	if err == nil {
		at = time.UnixMilli(int64(binary.BigEndian.Uint64(raw)))
		value, err = r.open(key, raw[8:])
	}
	if err != nil {
		return at, nil, fmt.Errorf("read %s: %w", key, err)
	}
	return at, value, nil
}

// Delete removes a value, and all below it.
func (r *Redis) Delete(ctx context.Context, key string) error {
	keys, err := r.below(ctx, key)
	if err != nil || len(keys) == 0 {
		return err
	}
	if err := r.DB.HDel(ctx, acmeKey, keys...).Err(); err != nil {
		return fmt.Errorf("remove %s: %w", key, err)
	}
	return nil
}

// Exists tells whether there is a value, or anything below it.
func (r *Redis) Exists(ctx context.Context, key string) bool {
	keys, err := r.below(ctx, key)
	return err == nil && len(keys) > 0
}

// List gives what is directly below a path, or with recursive all.
func (r *Redis) List(ctx context.Context, path string, recursive bool) ([]string, error) {
	keys, err := r.below(ctx, path)
	if err != nil {
		return nil, err
	}
	prefix := strings.TrimSuffix(path, "/") + "/"
	if path == "" {
		prefix = ""
	}
	var found []string
	for _, key := range keys {
		rest, ok := strings.CutPrefix(key, prefix)
		if !ok {
			continue // the value at path itself
		}
		if first, _, deeper := strings.Cut(rest, "/"); deeper && !recursive {
			key = prefix + first
		}
		if !slices.Contains(found, key) {
			found = append(found, key)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("list %s: %w", path, errMissing)
	}
	return found, nil
}

// below are the keys at a path and under it, in order.
func (r *Redis) below(ctx context.Context, path string) ([]string, error) {
	all, err := r.DB.HKeys(ctx, acmeKey).Result()
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", path, err)
	}
	path = strings.TrimSuffix(path, "/")
	all = slices.DeleteFunc(all, func(key string) bool { return path != "" && key != path && !strings.HasPrefix(key, path+"/") })
	slices.Sort(all)
	return all, nil
}

// Stat tells of a value, or of a folder.
func (r *Redis) Stat(ctx context.Context, key string) (certmagic.KeyInfo, error) {
	at, value, err := r.read(ctx, key)
	if errors.Is(err, errMissing) && r.Exists(ctx, key) {
		return certmagic.KeyInfo{Key: key}, nil
	}
	return certmagic.KeyInfo{Key: key, Modified: at, Size: int64(len(value)), IsTerminal: true}, err
}

var unlockScript = redis.NewScript(`-- KEYS lock, ARGV its holder; 1 where it was let go
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`)

var renewScript = redis.NewScript(`-- KEYS lock, ARGV its holder, milliseconds; 1 where it is held on
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0`)

// Lock waits until this server alone holds the name. It is renewed until
// Unlock; a dead server's ends within a minute.
func (r *Redis) Lock(ctx context.Context, name string) error {
	sum := sha256.Sum256([]byte(name))
	key, holder := acmeKey+"-lock:"+hex.EncodeToString(sum[:16]), rand.Text()
	for {
		got, err := r.DB.SetNX(ctx, key, holder, lockLife).Result()
		if err != nil {
			return fmt.Errorf("lock %s: %w", name, err)
		}
		if got {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lockPoll):
		}
	}
	renewing, stop := context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		for t := time.NewTicker(lockLife / 3); ; {
			select {
			case <-renewing.Done():
				t.Stop()
				return
			case <-t.C:
				held, err := renewScript.Run(renewing, r.DB, []string{key}, holder, lockLife.Milliseconds()).Int()
				if err == nil && held == 0 { // it has ended while Redis was away
					stop()
				} // else it is tried again, and ends by itself
			}
		}
	}()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.held == nil {
		r.held = map[string]func(){}
	}
	r.held[name] = func() {
		stop()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		_ = unlockScript.Run(ctx, r.DB, []string{key}, holder).Err() // it ends by itself
	}
	return nil
}

// Unlock lets a name go.
func (r *Redis) Unlock(_ context.Context, name string) error {
	r.mu.Lock()
	release := r.held[name]
	delete(r.held, name)
	r.mu.Unlock()
	if release == nil {
		return fmt.Errorf("unlock %s: it is not held here", name)
	}
	release()
	return nil
}

// box encrypts under the secret; nil without one.
func (r *Redis) box() (cipher.AEAD, error) {
	if r.Secret == "" {
		return nil, nil
	}
	key, err := hkdf.Key(sha256.New, []byte(r.Secret), nil, "plenary acme", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// A value begins with what was done to it.
const (
	inClear = 'c'
	sealed  = 's'
)

func (r *Redis) seal(key string, value []byte) ([]byte, error) {
	box, err := r.box()
	if err != nil {
		return nil, fmt.Errorf("encrypt %s: %w", key, err)
	}
	if box == nil {
		return append([]byte{inClear}, value...), nil
	}
	return box.Seal([]byte{sealed}, nil, value, []byte(key)), nil
}

func (r *Redis) open(key string, raw []byte) ([]byte, error) {
	if len(raw) > 0 && raw[0] == inClear {
		return raw[1:], nil
	}
	box, err := r.box()
	if err != nil || box == nil || len(raw) == 0 || raw[0] != sealed {
		return nil, errors.Join(errors.New("it is encrypted, and there is no secret (dkim.secret)"), err)
	}
	value, err := box.Open(nil, nil, raw[1:], []byte(key))
	if err != nil {
		return nil, errors.New("it is encrypted under another secret (dkim.secret)")
	}
	return value, nil
}
