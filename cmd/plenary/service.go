package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"plenary/cmd/plenary/config"
	"plenary/cmd/plenary/metrics"
	"plenary/digest"
	"plenary/digest/personal"
	"plenary/digest/progress"
	"plenary/digest/render"
	"plenary/digest/weekly"
	"plenary/lists"
	"plenary/lists/archive"
	"plenary/lists/desk"
	"plenary/lists/store"
	"plenary/smtp/authenticate"
	"plenary/smtp/compose"
	"plenary/smtp/queue"
	"plenary/smtp/route"
)

// Timing of the service's own duties.
const (
	digestEvery    = 20 * time.Second // how often due digests and questions are looked for
	summariesEvery = time.Minute      // how often owners' summaries of held posts are
	drainFor       = 20 * time.Second // how long open sessions may take to end
	inboundWorkers = 16
)

// service is every part of a running Plenary, joined. It is built whole by
// newService and owns all that Run starts.
type service struct {
	cfg  *config.Config
	site lists.Site
	rdb  redis.UniversalClient
	now  func() time.Time
	log  *slog.Logger

	store    *store.Store
	queue    *queue.Queue
	archive  *archive.Archive
	composer *compose.Composer
	signer   *compose.Signer
	checker  *authenticate.Checker
	router   *route.Router
	desk     *desk.Desk
	weekly   *weekly.Sender
	progress *progress.Office
	personal *personal.Sender

	metrics *metrics.Metrics
	listen  func(network, address string) (net.Listener, error)
	doors   []door
	duty    []func(ctx context.Context) error
}

// serviceOptions are what a service gets besides its configuration.
type serviceOptions struct {
	Redis  redis.UniversalClient // open, and looked at for its durability
	Now    func() time.Time      // default time.Now
	Log    *slog.Logger
	Listen func(network, address string) (net.Listener, error) // default net.Listen
	DNS    authenticate.Resolver                               // by which senders are looked up; default that of the configuration

	Metrics *metrics.Metrics // of this process; default new ones
}

// newService builds every part and binds every address: when it returns, a
// client that connects will be served as soon as Run is called.
func newService(ctx context.Context, cfg *config.Config, o serviceOptions) (_ *service, err error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Listen == nil {
		o.Listen = net.Listen
	}
	if o.Metrics == nil {
		o.Metrics = metrics.New()
	}
	s := &service{metrics: o.Metrics, listen: o.Listen, cfg: cfg, site: cfg.Site(), rdb: o.Redis, now: o.Now, log: o.Log}
	defer func() {
		if err != nil {
			s.unbind()
		}
	}()
	if s.store, err = store.Open(ctx, s.rdb, s.site, s.now); err != nil {
		return nil, err
	}
	if err := s.openArchive(ctx); err != nil {
		return nil, err
	}
	s.queue = queue.New(s.rdb, queue.Options{Domain: s.site.Domain, Roster: s.store, Retry: backoff(cfg), Accepted: s.accepted, Now: s.now, Log: s.log})
	s.composer = &compose.Composer{Site: s.site, Secret: s.store.Secret(), RewriteDomains: cfg.From.RewriteDomains}
	if err := s.joinSigner(ctx); err != nil {
		return nil, err
	}
	if o.DNS == nil {
		o.DNS = authenticate.NewDNS(cfg.DNS.Resolver, s.now)
	}
	s.checker = &authenticate.Checker{DNS: o.DNS, Trusted: cfg.SMTP.TrustedAuthserv}
	s.composer.Signer, s.composer.Proven = s.signer, s.checker.Proven
	if err := s.joinDigest(); err != nil {
		return nil, err
	}
	s.desk, err = desk.New(desk.Config{Site: s.site, Store: s.store, Outbox: s.queue, Poster: poster{s}, Digester: s.weekly, Now: s.now, Log: s.log})
	if err != nil {
		return nil, err
	}
	s.progress.Desk = s.desk
	if err := s.joinPersonal(); err != nil {
		return nil, err
	}
	if err := s.joinMail(); err != nil {
		return nil, err
	}
	believed := s.newBelief()
	if err := s.joinCollect(believed); err != nil {
		return nil, err
	}
	certs, err := s.joinCertificates()
	if err != nil {
		return nil, err
	}
	if err := s.joinDoors(certs, believed); err != nil {
		return nil, err
	}
	s.duty = append(s.duty, s.inbound,
		s.every(summariesEvery, "summaries of held posts not sent", s.desk.Summaries),
		s.every(digestEvery, "digest not sent", s.weekly.Tick),
		s.every(digestEvery, "the week's question not sent", s.progress.Tick))
	return s, nil
}

func (s *service) openArchive(ctx context.Context) error {
	bucket, err := archive.OpenBucket(ctx, s.cfg.Archive.Bucket, archive.KeysFrom(os.Getenv))
	if err != nil {
		return err
	}
	s.archive, err = archive.Open(ctx, bucket, s.rdb, s.now, s.log)
	return err
}

// joinDigest builds the digest's rooms. They and the desk need each other:
// the desk is handed to the questions' office once it is there.
func (s *service) joinDigest() error {
	schedule, err := digest.ParseSchedule(s.cfg.Digest.Schedule, s.site.Location)
	if err != nil {
		return fmt.Errorf("digest.schedule: %w", err)
	}
	s.weekly = newWeekly(s.site, schedule, s.now, s.store, s.archive, poster{s}, s.log)
	s.weekly.Skip = s.cfg.Digest.Empty == "none"
	s.progress = &progress.Office{Site: s.site, Secret: s.store.Secret(), Schedule: schedule, Lead: s.cfg.Digest.Lead(), Weekdays: !s.cfg.Digest.Weekends, Now: s.now,
		Reader: s.store, Recorder: s.store, Outbox: s.queue, Weeks: s.weekly, Log: s.log}
	return nil
}

// newWeekly makes the digests' sender; the command line's preview needs it
// without a service.
func newWeekly(site lists.Site, schedule digest.Schedule, now func() time.Time, st *store.Store, ar *archive.Archive, post weekly.Poster, log *slog.Logger) *weekly.Sender {
	return &weekly.Sender{Site: site, Schedule: schedule, Now: now, Reader: st, Threads: threads{site, ar}, Ledger: st, Poster: post, Log: log,
		Render: render.Page, Code: func(id string, raw []byte) string { return archive.Code(archive.Identity(id, raw)) }}
}

// Run serves until ctx ends, then drains: sessions finish the message they
// are in, handlers end, what is on the wire is recorded. The first part that
// fails ends the others and is the error.
func (s *service) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, d := range s.doors {
		s.log.Info("listening", "for", d.name, "addr", d.listener.Addr().String())
		g.Go(func() error { return ended(ctx, d.name, d.serve(ctx, d.listener)) })
	}
	for _, duty := range s.duty {
		g.Go(func() error { return ended(ctx, "service", duty(ctx)) })
	}
	g.Go(func() error {
		<-ctx.Done()
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainFor)
		defer cancel()
		var shut sync.WaitGroup // together: nobody new comes in at one while another waits for its clients
		for _, d := range s.doors {
			shut.Go(func() {
				if err := d.shutdown(drain); err != nil {
					s.log.Warn("sessions cut off", "for", d.name, "err", err)
				}
			})
		}
		shut.Wait()
		return nil
	})
	return g.Wait()
}

// ended is the error of a part that ended by itself.
func ended(ctx context.Context, name string, err error) error {
	if err == nil || ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, net.ErrClosed)) {
		return nil
	}
	return fmt.Errorf("%s: %w", name, err)
}

// inbound routes what came in until ctx ends.
func (s *service) inbound(ctx context.Context) error {
	return s.queue.Consume(ctx, "route", inboundWorkers, s.routed)
}

// every is a duty that ticks at once and then each interval, until ctx ends.
// A tick that failed is logged, and the next one makes up for it.
func (s *service) every(interval time.Duration, failed string, tick func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		t := time.NewTicker(interval)
		defer t.Stop()
		for {
			if err := tick(ctx); err != nil && ctx.Err() == nil {
				s.log.Error(failed+"; it will be tried again", "err", err)
			}
			select {
			case <-ctx.Done():
				return nil
			case <-t.C:
			}
		}
	}
}

// poster posts mail of the site's own by the service's router, which is
// built after those who post.
type poster struct{ s *service }

func (p poster) PostHeld(ctx context.Context, h lists.HeldPost, raw []byte) error {
	return p.s.router.PostHeld(ctx, h, raw)
}

func (p poster) Post(ctx context.Context, listID, queueID string, raw []byte) error {
	return p.s.router.Post(ctx, listID, queueID, raw)
}

// threads shows the archive's threads to the digest.
type threads struct {
	site    lists.Site
	archive *archive.Archive
}

func (t threads) Threads(ctx context.Context, l lists.List, since, until time.Time, limit int) ([]digest.Thread, error) {
	found, err := t.archive.Threads(ctx, l.ID, since, until, limit)
	if err != nil {
		return nil, err
	}
	var out []digest.Thread
	for _, f := range found {
		thread := digest.Thread{Subject: f.Subject, Posts: f.Posts, Code: f.Code}
		if t.site.BaseURL != "" {
			thread.Link = t.site.BaseURL + "/" + l.ID + "/archive/" + f.Code
		}
		out = append(out, thread)
	}
	return out, nil
}
