package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"plenary/smtp"
)

// How long a queue id is remembered: a session's only while a lost answer
// may be asked for again, a collected message's until its mailbox has surely
// let it go.
const (
	guardSession   = time.Hour
	guardCollected = 30 * 24 * time.Hour
)

// Accept takes a message in: envelope and body are one entry, on disk when
// it returns. A second Accept of the same env.ID does nothing; an empty one
// is given a new id. Every error is a *smtp.Reply: 452 4.3.1 where Redis is
// full or cannot write, else 451 4.3.0.
func (q *Queue) Accept(ctx context.Context, env smtp.Envelope, raw []byte) (id string, err error) {
	if env.ID == "" {
		env.ID = q.NewID()
	}
	head, err := json.Marshal(env)
	if err != nil {
		return "", refuse(fmt.Errorf("writing the envelope of %s: %w", env.ID, err))
	}
	life := guardSession
	if env.Protocol == "IMAP" {
		life = guardCollected
	}
	k := q.inbound()
	err = acceptScript.Run(ctx, q.rdb, []string{k.stream(), k.guard(env.ID)},
		head, raw, int(life.Seconds())).Err()
	if err != nil {
		return "", refuse(fmt.Errorf("queueing message %s: %w", env.ID, err))
	}
	return env.ID, nil
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
