package main

import (
	"context"
	"time"

	"plenary/lists"
	"plenary/smtp/deliver/sink"
)

type benchAcceptCmd struct {
	Messages      int    `default:"20000" help:"Messages in all."`
	Size          int    `default:"4096" help:"Octets of each."`
	Connections   int    `default:"20" help:"Connections, each used again and again."`
	Turns         int    `default:"4" help:"How often the two servers take turns: what else the machine does then strikes both."`
	Authenticated bool   `help:"Measure signed mail too (DKIM, SPF and DMARC pass, DNS answers kept), beside mail with nothing to check."`
	To            string `placeholder:"ADDRESS" help:"Recipient at --server."`
	benchBase
}

// Help says what is measured, and how.
func (benchAcceptCmd) Help() string {
	return `Starts a Redis that writes everything to disk before it answers, a server, and for comparison go-smtp with one XADD a message, and gives both the same mail over as many connections, turn by turn. Rates count from the first connection to the last 250; a turn begins when all mail of the one before is routed.
With --server it gives mail to a running server instead: name an address there whose mail does no harm, as LIST-bounces@DOMAIN.`
}

// acceptFigures is what bench accept measured.
type acceptFigures struct {
	Messages    int     `json:"messages"`
	Connections int     `json:"connections"`
	Size        int     `json:"size"`
	Seconds     float64 `json:"seconds"`
	Rate        float64 `json:"messages_per_second"`
	Bare        float64 `json:"xadd_messages_per_second,omitempty"`
	Ratio       float64 `json:"ratio,omitempty"`
	Routed      float64 `json:"routed_seconds,omitempty"` // until all was dealt with too
	Signed      float64 `json:"signed_messages_per_second,omitempty"`
	SignedRatio float64 `json:"signed_ratio,omitempty"` // to mail with nothing to check
	Cost        cost    `json:"cost"`                   // while mail is taken in; with --server all
	RouteCost   cost    `json:"route_cost"`             // after that, until all was dealt with
	BareCost    cost    `json:"xadd_cost"`
	ServerRSS   int64   `json:"server_peak_rss_bytes,omitempty"`
	Start       float64 `json:"start_seconds,omitempty"`
	Durable     bool    `json:"redis_durable,omitempty"`
}

func (c benchAcceptCmd) Run(a *app) error {
	if c.Messages < 1 || c.Connections < 1 || c.Size < 256 || c.Turns < 1 || c.Turns > c.Messages {
		return misused("bench accept: --messages, --connections and --turns are 1 or more, --turns at most --messages, --size 256 or more")
	}
	if (c.Server == "") != (c.To == "") {
		return misused("bench accept: --server and --to belong together")
	}
	if c.Server != "" && c.Authenticated {
		return misused("bench accept: --authenticated needs DNS of its own, so a server of its own")
	}
	if err := c.check(); err != nil {
		return err
	}
	f := acceptFigures{Messages: c.Messages, Connections: c.Connections, Size: c.Size}
	measure := c.own
	if c.Server != "" {
		measure = c.other
	}
	if err := measure(a.ctx, &f); err != nil {
		return err
	}
	return c.print(a, f)
}

// other measures a server that runs without us.
func (c benchAcceptCmd) other(ctx context.Context, f *acceptFigures) error {
	m := c.meter()
	before, err := m.read(ctx)
	if err != nil {
		return err
	}
	took, err := load{c.Server, benchAuthor, c.To, c.Connections}.send(ctx, c.Messages, func(i int) []byte { return benchPost(i, c.Size) })
	if err != nil {
		return err
	}
	after, err := m.read(ctx)
	if err != nil {
		return err
	}
	f.Cost.add(before, after, c.Messages)
	f.Seconds, f.Rate, f.ServerRSS = took.Seconds(), float64(c.Messages)/seconds(took), peakRSS(c.PID)
	return nil
}

// acceptTimes adds up what the turns took.
type acceptTimes struct {
	messages, signed             int
	took, routed, bare, checking time.Duration
}

// own measures a server of its own and the bare one, on one Redis. The mail
// goes to an address whose mail is soon dealt with, so that what is measured
// is taking it in.
func (c benchAcceptCmd) own(ctx context.Context, f *acceptFigures) error {
	b, err := newBed(ctx, c.benchBase, sink.Options{})
	if err != nil {
		return err
	}
	defer b.close()
	var signed *signedPosts
	if c.Authenticated {
		if signed, err = newSignedPosts(b.dns); err != nil {
			return err
		}
	}
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
	bare, err := freeAddr()
	if err != nil {
		return err
	}
	if _, err := b.helper(ctx, "bench", "xadd", "--listen", bare, "--redis", b.addr); err != nil {
		return err
	}
	if _, err := b.ready(ctx, bare, time.Now(), ""); err != nil {
		return err
	}
	var t acceptTimes
	for i := range c.Turns {
		if err := c.turn(ctx, b, bare, i, signed, &t, f); err != nil {
			return err
		}
	}
	f.Seconds, f.Rate, f.Bare = t.took.Seconds(), float64(c.Messages)/seconds(t.took), float64(c.Messages)/seconds(t.bare)
	f.Ratio, f.Routed = f.Rate/f.Bare, t.routed.Seconds()
	if t.signed > 0 {
		f.Signed = float64(t.signed) / seconds(t.checking)
		f.SignedRatio = f.Signed / f.Rate
	}
	f.ServerRSS, f.Start, f.Durable = peakRSS(b.server.Process.Pid), start.Seconds(), b.durable
	return nil
}

// signedAtMost is how many signed messages a turn has: signing them takes
// longer than all else.
const signedAtMost = 2000

// turn is one turn of each server.
func (c benchAcceptCmd) turn(ctx context.Context, b *bed, bare string, i int, signed *signedPosts, t *acceptTimes, f *acceptFigures) error {
	const to = "dc-bounces@" + benchDomain
	n := (i+1)*c.Messages/c.Turns - i*c.Messages/c.Turns
	post := func(at int) []byte { return benchPost(t.messages+at, c.Size) }
	before, err := b.meter().read(ctx)
	if err != nil {
		return err
	}
	began := time.Now()
	took, err := load{b.smtp, benchAuthor, to, c.Connections}.send(ctx, n, post)
	if err != nil {
		return err
	}
	taken, err := b.meter().read(ctx)
	if err != nil {
		return err
	}
	if err := b.routed(ctx); err != nil {
		return err
	}
	t.took, t.routed = t.took+took, t.routed+time.Since(began)
	after, err := b.meter().read(ctx)
	if err != nil {
		return err
	}
	f.Cost.add(before, taken, c.Messages) // each turn adds its share
	f.RouteCost.add(taken, after, c.Messages)
	if took, err = c.bareTurn(ctx, b, load{bare, benchAuthor, to, c.Connections}, n, post, f); err != nil {
		return err
	}
	t.bare += took
	if err := b.rdb.Unlink(ctx, "bare").Err(); err != nil {
		return err
	}
	if signed != nil {
		made, err := signed.make(t.signed, min(n, signedAtMost), c.Size)
		if err != nil {
			return err
		}
		if took, err = (load{b.smtp, signedAuthor, to, c.Connections}).send(ctx, len(made), func(at int) []byte { return made[at] }); err != nil {
			return err
		}
		t.signed, t.checking = t.signed+len(made), t.checking+took
		if err := b.routed(ctx); err != nil {
			return err
		}
	}
	t.messages += n
	return nil
}

// bareTurn gives the bare server its n messages.
func (c benchAcceptCmd) bareTurn(ctx context.Context, b *bed, l load, n int, post func(int) []byte, f *acceptFigures) (time.Duration, error) {
	m := meter{pid: b.others[0].Process.Pid, rdb: b.rdb}
	before, err := m.read(ctx)
	if err != nil {
		return 0, err
	}
	took, err := l.send(ctx, n, post)
	if err != nil {
		return 0, err
	}
	after, err := m.read(ctx)
	f.BareCost.add(before, after, c.Messages)
	return took, err
}

func (c benchAcceptCmd) print(a *app, f acceptFigures) error {
	if c.JSON {
		return a.printJSON(f)
	}
	a.say("%d messages in %.2f s: %.0f a second over %d connections", f.Messages, f.Seconds, f.Rate, c.Connections)
	if f.Bare > 0 {
		a.say("go-smtp with one XADD a message: %.0f a second; ratio %.2f", f.Bare, f.Ratio)
		a.say("routed too after %.2f s; server %.0f MB at most; started in %.2f s", f.Routed, float64(f.ServerRSS)/1e6, f.Start)
	}
	if f.Signed > 0 {
		a.say("signed mail, checked by DKIM, SPF and DMARC: %.0f a second; ratio to mail with nothing to check %.2f", f.Signed, f.SignedRatio)
	}
	if f.Cost.known() {
		a.say("%s", f.Cost.line("a message costs"))
	}
	if f.Bare > 0 {
		a.say("%s", f.RouteCost.line("routing it then"))
		a.say("%s", f.BareCost.line("go-smtp with one XADD"))
	}
	if f.Bare > 0 && !f.Durable {
		a.say(notDurable)
	}
	return nil
}

const notDurable = "The Redis is not durable (appendonly yes, appendfsync always): the rates are not those of a safe one."
