package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"plenary/lists/mailbox"
	"plenary/lists/web"
)

// door is one address where clients come in.
type door struct {
	name     string // smtp, lmtp, submission, submissions, http, imap, metrics
	listener net.Listener
	serve    func(context.Context, net.Listener) error
	shutdown func(context.Context) error
}

// bind opens an address; the door is served once Run is called.
func (s *service) bind(name, key, address string, serve func(context.Context, net.Listener) error, shutdown func(context.Context) error) error {
	if address == "" {
		return nil
	}
	l, err := s.listen("tcp", address)
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	s.doors = append(s.doors, door{name: name, listener: s.metrics.Listen(name, l), serve: serve, shutdown: shutdown})
	return nil
}

// unbind closes what was bound by a service that can't be built.
func (s *service) unbind() {
	for _, d := range s.doors {
		_ = d.listener.Close() // nothing was served on it
	}
}

// Addrs are the addresses bound, by door.
func (s *service) Addrs() map[string]string {
	addrs := map[string]string{}
	for _, d := range s.doors {
		addrs[d.name] = d.listener.Addr().String()
	}
	return addrs
}

// joinDoors builds the servers and binds their addresses.
func (s *service) joinDoors(certs *tls.Config, believed *belief) error {
	if err := s.joinReception(certs, believed); err != nil {
		return err
	}
	pages, err := web.New(web.Config{Site: s.site, Secret: s.store.Secret(), Desk: s.desk, Reader: s.store, Sessions: s.store, Guesses: s.store, Archive: s.archive,
		Boards: newBoards(s.weekly, s.archive, s.now), Proxies: s.cfg.WebProxies(), Log: s.log})
	if err != nil {
		return err
	}
	posts := mailbox.New(mailbox.Config{Site: s.site, TLS: certs, Refused: func() { s.metrics.Refused("imap") }, Now: s.now, Log: s.log}, s.store, s.archive)
	return errors.Join(
		s.bindHTTP("http", "http.listen", s.cfg.HTTP.Listen, pages),
		s.bindHTTP("metrics", "http.metrics", s.cfg.HTTP.Metrics, s.health()),
		s.bind("imap", "imap.listen", s.cfg.IMAP.Listen, posts.Serve, posts.Shutdown),
	)
}

// bindHTTP opens an address for pages.
func (s *service) bindHTTP(name, key, address string, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10}
	return s.bind(name, key, address, func(_ context.Context, l net.Listener) error {
		if name != "metrics" {
			l = web.Limit(l, web.DefaultLimits, s.cfg.WebProxies(), func() { s.metrics.Refused(name) })
		}
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	}, server.Shutdown)
}
