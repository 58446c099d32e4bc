package deliver

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// idleFor is how long a session is kept for the next message.
const idleFor = 20 * time.Second

// destination is where some recipients' mail goes: the relay, or one
// domain's mail exchangers. It keeps their sessions, never more than its
// limit, and remembers for a while that nobody is there.
type destination struct {
	name   string
	relay  bool          // everything goes there: it is waited for
	wait   time.Duration // how long
	where  func(context.Context) ([]endpoint, error)
	dial   *dialer
	slots  chan struct{} // sessions for posts
	prompt chan struct{} // sessions for letters, which wait for no post

	mu    sync.Mutex
	idle  []*conn // last used last
	fails int     // in a row
	down  time.Time
	why   error
	used  time.Time
}

func newDestination(name string, relay bool, limit, prompt int, dial *dialer, where func(context.Context) ([]endpoint, error)) *destination {
	return &destination{name: name, relay: relay, where: where, dial: dial, slots: make(chan struct{}, limit), prompt: make(chan struct{}, prompt)}
}

// places is where one who wants a session takes a place.
func (d *destination) places(letter bool) chan struct{} {
	if letter {
		return d.prompt
	}
	return d.slots
}

// errBusy says that all sessions to a destination are in use.
var errBusy = errors.New("all connections to it are in use")

// downError says that a destination was not tried, since it failed a moment ago.
type downError struct{ why error }

func (d *downError) Error() string { return d.why.Error() }
func (d *downError) Unwrap() error { return d.why }

// get gives a session, one in wait or a new one; used tells which. It waits
// for a free place for patience at most.
func (d *destination) get(ctx context.Context, letter bool, patience time.Duration) (c *conn, used bool, err error) {
	places := d.places(letter)
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case places <- struct{}{}:
	case <-t.C:
		return nil, false, errBusy
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
	defer func() {
		if c == nil {
			<-places
		}
	}()
	if c := d.waiting(); c != nil {
		return c, true, nil
	}
	d.mu.Lock()
	d.used = time.Now()
	down, why := time.Now().Before(d.down), d.why
	d.mu.Unlock()
	if down {
		return nil, false, &downError{why}
	}
	to, err := d.where(ctx)
	if err == nil {
		c, err = d.dial.dial(ctx, to)
	}
	var none *noMail
	switch {
	case err == nil:
		d.up()
	case ctx.Err() == nil && !errors.As(err, &none):
		d.failed(err)
	}
	return c, false, err
}

// waiting gives a session kept from before that still stands.
func (d *destination) waiting() *conn {
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(d.idle) > 0 {
		c := d.idle[len(d.idle)-1]
		d.idle = d.idle[:len(d.idle)-1]
		if time.Since(c.idleFrom) < idleFor && c.fresh() {
			return c
		}
		c.close()
	}
	return nil
}

// put gives a session back.
func (d *destination) put(c *conn, letter bool) {
	defer func() { <-d.places(letter) }()
	if c.spoiled {
		c.close()
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	c.idleFrom = time.Now()
	d.used = c.idleFrom
	d.idle = append(d.idle, c)
}

func (d *destination) up() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fails, d.down, d.why = 0, time.Time{}, nil
}

// failed notes that nobody was there, so that others need not try for a
// while: from 250 ms to 15 s for the relay, from 30 s to ten minutes for others.
func (d *destination) failed(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	first, most := 30*time.Second, 10*time.Minute
	if d.relay {
		first, most = 250*time.Millisecond, 15*time.Second
	}
	d.fails++
	wait := first
	for i := 1; i < d.fails && wait < most; i++ {
		wait *= 2
	}
	d.down, d.why = time.Now().Add(min(wait, most)), err
}

// downFor is how long the destination is not worth trying.
func (d *destination) downFor() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return time.Until(d.down)
}

// tidy ends sessions that waited too long; it tells whether the destination
// can be forgotten.
func (d *destination) tidy(all bool) (forgotten bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	kept := d.idle[:0]
	for _, c := range d.idle {
		if all || time.Since(c.idleFrom) >= idleFor {
			c.quit()
		} else {
			kept = append(kept, c)
		}
	}
	d.idle = kept
	return len(d.idle) == 0 && len(d.slots)+len(d.prompt) == 0 && time.Since(d.used) > time.Minute && time.Now().After(d.down)
}

// destinations are all that this process sends to.
type destinations struct {
	cfg     *Config
	dial    *dialer
	resolve *resolver

	mu    sync.Mutex
	all   map[string]*destination
	relay *destination
}

// of gives the destination of mail for a domain.
func (d *destinations) of(domain string) *destination {
	if d.relay != nil {
		return d.relay
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	to := d.all[domain]
	if to == nil {
		to = newDestination(domain, false, d.cfg.PerDomain, 1, d.dial, func(ctx context.Context) ([]endpoint, error) {
			hosts, err := d.resolve.mailHosts(ctx, domain)
			if err != nil {
				return nil, err
			}
			to, err := d.resolve.endpoints(ctx, hosts, d.cfg.Port)
			if err != nil {
				return nil, fmt.Errorf("mail hosts of %s: %w", domain, err)
			}
			return to, nil
		})
		d.all[domain] = to
	}
	return to
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
		n += len(to.slots) + len(to.prompt) + len(to.idle)
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
