package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"plenary/cmd/plenary/config"
	"plenary/smtp/compose"
	"plenary/smtp/deliver"
	"plenary/smtp/keyring"
)

// keysEvery is how often the keys in use are looked at.
const keysEvery = 3 * time.Second

// signingDomain is the domain that mail is signed for.
func signingDomain(cfg *config.Config) string {
	if cfg.DKIM.Domain != "" {
		return cfg.DKIM.Domain
	}
	return cfg.Domain
}

// joinSigner reads the keys, from the files that are named or else from Redis,
// and has those in Redis looked at from then on.
func (s *service) joinSigner(ctx context.Context) error {
	var keys atomic.Pointer[[]compose.SigningKey]
	s.signer = &compose.Signer{Domain: signingDomain(s.cfg), Keys: func() []compose.SigningKey { return *keys.Load() }, Now: s.now}
	use := func(found []keyring.Key) {
		var all []compose.SigningKey
		for _, k := range found {
			all = append(all, compose.SigningKey{Selector: k.Selector, Private: k.Private})
		}
		keys.Store(&all)
	}
	if len(s.cfg.DKIM.Keys) > 0 {
		found, err := keyFiles(s.cfg)
		use(found)
		return err
	}
	shelf := keyring.Shelf{Redis: s.rdb, Secret: s.cfg.DKIM.Secret}
	found, before, err := shelf.Current(ctx)
	if err != nil {
		return err
	}
	use(found)
	s.duty = append(s.duty, func(ctx context.Context) error {
		t := time.NewTicker(keysEvery)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-t.C:
			}
			found, selector, err := shelf.Current(ctx)
			switch {
			case err != nil && ctx.Err() == nil:
				s.log.Warn("mail is signed with the keys as they were", "selector", before, "err", err)
			case err == nil && selector != before:
				s.log.Info("mail is signed with other keys", "selector", selector, "before", before)
				use(found)
				before = selector
			}
		}
	})
	return nil
}

// keyFiles reads the keys that the configuration names.
func keyFiles(cfg *config.Config) (keys []keyring.Key, err error) {
	for _, name := range cfg.DKIM.Keys {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("dkim.keys: %w", err)
		}
		k, err := keyring.Read(text, cfg.DKIM.Selector)
		if err != nil {
			return nil, fmt.Errorf("dkim.keys: %s: %w", name, err)
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// signedLetter is a leased letter with its signature on top.
type signedLetter struct {
	deliver.Letter
	raw []byte
}

func (l signedLetter) Raw() []byte { return l.raw }

func (s *service) signed(l deliver.Letter) deliver.Letter {
	raw := l.Raw()
	return signedLetter{l, slices.Concat(s.signer.Sign(raw), raw)}
}

// signingKeys are the keys that servers sign with, none where Redis does not
// answer.
func (a *app) signingKeys(cfg *config.Config) ([]keyring.Key, error) {
	if len(cfg.DKIM.Keys) > 0 {
		return keyFiles(cfg)
	}
	rdb, _, err := a.redis()
	if err != nil {
		return nil, nil // what is wrong with Redis is said elsewhere
	}
	keys, _, err := keyring.Shelf{Redis: rdb, Secret: cfg.DKIM.Secret}.Current(a.ctx)
	return keys, err
}
