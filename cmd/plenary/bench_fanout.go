package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"plenary/lists"
	"plenary/smtp/deliver/sink"
)

type benchFanoutCmd struct {
	Members     int           `default:"10000" help:"Members of the list; with --server: how many recipients a post there has."`
	Posts       int           `default:"1" help:"Posts."`
	Senders     int           `default:"4" help:"Connections that the posts come by."`
	Size        int           `default:"4096" help:"Octets of each post."`
	Connections int           `default:"8" help:"Connections of the bare sender; a server has 8 for posts."`
	Unsubscribe string        `enum:"one-click,shared" default:"one-click" help:"one-click: each member has a copy of their own; shared: one copy for all."`
	Sign        string        `enum:"none,rsa,ed25519,both" default:"none" help:"Keys that the list signs with: none, rsa (2048 bits), ed25519, both."`
	Latency     time.Duration `default:"0s" help:"The sink waits this long before each answer."`
	Without     []string      `placeholder:"WORD" help:"Extensions that the sink does not offer, such as CHUNKING."`
	Defer       float64       `placeholder:"SHARE" help:"Share of the recipients, 0 to 1, whom the sink puts off (451)."`
	Refuse      float64       `placeholder:"SHARE" help:"Share of the recipients whom the sink refuses (550)."`
	From        string        `placeholder:"ADDRESS" help:"Who posts at --server: one who may."`
	List        string        `placeholder:"ADDRESS" help:"Address of the list at --server."`
	SinkListen  string        `placeholder:"HOST:PORT" help:"Where the sink listens; a server named by --server has it as its delivery.relay."`
	benchBase
}

// Help says what is measured, and how.
func (benchFanoutCmd) Help() string {
	return `Starts a Redis that writes everything to disk before it answers, a sink that takes all mail and delivers none, and a server with one list; gives it the posts and counts what reaches the sink. Beside it: a bare sender in a process of its own, over as many connections, that writes the next envelope together with the final dot and a bitmap to Redis for each 50 recipients, and signs what each gets where the list does. The rate counts from the first connection of an author to the last recipient's 250.
With --server it posts to a list of a running server instead, as --from. That server's delivery.relay must be this sink: set delivery.relay to the address given by --sink-listen, so that no mail leaves. What else it sends meanwhile counts too.`
}

// fanoutFigures is what bench fanout measured.
type fanoutFigures struct {
	Members      int     `json:"members"`
	Posts        int     `json:"posts"`
	Size         int     `json:"size"`
	Unsubscribe  string  `json:"unsubscribe"`
	Sign         string  `json:"sign"`
	Seconds      float64 `json:"seconds"`
	Rate         float64 `json:"recipients_per_second"`
	PostRate     float64 `json:"posts_per_second"`
	Bare         float64 `json:"bare_recipients_per_second"`
	BareCPU      float64 `json:"bare_cpu_us,omitempty"` // of each recipient, in the bare sender
	Ratio        float64 `json:"ratio"`
	Signatures   float64 `json:"bare_signatures_per_second,omitempty"` // by all cores, doing nothing else
	SignRatio    float64 `json:"signatures_ratio,omitempty"`
	SignCPU      float64 `json:"signature_cpu_us,omitempty"`              // of one signature
	Allowed      float64 `json:"latency_recipients_per_second,omitempty"` // with a latency: what the server's connections allow
	AllowedRatio float64 `json:"latency_ratio,omitempty"`
	ByVERP       float64 `json:"verp_recipients_per_second,omitempty"` // of a shared list's post that went one by one, before the one measured
	Doubled      int     `json:"doubled"`
	Deferred     int     `json:"deferred,omitempty"`
	Refused      int     `json:"refused,omitempty"`
	Transactions int     `json:"transactions"` // messages at the sink; fewer than recipients where RCPTs are batched
	Cost         cost    `json:"cost"`
	ServerRSS    int64   `json:"server_peak_rss_bytes,omitempty"`
	RedisPerHead float64 `json:"redis_bytes_per_member,omitempty"`
	Start        float64 `json:"start_seconds,omitempty"`
	Durable      bool    `json:"redis_durable,omitempty"`
}

func (c benchFanoutCmd) check() error {
	unknown := slices.IndexFunc(c.Without, func(word string) bool { return !slices.Contains(sink.Words, word) })
	switch {
	case c.Members < 1 || c.Posts < 1 || c.Size < 256 || c.Connections < 1 || c.Senders < 1:
		return misused("bench fanout: --members, --posts, --senders and --connections are 1 or more, --size 256 or more")
	case c.Defer < 0 || c.Refuse < 0 || c.Defer+c.Refuse > 1:
		return misused("bench fanout: --defer and --refuse are shares: from 0 to 1, together too")
	case unknown >= 0:
		return misused("bench fanout: the sink offers no extension %q: write some of %s", c.Without[unknown], strings.Join(sink.Words, ", "))
	case (c.Server == "") != (c.List == "") || (c.Server == "") != (c.From == "") || c.Server != "" && c.SinkListen == "":
		return misused("bench fanout: --server, --from and --list belong together, and need --sink-listen")
	case c.Server != "" && (c.Sign != "none" || c.Unsubscribe != "one-click"):
		return misused("bench fanout: how a list at --server signs and is left is set there: leave --sign and --unsubscribe out")
	}
	return c.benchBase.check()
}

func (c benchFanoutCmd) Run(a *app) error {
	if err := c.check(); err != nil {
		return err
	}
	f := fanoutFigures{Members: c.Members, Posts: c.Posts, Size: c.Size, Unsubscribe: c.Unsubscribe, Sign: c.Sign}
	measure := c.own
	if c.Server != "" {
		measure = c.other
	}
	if err := measure(a.ctx, &f); err != nil {
		return err
	}
	return c.print(a, f)
}

// own measures a server of its own, then the bare sender, on one Redis and
// one sink.
func (c benchFanoutCmd) own(ctx context.Context, f *fanoutFigures) error {
	faults := &sinkFaults{defers: c.Defer, refuses: c.Refuse}
	b, err := newBed(ctx, c.benchBase, c.sink(faults))
	if err != nil {
		return err
	}
	defer b.close()
	if f.RedisPerHead, err = c.people(ctx, b); err != nil {
		return err
	}
	keys, files, err := b.signBy(c.Sign)
	if err != nil {
		return err
	}
	start, err := b.serve(ctx)
	if err != nil {
		return err
	}
	if err := c.posts(ctx, b, faults, f); err != nil {
		return err
	}
	f.ServerRSS, f.Start, f.Durable = peakRSS(b.server.Process.Pid), start.Seconds(), b.durable
	faults.off()
	if err := c.bare(ctx, f, b.sink.Addr(), b.addr, files); err != nil {
		return err
	}
	if len(keys) > 0 {
		f.Signatures, f.SignCPU = bareSignatures(ctx, keys)
		if f.SignRatio = f.Rate / f.Signatures; c.Unsubscribe == "shared" {
			f.SignRatio = f.PostRate / f.Signatures
		}
	}
	return nil
}

// other measures a server that runs without us; its Redis is not written to,
// so that the bare sender keeps no ledger.
func (c benchFanoutCmd) other(ctx context.Context, f *fanoutFigures) error {
	faults := &sinkFaults{defers: c.Defer, refuses: c.Refuse}
	s, err := sink.New(c.sink(faults))
	if err != nil {
		return err
	}
	defer s.Close()
	if err := c.post(ctx, c.meter(), load{c.Server, c.From, c.List, c.Senders}, s, faults, f); err != nil {
		return err
	}
	f.ServerRSS = peakRSS(c.PID)
	faults.off()
	return c.bare(ctx, f, s.Addr(), "", nil)
}

// post sends the posts, waits until the sink has answered for everybody, and
// notes what it took.
func (c benchFanoutCmd) post(ctx context.Context, m meter, l load, s *sink.Sink, faults *sinkFaults, f *fanoutFigures) error {
	before, err := m.read(ctx)
	if err != nil {
		return err
	}
	want, had := c.Members*c.Posts, s.Counts()
	began := time.Now()
	if _, err := l.send(ctx, c.Posts, func(i int) []byte { return benchMail(i, c.Size, l.from, l.to) }); err != nil {
		return err
	}
	if err := faults.wait(ctx, s, had.Rcpts+want); err != nil {
		return err
	}
	took := time.Since(began)
	after, err := m.read(ctx)
	if err != nil {
		return err
	}
	f.Seconds, f.Rate, f.PostRate = took.Seconds(), float64(want)/seconds(took), float64(c.Posts)/seconds(took)
	f.Deferred, f.Refused = int(faults.deferred.Load()), int(faults.refused.Load())
	now := s.Counts()
	f.Transactions, f.Doubled = now.Mails-had.Mails, now.Rcpts-had.Rcpts+f.Deferred+f.Refused-want
	f.Cost = cost{}
	f.Cost.add(before, after, want)
	return nil
}

func (c benchFanoutCmd) print(a *app, f fanoutFigures) error {
	if c.JSON {
		return a.printJSON(f)
	}
	a.say("%d × %d recipients in %.2f s: %.0f a second, %.1f posts a second, in %d transactions", f.Posts, f.Members, f.Seconds, f.Rate, f.PostRate, f.Transactions)
	ledger := "with a ledger"
	if c.Server != "" {
		ledger = "without a ledger"
	}
	a.say("a bare pipelined sender %s, %d connections: %.0f a second, %.0f µs of its CPU each; ratio %.2f", ledger, c.Connections, f.Bare, f.BareCPU, f.Ratio)
	if f.ByVERP > 0 {
		a.say("every tenth post of a list with shared copies goes one by one, by VERP: so did one before this, at %.0f a second", f.ByVERP)
	}
	if f.Allowed > 0 {
		a.say("so many answers of %s as the server's %d connections can wait for allow %.0f a second; ratio %.2f", c.Latency, serverConnections, f.Allowed, f.AllowedRatio)
	}
	if f.Signatures > 0 {
		a.say("signatures alone (%s), by all cores: %.0f a second; ratio %.2f", c.Sign, f.Signatures, f.SignRatio)
		a.say("a signature alone takes %.0f µs of CPU: %.2f of the server's a recipient", f.SignCPU, f.SignCPU/max(f.Cost.ServerCPU, 1))
	}
	if f.Deferred+f.Refused > 0 {
		a.say("the sink put %d off and refused %d", f.Deferred, f.Refused)
	}
	a.say("doubled %d", f.Doubled)
	if f.ServerRSS > 0 {
		a.say("server %.0f MB at most", float64(f.ServerRSS)/1e6)
	}
	if f.Start > 0 {
		a.say("Redis %.0f octets a member; server started in %.2f s", f.RedisPerHead, f.Start)
	}
	if f.Cost.known() {
		a.say("%s", f.Cost.line("a recipient costs"))
	}
	if f.Start > 0 && !f.Durable {
		a.say(notDurable)
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
	_, err = st.UpdateList(ctx, l.ID, func(l *lists.List) error { l.Unsub = lists.UnsubscribeMode(c.Unsubscribe); return nil })
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
