package main

import (
	"plenary/cmd/plenary/config"
	"plenary/smtp/deliver"
	"plenary/smtp/queue"
)

// sending is how mail leaves, as the configuration has it.
func (s *service) sending() deliver.Config {
	d := s.cfg.Delivery
	out := deliver.Config{
		Domain: s.site.Domain, Secret: s.store.Secret(),
		Relay: d.Relay, RelayUser: d.RelayUser, RelayPassword: d.RelayPassword, RelayTLS: deliver.TLSMode(d.RelayTLS),
		Port: d.Port, Resolver: s.cfg.DNS.Resolver, MTASTS: d.MTASTS, DANE: d.DANE,
		Connections: d.Connections, PerDomain: d.Connections, PerMinute: d.PerMinute,
		Seal: s.signer.Seal, Now: s.now, Location: s.site.Location, Log: s.log,
	}
	for _, one := range d.Destination {
		out.Destinations = append(out.Destinations, deliver.Destination(one))
	}
	return out
}

// backoff is when what failed for the moment is tried again.
func backoff(cfg *config.Config) queue.Backoff {
	d := cfg.Delivery
	return queue.Backoff{First: d.RetryMinFor(), Most: d.RetryMaxFor(), Expire: d.ExpireAfter()}
}
