package deliver

import (
	"context"
	"sync"
)

// destinations are all that this process sends to.
type destinations struct {
	cfg  *Config
	dial *dialer
	to   *exchangers
	back func(ctx context.Context, name string) // told of one that is there again

	mu    sync.Mutex
	all   map[string]*destination
	relay *destination
}

// firstSessions is how many sessions a destination begins with at most.
const firstSessions = 5

// of gives the destination of mail for a domain.
func (d *destinations) of(domain string) *destination {
	if d.relay != nil {
		return d.relay
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	to := d.all[domain]
	if to == nil {
		to = newDestination(domain, d.cfg.terms(domain), d.dial, d.cfg.Now, func(ctx context.Context) ([]endpoint, error) {
			return d.to.of(ctx, domain)
		})
		to.back = d.back
		d.all[domain] = to
	}
	return to
}

// terms are what the configuration holds a domain to. Its sessions leave
// most workers to others.
func (c *Config) terms(domain string) terms {
	most, perMinute := c.PerDomain, c.PerMinute
	for _, own := range c.Destinations {
		if own.Domain == domain {
			if own.Connections > 0 {
				most = own.Connections
			}
			if own.PerMinute > 0 {
				perMinute = own.PerMinute
			}
		}
	}
	return terms{first: firstSessions, most: most, share: max(1, c.Workers/shareOfWorkers), perMinute: perMinute, letters: 1}
}

// tidy ends old sessions and forgets destinations not used any more.
func (d *destinations) tidy(all bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.relay != nil {
		d.relay.tidy(all)
	}
	for name, to := range d.all {
		if to.tidy(all) {
			delete(d.all, name)
		}
	}
}

// connections counts the sessions that are open.
func (d *destinations) connections() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := 0
	count := func(to *destination) {
		to.mu.Lock()
		n += to.slots.inside() + to.prompt.inside() + len(to.idle)
		to.mu.Unlock()
	}
	if d.relay != nil {
		count(d.relay)
	}
	for _, to := range d.all {
		count(to)
	}
	return n
}
