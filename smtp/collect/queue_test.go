package collect_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"plenary/lists/store/redistest"
	"plenary/smtp"
	"plenary/smtp/collect"
	"plenary/smtp/queue"
)

// dying hands mail to the queue and dies before it can say so.
type dying struct {
	*queue.Queue
	dead atomic.Bool
}

func (d *dying) Accept(ctx context.Context, env smtp.Envelope, raw []byte) (string, error) {
	id, err := d.Queue.Accept(ctx, env, raw)
	if d.dead.Store(true); err == nil {
		err = errors.New("kill -9")
	}
	return id, err
}

// TestCrashWithQueue is TestCrashBetweenAcceptAndMove with the real queue:
// the message stands in it once.
func TestCrashWithQueue(t *testing.T) {
	p := newPost(t, imap.CapMove)
	q := queue.New(redistest.New(t), queue.Options{Domain: "lists.example.org"})
	p.deliver(note("dc@lists.example.org", 1))
	d := &dying{Queue: q}
	stop := start(t, config(p.addr, func(c *collect.Config) { c.Retry, c.Limit = time.Hour, time.Hour }), d)
	eventually(t, "the queue has it", d.dead.Load)
	stop()
	if p.count("INBOX") != 1 {
		t.Fatal("it was moved")
	}
	start(t, config(p.addr), q)
	eventually(t, "it is moved", func() bool { return p.count("INBOX") == 0 && p.count("Plenary/Done") == 1 })
	entries, err := q.List(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Recipient != "dc@lists.example.org" {
		t.Errorf("the queue has %+v", entries)
	}
}
