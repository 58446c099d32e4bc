package main

import (
	"context"

	"plenary/smtp/collect"
)

// joinCollect builds the collector, where a mailbox to collect from is named.
// What it brings goes through the same look at its sender as all mail; without
// a client's address that is by DKIM and the trusted server's word.
func (s *service) joinCollect(believed *belief) error {
	from := s.cfg.Collect
	if from.Server == "" {
		return nil
	}
	mode := from.TLS
	if mode == "implicit" {
		mode = collect.ImplicitTLS
	}
	c, err := collect.New(collect.Config{
		Addr: from.Server, TLS: mode, User: from.User, Password: from.Password, Mailbox: from.Address, Folder: from.Folder, Done: from.DoneFolder,
		Hostname: s.site.Domain, Domain: s.site.Domain, MaxBytes: s.cfg.SMTP.MaxBytes, Poll: s.cfg.PollEvery(), Log: s.log, Now: s.now,
	}, s.store, believed)
	if err != nil {
		return err
	}
	s.duty = append(s.duty, func(ctx context.Context) error { c.Run(ctx); return nil })
	return nil
}
