package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/smtp"
)

// guardCollected is how long a collected message's id is remembered: until its
// mailbox has surely let it go.
const guardCollected = 30 * 24 * time.Hour

// Messages that come at the same time are taken by one write to Redis, up to
// so many octets. A larger one than that is a write of its own, beside the
// others, so that they need not wait for it.
const (
	acceptsAtOnce = 256 << 10
	acceptWait    = 15 * time.Second // longest for one write
	acceptHalves  = time.Millisecond // how long one waits, where many bring mail, for half of them
)

// acceptance is a message on its way in.
type acceptance struct {
	id   string
	head []byte // the envelope
	raw  []byte
}

// Accept takes a message in: envelope and body are one entry, on disk when
// it returns. An empty env.ID is given a new one. A message that is collected
// from a mailbox, and may be again, is taken once for its id. Another may be
// there twice under one id, where an answer of Redis was lost and our client
// asked again: like one whose worker died it is dealt with from the start, and
// what was done is not done again. Every error is a *smtp.Reply: 452 4.3.1
// where Redis is full or cannot write, else 451 4.3.0.
func (q *Queue) Accept(ctx context.Context, env smtp.Envelope, raw []byte) (id string, err error) {
	if q.opt.Accepted != nil {
		began := time.Now()
		defer func() { q.opt.Accepted(time.Since(began), err) }()
	}
	if env.ID == "" {
		env.ID = q.NewID()
	}
	a := acceptance{id: env.ID, raw: raw}
	if a.head, err = json.Marshal(&env); err != nil {
		return "", refuse(fmt.Errorf("writing the envelope of %s: %w", env.ID, err))
	}
	switch size := len(a.head) + len(a.raw); {
	case env.Protocol == "IMAP":
		err = q.collected(ctx, a)
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

// take writes sessions' messages to the inbound stream, all of them or none:
// one transaction, which the disk is waited for once. A script would have each
// message copied into its language and back, at half again the cost.
func (q *Queue) take(ctx context.Context, all []acceptance) error {
	if len(all) >= crowd || q.accepts.together() >= crowd {
		q.crowdAt.Store(time.Now().UnixNano())
	}
	for try := 1; ; try++ {
		err := q.add(ctx, all)
		var said redis.Error
		if err == nil || errors.As(err, &said) || try == addTries || ctx.Err() != nil {
			return err
		}
		ids := make([]string, len(all))
		for i, a := range all {
			ids[i] = a.id
		}
		q.log.Warn("messages written once more: Redis gave no answer", "messages", len(ids), "ids", ids, "err", err)
	}
}

// addTries is how often it is tried to write messages whose answer is lost:
// were their senders told to come again, they would under another id.
const addTries = 3

// add is one try. Its error is what Redis said of the messages, rather than of
// the transaction.
func (q *Queue) add(ctx context.Context, all []acceptance) error {
	stream := q.inbound().stream()
	said, err := q.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		for _, a := range all {
			p.Do(ctx, "XADD", stream, "*", "env", a.head, "raw", a.raw)
		}
		return nil
	})
	if err != nil && len(said) > 0 && said[0].Err() != nil {
		return said[0].Err()
	}
	return err
}

// collected writes a collected message, unless its id is remembered.
func (q *Queue) collected(ctx context.Context, a acceptance) error {
	k := q.inbound()
	return acceptScript.Run(ctx, q.rdb, []string{k.stream(), k.guard(a.id)}, a.head, a.raw, int(guardCollected.Seconds())).Err()
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
