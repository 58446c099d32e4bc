package deliver_test

import (
	"testing"

	"plenary/lists/store/redistest"
	"plenary/smtp/deliver/sink"
)

// A relay that is not there is counted as down, until it answers; its sessions
// then wait for more.
func TestStatsTellOfSessions(t *testing.T) {
	s := newSink(t, sink.Options{})
	addr := s.Addr()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	rdb, f := redistest.New(t), family{n: 40}
	n := start(t, rdb, f, func(o *options) { o.deliver.Relay = addr })
	if err := n.Plan(t.Context(), post("p1", body, "dc")); err != nil {
		t.Fatal(err)
	}
	soon(t, "the relay is known to be down", func() bool { return n.Stats().Down == 1 })
	if got := n.Stats(); got.Connections != got.Idle || got.Sent != 0 {
		t.Errorf("while it is down: %+v", got)
	}
	newSink(t, sink.Options{Addr: addr})
	settled(t, rdb)
	soon(t, "sessions wait", func() bool {
		got := n.Stats()
		return got.Down == 0 && got.Idle > 0 && got.Idle == got.Connections && got.Sent == 40
	})
}
