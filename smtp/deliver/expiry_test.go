package deliver_test

import (
	"strings"
	"testing"
	"time"

	"plenary/lists/store/redistest"
	"plenary/smtp/deliver/sink"
	"plenary/smtp/queue"
)

// What was put off for too long is a failure, with what the far side said
// last, so that it can be scored and shown.
func TestExpiryTellsTheLastReply(t *testing.T) {
	far := newSink(t, sink.Options{Keep: true, Rcpt: func(to string) string {
		if strings.HasPrefix(to, "m2@") {
			return "452 4.2.2 mailbox full, ask m2@example.org"
		}
		return ""
	}})
	n := start(t, redistest.New(t), family{n: 3}, func(o *options) {
		relay(far)(o)
		o.queue.Retry = queue.Backoff{First: time.Millisecond, Most: time.Millisecond, Expire: time.Nanosecond}
	})
	if err := n.Plan(t.Context(), post("p1", "body", "dc")); err != nil {
		t.Fatal(err)
	}
	soon(t, "the one who was put off is given up", func() bool { return len(n.failures.numbers()) == 1 })
	got := n.failures.told[2]
	if !got.Expired || got.Code != 452 || got.Enhanced != [3]int{4, 2, 2} || !strings.Contains(got.Text, "mailbox full") || got.PostID != "p1" || got.List != "dc" {
		t.Errorf("told %+v", got)
	}
	soon(t, "nothing waits", func() bool {
		d, err := n.Depth(t.Context())
		return err == nil && d.Posts == 0 && d.Late == 0
	})
	if len(copies(far, "p1")) != 2 {
		t.Errorf("%v have it", copies(far, "p1"))
	}
}
