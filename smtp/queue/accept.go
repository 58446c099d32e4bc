package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"plenary/smtp"
)

// How long a queue id is remembered: a session's only while our own client
// may send once more what got no answer, a collected message's until its
// mailbox has surely let it go.
const (
	guardSession   = 10 * time.Minute
	guardCollected = 30 * 24 * time.Hour
)

// Messages that come at the same time are taken by one write to Redis, up to
// so many octets. A larger one than that is a write of its own, beside the
// others, so that they need not wait for it.
const (
	acceptsAtOnce = 256 << 10
	acceptWait    = 15 * time.Second // longest for one write
)

// acceptance is a message on its way in.
type acceptance struct {
	id   string
	head []byte // the envelope
	raw  []byte
	life time.Duration // how long its id is remembered
}

// Accept takes a message in: envelope and body are one entry, on disk when
// it returns. A second Accept of the same env.ID does nothing; an empty one
// is given a new id. Every error is a *smtp.Reply: 452 4.3.1 where Redis is
// full or cannot write, else 451 4.3.0.
func (q *Queue) Accept(ctx context.Context, env smtp.Envelope, raw []byte) (id string, err error) {
	if q.opt.Accepted != nil {
		began := time.Now()
		defer func() { q.opt.Accepted(time.Since(began), err) }()
	}
	if env.ID == "" {
		env.ID = q.NewID()
	}
	a := acceptance{id: env.ID, raw: raw, life: guardSession}
	if a.head, err = json.Marshal(env); err != nil {
		return "", refuse(fmt.Errorf("writing the envelope of %s: %w", env.ID, err))
	}
	if env.Protocol == "IMAP" {
		a.life = guardCollected
	}
	if size := len(a.head) + len(a.raw); size < acceptsAtOnce {
		err = q.accepts.put(ctx, a, size)
	} else {
		err = q.take(ctx, []acceptance{a})
	}
	if err != nil {
		return "", refuse(fmt.Errorf("queueing message %s: %w", env.ID, err))
	}
	return env.ID, nil
}

// take writes messages to the inbound stream, all of them or none.
func (q *Queue) take(ctx context.Context, all []acceptance) error {
	if len(all) >= crowd {
		q.crowdAt.Store(time.Now().UnixNano())
	}
	k := q.inbound()
	keys, args := make([]string, 1, 1+len(all)), make([]any, 0, 3*len(all))
	keys[0] = k.stream()
	for _, a := range all {
		keys = append(keys, k.guard(a.id))
		args = append(args, a.head, a.raw, int(a.life.Seconds()))
	}
	return acceptScript.Run(ctx, q.rdb, keys, args...).Err()
}

// refuse makes the reply for a message that Redis did not take.
func refuse(cause error) *smtp.Reply {
	text := cause.Error()
	for _, full := range []string{"OOM ", "MISCONF ", "NOSPACE"} {
		if strings.Contains(text, full) {
			return &smtp.Reply{Code: 452, Enhanced: [3]int{4, 3, 1},
				Text: "The queue is full for the moment; please try again later", Cause: cause}
		}
	}
	return &smtp.Reply{Code: 451, Enhanced: [3]int{4, 3, 0},
		Text: "The queue cannot be written for the moment; please try again later", Cause: cause}
}
