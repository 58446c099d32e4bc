package queue

import (
	"errors"
	"slices"

	"pgregory.net/rapid"

	"plenary/lists"
)

// The steps of the model that not every run takes.

// leave takes a member out, in the middle of whatever is being sent.
func (m *model) leave(t *rapid.T) {
	n := lists.Number(rapid.IntRange(1, 60).Draw(t, "who"))
	m.r.mu.Lock()
	defer m.r.mu.Unlock()
	if _, in := m.r.all[n]; in {
		delete(m.r.all, n)
		m.left[n] = true
	}
}

// quit takes a member out of one list; in another they stay.
func (m *model) quit(t *rapid.T) {
	n := lists.Number(rapid.IntRange(1, 60).Draw(t, "who"))
	l := rapid.SampledFrom([]string{"dc", "dc-maps"}).Draw(t, "list")
	m.r.mu.Lock()
	defer m.r.mu.Unlock()
	who := m.r.all[n]
	if !who.In(l) {
		t.Skip("not in it")
	}
	who.Subs = slices.DeleteFunc(slices.Clone(who.Subs), func(s lists.Subscription) bool { return s.List == l })
	m.r.all[n] = who
	if m.quits[n] == nil {
		m.quits[n] = map[string]bool{}
	}
	m.quits[n][l] = true
}

// kill has a holder vanish with some sent and not recorded: as many as a
// session has on the wire and a batch holds. Another goes on; should the old
// one only have been paused, it can record nothing any more.
func (m *model) kill(t *rapid.T) {
	p := m.pick(t)
	before := m.copies()
	sent, _ := m.serve(t, p, rapid.IntRange(0, 3).Draw(t, "on the wire"), false)
	m.allowed += m.copies() - before
	m.handOver(t, p)
	if err := p.Save(m.ctx, sent); !errors.Is(err, ErrLost) && err != nil {
		t.Fatal(err)
	} else if err == nil && m.holds(p) {
		t.Fatalf("one who was paused wrote the ledger of %s, which another holds", p)
	} else if err != nil && p.Valid() {
		t.Fatalf("one who lost %s believes that it holds it", p)
	}
}

// copies are how many were sent so far.
func (m *model) copies() (n int) {
	for _, members := range m.got {
		for _, copies := range members {
			n += copies
		}
	}
	return n
}

// holds tells whether another holder of the same part is known.
func (m *model) holds(p *Part) bool {
	return slices.ContainsFunc(m.held, func(o *Part) bool {
		return o.name == p.name && o.kind == p.kind && o.post.fanout.ID == p.post.fanout.ID
	})
}

// retry hastens all that was put off, as queue retry all does.
func (m *model) retry(t *rapid.T) {
	if _, err := m.node(t).Retry(m.ctx, All, ""); err != nil {
		t.Fatal(err)
	}
}

// comeBack says that the far side is there again.
func (m *model) comeBack(t *rapid.T) {
	if _, err := m.node(t).Hasten(m.ctx, "example.org"); err != nil {
		t.Fatal(err)
	}
}
