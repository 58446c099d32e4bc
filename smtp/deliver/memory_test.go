package deliver_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"plenary/lists/store/redistest"
	"plenary/smtp/deliver/sink"
)

// A post of 25 MB is one body in the process, not one a connection or a
// member: what is allocated does not grow with either, by DATA, where dots
// are doubled on the way out, or by BDAT.
func TestOneBodyInMemory(t *testing.T) {
	const size, connections = 25 << 20, 8
	line := "." + strings.Repeat("x", 996) + ".\r\n"
	large := strings.Repeat(line, size/len(line))
	for _, without := range []string{"CHUNKING", "NOTHING"} {
		t.Run("without_"+without, func(t *testing.T) {
			f := family{n: 2 * connections}
			s := newSink(t, sink.Options{Without: []string{without}, Rcpt: together(connections)})
			rdb := redistest.New(t)
			q := start(t, rdb, f, func(o *options) {
				relay(s)(o)
				o.queue.Chunk, o.deliver.Connections, o.deliver.Workers = 2, connections, 2*connections
			})
			if err := q.Plan(t.Context(), post("small", body, "dc")); err != nil { // so that all that is made once is made
				t.Fatal(err)
			}
			settled(t, rdb)
			if err := q.Plan(t.Context(), post("large", large, "dc")); err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			settled(t, rdb)
			runtime.ReadMemStats(&after)
			if c := s.Counts(); c.Rcpts != 2*f.n || c.Octets < int64(f.n)*size*9/10 || c.Peak < connections {
				t.Fatalf("%+v", c)
			}
			took := after.TotalAlloc - before.TotalAlloc
			t.Logf("%d MB allocated for %d members by %d connections, of a body of %d MB", took>>20, f.n, connections, size>>20)
			if took > 4*size { // what Redis's answer takes while it is read, and the body
				t.Errorf("%d MB allocated to send a body of %d MB to %d members by %d connections", took>>20, size>>20, f.n, connections)
			}
		})
	}
}

// together holds the first recipients back until as many connections have
// one.
func together(connections int) func(string) string {
	all := make(chan struct{})
	came := make(chan struct{}, connections)
	return func(string) string {
		select {
		case <-all:
		case came <- struct{}{}:
			if len(came) == connections {
				close(all)
			}
			select {
			case <-all:
			case <-time.After(patience / 2): // the test fails by the count of connections
			}
		}
		return ""
	}
}

// With a server that takes its time to answer, the sessions that are allowed
// are all used, and each answer waited for serves as many as may be on the
// wire: what is waited for is counted, not timed.
func TestLatencyIsSharedByManyMessages(t *testing.T) {
	const members, connections = 1000, 8
	for _, c := range []struct {
		without string
		wire    int // messages to each wait
	}{{"CHUNKING", 1}, {"NOTHING", 8}} {
		t.Run(fmt.Sprint(c.wire), func(t *testing.T) {
			t.Parallel()
			rdb, f := redistest.New(t), family{n: members}
			s := newSink(t, sink.Options{Without: []string{c.without}, Latency: 50 * time.Millisecond})
			start(t, rdb, f, func(o *options) {
				relay(s)(o)
				o.deliver.Workers, o.deliver.Connections = 0, connections
			})
			plan(t, rdb, f, "p1")
			settled(t, rdb)
			got := s.Counts()
			least := members / c.wire
			if got.Mails != members || got.Peak < connections {
				t.Errorf("%+v", got)
			}
			if got.Waits > least*5/4+3*got.Conns {
				t.Errorf("%d answers waited for, of %d at least", got.Waits, least)
			}
			t.Logf("%d answers waited for, of %d at least; %d connections", got.Waits, least, got.Conns)
		})
	}
}
