package main

import (
	"plenary/smtp/keyring"
)

type keysCmd struct {
	New keysNewCmd `cmd:"" help:"Make DKIM keys, put them to use on every server, and print their DNS records."`
}

type keysNewCmd struct {
	Selector string `placeholder:"S" help:"The RSA key's selector; the Ed25519 key's is S-ed. Default: p and today's date."`
}

// Run makes the keys of a selector, or puts those it has to use again, which
// is the way back. The records are for DNS, one a line.
func (c keysNewCmd) Run(a *app) error {
	rdb, cfg, err := a.redis()
	if err != nil {
		return err
	}
	if len(cfg.DKIM.Keys) > 0 {
		return misused("dkim.keys names files, so keys in Redis would not be used: take it out first")
	}
	if c.Selector == "" {
		c.Selector = a.now().UTC().Format("p20060102")
	}
	keys, err := keyring.New(c.Selector)
	if err != nil {
		return misused("%v", err)
	}
	keys, made, err := keyring.Shelf{Redis: rdb, Secret: cfg.DKIM.Secret}.Use(a.ctx, c.Selector, keys)
	if err != nil {
		return err
	}
	for _, k := range keys {
		r := keyring.RecordOf(k, signingDomain(cfg))
		a.say("%s TXT %q", r.Name, r.Value)
	}
	if !made {
		a.warn("The selector %s had these keys already; they are in use.", c.Selector)
	}
	a.warn("Servers sign with them within %v. Publish the records now (plenary doctor --records prints them for a zone file), and leave those of the selector before in place for a week: its keys sign too until an hour after the new records are seen.", keysEvery)
	return nil
}
