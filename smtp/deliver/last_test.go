package deliver_test

import (
	"sync"
	"testing"
	"time"

	"plenary/lists/store/redistest"
	"plenary/smtp/deliver"
	"plenary/smtp/deliver/sink"
)

// A far side that has the message whole is waited for when sending is stopped,
// longer than for anything else: else it would get the message twice. In its
// bounds: who never answers does not keep the server from ending.
func TestTheLastAnswerIsWaitedFor(t *testing.T) {
	for _, c := range []struct {
		name, without string
		last          time.Duration
		answers       bool
	}{
		{"by DATA", "CHUNKING", time.Hour, true},
		{"by BDAT", "NOTHING", time.Hour, true},
		{"one command at a time", "PIPELINING", time.Hour, true},
		{"for ever", "NOTHING", 300 * time.Millisecond, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rdb, f := redistest.Mini(t), family{n: 30}
			has, answer := make(chan struct{}), make(chan struct{})
			var first, release sync.Once
			s := newSink(t, sink.Options{Keep: true, Without: []string{c.without}, Data: func(sink.Mail) string {
				first.Do(func() { close(has) })
				<-answer
				return ""
			}})
			t.Cleanup(func() { release.Do(func() { close(answer) }) })
			plan(t, rdb, f, "p1")
			const stop = 50 * time.Millisecond
			n := start(t, rdb, f, func(o *options) {
				relay(s)(o)
				o.deliver.Connections, o.queue.Lease = 2, 2*patience
				o.deliver.Timeouts = deliver.Timeouts{Stop: stop, Last: c.last}
			})
			<-has
			ended := make(chan struct{})
			go func() { n.stop(); close(ended) }()
			if !c.answers {
				<-ended
				return
			}
			select {
			case <-ended:
				t.Error("it did not wait")
			case <-time.After(10 * stop):
			}
			release.Do(func() { close(answer) })
			<-ended
			start(t, rdb, f, relay(s))
			settled(t, rdb)
			everyone(t, f, copies(s, "p1"), 0)
		})
	}
}
