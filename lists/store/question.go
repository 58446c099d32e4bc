package store

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"plenary/lists"
)

// questionLife is how long a question may be answered.
const questionLife = 3 * day

// takeOver is after how long without Finish another cause may do what a
// question settled: the one that began is taken for dead.
const takeOver = 2 * time.Minute

// asked is a question as Redis keeps it.
type asked struct {
	lists.Question
	Open     string    `json:"open"`               // the key that finds it by what it asks
	Cause    string    `json:"cause,omitempty"`    // who settled it: a queue id, or a page's request
	Taken    time.Time `json:"taken,omitzero"`     // when Cause took it
	Finished bool      `json:"finished,omitempty"` // what was asked has been done
}

// questionToken is what a question is answered with: it can be made again
// from the ID by those who know the site's secret, and by nobody else.
func (s *Store) questionToken(id string) string {
	mac := hmac.New(sha256.New, s.secret)
	mac.Write([]byte("question/" + id))
	return token(mac.Sum(nil))
}

// Ask keeps a question for three days and gives its token. ID, Asked and
// Expires are set here. While a question that asks the same of the same
// address is open, that one and its token are given, and again is true; who
// asked, under which name and by which message makes no difference to it.
func (s *Store) Ask(ctx context.Context, q lists.Question) (stored lists.Question, tok string, again bool, err error) {
	open, err := canonical(q)
	if err != nil {
		return stored, "", false, fmt.Errorf("ask a question: %w", err)
	}
	open = openKey(open)
	err = retry(ctx, func() (bool, error) {
		id, err := s.rdb.Get(ctx, open).Result()
		if err != nil && !absent(err) {
			return false, err
		}
		var c change
		if err == nil {
			a, _, err := s.readQuestion(ctx, s.questionToken(id))
			if err == nil && a.Settled == "" {
				stored, again = a.Question, true
				return true, nil
			}
			if err != nil && !isNotFound(err) {
				return false, err
			}
			c.stringIs(open, id) // a leftover of a question that is gone
		} else {
			c.noKey(open)
		}
		stored, again = q, false
		stored.ID, stored.Settled, stored.Said = newID(), "", ""
		stored.Asked = s.now().UTC()
		stored.Expires = stored.Asked.Add(questionLife)
		if err := c.writeQuestion(s.questionToken(stored.ID), asked{Question: stored, Open: open}, questionLife); err != nil {
			return false, err
		}
		c.setString(open, stored.ID, questionLife)
		return s.commit(ctx, &c)
	})
	if err != nil {
		return lists.Question{}, "", false, fmt.Errorf("ask a question: %w", err)
	}
	return stored, s.questionToken(stored.ID), again, nil
}

// canonical is what a question asks of whom, however it was put.
func canonical(q lists.Question) (string, error) {
	var parts []string
	for _, a := range q.Actions {
		a.Asker, a.Name, a.Source = "", "", ""
		a.Subject = lists.Address(a.Subject.Key())
		part, err := json.Marshal(a)
		if err != nil {
			return "", err
		}
		parts = append(parts, string(part))
	}
	slices.Sort(parts)
	return string(q.Kind) + "\n" + q.Address.Key() + "\n" + strings.Join(slices.Compact(parts), "\n"), nil
}

func newID() string {
	var id [16]byte
	rand.Read(id[:])
	return hex.EncodeToString(id[:])
}

// Question is what a token stands for, settled or not, until it expires.
func (s *Store) Question(ctx context.Context, tok string) (lists.Question, error) {
	a, _, err := s.readQuestion(ctx, tok)
	if err != nil {
		return lists.Question{}, fmt.Errorf("read a question: %w", err)
	}
	return a.Question, nil
}

// readQuestion gives the question and the text it was read from.
func (s *Store) readQuestion(ctx context.Context, tok string) (a asked, raw string, err error) {
	raw, err = s.rdb.Get(ctx, questionKey(strings.ToLower(tok))).Result()
	if absent(err) {
		return a, "", notFound("a question with this token")
	}
	if err != nil {
		return a, "", err
	}
	if err := json.Unmarshal([]byte(raw), &a); err != nil {
		return a, "", err
	}
	// Found by a hash of the token; that it is the token takes as long to say
	// however much of a wrong one is right.
	if !hmac.Equal([]byte(s.questionToken(a.ID)), []byte(strings.ToLower(tok))) {
		return a, "", notFound("a question with this token")
	}
	if !s.now().Before(a.Expires) {
		return a, "", notFound("question %s has expired", a.ID)
	}
	return a, raw, nil
}

// Settle answers a question with yes or no. first tells whether the caller is
// to do what follows from it; that is so
//   - for exactly one cause, the first to answer, and
//   - for the same cause again until Finish is called, since its work may have
//     been cut short; a cause is what may be repeated: the queue id of the mail,
//   - for another cause of the same answer two minutes after one that never
//     came to Finish: so nothing that was confirmed is lost.
//
// What follows must therefore bear repeating. A later answer learns from q,
// with first false, how the question was settled and (Said) what came of it.
func (s *Store) Settle(ctx context.Context, tok, answer, cause string) (q lists.Question, first bool, err error) {
	if answer != "yes" && answer != "no" {
		return q, false, fmt.Errorf("settle a question: answer %q is neither yes nor no", answer)
	}
	err = retry(ctx, func() (bool, error) {
		a, raw, err := s.readQuestion(ctx, tok)
		if err != nil {
			return false, err
		}
		q, first = a.Question, false
		now := s.now().UTC()
		same := cause != "" && a.Cause == cause
		switch {
		case a.Settled == "":
		case a.Settled != answer || a.Finished || !same && now.Sub(a.Taken) < takeOver:
			return true, nil
		}
		opened, err := s.rdb.Get(ctx, a.Open).Result()
		if err != nil && !absent(err) {
			return false, err
		}
		a.Settled, a.Cause, a.Taken = answer, cause, now
		q, first = a.Question, true
		var c change
		c.stringIs(questionKey(strings.ToLower(tok)), raw)
		if opened == a.ID { // the same may be asked anew
			c.stringIs(a.Open, a.ID)
			c.delKey(a.Open)
		}
		if err := c.writeQuestion(tok, a, a.Expires.Sub(now)); err != nil {
			return false, err
		}
		return s.commit(ctx, &c)
	})
	if err != nil {
		return lists.Question{}, false, fmt.Errorf("settle a question: %w", err)
	}
	return q, first, nil
}

// Finish records that what followed from a settled question has been done,
// and what was said of it. For a question that has expired it does nothing.
func (s *Store) Finish(ctx context.Context, tok, said string) error {
	err := retry(ctx, func() (bool, error) {
		a, raw, err := s.readQuestion(ctx, tok)
		if isNotFound(err) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		if a.Settled == "" {
			return false, fmt.Errorf("question %s is still open", a.ID)
		}
		if a.Finished {
			return true, nil
		}
		a.Finished, a.Said = true, said
		var c change
		c.stringIs(questionKey(strings.ToLower(tok)), raw)
		if err := c.writeQuestion(tok, a, a.Expires.Sub(s.now())); err != nil {
			return false, err
		}
		return s.commit(ctx, &c)
	})
	if err != nil {
		return fmt.Errorf("finish a question: %w", err)
	}
	return nil
}

func (c *change) writeQuestion(tok string, a asked, ttl time.Duration) error {
	record, err := json.Marshal(a)
	if err != nil {
		return err
	}
	c.setString(questionKey(strings.ToLower(tok)), string(record), max(ttl, time.Millisecond))
	return nil
}
