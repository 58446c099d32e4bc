package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

// All names everything to Retry and Drop.
const All = "all"

// names tells whether the message that was asked for is this one; a post
// also answers to its id, and angle brackets do not matter.
func names(asked string, own ...string) bool {
	return asked == All || slices.Contains(own, strings.Trim(asked, "<>"))
}

// Retry has a message tried again now: for one recipient where one is given,
// along with who waits beside them for the same destination. Message may be
// All. It tells how many entries it hastened; what is being tried or waits
// its first turn is left alone.
func (q *Queue) Retry(ctx context.Context, message, recipient string) (n int, err error) {
	hasten := func(key, member string) error {
		changed, err := q.rdb.ZAddArgs(ctx, key, redis.ZAddArgs{XX: true, Ch: true, Members: []redis.Z{{Score: 0, Member: member}}}).Result()
		n += int(changed)
		return err
	}
	if recipient == "" {
		revived, err := q.retryInbound(ctx, message, hasten)
		n += revived
		if err != nil {
			return n, fmt.Errorf("retrying inbound messages: %w", err)
		}
	}
	seen := map[string]bool{}
	err = q.eachLetter(ctx, func(id string, e Entry) error {
		if seen[id] || !names(message, e.Message) || recipient != "" && !sameAddress(recipient, e.Recipient) {
			return nil
		}
		seen[id] = true
		return hasten(lettersLater, id)
	})
	if err != nil {
		return n, fmt.Errorf("retrying letters: %w", err)
	}
	err = q.eachPost(ctx, func(p waiting) error {
		if !names(message, p.message, p.id) {
			return nil
		}
		return q.eachLate(ctx, p, func(l lateField) error {
			if recipient != "" {
				if _, there, err := q.find(ctx, p, l, recipient); !there || err != nil {
					return err
				}
			}
			return hasten(p.keys.due(), p.id+" "+l.field)
		})
	})
	if err != nil {
		return n, fmt.Errorf("retrying posts: %w", err)
	}
	return n, nil
}

// retryInbound hastens what is set aside until a time, and revives the dead.
func (q *Queue) retryInbound(ctx context.Context, message string, hasten func(key, member string) error) (revived int, err error) {
	k := q.inbound()
	err = q.eachInbound(ctx, k.stream(), groupName, func(id string, e Entry) error {
		if !names(message, e.Message) {
			return nil
		}
		return hasten(k.later(), id)
	})
	if err != nil {
		return 0, err
	}
	err = q.eachInbound(ctx, k.dead(), "", func(id string, e Entry) error {
		if !names(message, e.Message) {
			return nil
		}
		one, err := reviveScript.Run(ctx, q.rdb, []string{k.dead(), k.stream()}, id).Int()
		revived += one
		return err
	})
	return revived, err
}

// Drop takes a message out of the queue, or one recipient of it who was put
// off or was not tried yet: they will not get it. It tells how many entries
// went. A handler or a session that is at a message just now may still finish;
// a recipient who is being tried just now is not dropped, and that is an error.
func (q *Queue) Drop(ctx context.Context, message, recipient string) (n int, err error) {
	if recipient == "" {
		if n, err = q.dropInbound(ctx, message); err != nil {
			return n, fmt.Errorf("dropping inbound messages: %w", err)
		}
	}
	letters, err := q.dropLetters(ctx, message, recipient)
	n += letters
	if err != nil {
		return n, fmt.Errorf("dropping letters: %w", err)
	}
	var busy []error
	err = q.eachPost(ctx, func(p waiting) error {
		if !names(message, p.message, p.id) {
			return nil
		}
		if recipient == "" {
			k := p.keys
			dropped, err := dropPostScript.Run(ctx, q.rdb, p.scriptKeys(), p.id, q.now().Unix(), int(q.opt.Keep.Seconds())).Int()
			n += dropped
			q.bodies.drop(k.post(p.id))
			return err
		}
		dropped, err := q.dropRecipient(ctx, p, recipient)
		n += dropped
		if errors.Is(err, errBeingTried) { // the other posts can be dropped all the same
			busy = append(busy, err)
			return nil
		}
		return err
	})
	if err = errors.Join(append(busy, err)...); err != nil {
		return n, fmt.Errorf("dropping posts: %w", err)
	}
	return n, nil
}

// errBeingTried says that a recipient can't be dropped at this moment.
var errBeingTried = errors.New("it is being tried just now: drop it again in a moment, if it is put off then")

// dropRecipient takes one recipient out of a post, put off or not tried yet.
func (q *Queue) dropRecipient(ctx context.Context, p waiting, recipient string) (n int, err error) {
	at, err := q.untried(ctx, p, recipient, "drop")
	switch {
	case err != nil:
		return 0, err
	case at == firstTurn:
		return 1, nil
	case at == beingTried:
		return 0, fmt.Errorf("post %s for %s: %w", p.message, recipient, errBeingTried)
	}
	err = q.eachLate(ctx, p, func(l lateField) error {
		dropped, err := q.dropMember(ctx, p, l, recipient)
		n += dropped
		return err
	})
	return n, err
}

func (p waiting) scriptKeys() []string {
	k := p.keys
	return []string{k.post(p.id), k.parts(p.id), k.plan(p.id), k.bodies(p.id), k.late(p.id), k.posts(), k.due()}
}

func (q *Queue) dropInbound(ctx context.Context, message string) (n int, err error) {
	k := q.inbound()
	for _, stream := range []string{k.stream(), k.dead()} {
		group := groupName
		if stream == k.dead() {
			group = ""
		}
		err := q.eachInbound(ctx, stream, group, func(id string, e Entry) error {
			if !names(message, e.Message) {
				return nil
			}
			one, err := dropInboundScript.Run(ctx, q.rdb, []string{stream, k.later(), k.errors()}, group, id).Int()
			n += one
			return err
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func (q *Queue) dropLetters(ctx context.Context, message, recipient string) (n int, err error) {
	left := map[string][]string{} // of those to be changed
	var order []string
	err = q.eachLetter(ctx, func(id string, e Entry) error {
		if !names(message, e.Message) {
			return nil
		}
		if _, there := left[id]; !there {
			left[id] = nil
			order = append(order, id)
		}
		if recipient != "" && !sameAddress(recipient, e.Recipient) {
			left[id] = append(left[id], e.Recipient)
		} else {
			n++
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	for _, id := range order {
		to := ""
		if len(left[id]) > 0 {
			b, err := json.Marshal(left[id])
			if err != nil {
				return n, err
			}
			to = string(b)
		}
		if err := dropLetterScript.Run(ctx, q.rdb, []string{letterKey(id), lettersLater, lettersAll}, id, to).Err(); err != nil {
			return n, err
		}
	}
	return n, nil
}

// find tells which member something put off waits for has the address.
func (q *Queue) find(ctx context.Context, p waiting, l lateField, recipient string) (lists.Number, bool, error) {
	people, err := q.members(ctx, p, l)
	if err != nil {
		return 0, false, err
	}
	for _, who := range people {
		if sameAddress(recipient, string(who.Address)) {
			return who.Number, true, nil
		}
	}
	return 0, false, nil
}

// dropMember takes one member out of what was put off.
func (q *Queue) dropMember(ctx context.Context, p waiting, l lateField, recipient string) (int, error) {
	who, there, err := q.find(ctx, p, l, recipient)
	if !there || err != nil {
		return 0, err
	}
	rest := make([]lists.Number, 0, 8)
	for n := range l.numbers() {
		if n != who {
			rest = append(rest, n)
		}
	}
	text := ""
	if len(rest) > 0 {
		slices.Sort(rest)
		left := l.late
		left.Numbers = joinNumbers(rest)
		b, err := json.Marshal(left)
		if err != nil {
			return 0, err
		}
		text = string(b)
	}
	done, err := dropLateScript.Run(ctx, q.rdb, p.scriptKeys(), p.id, q.now().Unix(), int(q.opt.Keep.Seconds()), l.field, l.text, text).Int()
	if err == nil && done == 0 {
		err = fmt.Errorf("post %s for %s: %w", p.message, recipient, errBeingTried)
	}
	return done, err
}

func sameAddress(a, b string) bool { return lists.Address(a).Same(lists.Address(b)) }
