package deliver_test

import (
	"fmt"
	"net"
	"testing"
	"time"

	"plenary/lists/store/redistest"
	"plenary/smtp/deliver/sink"
)

// What was put off while nobody was there goes as soon as somebody is, not
// only when its time has come.
func TestWhatWasPutOffGoesWhenTheDestinationIsBack(t *testing.T) {
	rdb := redistest.New(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close() // nobody is there
	n := start(t, rdb, family{n: 20}, func(o *options) { o.deliver.Relay, o.deliver.RelayWait = addr, time.Nanosecond })
	if err := n.Plan(t.Context(), post("old", "body", "dc")); err != nil {
		t.Fatal(err)
	}
	soon(t, "the post is put off", func() bool {
		d, err := n.Depth(t.Context())
		return err == nil && d.Late == 1
	})
	far := newSink(t, sink.Options{Keep: true, Addr: addr})
	// For a moment the relay is still taken for dead, and a new post put off,
	// too: then another shows that it is back.
	posts := 0
	soon(t, "all are delivered, minutes before the old one is due", func() bool {
		d, err := n.Depth(t.Context())
		if err == nil && d.Posts == d.Late && d.Posts > 0 && len(copies(far, "old")) == 0 {
			posts++
			err = n.Plan(t.Context(), post(fmt.Sprint("new", posts), "body", "dc"))
		}
		if err != nil {
			t.Fatal(err)
		}
		return d.Posts == 0 && len(copies(far, "old")) == 20
	})
	for i := range posts {
		if got := len(copies(far, fmt.Sprint("new", i+1))); got != 20 {
			t.Errorf("%d have new post %d", got, i+1)
		}
	}
}
