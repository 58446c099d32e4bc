package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"plenary/lists"
	"plenary/smtp/deliver/sink"
)

type benchFanoutCmd struct {
	Members     int           `default:"10000" help:"Members of the list."`
	Posts       int           `default:"1" help:"Posts, one after another."`
	Size        int           `default:"4096" help:"Octets of each post."`
	Connections int           `default:"8" help:"Connections of the bare sender."`
	Latency     time.Duration `default:"0s" help:"The sink waits this long before each answer."`
	Redis       string        `placeholder:"HOST:PORT" help:"An empty Redis to use; else one is started."`
	JSON        bool          `name:"json" help:"Figures as JSON."`
}

// fanoutFigures is what bench fanout measured.
type fanoutFigures struct {
	Members      int     `json:"members"`
	Posts        int     `json:"posts"`
	Seconds      float64 `json:"seconds"`
	Rate         float64 `json:"recipients_per_second"`
	Bare         float64 `json:"bare_recipients_per_second"`
	Ratio        float64 `json:"ratio"`
	Doubled      int     `json:"doubled"`
	ServerRSS    int64   `json:"server_peak_rss_bytes"`
	RedisPerHead float64 `json:"redis_bytes_per_member"`
	Start        float64 `json:"start_seconds"`
	Durable      bool    `json:"redis_durable"`
}

func (c benchFanoutCmd) Run(a *app) error {
	if c.Members < 1 || c.Posts < 1 || c.Size < 256 || c.Connections < 1 {
		return misused("bench fanout: --members, --posts and --connections are 1 or more, --size 256 or more")
	}
	b, err := newBed(a.ctx, c.Redis, sink.Options{Latency: c.Latency})
	if err != nil {
		return err
	}
	defer b.close()
	f := fanoutFigures{Members: c.Members, Posts: c.Posts, Durable: b.durable}
	if f.RedisPerHead, err = c.people(a.ctx, b); err != nil {
		return err
	}
	start, err := b.serve(a.ctx)
	if err != nil {
		return err
	}
	f.Start = start.Seconds()
	want := c.Members * c.Posts
	began := time.Now()
	for i := range c.Posts {
		raw := benchPost(i, c.Size)
		if err := sendMail(a.ctx, b.smtp, "m1@bench.example", []string{"dc@" + benchDomain}, raw); err != nil {
			return err
		}
	}
	if err := b.sink.Wait(a.ctx, want); err != nil {
		return err
	}
	f.Seconds = time.Since(began).Seconds()
	f.Rate, f.ServerRSS = float64(want)/f.Seconds, b.peakRSS()
	f.Doubled = b.sink.Counts().Rcpts - want
	began = time.Now()
	if err := bareSender(a.ctx, b, c.Connections, want, benchPost(0, c.Size)); err != nil {
		return err
	}
	f.Bare = float64(want) / time.Since(began).Seconds()
	f.Ratio = f.Rate / f.Bare
	return c.print(a, f)
}

func (c benchFanoutCmd) print(a *app, f fanoutFigures) error {
	if c.JSON {
		return a.printJSON(f)
	}
	a.say("%d × %d recipients in %.2f s: %.0f a second", f.Posts, f.Members, f.Seconds, f.Rate)
	a.say("a bare pipelined sender with a ledger, %d connections: %.0f a second; ratio %.2f", c.Connections, f.Bare, f.Ratio)
	a.say("doubled %d; server %.0f MB at most; Redis %.0f octets a member; started in %.2f s", f.Doubled, float64(f.ServerRSS)/1e6, f.RedisPerHead, f.Start)
	if !f.Durable {
		a.say("The Redis is not durable (appendonly yes, appendfsync always): the rates are not those of a safe one.")
	}
	return nil
}

// people makes the list and its members, and tells how much of Redis each takes.
func (c benchFanoutCmd) people(ctx context.Context, b *bed) (perHead float64, err error) {
	st, err := b.store(ctx)
	if err != nil {
		return 0, err
	}
	l, err := st.CreateList(ctx, lists.NewList{Name: "dc", Title: "Bench"})
	if err != nil {
		return 0, err
	}
	before, err := usedMemory(ctx, b)
	if err != nil {
		return 0, err
	}
	people := make([]lists.NewMember, 0, 10000)
	for n := 1; n <= c.Members; n++ {
		people = append(people, lists.NewMember{Address: lists.Address(fmt.Sprintf("m%d@bench.example", n))})
		if len(people) == cap(people) || n == c.Members {
			if _, err := st.Import(ctx, l.ID, people); err != nil {
				return 0, err
			}
			people = people[:0]
		}
	}
	after, err := usedMemory(ctx, b)
	return float64(after-before) / float64(c.Members), err
}

// benchPost is the i-th post, of about size octets.
func benchPost(i, size int) []byte {
	head := fmt.Sprintf("From: One <m1@bench.example>\r\nTo: dc@%s\r\nSubject: Bench %d\r\nMessage-ID: <bench-%d-%d@bench.example>\r\nDate: %s\r\n\r\n",
		benchDomain, i, i, time.Now().UnixNano(), time.Now().Format(time.RFC1123Z))
	line := "The quick brown fox jumps over the lazy dog, and the dog lets it.\r\n"
	return []byte(head + strings.Repeat(line, max(1, (size-len(head))/len(line))))
}
