package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"plenary/smtp/receive"
)

// door is one address where clients come in.
type door struct {
	name     string // smtp, lmtp, http, imap, metrics
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
	s.doors = append(s.doors, door{name: name, listener: l, serve: serve, shutdown: shutdown})
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
func (s *service) joinDoors(certs *tls.Config) error {
	in := receive.New(receive.Config{
		Hostname: s.site.Domain, Domain: s.site.Domain, MaxBytes: s.cfg.SMTP.MaxBytes, TLS: certs,
		BareNewlines: s.cfg.SMTP.BareNewlines, NewID: s.queue.NewID, Log: s.log, Now: s.now,
	}, s.store, s.queue, s.router)
	nothing := func(context.Context) error { return nil }
	if err := errors.Join(
		s.bind("smtp", "smtp.listen", s.cfg.SMTP.Listen, in.ServeSMTP, in.Shutdown),
		s.bind("lmtp", "smtp.lmtp", s.cfg.SMTP.LMTP, in.ServeLMTP, nothing),
	); err != nil {
		return err
	}
	return nil
}

// bindHTTP opens an address for pages.
func (s *service) bindHTTP(name, key, address string, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10}
	return s.bind(name, key, address, func(_ context.Context, l net.Listener) error {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	}, server.Shutdown)
}
