package deliver

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// idleFor is how long a session is kept for the next message.
const idleFor = 20 * time.Second

// destination is where some recipients' mail goes: the relay, or one
// domain's mail exchangers. It keeps their sessions, never more than its
// pace allows, remembers what they can't do, and for a while that nobody is
// there.
type destination struct {
	name    string
	relay   bool          // everything goes there: it is waited for
	wait    time.Duration // how long
	where   func(context.Context) ([]endpoint, error)
	dial    *dialer
	lessons *lessons
	quota   *quota
	share   int  // sessions for posts that leave workers for other destinations
	slots   gate // sessions for posts
	prompt  gate // sessions for letters, which wait for no post

	back func(ctx context.Context, name string) // told when it is there again; may be nil

	mu     sync.Mutex
	pace   pace
	idle   []*conn // last used last
	fails  int     // in a row
	down   time.Time
	why    error
	used   time.Time
	enough time.Time // until when no more sessions are asked for than there are

	parts, letters turns // of those whom it puts off since it is busy
}

// turns are when those come back who had none.
type turns struct {
	table timetable
	takes time.Duration // how long one part's share of a destination, or one letter, takes, lately
}

// terms are what a destination is held to.
type terms struct {
	first, most int // sessions for posts, to begin with and at most
	share       int // of those, how many may hold a worker
	perMinute   int // recipients, 0: no limit
	letters     int // sessions for letters
}

func newDestination(name string, t terms, dial *dialer, now func() time.Time, where func(context.Context) ([]endpoint, error)) *destination {
	d := &destination{name: name, where: where, dial: dial, lessons: &lessons{now: now}, quota: newQuota(t.perMinute), pace: newPace(t.first, t.most), share: t.share}
	d.slots.most, d.prompt.most = min(d.pace.sessions(), t.share), t.letters
	return d
}

// places is where one who wants a session takes a place.
func (d *destination) places(letter bool) *gate {
	if letter {
		return &d.prompt
	}
	return &d.slots
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
	if err := d.places(letter).enter(ctx, patience); err != nil {
		return nil, false, err
	}
	defer func() {
		if c == nil {
			d.places(letter).leave()
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
		c, err = d.dial.dial(ctx, to, d.lessons)
	}
	var none *noMail
	switch {
	case err == nil:
		d.up(ctx)
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
	defer d.places(letter).leave()
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

// forgetIdle ends the sessions in wait: they were begun with what has since
// proved wrong.
func (d *destination) forgetIdle() {
	found := d.lessons.sofar()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.idle = slices.DeleteFunc(d.idle, func(c *conn) bool {
		old := c.knows < found
		if old {
			c.quit()
		}
		return old
	})
}

// heard takes what the far side says of messages as a sign of how much it
// can do.
func (d *destination) heard(o outcome) {
	switch {
	case o.class() == 2:
		d.repace(func(p *pace) { p.served(d.slots.inside(), o.took) })
	case asksForLess(o):
		d.repace((*pace).refused)
	}
}

// sessionLost takes the loss of a session as such a sign.
func (d *destination) sessionLost(err error) {
	if errors.Is(err, errClosing) {
		d.repace((*pace).refused)
	} else {
		d.repace((*pace).lost)
	}
}

func (d *destination) repace(change func(*pace)) {
	d.mu.Lock()
	before := d.pace.sessions()
	change(&d.pace)
	after := d.pace.sessions()
	d.mu.Unlock()
	if after != before {
		d.slots.set(min(after, d.share))
	}
}

func (d *destination) turns(letter bool) *turns {
	if letter {
		return &d.letters
	}
	return &d.parts
}

// took notes how long a letter, or a part's share, was served.
func (d *destination) took(letter bool, t time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	mine := d.turns(letter)
	mine.takes = toward(mine.takes, t, 8)
}

// comeBack is when n recipients that had no turn may try again.
func (d *destination) comeBack(letter bool, n int) time.Duration {
	d.mu.Lock()
	mine, sessions, quota := d.turns(letter), min(d.pace.sessions(), d.share), time.Duration(n)*d.quota.each()
	if letter { // the quota does not hold them up
		sessions, quota = d.prompt.most, 0
	}
	takes := max(mine.takes/time.Duration(max(1, sessions)), quota)
	d.mu.Unlock()
	return mine.table.next(time.Now(), takes)
}

func (d *destination) up(ctx context.Context) {
	d.mu.Lock()
	came := d.fails > 0
	d.fails, d.down, d.why = 0, time.Time{}, nil
	d.mu.Unlock()
	if came && d.back != nil {
		d.back(ctx, d.name)
	}
}

// failed notes that nobody was there, so that others need not try for a
// while: from 250 ms to 15 s for the relay, from 30 s to ten minutes for others.
func (d *destination) failed(err error) {
	d.sessionLost(err)
	d.mu.Lock()
	defer d.mu.Unlock()
	if time.Now().Before(d.down) { // of several sessions that failed at once this is not the first: it is one failure
		return
	}
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
	return len(d.idle) == 0 && d.slots.inside()+d.prompt.inside() == 0 && time.Since(d.used) > time.Minute && time.Now().After(d.down)
}
