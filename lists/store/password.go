package store

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"

	"plenary/lists"
)

// The cost of a password, in the forms that OWASP gives for argon2id. Each
// hash holds its own, so that it may be raised later. Memory is kept small,
// for a server of 64 MB: app passwords are random and long.
const (
	argonMemory = 8 << 10 // KiB
	argonTime   = 4
	argonKey    = 32
)

// maxPasswords is how many an address may have; a further one takes the place
// of the oldest.
const maxPasswords = 8

// maxSecret is the longest password that is looked at, in bytes.
const maxSecret = 256

// SetPassword gives an address an app password under a label, in place of the
// one that had it.
func (s *Store) SetPassword(ctx context.Context, a lists.Address, label, secret string) error {
	if secret == "" || len(secret) > maxSecret {
		return fmt.Errorf("set a password: it has %d bytes; 1 to %d will do", len(secret), maxSecret)
	}
	hash, err := s.hash(ctx, secret)
	if err != nil {
		return fmt.Errorf("set a password: %w", err)
	}
	verifier, err := s.verifier(a, secret)
	if err != nil {
		return fmt.Errorf("set a password: %w", err)
	}
	key := passwordsKey(a)
	err = retry(ctx, func() (bool, error) {
		stand, err := s.rdb.HGetAll(ctx, key).Result()
		if err != nil {
			return false, err
		}
		var c change
		if was, ok := stand[label]; ok {
			c.fieldIs(key, label, was)
		} else {
			c.noField(key, label)
			if len(stand) >= maxPasswords {
				c.delField(key, oldest(stand))
			}
		}
		c.setField(key, label, millis(s.now())+" "+hash+" "+verifier)
		return s.commit(ctx, &c)
	})
	if err != nil {
		return fmt.Errorf("set a password: %w", err)
	}
	return nil
}

// oldest is the label of the password that was set first.
func oldest(passwords map[string]string) (label string) {
	first := int64(-1)
	for l, value := range passwords {
		ms, _, _ := strings.Cut(value, " ")
		if at, err := strconv.ParseInt(ms, 10, 64); first < 0 || err != nil || at < first {
			first, label = at, l
		}
	}
	return label
}

// CheckPassword tells whether secret is one of the address's app passwords.
// It takes as long for an address that has none: the SCRAM verifiers tell in
// one go which password it could be, and one argon2id hash is made in any
// case. A password from before there were verifiers takes one more.
func (s *Store) CheckPassword(ctx context.Context, a lists.Address, secret string) (bool, error) {
	if secret == "" || len(secret) > maxSecret {
		return false, nil
	}
	stand, err := s.rdb.HGetAll(ctx, passwordsKey(a)).Result()
	if err != nil {
		return false, fmt.Errorf("check a password: %w", err)
	}
	verifier, err := s.verifier(a, secret)
	if err != nil {
		verifier = "" // no password can be written so
	}
	hashes := candidates(stand, verifier)
	if len(hashes) == 0 {
		_, err := s.hash(ctx, secret)
		return false, err
	}
	for _, hash := range hashes {
		same, err := s.sameSecret(ctx, hash, secret)
		if err != nil {
			return false, fmt.Errorf("check a password: %w", err)
		}
		if same {
			return true, nil
		}
	}
	return false, nil
}

// candidates are the hashes of the passwords that a secret with this verifier
// may be: the one that has the same, and those that have none to hold it
// against.
func candidates(stand map[string]string, verifier string) (hashes []string) {
	salted := verifier[:strings.LastIndex(verifier, "$")+1]
	same := ""
	for _, value := range stand {
		_, hash, _ := strings.Cut(value, " ")
		hash, theirs, _ := strings.Cut(hash, " ")
		switch {
		case subtle.ConstantTimeCompare([]byte(theirs), []byte(verifier)) == 1 && theirs != "":
			same = hash
		case salted == "" || !strings.HasPrefix(theirs, salted):
			hashes = append(hashes, hash)
		}
	}
	if same != "" {
		hashes = append([]string{same}, hashes...)
	}
	return hashes
}

// DropPasswords takes all app passwords from an address.
func (s *Store) DropPasswords(ctx context.Context, a lists.Address) error {
	if err := s.rdb.Del(ctx, passwordsKey(a)).Err(); err != nil {
		return fmt.Errorf("drop an address's passwords: %w", err)
	}
	return nil
}

// hash gives a secret's argon2id hash in PHC form.
func (s *Store) hash(ctx context.Context, secret string) (string, error) {
	var salt [16]byte
	rand.Read(salt[:])
	key, err := s.argon(ctx, secret, salt[:], argonTime, argonMemory, argonKey)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, argonMemory, argonTime,
		b64.EncodeToString(salt[:]), b64.EncodeToString(key)), nil
}

// sameSecret tells whether hash, in PHC form, is the secret's.
func (s *Store) sameSecret(ctx context.Context, hash, secret string) (bool, error) {
	var version int
	var memory, passes uint32
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, fmt.Errorf("the stored hash is not of argon2id")
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=1", &version, &memory, &passes); err != nil ||
		version != argon2.Version || passes < 1 || memory > 1<<20 {
		return false, fmt.Errorf("the stored hash has unknown parameters %q", parts[2]+"$"+parts[3])
	}
	b64 := base64.RawStdEncoding
	salt, err := b64.DecodeString(parts[4])
	if err != nil {
		return false, fmt.Errorf("the stored salt: %w", err)
	}
	want, err := b64.DecodeString(parts[5])
	if err != nil || len(want) == 0 {
		return false, fmt.Errorf("the stored hash is malformed")
	}
	got, err := s.argon(ctx, secret, salt, passes, memory, uint32(len(want)))
	return err == nil && subtle.ConstantTimeCompare(got, want) == 1, err
}

// argon hashes, a few at a time: each takes megabytes.
func (s *Store) argon(ctx context.Context, secret string, salt []byte, passes, memory, size uint32) ([]byte, error) {
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
		return argon2.IDKey([]byte(secret), salt, passes, memory, 1, size), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
