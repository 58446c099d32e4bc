package redisopen

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// Options say which Redis, and how patient and how strict to be with it.
type Options struct {
	Address string
	Wait    time.Duration   // for a Redis that is absent or loading
	Waiting func(why error) // called once when the wait begins; may be nil
	Durable bool            // look at its settings: refuse, or note, what could lose mail
	Relaxed bool            // note instead of refuse, and don't wait for replicas
}

// Conn is an open Redis.
type Conn struct {
	redis.UniversalClient
	Notes []string // what may be lost with it and by which setting, a sentence each
	stop  func()
}

// Close closes the client, and an embedded Redis with all that is in it.
func (c *Conn) Close() error {
	err := c.UniversalClient.Close()
	if c.stop != nil {
		c.stop()
	}
	return err
}

// Open connects, waiting as long as the options allow, and looks at the
// settings. Its errors are for the operator.
func Open(ctx context.Context, o Options) (*Conn, error) {
	if o.Address == Embedded {
		return embedded()
	}
	a, err := parse(o.Address)
	if err != nil {
		return nil, err
	}
	c := &Conn{UniversalClient: a.client(!o.Relaxed)}
	if err := c.answer(ctx, o); err != nil {
		c.Close()
		return nil, err
	}
	if !o.Durable {
		return c, nil
	}
	risks, err := c.risks(ctx)
	switch {
	case err != nil:
		c.Close()
		return nil, fmt.Errorf("looking at the settings of Redis at %s: %w", a.opts.Addrs[0], err)
	case len(risks) > 0 && !o.Relaxed:
		c.Close()
		return nil, &Unsafe{Addr: a.opts.Addrs[0], Risks: risks}
	}
	for _, r := range risks {
		c.Notes = append(c.Notes, fmt.Sprintf("%s is %s: %s", r.Setting, r.Is, r.Loses))
	}
	return c, nil
}

// embedded is a Redis of this process, gone with it.
func embedded() (*Conn, error) {
	m := miniredis.NewMiniRedis()
	m.ClockTTL(true) // else keys never expire
	if err := m.Start(); err != nil {
		return nil, fmt.Errorf("starting the embedded Redis: %w", err)
	}
	a, err := parse("redis://" + m.Addr())
	if err != nil {
		return nil, err
	}
	return &Conn{
		UniversalClient: a.client(false),
		Notes:           []string{"redis.url is embedded, which counts as relaxed: everything is held in this process only: when it ends, lists, members and mail under way are gone"},
		stop:            m.Close,
	}, nil
}

// answer waits until Redis answers. What waiting can't mend ends it at once.
func (c *Conn) answer(ctx context.Context, o Options) error {
	limit, cancel := context.WithTimeout(ctx, o.Wait)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for first := true; ; first = false {
		err := c.Ping(ctx).Err()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case hopeless(err):
			return fmt.Errorf("the Redis of redis.url does not let us in: %w", err)
		case first && o.Waiting != nil:
			o.Waiting(err)
		}
		select {
		case <-tick.C:
		case <-limit.Done():
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("no Redis answers at redis.url after %v: %w", o.Wait, err)
		}
	}
}

// hopeless tells errors that time does not mend.
func hopeless(err error) bool {
	for _, word := range []string{"NOAUTH", "WRONGPASS", "NOPERM", "ERR AUTH", "ERR Client sent AUTH", "ERR DB index", "x509:", "tls:"} {
		if strings.HasPrefix(err.Error(), word) || strings.Contains(err.Error(), " "+word) {
			return true
		}
	}
	return errors.Is(err, redis.ErrClosed)
}
