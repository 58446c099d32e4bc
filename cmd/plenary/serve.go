package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"plenary/cmd/plenary/config"
	"plenary/cmd/plenary/metrics"
	"plenary/cmd/plenary/redisopen"
)

// serveWait is how long the service waits for a Redis that is absent or
// loading (DESIGN section 3, invariant 1).
const serveWait = 30 * time.Second

// ballastSize counts as memory in use, and takes none as nothing is written
// to it: so that what mail leaves behind is collected every ten megabytes and
// not every five, which has accept take 4 % more mail. GOGC would have a
// server with much in use take as many times more. 10 MB took no more mail
// than 4, and 6 MB more memory.
const ballastSize = 4 << 20

type serveCmd struct{}

// Run serves until SIGTERM or an interrupt, and drains then. On SIGHUP the
// configuration and the certificates are read again and a service is made of
// them; once it runs the one before drains. What is wrong with them is logged,
// and the service goes on as it was.
func (serveCmd) Run(a *app) error {
	h := &host{app: a, log: slog.New(slog.NewTextHandler(a.errs, nil)), sockets: newSockets(), metrics: metrics.New()}
	defer h.sockets.close()
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	var ballast strings.Builder // other than make it never writes zeros, which a quarter of the starts paid with the whole size
	ballast.Grow(ballastSize)
	defer runtime.KeepAlive(&ballast)
	begun := time.Now()
	now, err := h.build(nil)
	if err != nil {
		return err
	}
	defer func() { _ = now.redis.Close() }() // its writers have ended and know what was written
	now.start(a.ctx)
	h.log.Info("ready", "took", time.Since(begun).Round(time.Millisecond))
	for {
		select {
		case <-a.ctx.Done():
			return h.stopped(h.end(now))
		case err := <-now.ended:
			return h.stopped(err)
		case <-hup:
			if next := h.reload(now); next != nil {
				now = next
			}
		}
	}
}

// host is what outlives one reading of the configuration.
type host struct {
	app     *app
	log     *slog.Logger
	sockets *sockets
	metrics *metrics.Metrics
}

// generation is a service as one reading of the configuration made it.
type generation struct {
	service *service
	redis   *redisopen.Conn
	opened  config.Redis // what redis was opened by
	cancel  context.CancelFunc
	ended   chan error
}

// reload replaces a running generation by one of what the configuration says
// now; nil where that can't be.
func (h *host) reload(before *generation) *generation {
	h.sockets.begin()
	next, err := h.build(before)
	if err != nil {
		h.sockets.giveUp()
		h.log.Error("not reloaded; the service goes on as it was", "err", err)
		return nil
	}
	next.start(h.app.ctx)
	before.cancel()
	if err := h.end(before); err != nil {
		h.log.Error("the service before the reload ended with a fault", "err", err)
	}
	if before.redis != next.redis {
		_ = before.redis.Close()
	}
	h.sockets.sweep()
	h.log.Info("reloaded")
	return next
}

// end waits until a generation has drained. Once the process itself is told
// to stop nobody must wait at a door that will not be opened any more.
func (h *host) end(g *generation) error {
	select {
	case err := <-g.ended:
		return err
	case <-h.app.ctx.Done():
		h.sockets.close()
		return <-g.ended
	}
}

// stopped logs an end that was asked for.
func (h *host) stopped(err error) error {
	if err == nil {
		h.log.Info("stopped: what was under way is done or waits in Redis")
	}
	return err
}

// build reads the configuration and makes the service it describes, on the
// Redis of the generation before where that is the one named.
func (h *host) build(before *generation) (g *generation, err error) {
	cfg, faults := h.app.load()
	if len(faults.Fatal()) == 0 {
		faults = slices.Concat(faults, cfg.CheckFiles(), cfg.Advice())
	}
	if fatal := faults.Fatal(); len(fatal) > 0 {
		return nil, fatal
	}
	for _, note := range faults.Notes() {
		h.log.Warn("configuration", "note", note.String())
	}
	o := serviceOptions{Now: h.app.now, Log: h.log, Listen: h.sockets.listen, Metrics: h.metrics}
	g = &generation{opened: cfg.Redis, ended: make(chan error, 1)}
	if before != nil && before.opened == cfg.Redis {
		g.redis = before.redis
	} else if g.redis, err = h.openRedis(cfg); err != nil {
		return nil, err
	}
	o.Redis = g.redis
	if g.service, err = newService(h.app.ctx, cfg, o); err != nil {
		if before == nil || before.redis != g.redis {
			_ = g.redis.Close() // nothing was written yet
		}
		return nil, err
	}
	return g, nil
}

func (h *host) openRedis(cfg *config.Config) (*redisopen.Conn, error) {
	rdb, err := redisopen.Open(h.app.ctx, redisopen.Options{
		Address: cfg.Redis.URL, Wait: serveWait, Durable: true, Relaxed: cfg.Relaxed(),
		Waiting: func(why error) { h.log.Warn("waiting for Redis", "for", serveWait, "why", why) },
	})
	if err != nil {
		return nil, err
	}
	rdb.AddHook(h.metrics.Redis())
	for _, note := range rdb.Notes {
		h.log.Warn("accepted mail may be lost (redis.durability is relaxed)", "why", note)
	}
	return rdb, nil
}

// start runs the service until it is cancelled or ctx ends.
func (g *generation) start(ctx context.Context) {
	ctx, g.cancel = context.WithCancel(ctx)
	go func() {
		err := g.service.Run(ctx)
		if errors.Is(err, context.Canceled) {
			err = nil
		}
		g.ended <- err
	}()
}
