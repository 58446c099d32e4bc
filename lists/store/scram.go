package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"github.com/xdg-go/scram"

	"plenary/lists"
)

// scramRounds is what RFC 7677 asks for at least. App passwords are 100
// random bits: no number of rounds makes them harder to guess.
const scramRounds = 4096

// scramFactors are those of every password of an address: a SCRAM client asks
// once, whichever it has. They tell nothing of whether the address is known.
func (s *Store) scramFactors(a lists.Address) scram.KeyFactors {
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte("scram-salt/" + a.Key()))
	return scram.KeyFactors{Salt: string(mac.Sum(nil)[:16]), Iters: scramRounds}
}

// verifier is what a SCRAM-SHA-256 proof of the secret is held against, in the
// form of RFC 5803. The secret can't be read from it, nor can anybody sign in
// by it.
func (s *Store) verifier(a lists.Address, secret string) (string, error) {
	client, err := scram.SHA256.NewClient("", secret, "")
	if err != nil {
		return "", fmt.Errorf("prepare a password for SCRAM: %w", err)
	}
	c, err := client.GetStoredCredentialsWithError(s.scramFactors(a))
	if err != nil {
		return "", fmt.Errorf("make a SCRAM verifier: %w", err)
	}
	b64 := base64.StdEncoding
	return fmt.Sprintf("SCRAM-SHA-256$%d:%s$%s:%s", c.Iters, b64.EncodeToString([]byte(c.Salt)), b64.EncodeToString(c.StoredKey), b64.EncodeToString(c.ServerKey)), nil
}

// Verifiers are what SCRAM-SHA-256 proofs of an address are held against, one
// for each of its app passwords, and the factors that all share. Passwords
// set before there were verifiers have none: they go by CheckPassword only.
func (s *Store) Verifiers(ctx context.Context, a lists.Address) (scram.KeyFactors, []scram.StoredCredentials, error) {
	factors := s.scramFactors(a)
	stand, err := s.rdb.HGetAll(ctx, passwordsKey(a)).Result()
	if err != nil {
		return factors, nil, fmt.Errorf("read an address's passwords: %w", err)
	}
	var all []scram.StoredCredentials
	for _, value := range stand {
		words := strings.Fields(value)
		if len(words) < 3 {
			continue
		}
		c, err := readVerifier(words[2])
		if err != nil {
			return factors, nil, err
		}
		if c.KeyFactors == factors {
			all = append(all, c)
		}
	}
	return factors, all, nil
}

func readVerifier(text string) (c scram.StoredCredentials, err error) {
	bad := fmt.Errorf("a stored SCRAM verifier is malformed")
	parts := strings.Split(text, "$")
	if len(parts) != 3 || parts[0] != "SCRAM-SHA-256" {
		return c, bad
	}
	rounds, salt, _ := strings.Cut(parts[1], ":")
	stored, server, _ := strings.Cut(parts[2], ":")
	decoded := make([][]byte, 3)
	for i, s := range []string{salt, stored, server} {
		if decoded[i], err = base64.StdEncoding.DecodeString(s); err != nil || len(decoded[i]) == 0 {
			return c, bad
		}
	}
	if c.Iters, err = strconv.Atoi(rounds); err != nil {
		return c, bad
	}
	c.Salt, c.StoredKey, c.ServerKey = string(decoded[0]), decoded[1], decoded[2]
	return c, nil
}
