package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"plenary/lists"
	"plenary/smtp"
)

// onceLetters is how long a letter's key is remembered.
const onceLetters = 30 * 24 * time.Hour

// Send takes a letter for sending, once for each Key: it is rendered now and
// never again.
func (q *Queue) Send(ctx context.Context, l smtp.Letter) error {
	if l.Date.IsZero() {
		l.Date = q.now()
	}
	raw, err := l.Bytes(q.opt.Domain)
	if err != nil {
		return err
	}
	id := hashID(l.Key)
	to, err := json.Marshal(l.To)
	if err != nil {
		return fmt.Errorf("queueing letter %s: %w", l.Key, err)
	}
	stream := lettersNotice
	if l.Priority == smtp.Prompt {
		stream = lettersPrompt
	}
	err = sendScript.Run(ctx, q.rdb, []string{letterOnceKey(id), letterKey(id), stream, lettersAll},
		id, int(onceLetters.Seconds()), l.Key, l.EnvelopeFrom, to, raw, q.now().Unix(), int(l.Priority)).Err()
	if err != nil {
		return fmt.Errorf("queueing letter %s: %w", l.Key, err)
	}
	ring(q.letterBell)
	return nil
}

// Letter is a leased letter. Its methods serve one goroutine, save Valid.
type Letter struct {
	q      *Queue
	entry  entry
	stream string
	id     string
	epoch  string
	key    string
	from   string
	to     []string
	raw    []byte
	at     time.Time
	tries  int
	reply  string
	closed bool
}

// ID names the letter in logs and in List: its key.
func (l *Letter) ID() string { return l.key }

// From is the envelope sender, "" the null sender.
func (l *Letter) From() string { return l.from }

// To are the recipients still to be served.
func (l *Letter) To() []string { return l.to }

// Raw is the message, not to be changed.
func (l *Letter) Raw() []byte { return l.raw }

// Expired tells whether it is too old to be put off once more.
func (l *Letter) Expired() bool { return l.q.now().Sub(l.at) >= l.q.opt.Retry.Expire }

// Valid tells whether the hold still stands.
func (l *Letter) Valid() bool { return l.entry.Valid() }

// Taken tells whether another is known to hold the letter.
func (l *Letter) Taken() bool { return l.entry.Taken() }

// Save records that only left are still to be served, and keeps the hold.
// After an error from Save or End nothing more may be sent.
func (l *Letter) Save(ctx context.Context, left []string) error {
	return l.save(ctx, left, "save", l.tries, time.Time{})
}

// End gives up the hold. With nobody left the letter is done. Where put is
// nil another holder may take the rest at once, else it waits: by the back-off
// rule, or where it had no turn (paced) for a moment, which is no try.
func (l *Letter) End(ctx context.Context, left []string, put *lists.Deferral) error {
	if l.closed {
		return nil
	}
	mode, tries, due := "again", l.tries, l.q.now()
	switch {
	case put == nil:
	case put.Paced:
		mode, due, l.reply = "later", due.Add(max(pacedWait, put.After)), put.Reply
	default:
		mode, tries = "later", tries+1
		due, l.reply = due.Add(l.q.opt.Retry.wait(tries)), put.Reply
	}
	if err := l.save(ctx, left, mode, tries, due); err != nil {
		return err
	}
	l.closed = true
	l.entry.drop()
	return nil
}

// Leave stops holding without a word to Redis, for when it cannot be
// reached: the letter is claimed once the lease has run out.
func (l *Letter) Leave() { l.entry.drop() }

func (l *Letter) save(ctx context.Context, left []string, mode string, tries int, due time.Time) error {
	to := ""
	if len(left) > 0 {
		b, err := json.Marshal(left)
		if err != nil {
			return fmt.Errorf("recording letter %s: %w", l.key, err)
		}
		to = string(b)
	}
	ok, err := letterSaveScript.Run(ctx, l.q.rdb, []string{letterKey(l.id), l.stream, lettersLater, lettersAll},
		l.id, l.epoch, groupName, l.entry.id, mode, to, tries, l.reply, due.UnixMilli()).Int()
	if err != nil {
		return fmt.Errorf("recording letter %s: %w", l.key, err)
	}
	if ok == 0 {
		l.entry.giveUp()
		return fmt.Errorf("recording letter %s: %w", l.key, ErrLost)
	}
	l.to = left
	return nil
}

// Letter leases the next letter, prompt ones first; nil where none waits.
func (q *Queue) Letter(ctx context.Context) (*Letter, error) {
	for _, stream := range []string{lettersPrompt, lettersNotice} {
		g := q.group(stream, lettersLater+":none")
		for {
			got, err := g.next(ctx, 1, -1, q.now())
			if err != nil {
				return nil, err
			}
			if len(got) == 0 {
				break
			}
			if l, err := q.openLetter(ctx, stream, got[0]); l != nil || err != nil {
				return l, err
			}
		}
	}
	return nil, nil
}

// openLetter makes the holder of the entry the only one whose saves count.
func (q *Queue) openLetter(ctx context.Context, stream string, e entry) (_ *Letter, err error) {
	defer func() {
		if err != nil {
			e.g.putBack(e)
		}
	}()
	ctx, cancel := q.finish(ctx)
	defer cancel()
	id := e.fields["id"]
	got, err := letterOpenScript.Run(ctx, q.rdb, []string{letterKey(id), stream}, groupName, e.id).Slice()
	if err != nil {
		return nil, fmt.Errorf("opening letter %s: %w", id, err)
	}
	if len(got) == 0 {
		e.drop()
		return nil, nil
	}
	text := texts(got)
	l := &Letter{q: q, entry: e, stream: stream, id: id, epoch: text[0], key: text[1], from: text[2], raw: []byte(text[4])}
	if err := json.Unmarshal([]byte(text[3]), &l.to); err != nil {
		return nil, fmt.Errorf("opening letter %s: its recipients: %w", l.key, err)
	}
	at, err := strconv.ParseInt(text[5], 10, 64)
	if err != nil {
		return nil, fmt.Errorf("opening letter %s: its time: %w", l.key, err)
	}
	l.at = time.Unix(at, 0)
	l.tries, _ = strconv.Atoi(text[6])
	return l, nil
}

// texts reads an answer of strings and numbers as strings.
func texts(answer []any) []string {
	out := make([]string, len(answer))
	for i, v := range answer {
		switch v := v.(type) {
		case string:
			out[i] = v
		case int64:
			out[i] = strconv.FormatInt(v, 10)
		}
	}
	return out
}
