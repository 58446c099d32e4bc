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

// publishedEvery is how often the records of new keys are looked for.
const publishedEvery = time.Minute

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
	rings, err := shelf.InUse(ctx)
	if err != nil {
		return err
	}
	use(rings.Signing(s.now()))
	s.duty = append(s.duty, func(ctx context.Context) error { s.watchKeys(ctx, shelf, rings.Selector, use); return nil })
	return nil
}

// watchKeys puts to use what `keys new` has made, on every server within
// keysEvery. New keys sign beside those before until their records are seen.
func (s *service) watchKeys(ctx context.Context, shelf keyring.Shelf, before string, use func([]keyring.Key)) {
	t := time.NewTicker(keysEvery)
	defer t.Stop()
	var looked time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		rings, err := shelf.InUse(ctx)
		if err != nil {
			if ctx.Err() == nil {
				s.log.Warn("mail is signed with the keys as they were", "selector", before, "err", err)
			}
			continue
		}
		use(rings.Signing(s.now()))
		if rings.Selector != before {
			s.log.Info("mail is signed with other keys", "selector", rings.Selector, "before", before)
			before, looked = rings.Selector, time.Time{}
		}
		if len(rings.Before) > 0 && rings.Published.IsZero() && s.now().Sub(looked) > publishedEvery {
			looked = s.now()
			if err := s.seePublished(ctx, shelf, rings); err != nil && ctx.Err() == nil {
				s.log.Warn("the records of new keys are looked for again", "selector", rings.Selector, "err", err)
			}
		}
	}
}

// seePublished looks for the records of the ring in use, and notes when they
// are all there.
func (s *service) seePublished(ctx context.Context, shelf keyring.Shelf, rings keyring.Rings) error {
	for _, k := range rings.Keys {
		r := keyring.RecordOf(k, signingDomain(s.cfg))
		texts, err := s.checker.DNS.LookupTXT(ctx, r.Name)
		if err != nil || !r.Published(texts) {
			return nil // not yet, or not known
		}
	}
	s.log.Info("the records of new keys are published", "selector", rings.Selector)
	return shelf.Seen(ctx, rings.Selector, s.now())
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
	rings, err := keyring.Shelf{Redis: rdb, Secret: cfg.DKIM.Secret}.InUse(a.ctx)
	return rings.Signing(a.now()), err
}
