package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"

	"plenary/cmd/plenary/config"
	"plenary/cmd/plenary/redisopen"
	"plenary/smtp/deliver/sink"
)

type demoCmd struct {
	Once bool   `help:"End after the story."`
	Out  string `placeholder:"DIR" help:"Write every mail that goes out into this folder, as .eml files, and the digest as a page."`
}

// Run plays the story on a whole service of its own, and stays to be tried.
func (c demoCmd) Run(a *app) error {
	d := &demo{app: a, show: newShow(a.out), out: c.Out}
	defer d.close()
	if err := d.start(); err != nil {
		return err
	}
	if err := d.tell(); err != nil {
		return d.gone(err)
	}
	if c.Once {
		if d.out != "" {
			d.show.line("   The digest as mail programs show it: %s", d.digest)
		}
		d.show.line("%d mails went out. That was the story; plenary demo stays up to be tried.", len(d.sink.Mails()))
		return nil
	}
	return d.gone(d.stay())
}

// demo is a service with its world in one process: an embedded Redis, a
// folder that is thrown away, and a sink that stands for everybody's mailbox.
type demo struct {
	app     *app
	show    *show
	out     string
	folder  string // thrown away at the end
	digest  string // the file that shows it in a browser
	sink    *sink.Sink
	service *service
	live    chan sink.Mail // once the story is told
	closers []func()
	ended   chan error
}

func (d *demo) close() {
	for i := len(d.closers) - 1; i >= 0; i-- {
		d.closers[i]()
	}
}

// gone is the end that Ctrl-C makes, which is no failure, or err.
func (d *demo) gone(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// start builds the world and runs the service in it.
func (d *demo) start() error {
	a := d.app
	folder, err := os.MkdirTemp("", "plenary-demo-")
	if err != nil {
		return err
	}
	d.folder = folder
	d.closers = append(d.closers, func() { _ = os.RemoveAll(folder) })
	if err := d.openSink(); err != nil {
		return err
	}
	rdb, err := redisopen.Open(a.ctx, redisopen.Options{Address: redisopen.Embedded})
	if err != nil {
		return err
	}
	d.closers = append(d.closers, func() { _ = rdb.Close() })
	sockets := newSockets()
	d.closers = append(d.closers, sockets.close)
	cfg, err := d.config(folder, sockets)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(a.errs, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if d.service, err = newService(a.ctx, cfg, serviceOptions{Redis: rdb, Now: a.now, Log: log, Listen: sockets.listen, DNS: noDNS{}}); err != nil {
		return err
	}
	if err := seed(a.ctx, d.service); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(a.ctx)
	d.ended = make(chan error, 1)
	go func() {
		err := d.service.Run(ctx)
		d.ended <- err
		cancel()
	}()
	d.closers = append(d.closers, func() { cancel(); <-d.ended })
	return nil
}

// openSink starts what stands for all mailboxes of the world.
func (d *demo) openSink() (err error) {
	if d.out != "" {
		if err := os.MkdirAll(d.out, 0o777); err != nil {
			return err
		}
	}
	d.live = make(chan sink.Mail, 1000)
	d.sink, err = sink.New(sink.Options{Keep: true, Got: func(m sink.Mail) {
		select {
		case d.live <- m:
		default: // nobody looks; it is kept all the same
		}
	}})
	if err == nil {
		d.closers = append(d.closers, func() { _ = d.sink.Close() })
	}
	return err
}

// config is the demo's, on its usual ports or, where one is taken, another.
func (d *demo) config(folder string, s *sockets) (*config.Config, error) {
	cfg := config.Default()
	cfg.Domain, cfg.Admins, cfg.DataDir = demoDomain, []string{admin.address}, folder
	cfg.Redis.URL = redisopen.Embedded
	cfg.Archive.Bucket = (&url.URL{Scheme: "file", Path: filepath.Join(folder, "archive")}).String()
	cfg.Delivery.Relay, cfg.Delivery.RelayTLS = d.sink.Addr(), "none"
	for _, door := range []struct {
		address *string
		usual   string
	}{{&cfg.SMTP.Listen, "127.0.0.1:2525"}, {&cfg.IMAP.Listen, "127.0.0.1:1143"}, {&cfg.HTTP.Listen, "127.0.0.1:8080"}} {
		l, err := net.Listen("tcp", door.usual)
		if err != nil {
			l, err = net.Listen("tcp", "127.0.0.1:0")
		}
		if err != nil {
			return nil, fmt.Errorf("a port on loopback: %w", err)
		}
		*door.address = l.Addr().String()
		s.keep(*door.address, l)
	}
	cfg.HTTP.BaseURL = "http://" + cfg.HTTP.Listen
	return cfg, nil
}

// save writes the mails into the folder of --out, from the number on.
func (d *demo) save(mails []sink.Mail, from int) error {
	if d.out == "" {
		return nil
	}
	for i, m := range mails {
		to := "nobody"
		if len(m.To) > 0 {
			to = m.To[0]
		}
		name := filepath.Join(d.out, fmt.Sprintf("%04d-%s.eml", from+i+1, filepath.Base(to)))
		if err := os.WriteFile(name, m.Data, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// noDNS is the demo's DNS: its people's domains are made up, so it knows none,
// and asks nobody.
type noDNS struct{}

func unknown(name string) error {
	return &net.DNSError{Err: "the demo asks no DNS", Name: name, IsNotFound: true}
}

func (noDNS) LookupTXT(_ context.Context, name string) ([]string, error)  { return nil, unknown(name) }
func (noDNS) LookupMX(_ context.Context, name string) ([]*net.MX, error)  { return nil, unknown(name) }
func (noDNS) LookupAddr(_ context.Context, addr string) ([]string, error) { return nil, unknown(addr) }
func (noDNS) LookupIPAddr(_ context.Context, host string) ([]net.IPAddr, error) {
	return nil, unknown(host)
}
