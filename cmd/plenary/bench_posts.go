package main

import (
	"context"
	"slices"

	"plenary/smtp/deliver"
	"plenary/smtp/deliver/sink"
)

// sink is how the far side behaves.
func (c benchFanoutCmd) sink(faults *sinkFaults) sink.Options {
	return sink.Options{Addr: c.SinkListen, Latency: c.Latency, Without: c.Without, Rcpt: faults.hook()}
}

// posts sends the posts of a server of its own. Where one post is measured
// whose members share a copy and it went one by one, as every tenth does, the
// next is measured instead.
func (c benchFanoutCmd) posts(ctx context.Context, b *bed, faults *sinkFaults, f *fanoutFigures) error {
	for range 10 {
		if err := c.post(ctx, b.meter(), load{b.smtp, benchAuthor, "dc@" + benchDomain, c.Senders}, b.sink, faults, f); err != nil {
			return err
		}
		if c.Posts > 1 || c.Members == 1 || c.Unsubscribe != "shared" || f.Transactions < c.Members || c.Defer+c.Refuse > 0 {
			break
		}
		f.ByVERP = f.Rate
	}
	if c.Latency > 0 {
		f.Allowed = c.allowed(f.Transactions < c.Members*c.Posts)
		f.AllowedRatio = f.Rate / f.Allowed
	}
	return nil
}

// allowed is how many recipients a second the connections of a server allow
// where each answer takes its time: as many as may be on the wire, or one by
// DATA.
func (c benchFanoutCmd) allowed(shared bool) float64 {
	one := deliver.Config{Workers: 1, Connections: 1, Batch: 1}
	wire := one.Window() - 1
	if shared {
		wire = one.SharedWindow() - 1
	}
	if slices.Contains(c.Without, "CHUNKING") {
		wire = 1
	}
	return float64(serverConnections*wire) / seconds(c.Latency)
}

// serverConnections is how many a server has to its relay, for posts.
const serverConnections = 8
