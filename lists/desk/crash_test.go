package desk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"plenary/lists"
	"plenary/lists/store"
	"plenary/lists/store/redistest"
)

var errCrash = errors.New("the server died here")

// mortal is a store whose server dies at one of its changes: before it, or
// after it with the answer lost.
type mortal struct {
	*store.Store
	until int // changes until it dies; negative: it has died, and lives again
	after bool
}

// change does one change, unless the server dies there.
func (m *mortal) change(do func() error) error {
	m.until--
	if m.until != -1 {
		return do()
	}
	if m.after {
		if err := do(); err != nil {
			return err
		}
	}
	return errCrash
}

func (m *mortal) CreateList(ctx context.Context, n lists.NewList) (l lists.List, err error) {
	return l, m.change(func() error { l, err = m.Store.CreateList(ctx, n); return err })
}

func (m *mortal) UpdateList(ctx context.Context, id string, fn func(*lists.List) error) (l lists.List, err error) {
	return l, m.change(func() error { l, err = m.Store.UpdateList(ctx, id, fn); return err })
}

func (m *mortal) RenameList(ctx context.Context, id, name string) (l lists.List, err error) {
	return l, m.change(func() error { l, err = m.Store.RenameList(ctx, id, name); return err })
}

func (m *mortal) Subscribe(ctx context.Context, id string, n lists.NewMember) (p lists.Person, added []string, err error) {
	return p, added, m.change(func() error { p, added, err = m.Store.Subscribe(ctx, id, n); return err })
}

func (m *mortal) Unsubscribe(ctx context.Context, f string, ids []string, a lists.Address) (p lists.Person, left []string, err error) {
	return p, left, m.change(func() error { p, left, err = m.Store.Unsubscribe(ctx, f, ids, a); return err })
}

func (m *mortal) UpdatePerson(ctx context.Context, f string, a lists.Address, fn func(*lists.Person) error) (p lists.Person, err error) {
	return p, m.change(func() error { p, err = m.Store.UpdatePerson(ctx, f, a, fn); return err })
}

func (m *mortal) ChangeAddress(ctx context.Context, f string, from, to lists.Address) error {
	return m.change(func() error { return m.Store.ChangeAddress(ctx, f, from, to) })
}

func (m *mortal) Ask(ctx context.Context, q lists.Question) (s lists.Question, token string, again bool, err error) {
	return s, token, again, m.change(func() error { s, token, again, err = m.Store.Ask(ctx, q); return err })
}

func (m *mortal) Settle(ctx context.Context, token, answer, cause string) (q lists.Question, first bool, err error) {
	return q, first, m.change(func() error { q, first, err = m.Store.Settle(ctx, token, answer, cause); return err })
}

func (m *mortal) Finish(ctx context.Context, token, said string) error {
	return m.change(func() error { return m.Store.Finish(ctx, token, said) })
}

func (m *mortal) Hold(ctx context.Context, h lists.HeldPost, raw []byte) (held lists.HeldPost, err error) {
	return held, m.change(func() error { held, err = m.Store.Hold(ctx, h, raw); return err })
}

func (m *mortal) Release(ctx context.Context, id string, n int) (h lists.HeldPost, ok bool, err error) {
	return h, ok, m.change(func() error { h, ok, err = m.Store.Release(ctx, id, n); return err })
}

func (m *mortal) Record(ctx context.Context, e lists.ProgressEntry) (r lists.ProgressEntry, err error) {
	return r, m.change(func() error { r, err = m.Store.Record(ctx, e); return err })
}

func (m *mortal) Freeze(ctx context.Context, tag, key string, value []byte, ttl time.Duration) (stands []byte, first bool, err error) {
	return stands, first, m.change(func() error { stands, first, err = m.Store.Freeze(ctx, tag, key, value, ttl); return err })
}

func (m *mortal) SetPassword(ctx context.Context, a lists.Address, label, secret string) error {
	return m.change(func() error { return m.Store.SetPassword(ctx, a, label, secret) })
}

// invariant 1, for what the desk does: the server may die at any change, and
// who takes the mail up again finishes it, with nothing left out or doubled.
func TestDiesAnywhere(t *testing.T) {
	rdb := redistest.Mini(t) // some hundred runs: the faults are the desk's, not Redis's
	run := func(story func(*office), until int, after bool) (*office, *mortal) {
		if err := rdb.FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		o := &office{t: t, ctx: t.Context(), out: &outbox{keys: map[string]bool{}}, posts: &poster{ids: map[string]bool{}}, time: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
		var err error
		if o.store, err = store.Open(o.ctx, rdb, site, o.now); err != nil {
			t.Fatal(err)
		}
		o.family()
		o.set("dc-law", func(l *lists.List) { l.Join = lists.JoinApproved })
		m := &mortal{Store: o.store, until: until, after: after}
		o.desk, err = New(Config{Site: site, Store: m, Outbox: o.out, Poster: o.posts, Digester: digester{}, Now: o.now, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		story(o)
		return o, m
	}
	for name, story := range map[string]func(*office){"joining": (*office).joins, "running": (*office).runs, "moving": (*office).moves, "handing over": (*office).hands} {
		alive, m := run(story, 1<<30, false)
		changes := 1<<30 - m.until
		if changes < 12 {
			t.Fatalf("%s: only %d changes", name, changes)
		}
		want := alive.after()
		for _, after := range []bool{false, true} {
			for n := range changes {
				o, _ := run(story, n, after)
				if got := o.after(); got != want {
					t.Fatalf("%s: died at change %d (after it: %v); then:\n%s\ninstead of:\n%s", name, n, after, got, want)
				}
			}
		}
	}
}

// mail has a mail handled until that succeeds, as the queue does.
func (o *office) mail(asker string, believed bool, actions ...lists.Action) {
	o.t.Helper()
	id := o.queueID()
	o.until(func() error {
		_, err := o.desk.Do(o.ctx, lists.Address(asker), believed, "dc", id, actions)
		return err
	})
}

// reply is mail for a yes.
func (o *office) reply(to string) {
	o.t.Helper()
	id, token := o.queueID(), o.token(to)
	o.until(func() error {
		_, err := o.desk.Answer(o.ctx, token, true, lists.Address(to), id)
		return err
	})
}

func (o *office) joins() {
	o.mail("nell@example.net", false, joinOf("dc-map", "nell@example.net"), joinOf("dc-law", "nell@example.net"))
	o.reply("nell@example.net")
	o.reply("admin@example.org") // her request
}

func (o *office) runs() {
	n := water
	n.Leader = "mo@example.org"
	o.mail("admin@example.org", true, create(n), lists.Action{Verb: lists.DoAnnounce, List: "dc", Text: "Hear, hear."},
		lists.Action{Verb: lists.DoRename, List: "dc-law", Value: "acts"}, about(lists.DoAdd, "dc-map", "mo@example.org"))
	o.mail("lea@example.org", true, lists.Action{Verb: lists.DoNext, List: "dc-map", Text: "Rest"}, leaveOf("dc-map", "lea@example.org"))
}

// hands has a leader hand over while another goes on leading, and somebody
// offer to lead.
func (o *office) hands() {
	o.member("dc-map", lists.NewMember{Address: "nell@example.net", Name: "Nell", Leader: true})
	o.mail("lea@example.org", true, lists.Action{Verb: lists.DoHandover, List: "dc-map", Subject: "mo@example.org"})
	o.reply("mo@example.org")
	o.mail("lea@example.org", true, lists.Action{Verb: lists.DoVolunteer, List: "dc-law"})
	o.reply("admin@example.org")
}

func (o *office) moves() {
	o.until(func() error {
		return o.desk.Hold(o.ctx, lists.HeldPost{List: "dc-map", Author: "mo@example.org", Subject: "s", Reason: "r", Queue: "H1"}, []byte("Message-ID: <h@x>\r\n\r\nhi"))
	})
	o.mail("admin@example.org", true, decide(lists.DoApprove, 1))
	o.mail("mo@example.org", true, lists.Action{Verb: lists.DoAddress, Value: "mo@new.example"})
	o.reply("mo@example.org")
	o.reply("mo@new.example")
}

// until does something until it succeeds.
func (o *office) until(do func() error) {
	o.t.Helper()
	for range 3 {
		err := do()
		if err == nil {
			return
		}
		if !errors.Is(err, errCrash) {
			o.t.Fatal(err)
		}
	}
	o.t.Fatal("it never succeeds")
}

// after tells all that came of a story: letters, posts, people, lists.
func (o *office) after() string {
	o.t.Helper()
	text := ""
	for _, l := range o.out.letters {
		text += fmt.Sprintf("to %s: %s (%d octets)\n", l.To[0], l.Subject, len(l.Text))
	}
	for _, p := range o.posts.posts {
		text += fmt.Sprintf("on %s: %s\n", p.list, p.message.Header.Get("Subject"))
	}
	for _, a := range []lists.Address{"nell@example.net", "mo@example.org", "mo@new.example", "lea@example.org"} {
		people, err := o.store.PeopleFor(o.ctx, a)
		if err != nil {
			o.t.Fatal(err)
		}
		for _, p := range people {
			text += fmt.Sprintf("%s: %v\n", p.Address, p.Subs)
		}
	}
	for _, id := range []string{"dc-map", "dc-law", "dc-water"} {
		l := o.get(id)
		if l.ID == "" {
			continue
		}
		entries, err := o.store.Progress(o.ctx, id, time.Time{}, time.Time{})
		if err != nil {
			o.t.Fatal(err)
		}
		text += fmt.Sprintf("%s: %s %s %q, %d entries\n", id, l.Name, l.State, l.Next, len(entries))
	}
	return text
}
