package deliver_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"plenary/lists"
	"plenary/lists/store/redistest"
	"plenary/smtp/deliver"
	"plenary/smtp/deliver/sink"
	"plenary/smtp/queue"
)

// small is a post to one list of f that is one part.
func small(o *options) { o.queue.Chunk = 256 }

func planSmall(t *testing.T, n *node, f family, id string, shared bool) {
	t.Helper()
	p := post(id, body, "dc")
	if shared {
		p = sharedPost(id, "dc")
	}
	if err := n.Plan(t.Context(), p); err != nil {
		t.Fatal(err)
	}
}

// A list that is one part goes to a slow relay by several sessions; the
// answers waited for are fewer in a row than by one.
func TestSmallListAtSlowRelayIsSpread(t *testing.T) {
	for _, c := range []struct {
		without string
		shared  bool
		members int
	}{{"CHUNKING", false, 60}, {"PIPELINING", false, 60}, {"NOTHING", false, 250}, {"NOTHING", true, 256}} {
		t.Run(fmt.Sprint(c.without, c.shared), func(t *testing.T) {
			t.Parallel()
			rdb, f := redistest.New(t), family{n: c.members}
			s := newSink(t, sink.Options{Keep: true, Without: []string{c.without}, Latency: 100 * time.Millisecond})
			n := start(t, rdb, f, func(o *options) {
				relay(s)(o)
				small(o)
				o.deliver.Workers = 0
			})
			planSmall(t, n, f, "p1", c.shared)
			settled(t, rdb)
			everyone(t, f, copies(s, "p1"), 0)
			by := map[int]int{}
			for _, m := range s.Mails() {
				by[m.Conn]++
			}
			if len(by) < 2 || s.Counts().Peak > 8 {
				t.Errorf("mails by each session: %v; %+v", by, s.Counts())
			}
			t.Logf("mails by each session: %v", by)
		})
	}
}

// Straight to the MX too, as far as the domain's pace goes; and a domain that
// waits for its first session comes before the second of another.
func TestSmallListIsSpreadToEachDomain(t *testing.T) {
	sinks, port, server := domains(t, map[string]sink.Options{
		"one.example": {Keep: true, Latency: 50 * time.Millisecond},
		"two.example": {Keep: true, Latency: 50 * time.Millisecond},
	})
	rdb, f := redistest.New(t), family{n: 200, domain: func(n lists.Number) string {
		if n%2 == 0 {
			return "two.example"
		}
		return "one.example"
	}}
	n := start(t, rdb, f, func(o *options) {
		small(o)
		o.deliver.Resolver, o.deliver.Port, o.deliver.Workers = server, port, 0
	})
	planSmall(t, n, f, "p1", false)
	settled(t, rdb)
	got := copies(sinks["one.example"], "p1")
	maps.Copy(got, copies(sinks["two.example"], "p1"))
	everyone(t, f, got, 0)
	for name, s := range sinks {
		if got := s.Counts(); got.Peak < 2 || got.Peak > 5 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// A far side that takes one session and no more is not asked again and again,
// and is not thought to be away.
func TestFarSideThatTakesOneSession(t *testing.T) {
	rdb, f := redistest.New(t), family{n: 250}
	s := newSink(t, sink.Options{Keep: true, Without: []string{"CHUNKING"}, Latency: 10 * time.Millisecond, Lie: func(at sink.Stage, n int) *sink.Lie {
		if at == sink.Banner && n > 1 {
			return &sink.Lie{Reply: "421 4.7.0 too many connections from you\r\n", Close: true}
		}
		return nil
	}})
	n := start(t, rdb, f, func(o *options) {
		relay(s)(o)
		small(o)
	})
	planSmall(t, n, f, "p1", false)
	settled(t, rdb)
	everyone(t, f, copies(s, "p1"), 0)
	if got := s.Counts(); got.Conns != 2 {
		t.Errorf("%+v, want two sessions tried", got)
	}
}

// What a spread part has not sent when its server stops, another sends; so it
// does when the far side drops sessions.
func TestSpreadPartIsStoppedAndCutShort(t *testing.T) {
	for _, without := range []string{"CHUNKING", "NOTHING"} {
		t.Run(without, func(t *testing.T) {
			t.Parallel()
			rdb, f := redistest.New(t), family{n: 250}
			s := newSink(t, sink.Options{Keep: true, Without: []string{without}, Latency: 40 * time.Millisecond, Lie: func(at sink.Stage, n int) *sink.Lie {
				if at == sink.MailFrom && n%60 == 59 {
					return &sink.Lie{Close: true}
				}
				return nil
			}})
			begin := func() *node {
				return start(t, rdb, f, func(o *options) {
					relay(s)(o)
					small(o)
					o.queue.Retry = queue.Backoff{First: 1, Most: 1}
				})
			}
			one := begin()
			planSmall(t, one, f, "p1", false)
			soon(t, "a third is served", func() bool { return s.Counts().Mails > f.n/3 })
			one.stop()
			begin()
			settled(t, rdb)
			more := 0
			if without == "NOTHING" { // a burst that was cut short is in doubt whole
				more = 8 * deliver.Config{Workers: 1, Connections: 1, Batch: 1}.Window()
			}
			everyone(t, f, copies(s, "p1"), more)
		})
	}
}
