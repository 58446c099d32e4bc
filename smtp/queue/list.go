package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/smtp"
)

// Kind is which part of the queue an entry waits in.
type Kind string

// The kinds of entry.
const (
	KindInbound Kind = "inbound" // came in, not routed yet
	KindDead    Kind = "dead"    // set aside after too many tries
	KindLetter  Kind = "letter"  // written by Plenary, for one recipient
	KindPost    Kind = "post"    // on its way to members not tried yet
	KindLate    Kind = "late"    // put off, for one member
)

// Entry is one thing that waits, as queue ls shows it. Message names it to
// Retry and Drop: a queue id, a letter's key, or a post's Message-ID.
type Entry struct {
	Message   string    `json:"message"`
	List      string    `json:"list"`
	Recipient string    `json:"recipient"` // "" all that are left
	Attempts  int       `json:"attempts"`
	Due       time.Time `json:"due"` // zero: now, or being tried
	LastReply string    `json:"last_reply"`
	Kind      Kind      `json:"-"`
}

// List gives all that waits: inbound, dead, letters, posts.
func (q *Queue) List(ctx context.Context) ([]Entry, error) {
	out := []Entry{}
	err := q.Each(ctx, func(e Entry) error {
		out = append(out, e)
		return nil
	})
	return out, err
}

// Each calls fn for all that waits, without holding all of it in memory; it
// stops at the first error.
func (q *Queue) Each(ctx context.Context, fn func(Entry) error) error {
	k := q.inbound()
	if err := q.eachInbound(ctx, k.stream(), groupName, func(id string, e Entry) error { return fn(e) }); err != nil {
		return err
	}
	if err := q.eachInbound(ctx, k.dead(), "", func(id string, e Entry) error { return fn(e) }); err != nil {
		return err
	}
	if err := q.eachLetter(ctx, func(_ string, e Entry) error { return fn(e) }); err != nil {
		return err
	}
	return q.eachPost(ctx, func(p waiting) error { return q.entriesOf(ctx, p, fn) })
}

// eachInbound walks an inbound stream; group is "" for the dead one.
func (q *Queue) eachInbound(ctx context.Context, stream, group string, fn func(entryID string, e Entry) error) error {
	k := q.inbound()
	read := func(from string) ([]any, error) {
		return inboundListScript.Run(ctx, q.rdb, []string{stream, k.later(), k.errors()}, from, 8, group).Slice()
	}
	for from := "-"; ; {
		page, err := read(from)
		if err != nil && strings.Contains(err.Error(), "NOGROUP") { // nobody has routed yet
			if err = q.group(stream, k.later()).ensure(ctx); err == nil {
				page, err = read(from)
			}
		}
		if err != nil {
			return fmt.Errorf("listing %s: %w", stream, err)
		}
		for _, item := range page {
			fields, _ := item.([]any)
			t := texts(fields)
			if len(t) != 5 {
				return fmt.Errorf("listing %s: odd answer %v", stream, item)
			}
			var env smtp.Envelope
			if err := json.Unmarshal([]byte(t[1]), &env); err != nil {
				env.ID = t[0]
			}
			e := Entry{Message: env.ID, Recipient: strings.Join(env.To, ", "), LastReply: t[4], Kind: KindInbound}
			if len(env.To) > 0 {
				e.List = lists.Address(env.To[0]).Local()
			}
			e.Attempts, _ = strconv.Atoi(t[2])
			if ms, err := strconv.ParseFloat(t[3], 64); err == nil {
				e.Due = time.UnixMilli(int64(ms)).UTC()
			}
			if group == "" {
				e.Kind, e.LastReply = KindDead, "set aside: "+t[4]
			}
			if err := fn(t[0], e); err != nil {
				return err
			}
			ms, seq, _ := strings.Cut(t[0], "-")
			n, _ := strconv.ParseUint(seq, 10, 64)
			from = fmt.Sprintf("%s-%d", ms, n+1)
		}
		if len(page) < 8 {
			return nil
		}
	}
}

func (q *Queue) eachLetter(ctx context.Context, fn func(id string, e Entry) error) error {
	ids, err := q.rdb.SMembers(ctx, lettersAll).Result()
	if err != nil {
		return fmt.Errorf("listing letters: %w", err)
	}
	slices.Sort(ids)
	for _, id := range ids {
		f, err := q.rdb.HMGet(ctx, letterKey(id), "key", "to", "tries", "reply", "due").Result()
		if err != nil {
			return fmt.Errorf("listing letters: %w", err)
		}
		t := texts(f)
		if t[0] == "" { // done since
			continue
		}
		var to []string
		if err := json.Unmarshal([]byte(t[1]), &to); err != nil {
			return fmt.Errorf("letter %s: its recipients: %w", t[0], err)
		}
		for _, one := range to {
			e := Entry{Message: t[0], Recipient: one, LastReply: t[3], Kind: KindLetter}
			e.Attempts, _ = strconv.Atoi(t[2])
			if at, err := strconv.ParseInt(t[4], 10, 64); err == nil {
				e.Due = time.Unix(at, 0).UTC()
			}
			if err := fn(id, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// waiting is a post that is not settled.
type waiting struct {
	keys    familyKeys
	id      string
	message string
	author  lists.Address
	at      time.Time
	left    int // chunks
	size    int
	copies  []lists.Copy // without their octets
}

// eachPost walks the posts of all families that are not settled.
func (q *Queue) eachPost(ctx context.Context, fn func(waiting) error) error {
	families, err := q.rdb.SMembers(ctx, familiesKey).Result()
	if err != nil {
		return fmt.Errorf("listing posts: %w", err)
	}
	slices.Sort(families)
	for _, name := range families {
		f := familyKeys(name)
		ids, err := q.rdb.ZRange(ctx, f.posts(), 0, -1).Result()
		if err != nil {
			return fmt.Errorf("listing posts of %s: %w", name, err)
		}
		for _, id := range ids {
			head, err := q.rdb.HGetAll(ctx, f.post(id)).Result()
			if err != nil {
				return fmt.Errorf("listing posts of %s: %w", name, err)
			}
			targets, err := readTargets(head)
			if err != nil {
				return fmt.Errorf("post %s of %s: %w", id, name, err)
			}
			p := waiting{keys: f, id: id, message: head["mid"], author: lists.Address(head["author"])}
			at, _ := strconv.ParseInt(head["at"], 10, 64)
			p.at = time.Unix(at, 0).UTC()
			p.left, _ = strconv.Atoi(head["left"])
			p.size, _ = strconv.Atoi(head["size"])
			for _, t := range targets {
				p.copies = append(p.copies, lists.Copy{List: t.list, Post: t.post})
			}
			if err := fn(p); err != nil {
				return err
			}
		}
	}
	return nil
}

// lateField is what one destination put off, with its key and text.
type lateField struct {
	field, text string
	late
	due time.Time // zero: being tried, or about to be
}

// eachLate walks what was put off of a post.
func (q *Queue) eachLate(ctx context.Context, p waiting, fn func(lateField) error) error {
	for cursor := uint64(0); ; {
		page, next, err := q.rdb.HScan(ctx, p.keys.late(p.id), cursor, "", 100).Result()
		if err != nil {
			return fmt.Errorf("listing what was put off of post %s: %w", p.message, err)
		}
		for i := 0; i+1 < len(page); i += 2 {
			l := lateField{field: page[i], text: page[i+1]}
			if err := json.Unmarshal([]byte(l.text), &l.late); err != nil {
				return fmt.Errorf("post %s: what was put off: %w", p.message, err)
			}
			due, err := q.rdb.ZScore(ctx, p.keys.due(), p.id+" "+l.field).Result()
			if err == nil {
				l.due = time.UnixMilli(int64(due)).UTC()
			} else if !errors.Is(err, redis.Nil) {
				return fmt.Errorf("listing what was put off of post %s: %w", p.message, err)
			}
			if err := fn(l); err != nil {
				return err
			}
		}
		if cursor = next; cursor == 0 {
			return nil
		}
	}
}

// members gives the people whom something put off waits for.
func (q *Queue) members(ctx context.Context, p waiting, l lateField) ([]lists.Person, error) {
	chunk, err := strconv.Atoi(l.field[:min(7, len(l.field))])
	if err != nil {
		return nil, fmt.Errorf("post %s: chunk of %q: %w", p.message, l.field, err)
	}
	from := lists.Number(chunk * p.size)
	all, err := q.opt.Roster.Roster(ctx, string(p.keys), from, from+lists.Number(p.size)-1)
	if err != nil {
		return nil, fmt.Errorf("members who wait for post %s: %w", p.message, err)
	}
	wait := l.numbers()
	return slices.DeleteFunc(all, func(who lists.Person) bool { return !wait[who.Number] }), nil
}

// entriesOf lists a post: one entry for what was not tried yet, and one for
// each member put off.
func (q *Queue) entriesOf(ctx context.Context, p waiting, fn func(Entry) error) error {
	names := make([]string, len(p.copies))
	for i, c := range p.copies {
		names[i] = c.List.Name
	}
	if p.left > 0 {
		if err := fn(Entry{Message: p.message, List: strings.Join(names, ", "), Due: p.at, Kind: KindPost}); err != nil {
			return err
		}
	}
	return q.eachLate(ctx, p, func(l lateField) error {
		people, err := q.members(ctx, p, l)
		if err != nil {
			return err
		}
		for _, who := range people {
			e := Entry{Message: p.message, Recipient: string(who.Address), Attempts: l.Tries, Due: l.due, LastReply: l.Reply, Kind: KindLate}
			if id, _ := lists.PickTarget(who, p.copies, p.author, ""); len(names) > 0 { // the first for who gets it no more
				e.List = names[max(0, slices.IndexFunc(p.copies, func(c lists.Copy) bool { return c.List.ID == id }))]
			}
			if err := fn(e); err != nil {
				return err
			}
		}
		return nil
	})
}
