package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"time"

	gosmtp "github.com/emersion/go-smtp"
	"github.com/redis/go-redis/v9"
	"golang.org/x/sync/errgroup"

	"plenary/lists"
	"plenary/smtp/deliver/sink"
)

type benchAcceptCmd struct {
	Messages    int    `default:"20000" help:"Messages in all."`
	Size        int    `default:"4096" help:"Octets of each."`
	Connections int    `default:"20" help:"Connections, each used again and again."`
	Server      string `placeholder:"HOST:PORT" help:"A running server to measure instead of one of its own; needs --to."`
	To          string `placeholder:"ADDRESS" help:"Recipient at that server."`
	Redis       string `placeholder:"HOST:PORT" help:"An empty Redis to use; else one is started."`
	JSON        bool   `name:"json" help:"Figures as JSON."`
}

// acceptFigures is what bench accept measured.
type acceptFigures struct {
	Messages  int     `json:"messages"`
	Seconds   float64 `json:"seconds"`
	Rate      float64 `json:"messages_per_second"`
	Bare      float64 `json:"xadd_messages_per_second,omitempty"`
	Ratio     float64 `json:"ratio,omitempty"`
	ServerRSS int64   `json:"server_peak_rss_bytes,omitempty"`
	Start     float64 `json:"start_seconds,omitempty"`
	Durable   bool    `json:"redis_durable"`
}

func (c benchAcceptCmd) Run(a *app) error {
	if c.Messages < 1 || c.Connections < 1 || c.Size < 256 {
		return misused("bench accept: --messages and --connections are 1 or more, --size 256 or more")
	}
	if (c.Server == "") != (c.To == "") {
		return misused("bench accept: --server and --to belong together")
	}
	f := acceptFigures{Messages: c.Messages}
	if c.Server != "" {
		took, err := c.load(a.ctx, c.Server, c.To)
		f.Seconds, f.Rate = took.Seconds(), float64(c.Messages)/took.Seconds()
		if err != nil {
			return err
		}
		return c.print(a, f)
	}
	if err := c.own(a.ctx, &f); err != nil {
		return err
	}
	return c.print(a, f)
}

// own measures a server of its own, then the bare one, on one Redis. The mail
// goes to an address whose mail is soon dealt with, so that what is measured
// is taking it in.
func (c benchAcceptCmd) own(ctx context.Context, f *acceptFigures) error {
	b, err := newBed(ctx, c.Redis, sink.Options{})
	if err != nil {
		return err
	}
	defer b.close()
	st, err := b.store(ctx)
	if err != nil {
		return err
	}
	if _, err := st.CreateList(ctx, lists.NewList{Name: "dc", Title: "Bench"}); err != nil {
		return err
	}
	start, err := b.serve(ctx)
	if err != nil {
		return err
	}
	took, err := c.load(ctx, b.smtp, "dc-bounces@"+benchDomain)
	if err != nil {
		return err
	}
	f.Seconds, f.Rate, f.ServerRSS, f.Start, f.Durable = took.Seconds(), float64(c.Messages)/took.Seconds(), b.peakRSS(), start.Seconds(), b.durable
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	bare := gosmtp.NewServer(xaddServer{b})
	bare.Domain, bare.MaxMessageBytes = benchDomain, 64<<20
	go func() { _ = bare.Serve(l) }() // ends with Close
	defer bare.Close()
	if took, err = c.load(ctx, l.Addr().String(), "dc-bounces@"+benchDomain); err != nil {
		return err
	}
	f.Bare = float64(c.Messages) / took.Seconds()
	f.Ratio = f.Rate / f.Bare
	return nil
}

// load sends the messages and gives how long it took until the last 250.
func (c benchAcceptCmd) load(ctx context.Context, server, to string) (time.Duration, error) {
	g, ctx := errgroup.WithContext(ctx)
	began := time.Now()
	for w := range c.Connections {
		g.Go(func() error {
			conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", server)
			if err != nil {
				return err
			}
			client := gosmtp.NewClient(conn)
			defer client.Close()
			for i := w; i < c.Messages; i += c.Connections {
				if err := sendOne(client, to, benchPost(i, c.Size)); err != nil {
					return fmt.Errorf("message %d: %w", i, err)
				}
			}
			return client.Quit()
		})
	}
	err := g.Wait()
	return time.Since(began), err
}

func sendOne(client *gosmtp.Client, to string, raw []byte) error {
	if err := client.Mail("m1@bench.example", nil); err != nil {
		return err
	}
	if err := client.Rcpt(to, nil); err != nil {
		return err
	}
	w, err := client.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(raw); err != nil {
		return err
	}
	return w.Close()
}

func (c benchAcceptCmd) print(a *app, f acceptFigures) error {
	if c.JSON {
		return a.printJSON(f)
	}
	a.say("%d messages in %.2f s: %.0f a second over %d connections", f.Messages, f.Seconds, f.Rate, c.Connections)
	if f.Bare > 0 {
		a.say("go-smtp with one XADD a message: %.0f a second; ratio %.2f", f.Bare, f.Ratio)
		a.say("server %.0f MB at most; started in %.2f s", float64(f.ServerRSS)/1e6, f.Start)
	}
	return nil
}

// xaddServer is go-smtp with one XADD a message: what accepting costs at least.
type xaddServer struct{ b *bed }

func (x xaddServer) NewSession(*gosmtp.Conn) (gosmtp.Session, error) {
	return &xaddSession{b: x.b}, nil
}

type xaddSession struct{ b *bed }

func (s *xaddSession) Reset()                                 {}
func (s *xaddSession) Logout() error                          { return nil }
func (s *xaddSession) Mail(string, *gosmtp.MailOptions) error { return nil }
func (s *xaddSession) Rcpt(string, *gosmtp.RcptOptions) error { return nil }

func (s *xaddSession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return s.b.rdb.XAdd(context.Background(), &redis.XAddArgs{Stream: "bare", Values: []any{"raw", raw}}).Err()
}
