package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/smtp"
)

// A message whose handler has failed this often is set aside.
const mostTries = 10

// Handler takes one inbound message. It may be called again with the same
// message: what it does must be safe to repeat. Its context ends when the
// hold on the message is lost.
type Handler func(ctx context.Context, env smtp.Envelope, raw []byte) error

// Consume hands inbound messages to handle, at most workers at a time, until
// ctx ends; it returns when the handlers have. A message is forgotten only
// after handle returned nil. An error (or a panic) is tried again, 5 s later
// and then ever more rarely; the tenth sets the message aside as dead, where
// List shows it and Retry revives it. Messages that a dead process held are
// claimed once its lease has run out. While much mail comes in at the same
// time it gives way to that, for a bounded time.
func (q *Queue) Consume(ctx context.Context, name string, workers int, handle func(ctx context.Context, env smtp.Envelope, raw []byte) error) error {
	k := q.inbound()
	g := q.newGroup(k.stream(), k.later(), q.opt.Node+"/"+name)
	alive, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	c := &consumer{q: q, g: g, acks: q.forget(alive), handle: handle, log: q.log.With("consumer", name)}
	go g.keep(alive, func(err error) { c.log.Warn("leases not renewed", "err", err) })

	free := make(chan struct{}, max(workers, 1))
	var busy sync.WaitGroup
	defer busy.Wait()
	way := way{crowded: q.crowded}
	for wait := newPause(); ctx.Err() == nil; {
		way.give(ctx)
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
			return nil
		}
		n := 1 + cap(free) - len(free)
		got, err := g.next(ctx, n, g.sweep, q.now())
		<-free
		if err != nil {
			if ctx.Err() == nil {
				c.log.Warn("inbound queue not readable", "err", err)
				wait.sleep(ctx)
			}
		} else {
			wait.reset()
			way.read(n, len(got))
		}
		for _, e := range got {
			free <- struct{}{}
			busy.Add(1)
			go func() {
				defer func() { <-free; busy.Done() }()
				c.work(alive, e)
			}()
		}
	}
	return nil
}

type consumer struct {
	q      *Queue
	g      *group
	acks   *merged[string]
	handle Handler
	log    *slog.Logger
}

// work has one message handled and settles it.
func (c *consumer) work(ctx context.Context, e entry) {
	defer e.drop()
	hctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-e.gone:
			cancel()
		case <-hctx.Done():
		}
	}()
	var env smtp.Envelope
	err := json.Unmarshal([]byte(e.fields["env"]), &env)
	if err != nil {
		err = fmt.Errorf("reading the envelope: %w", err)
	} else if e.tries > mostTries { // its handler took the process down, again and again
		err = errors.New("its handler never finished")
	} else {
		err = c.guarded(hctx, env, []byte(e.fields["raw"]))
	}
	if err != nil && !e.Valid() {
		c.log.Warn("lost hold of a message; another goes on with it", "id", env.ID, "err", err)
		return
	}
	sctx, done := context.WithTimeout(ctx, c.g.lease)
	defer done()
	if err := c.settle(sctx, env.ID, e, err); err != nil {
		c.log.Error("message not settled; it will be handled again", "id", env.ID, "err", err)
	}
}

// guarded calls the handler and makes a panic an error.
func (c *consumer) guarded(ctx context.Context, env smtp.Envelope, raw []byte) (err error) {
	defer func() {
		if r := recover(); r != nil {
			c.log.Error("handler panicked", "id", env.ID, "panic", r, "stack", string(debug.Stack()))
			err = fmt.Errorf("handler panicked: %v", r)
		}
	}()
	return c.handle(ctx, env, raw)
}

func (c *consumer) settle(ctx context.Context, id string, e entry, failed error) error {
	k, rdb := c.q.inbound(), c.q.rdb
	switch {
	case failed == nil:
		return c.acks.put(ctx, e.id, 1)
	case e.tries >= mostTries:
		c.log.Error("message set aside as dead", "id", id, "tries", e.tries, "err", failed)
		return deadScript.Run(ctx, rdb, []string{k.stream(), k.dead(), k.later(), k.errors()},
			groupName, e.id, failed.Error(), e.tries).Err()
	default:
		due := c.q.now().Add(handlerPause(e.tries))
		c.log.Warn("message not handled; it will be tried again", "id", id, "tries", e.tries, "due", due, "err", failed)
		_, err := rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.ZAdd(ctx, k.later(), redis.Z{Score: float64(due.UnixMilli()), Member: e.id})
			p.HSet(ctx, k.errors(), e.id, failed.Error())
			return nil
		})
		return err
	}
}

// handlerPause is how long a message rests whose handler failed: ten tries
// take some two hours, so that a fault that is mended in that time sets no
// message aside.
func handlerPause(tries int) time.Duration {
	d := 5 * time.Second
	for i := 1; i < tries && d < 30*time.Minute; i++ {
		d *= 3
	}
	return min(d, 30*time.Minute)
}
