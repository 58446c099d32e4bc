package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"plenary/smtp"
)

// How long a write is remembered, by the first queue id in it: one of
// sessions' mail only while our own client may send once more what got no
// answer, a collected message's until its mailbox has surely let it go.
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
}

// Accept takes a message in: envelope and body are one entry, on disk when
// it returns. An empty env.ID is given a new one. A message that is collected
// from a mailbox, and may be again, is taken once for its id. Every error is a
// *smtp.Reply: 452 4.3.1 where Redis is full or cannot write, else 451 4.3.0.
func (q *Queue) Accept(ctx context.Context, env smtp.Envelope, raw []byte) (id string, err error) {
	if q.opt.Accepted != nil {
		began := time.Now()
		defer func() { q.opt.Accepted(time.Since(began), err) }()
	}
	if env.ID == "" {
		env.ID = q.NewID()
	}
	a := acceptance{id: env.ID, raw: raw}
	if a.head, err = json.Marshal(env); err != nil {
		return "", refuse(fmt.Errorf("writing the envelope of %s: %w", env.ID, err))
	}
	switch size := len(a.head) + len(a.raw); {
	case env.Protocol == "IMAP":
		err = q.write(ctx, []acceptance{a}, guardCollected)
	case size < acceptsAtOnce:
		err = q.accepts.put(ctx, a, size)
	default:
		err = q.take(ctx, []acceptance{a})
	}
	if err != nil {
		return "", refuse(fmt.Errorf("queueing message %s: %w", env.ID, err))
	}
	return env.ID, nil
}

// take writes sessions' messages to the inbound stream, all of them or none.
func (q *Queue) take(ctx context.Context, all []acceptance) error {
	if len(all) >= crowd {
		q.crowdAt.Store(time.Now().UnixNano())
	}
	return q.write(ctx, all, guardSession)
}

// write writes messages to the inbound stream, once however often it is sent.
func (q *Queue) write(ctx context.Context, all []acceptance, guarded time.Duration) error {
	k := q.inbound()
	args := make([]any, 1, 1+2*len(all))
	args[0] = int(guarded.Seconds())
	for _, a := range all {
		args = append(args, a.head, a.raw)
	}
	return acceptScript.Run(ctx, q.rdb, []string{k.stream(), k.guard(all[0].id)}, args...).Err()
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
