package queue

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

// Finder is a Roster that can also tell at once who has an address, or
// lists.ErrNotFound: of a large family the roster need not be read for it.
type Finder interface {
	Person(ctx context.Context, family string, a lists.Address) (lists.Person, error)
}

// turn is how far a post is with a member.
type turn int

const (
	notWaiting turn = iota // they have it, were put off, or are not to get it
	firstTurn              // not tried yet
	beingTried             // the chunk that they are in is
)

// Waits tells whether something that was asked for is being tried now or waits
// for its first turn, or is put off: it will come to its turn.
func (q *Queue) Waits(ctx context.Context, message, recipient string) (found bool, err error) {
	if recipient == "" {
		err = q.Each(ctx, func(e Entry) error {
			found = found || names(message, e.Message)
			return nil
		})
		return found, err
	}
	err = q.eachLetter(ctx, func(_ string, e Entry) error {
		found = found || names(message, e.Message) && sameAddress(recipient, e.Recipient)
		return nil
	})
	if err != nil || found {
		return found, err
	}
	err = q.eachPost(ctx, func(p waiting) error {
		if found || !names(message, p.message, p.id) {
			return nil
		}
		at, err := q.untried(ctx, p, recipient, "look")
		if found = at != notWaiting; found || err != nil {
			return err
		}
		return q.eachLate(ctx, p, func(l lateField) error {
			_, there, err := q.find(ctx, p, l, recipient)
			found = found || there
			return err
		})
	})
	return found, err
}

// untried tells whether a post waits for its first turn with whoever has the
// address; to "drop" them takes them out of it.
func (q *Queue) untried(ctx context.Context, p waiting, recipient, what string) (turn, error) {
	who, err := q.person(ctx, string(p.keys), lists.Address(recipient))
	if errors.Is(err, lists.ErrNotFound) {
		return notWaiting, nil
	}
	if err != nil {
		return notWaiting, fmt.Errorf("looking for a recipient of post %s: %w", p.message, err)
	}
	copies, err := q.meant(ctx, p)
	if err != nil {
		return notWaiting, err
	}
	if _, theirs := lists.PickTarget(who, copies, p.author, ""); !theirs || p.size <= 0 {
		return notWaiting, nil
	}
	k := p.keys
	chunk := fmt.Sprintf("%07d", int(who.Number)/p.size)
	at, err := untriedScript.Run(ctx, q.rdb, []string{k.post(p.id), k.parts(p.id), k.plan(p.id)}, chunk, int(who.Number)%p.size, what).Int()
	if err != nil {
		return notWaiting, fmt.Errorf("looking for a recipient of post %s: %w", p.message, err)
	}
	return turn(at), nil
}

// person is who has an address in the family.
func (q *Queue) person(ctx context.Context, family string, a lists.Address) (lists.Person, error) {
	if f, ok := q.opt.Roster.(Finder); ok {
		return f.Person(ctx, family, a)
	}
	last, err := q.opt.Roster.LastNumber(ctx, family)
	if err != nil {
		return lists.Person{}, err
	}
	const atOnce = 1000
	for from := lists.Number(0); from <= last; from += atOnce {
		people, err := q.opt.Roster.Roster(ctx, family, from, min(from+atOnce-1, last))
		if err != nil {
			return lists.Person{}, err
		}
		for _, who := range people {
			if who.Address.Same(a) {
				return who, nil
			}
		}
	}
	return lists.Person{}, lists.ErrNotFound
}

// meant are a post's lists, with whom alone each one's copy is for.
func (q *Queue) meant(ctx context.Context, p waiting) ([]lists.Copy, error) {
	copies := append([]lists.Copy(nil), p.copies...)
	for i := range copies {
		bits, err := q.rdb.HGet(ctx, p.keys.bodies(p.id), "o:"+copies[i].List.ID).Bytes()
		switch {
		case err == nil:
			copies[i].Only = lists.Numbers(bits)
		case !errors.Is(err, redis.Nil):
			return nil, fmt.Errorf("looking for the recipients of post %s: %w", p.message, err)
		}
	}
	return copies, nil
}
