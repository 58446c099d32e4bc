package deliver

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"plenary/lists"
)

// groupsAtOnce is how many destinations of one part are sent to at once.
const groupsAtOnce = 8

// part sends one part of a post: it reads the members once, picks each one's
// copy, and gives every destination its share.
func (s *Sender) part(ctx context.Context, p Part) {
	// Sessions outlive ctx: a message on the wire is finished, within a bound,
	// and what was not begun is given back.
	wire, cancel := s.drain(ctx)
	defer cancel()
	run := &postRun{s: s, part: p, fanout: p.Fanout(), ledger: newLedger(s, p)}
	contents, release := s.contents.of(run.fanout, s.cfg.Seal)
	defer release()
	run.prepare(contents)
	groups, err := run.groups(wire)
	if err != nil {
		s.log.Warn("part not sent; it will be taken up again", "part", p.String(), "err", err)
		run.ledger.forget()
		p.Leave()
		return
	}
	for _, g := range groups {
		g.stop = ctx.Done()
	}
	run.ledger.end(runAll(wire, groups, groupsAtOnce))
}

// drain gives a context that ends a while after ctx.
func (s *Sender) drain(ctx context.Context) (context.Context, context.CancelFunc) {
	wire, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(s.cfg.Timeouts.Stop):
			cancel()
		case <-wire.Done():
		}
	})
	return wire, func() { stop(); cancel() }
}

// postRun is one part on its way.
type postRun struct {
	s      *Sender
	part   Part
	fanout *lists.Fanout
	kinds  []item // for each target, what all its members have in common
	*ledger
}

// prepare makes what members of each target have in common: what writes the
// rest, or for a list whose members share a copy and are to be served
// together, a sender that names list and chunk. Every tenth post goes by VERP
// all the same: some reports name no recipient that we know.
func (r *postRun) prepare(contents []*content) {
	r.kinds = make([]item, len(contents))
	for i, t := range r.fanout.Targets {
		it := item{content: contents[i], list: t.List.ID}
		fields := r.s.personal(t.List)
		if t.List.Unsub == lists.UnsubscribeShared && fields == nil && !verpTurn(r.fanout.ID) {
			it.from, it.shared = r.chunkSender(t.List), true
		} else {
			it.own = r.s.own(t.List, fields)
		}
		r.kinds[i] = it
	}
}

// groups makes the envelopes of the members that are still to be served, by
// destination.
func (r *postRun) groups(ctx context.Context) ([]*group, error) {
	from, to := r.part.Range()
	people, err := r.s.roster.Roster(ctx, r.fanout.Family, from, to)
	if err != nil {
		return nil, fmt.Errorf("reading members %d to %d of %s: %w", from, to, r.fanout.Family, err)
	}
	targets := r.fanout.Targets
	today := lists.Date(r.s.cfg.Now().In(r.s.cfg.Location).Format(time.DateOnly))
	byDestination := map[*destination]*group{}
	var out []*group
	items := make([]item, 0, len(people)) // never grown: it is pointed into
	for _, p := range people {
		if !r.part.Todo(p.Number) {
			continue
		}
		id, ok := lists.PickTarget(p, targets, r.fanout.Author, today)
		if !ok {
			continue
		}
		d := r.s.to.of(p.Address.Domain())
		g := byDestination[d]
		if g == nil {
			g = &group{to: d, on: r, log: r.s.log, wanted: r.s.crowded}
			byDestination[d] = g
			out = append(out, g)
		}
		items = append(items, r.kinds[index(targets, id)])
		it := &items[len(items)-1]
		it.to, it.number = string(p.Address), p.Number
		g.items = append(g.items, it)
	}
	if slices.ContainsFunc(r.kinds, func(k item) bool { return k.shared }) { // those who share a copy stand together
		for _, g := range out {
			slices.SortStableFunc(g.items, func(a, b *item) int { return cmp.Compare(a.list, b.list) })
		}
	}
	if !r.part.Fresh() {
		r.leftMeanwhile(from, to, items)
	}
	return out, nil
}

// leftMeanwhile has who left since the part was put off waited for no more.
func (r *postRun) leftMeanwhile(from, to lists.Number, there []item) {
	var left []lists.Number
	for n := from; n <= to; n++ {
		for len(there) > 0 && there[0].number < n {
			there = there[1:]
		}
		if r.part.Todo(n) && (len(there) == 0 || there[0].number != n) {
			left = append(left, n)
		}
	}
	r.part.Gone(left)
}

func index(targets []lists.Copy, id string) int {
	for i := range targets {
		if targets[i].List.ID == id {
			return i
		}
	}
	return 0
}

// chunkSender is the envelope sender of all members of the part whose copy
// is the list's: it names the chunk's first number.
func (r *postRun) chunkSender(l lists.List) string {
	first, _ := r.part.Range()
	token := lists.MemberToken(r.s.cfg.Secret, lists.TokenChunk, l, first)
	return string(lists.RoleAddress(l, "bounces", token, r.s.cfg.Domain))
}

// verpTurn tells whether a post of a list with shared copies goes by VERP:
// one in ten, the same ones on every server.
func verpTurn(postID string) bool {
	h := fnv.New32a()
	h.Write([]byte(postID))
	return h.Sum32()%10 == 0
}

// result records what became of members.
func (r *postRun) result(to *destination, o outcome, items []*item) {
	switch {
	case o.class() == 2:
		r.s.stats.sent.Add(int64(len(items)))
		r.served(items...)
	case o.class() == 4 && !r.part.Expired():
		r.later(to, items, o.String(), false)
	default:
		for _, it := range items {
			r.lose(it, Failure{Code: o.code, Enhanced: o.enhanced, Text: o.text, Stage: string(o.stage), Expired: o.class() == 4})
		}
	}
}

func (r *postRun) lose(it *item, f Failure) {
	f.Family, f.List, f.Number, f.PostID = r.fanout.Family, it.list, it.number, r.fanout.ID
	r.s.stats.failed.Add(1)
	r.s.log.Info("delivery failed", "list", f.List, "member", f.Number, "message", r.fanout.MessageID,
		"reply", withoutAddresses(reply{f.Code, f.Enhanced, f.Text}.String()), "expired", f.Expired)
	r.fail(f)
}

// later puts members off, or gives them up where they have waited too long.
func (r *postRun) later(to *destination, items []*item, why string, paced bool) {
	if r.part.Expired() && !paced {
		for _, it := range items {
			r.lose(it, Failure{Code: 451, Enhanced: [3]int{4, 4, 7}, Text: why, Expired: true})
		}
		return
	}
	ns := make([]lists.Number, len(items))
	for i, it := range items {
		ns[i] = it.number
	}
	r.s.stats.deferred.Add(int64(len(ns)))
	var after time.Duration
	if paced {
		after = to.comeBack(false, len(ns))
	}
	r.ledger.later(to.name, why, paced, after, ns...)
}
