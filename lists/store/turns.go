package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"plenary/lists"
)

// places are the numbers of lists' latest posts, by serial, and the checks
// that they still are when a change is written.
type places struct {
	change
	latest map[uint32]uint64
}

// turned gives joinings and changes of delivery from old (nil: nobody) to next
// their place among the lists' posts: every post came either before or after.
func (s *Store) turned(ctx context.Context, at *places, old, next *record) error {
	for i := range next.person.Subs {
		sub := &next.person.Subs[i]
		// Who joins turns too: from nothing to what they chose.
		to, was := sub.Delivery, lists.Subscription{Delivery: lists.NoMail}
		if old != nil {
			if found, ok := old.person.Sub(sub.List); ok {
				was = found
			}
		}
		if to == was.Delivery {
			continue
		}
		post, err := s.lastPost(ctx, at, next.person.Family, next.serials[sub.List])
		if err != nil {
			return err
		}
		sub.Delivery, sub.Turns = or(was.Delivery, lists.Each), was.Turns
		sub.Turn(to, post, s.now())
	}
	return nil
}

// lastPost is the number of a list's latest post.
func (s *Store) lastPost(ctx context.Context, at *places, family string, serial uint32) (uint64, error) {
	if n, known := at.latest[serial]; known {
		return n, nil
	}
	key := bookKey(family, serial)
	text, err := s.rdb.HGet(ctx, key, "posts").Result()
	n := uint64(0)
	switch {
	case absent(err):
		at.noField(key, "posts")
	case err != nil:
		return 0, fmt.Errorf("read the number of the latest post: %w", err)
	default:
		at.fieldIs(key, "posts", text)
		if n, err = strconv.ParseUint(text, 10, 64); err != nil {
			return 0, fmt.Errorf("read the number of the latest post: %w", err)
		}
	}
	if at.latest == nil {
		at.latest = map[uint32]uint64{}
	}
	at.latest[serial] = n
	return n, nil
}

// DigestReaders are those who take digests of a list, or may be owed one from
// before they turned to another delivery.
func (s *Store) DigestReaders(ctx context.Context, listID string) ([]lists.Person, error) {
	l, _, err := s.list(ctx, listID)
	if err != nil {
		return nil, err
	}
	bitmap, err := s.rdb.Get(ctx, readersKey(l.Family, l.Serial)).Bytes()
	if err != nil && !absent(err) {
		return nil, fmt.Errorf("read who takes digests of list %q: %w", listID, err)
	}
	var found []lists.Person
	for chunk := range slices.Chunk(ones(bitmap), rosterBuckets*bucketSize) {
		people, err := s.people(ctx, l.Family, chunk)
		if err != nil {
			return nil, fmt.Errorf("read who takes digests of list %q: %w", listID, err)
		}
		for _, p := range people {
			if p.In(l.ID) {
				found = append(found, p)
			}
		}
	}
	return found, nil
}

// MarkDigestReaders finds those who chose digests before their choices were
// noted as DigestReaders needs it. It may be repeated; a list that was made
// since then, or is done, is left alone: it may have a million members.
func (s *Store) MarkDigestReaders(ctx context.Context, listID string) error {
	l, _, err := s.list(ctx, listID)
	if err != nil {
		return err
	}
	noted, err := s.rdb.HExists(ctx, bookKey(l.Family, l.Serial), bookNoted).Result()
	if err == nil && !noted {
		if err = s.noteReaders(ctx, l); err == nil {
			err = s.rdb.HSet(ctx, bookKey(l.Family, l.Serial), bookNoted, 1).Err()
		}
	}
	if err != nil {
		return fmt.Errorf("note who takes digests of list %q: %w", listID, err)
	}
	return nil
}

// noteReaders notes those of a list who take digests and are not noted yet.
func (s *Store) noteReaders(ctx context.Context, l lists.List) error {
	bitmap, err := s.rdb.Get(ctx, readersKey(l.Family, l.Serial)).Bytes()
	if err != nil && !absent(err) {
		return err
	}
	return s.Members(ctx, l.ID, func(p lists.Person, sub lists.Subscription) error {
		if !sub.TakesDigests() || lists.Numbers(bitmap).Has(p.Number) {
			return nil
		}
		return retry(ctx, func() (bool, error) {
			_, now, err := s.lookup(ctx, l.Family, p.Address)
			if err != nil || now == nil {
				return err == nil, err
			}
			sub, _ := now.person.Sub(l.ID)
			var c change
			c.fieldIs(bucketKey(l.Family, now.person.Number), bucketField(now.person.Number), now.raw)
			c.setBit(readersKey(l.Family, l.Serial), now.person.Number, sub.TakesDigests())
			return s.commit(ctx, &c)
		})
	})
}

// plainFlag stands after a subscription's day: its digests are plain text.
const plainFlag = "p"

// encodeTurns writes what comes after a subscription's day: the flag, then
// for each turn ~POST LETTER DAY.
func encodeTurns(s lists.Subscription) string {
	var b strings.Builder
	if s.Plain {
		b.WriteString(plainFlag)
	}
	for _, t := range s.Turns {
		fmt.Fprintf(&b, "~%d%c%d", t.Post, letterOf(t.Was), t.On.Unix()/int64(day/time.Second))
	}
	return b.String()
}

// cutTurns reads what encodeTurns wrote off the end of a subscription, and
// gives what stands before it.
func cutTurns(text string, s *lists.Subscription) (rest string, ok bool) {
	rest, turns, some := strings.Cut(text, "~")
	rest, s.Plain = strings.CutSuffix(rest, plainFlag)
	for some {
		var one string
		one, turns, some = strings.Cut(turns, "~")
		at := strings.IndexAny(one, deliveryLetters)
		if at < 0 {
			return rest, false
		}
		post, err := strconv.ParseUint(one[:at], 10, 64)
		days, err2 := strconv.ParseInt(one[at+1:], 10, 32)
		if err != nil || err2 != nil {
			return rest, false
		}
		was, _ := deliveryOf(one[at])
		s.Turns = append(s.Turns, lists.Turn{Post: post, Was: was, On: time.Unix(days*int64(day/time.Second), 0).UTC()})
	}
	return rest, true
}
