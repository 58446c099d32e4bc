package lists

import (
	"strings"
	"time"
)

// Turn is a change of how a member takes a list's posts. Posts of a list are
// numbered from 1 as they are accepted, so a turn cuts between two of them,
// and no post is taken twice or by none: up to Post, the latest when the turn
// was made, Was holds, whenever they reach the member.
type Turn struct {
	Post uint64
	Was  Delivery
	On   time.Time // UTC, to the day
}

// DeliveryOf is how the member takes the list's post with this number: as it
// was chosen when the post came. Number 0 is a post that was never numbered;
// the choice of now holds for it.
func (s Subscription) DeliveryOf(post uint64) Delivery {
	if post != 0 {
		for _, t := range s.Turns { // ascending
			if post <= t.Post {
				return t.Was
			}
		}
	}
	if s.Delivery == "" {
		return Each
	}
	return s.Delivery
}

// The most turns that a subscription remembers, and how long: longer than a
// post is tried and than digests are behind.
const (
	maxTurns  = 64
	turnsKept = 60 * 24 * time.Hour
)

// Turn makes the subscription one that takes posts after the one numbered
// post as to says. Changes with no post in between leave no trace.
func (s *Subscription) Turn(to Delivery, post uint64, now time.Time) {
	was := s.DeliveryOf(post + 1)
	s.Delivery = to
	if to == was {
		return
	}
	turns := make([]Turn, 0, len(s.Turns)+1)
	for _, t := range s.Turns {
		if now.Sub(t.On) < turnsKept {
			turns = append(turns, t)
		}
	}
	n := len(turns)
	switch {
	case n > 0 && turns[n-1].Post == post && turns[n-1].Was == to: // there and back
		turns = turns[:n-1]
	case n > 0 && turns[n-1].Post == post: // was held for no post
	case post > 0:
		turns = append(turns, Turn{Post: post, Was: was, On: now.UTC().Truncate(24 * time.Hour)})
	}
	s.Turns = turns[max(0, len(turns)-maxTurns):]
	if len(s.Turns) == 0 {
		s.Turns = nil
	}
}

// Choice is how a member chose to take a list's posts, as one says it in "set
// delivery": a Delivery, with " plain" behind it where digests are plain text.
func (s Subscription) Choice() string {
	if s.Plain && (s.Delivery == Daily || s.Delivery == Weekly) {
		return string(s.Delivery) + " plain"
	}
	return string(s.Delivery)
}

// ParseChoice reads what Choice gives; ok is false for what is none.
func ParseChoice(choice string) (d Delivery, plain, ok bool) {
	word, rest, more := strings.Cut(choice, " ")
	switch d = Delivery(word); d {
	case Daily, Weekly:
		return d, more, !more || rest == "plain"
	case Each, NoMail:
		return d, false, !more
	}
	return "", false, false
}

// TakesDigests tells whether the member takes the list's posts in digests, or
// may still be owed one from before a turn.
func (s Subscription) TakesDigests() bool {
	if s.Delivery == Daily || s.Delivery == Weekly {
		return true
	}
	for _, t := range s.Turns {
		if t.Was == Daily || t.Was == Weekly {
			return true
		}
	}
	return false
}
