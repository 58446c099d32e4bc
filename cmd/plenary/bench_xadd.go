package main

import (
	"context"
	"io"
	"net"

	gosmtp "github.com/emersion/go-smtp"
	"github.com/redis/go-redis/v9"
)

// benchXaddCmd is go-smtp with one XADD a message: what accepting costs at
// least. It is a process of its own, as the server that it is compared with.
type benchXaddCmd struct {
	Listen string `required:"" help:"Where to listen."`
	Redis  string `required:"" help:"Where Redis is."`
}

func (c benchXaddCmd) Run(a *app) error {
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return err
	}
	rdb := redis.NewClient(&redis.Options{Addr: c.Redis})
	defer rdb.Close()
	server := gosmtp.NewServer(xaddServer{rdb})
	server.Domain, server.MaxMessageBytes = benchDomain, 64<<20
	defer context.AfterFunc(a.ctx, func() { _ = server.Close() })()
	if err := server.Serve(l); a.ctx.Err() == nil {
		return err
	}
	return nil
}

type xaddServer struct{ rdb *redis.Client }

func (x xaddServer) NewSession(*gosmtp.Conn) (gosmtp.Session, error) {
	return &xaddSession{rdb: x.rdb}, nil
}

type xaddSession struct{ rdb *redis.Client }

func (s *xaddSession) Reset()                                 {}
func (s *xaddSession) Logout() error                          { return nil }
func (s *xaddSession) Mail(string, *gosmtp.MailOptions) error { return nil }
func (s *xaddSession) Rcpt(string, *gosmtp.RcptOptions) error { return nil }

func (s *xaddSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return s.rdb.XAdd(context.Background(), &redis.XAddArgs{Stream: "bare", Values: []any{"raw", raw}}).Err()
}
