package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/lists/store/redistest"
	"plenary/smtp"
)

// through gives a client of a Redis behind a proxy that makes trouble.
func through(t *testing.T) (*redistest.Proxy, redis.UniversalClient) {
	p := redistest.NewProxy(t, redistest.Start(t).Addr)
	c := redis.NewClient(&redis.Options{Addr: p.Addr, MaxRetries: -1, DialerRetries: 1, ContextTimeoutEnabled: true})
	t.Cleanup(func() { c.Close() })
	return p, c
}

// scripts are what the queue writes by.
func scripts(c redistest.Command) bool { return c.Is("evalsha") || c.Is("eval") }

func saying(text string) func(redistest.Command) redistest.Fault {
	return func(c redistest.Command) redistest.Fault {
		switch {
		case c.Is("xadd"), scripts(c):
			return redistest.Fault{Answer: "-" + text}
		case c.Is("multi"):
			return redistest.Fault{Answer: "+OK"}
		case c.Is("exec"): // as Redis answers where a command before it was refused
			return redistest.Fault{Answer: "-EXECABORT Transaction discarded because of previous errors."}
		}
		return redistest.Fault{}
	}
}

// Whatever is wrong with Redis, the sender is told to come again.
func TestAcceptSaysWhatIsWrongWithRedis(t *testing.T) {
	p, rdb := through(t)
	q := New(rdb, Options{})
	for text, want := range map[string]string{
		"OOM command not allowed when used memory > 'maxmemory'.":                          "452 4.3.1",
		"MISCONF Errors writing to the AOF file: No space left on device":                  "452 4.3.1",
		"LOADING Redis is loading the dataset in memory":                                   "451 4.3.0",
		"READONLY You can't write against a read only replica.":                            "451 4.3.0",
		"MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.": "451 4.3.0",
		"CLUSTERDOWN The cluster is down":                                                  "451 4.3.0",
		"NOREPLICAS Not enough good replicas to write.":                                    "451 4.3.0",
		"NOPERM User plenary has no permissions to run the 'xadd' command":                 "451 4.3.0",
	} {
		p.Make(saying(text))
		_, err := q.Accept(t.Context(), smtp.Envelope{}, []byte("x"))
		var r *smtp.Reply
		if !errors.As(err, &r) || fmt.Sprintf("%d %d.%d.%d", r.Code, r.Enhanced[0], r.Enhanced[1], r.Enhanced[2]) != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
	p.Make(nil)
	if _, err := q.Accept(t.Context(), smtp.Envelope{}, []byte("x")); err != nil {
		t.Errorf("Redis is well again: %v", err)
	}
}

// Where an answer is lost our client asks again. What sessions brought is there
// under its own id then, maybe more than once, and nothing else is.
func TestMailWhoseAnswerIsLostIsThereUnderItsOwnID(t *testing.T) {
	p := redistest.NewProxy(t, redistest.Start(t).Addr)
	rdb := redis.NewClient(&redis.Options{Addr: p.Addr, MaxRetries: 3})
	t.Cleanup(func() { rdb.Close() })
	q := New(rdb, Options{})
	var seen atomic.Int32
	p.Make(func(c redistest.Command) redistest.Fault {
		return redistest.Fault{Lose: c.Is("exec") && seen.Add(1)%2 == 1}
	})
	const sessions = 20
	var taken sync.Map
	var all sync.WaitGroup
	for range sessions {
		all.Go(func() {
			id, err := q.Accept(t.Context(), smtp.Envelope{}, []byte("x"))
			if err != nil {
				t.Error(err)
			}
			taken.Store(id, false)
		})
	}
	all.Wait()
	p.Make(nil)
	got, err := rdb.XRange(t.Context(), q.inbound().stream(), "-", "+").Result()
	if err != nil || len(got) <= sessions {
		t.Fatalf("%d entries: no answer was lost, %v", len(got), err)
	}
	for _, e := range got {
		var env smtp.Envelope
		if err := json.Unmarshal([]byte(e.Values["env"].(string)), &env); err != nil {
			t.Fatal(err)
		}
		if _, ours := taken.Swap(env.ID, true); !ours {
			t.Errorf("%s was never answered for", env.ID)
		}
	}
	taken.Range(func(id, there any) bool {
		if there != true {
			t.Errorf("%v is lost", id)
		}
		return true
	})
}

// An answer that is lost says nothing of what was done. So each step is taken
// again, and does nothing where it was done: here every other answer to a
// script is lost, with its connection.
func TestLostAnswersLoseAndDoubleNothing(t *testing.T) {
	p, rdb := through(t)
	var scriptsSeen atomic.Int32
	everyOther := func(c redistest.Command) redistest.Fault {
		return redistest.Fault{Lose: scripts(c) && scriptsSeen.Add(1)%2 == 1}
	}
	p.Make(everyOther)
	ctx := t.Context()
	// insist does a step until it is known to be done.
	insist := func(what string, do func() error) {
		t.Helper()
		var err error
		for range 20 {
			if err = do(); err == nil {
				return
			}
		}
		t.Fatalf("%s: %v", what, err)
	}
	q := New(rdb, Options{Domain: "lists.example.org", Chunk: 4, Roster: members(9), Lease: time.Hour})
	insist("accept", func() error {
		_, err := q.Accept(ctx, smtp.Envelope{ID: "one", Protocol: "IMAP"}, []byte("x"))
		return err
	})
	insist("send", func() error {
		return q.Send(ctx, smtp.Letter{Key: "k", From: "dc@lists.example.org", To: []string{"a@x.example", "b@x.example"}})
	})
	insist("plan", func() error { return q.Plan(ctx, post("p", copyOf("dc", "body"), copyOf("dc-maps", "body"))) })
	p.Make(nil)
	if err := q.sweep(ctx); err != nil { // two scripts: each time one of them would be lost
		t.Fatal(err)
	}
	scriptsSeen.Store(0)
	p.Make(everyOther)

	got := map[string]int{}
	for range 100 {
		l, err := q.Letter(ctx)
		if l == nil && err == nil {
			break
		}
		if err != nil {
			continue
		}
		left := l.To()
		got[left[0]]++
		left = left[1:]
		insist("letter", func() error { return l.Save(ctx, left) })
		for _, to := range left {
			got[to]++
		}
		insist("letter's end", func() error { return ended(l.End(ctx, nil, nil)) })
	}
	served := map[lists.Number]int{}
	for range 200 {
		part, err := q.Part(ctx)
		if part == nil && err == nil {
			break
		}
		if err != nil { // it is put back, not left to its lease of an hour
			continue
		}
		from, to := part.Range()
		for n := max(from, 1); n <= min(to, 9); n++ {
			if part.Todo(n) {
				served[n]++
				insist("ledger", func() error { return part.Save(ctx, []lists.Number{n}) })
			}
		}
		insist("end", func() error { return ended(part.End(ctx, nil, nil, true)) })
	}
	for _, to := range []string{"a@x.example", "b@x.example"} {
		if got[to] != 1 {
			t.Errorf("%s got the letter %d times", to, got[to])
		}
	}
	for n := lists.Number(1); n <= 9; n++ {
		if served[n] != 1 {
			t.Errorf("member %d was served %d times", n, served[n])
		}
	}
	p.Make(nil)
	d, err := q.Depth(ctx)
	if err != nil || d.Inbound != 1 || d.Letters != 0 || d.Posts != 0 || d.Late != 0 {
		t.Errorf("left in the queue: %+v, %v", d, err)
	}
}

// An answer to a read that is lost leaves its entry with us, who do not know
// of it: it goes on as what the dead held does, after a lease.
func TestALostReadWaitsForItsLeaseOnly(t *testing.T) {
	p, rdb := through(t)
	ctx := t.Context()
	q := New(rdb, Options{Chunk: 8, Roster: members(7), Sweep: time.Nanosecond})
	if err := errors.Join(q.Plan(ctx, post("p", copyOf("dc", "body"))), q.sweep(ctx)); err != nil {
		t.Fatal(err)
	}
	p.Make(func(c redistest.Command) redistest.Fault { return redistest.Fault{Lose: c.Is("xreadgroup")} })
	if part, err := q.Part(ctx); part != nil || err == nil {
		t.Fatal(part, err)
	}
	p.Make(nil)
	if part, err := q.Part(ctx); part != nil || err != nil {
		t.Fatalf("it was to wait for its lease: %v, %v", part, err)
	}
	idle(t, rdb, familyKeys("dc").chunks(), q.opt.Lease)
	if part, err := q.Part(ctx); part != nil || err != nil {
		t.Fatalf("claimed while others may have something to record: %v, %v", part, err)
	}
	g := q.group(familyKeys("dc").chunks(), familyKeys("dc").at("none"))
	for _, o := range []*outage{&g.outage, &q.outage} {
		o.well = o.well.Add(-firstRecord) // that time is over
	}
	if part, err := q.Part(ctx); part == nil || err != nil {
		t.Fatal(part, err)
	}
}

// ended takes for done what is said of an End whose first answer was lost:
// nobody holds the work any more.
func ended(err error) error {
	if errors.Is(err, ErrLost) {
		return nil
	}
	return err
}

// A ledger that could not be written is written before anything else: the
// same Save again, with more done meanwhile or not.
func TestLedgerIsWrittenOnceRedisIsWell(t *testing.T) {
	p, rdb := through(t)
	ctx := t.Context()
	q := New(rdb, Options{Chunk: 8, Roster: members(7), Lease: time.Hour})
	if err := errors.Join(q.Plan(ctx, post("p", copyOf("dc", "body"))), q.sweep(ctx)); err != nil {
		t.Fatal(err)
	}
	part, err := q.Part(ctx)
	if part == nil || err != nil {
		t.Fatal(part, err)
	}
	p.Make(saying("LOADING Redis is loading the dataset in memory"))
	for range 3 {
		if err := part.Save(ctx, []lists.Number{1, 2}); err == nil || errors.Is(err, ErrLost) || !strings.Contains(err.Error(), "LOADING") {
			t.Fatalf("while it is loading: %v", err)
		}
	}
	if !part.Valid() {
		t.Fatal("a Redis that is loading has taken the hold away")
	}
	p.Refuse()
	if err := part.Save(ctx, []lists.Number{1, 2}); err == nil || errors.Is(err, ErrLost) {
		t.Fatalf("while nobody is there: %v", err)
	}
	p.Make(nil)
	if err := p.Listen(); err != nil {
		t.Fatal(err)
	}
	if err := part.Save(ctx, []lists.Number{1, 2}); err != nil {
		t.Fatal(err)
	}
	part.Leave() // it dies now; who comes next serves the others only
	heir := New(rdb, Options{Node: "heir", Chunk: 8, Roster: members(7), Lease: time.Hour})
	if err := rdb.XClaim(ctx, &redis.XClaimArgs{Stream: part.stream, Group: groupName, Consumer: "heir", Messages: []string{part.entry.id}}).Err(); err != nil {
		t.Fatal(err)
	}
	g := heir.group(part.stream, part.keys.at("none"))
	next, err := heir.open(ctx, part.keys, part.stream, entry{lease: g.hold(part.entry.id, time.Now()), fields: part.entry.fields})
	if err != nil || next == nil {
		t.Fatal(next, err)
	}
	if next.Todo(1) || next.Todo(2) || !next.Todo(3) || !next.Todo(7) {
		t.Error("the heir does not know who is served")
	}
}

// What was stopped on its way and comes late must not undo what was written
// since.
func TestALedgerThatIsOvertakenIsNotTurnedBack(t *testing.T) {
	p, rdb := through(t)
	ctx := t.Context()
	q := New(rdb, Options{Chunk: 8, Roster: members(7), Lease: time.Hour})
	if err := errors.Join(q.Plan(ctx, post("p", copyOf("dc", "body"))), q.sweep(ctx)); err != nil {
		t.Fatal(err)
	}
	part, err := q.Part(ctx)
	if part == nil || err != nil {
		t.Fatal(part, err)
	}
	if err := part.Save(ctx, []lists.Number{1}); err != nil { // the script is known from here on
		t.Fatal(err)
	}
	stuck := make(chan struct{})
	var first atomic.Bool
	p.Make(func(c redistest.Command) redistest.Fault {
		if scripts(c) && first.CompareAndSwap(false, true) {
			return redistest.Fault{Wait: stuck}
		}
		return redistest.Fault{}
	})
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if err := part.Save(short, []lists.Number{2}); err == nil {
		t.Fatal("a write that is stuck has succeeded")
	}
	if err := part.Save(ctx, []lists.Number{2, 3}); err != nil {
		t.Fatal(err)
	}
	calls := func() string {
		info, err := rdb.Info(ctx, "commandstats").Result()
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(info, "cmdstat_evalsha:calls=")
		n, _, _ := strings.Cut(rest, ",")
		return n
	}
	before := calls()
	close(stuck)
	soon(t, "the late write arrives", func() bool { return calls() != before })
	bits, err := rdb.HGet(ctx, part.keys.parts("p"), "b0000000").Bytes()
	if err != nil || !hasBit(bits, 1) || !hasBit(bits, 2) || !hasBit(bits, 3) {
		t.Errorf("the ledger is %08b, %v: a late write has turned it back", bits, err)
	}
}

// What can never be opened is left alone in the end, so that it does not keep
// others from their turn.
func TestWhatCannotBeOpenedStopsNobody(t *testing.T) {
	rdb := redistest.New(t)
	ctx := t.Context()
	q := New(rdb, Options{Chunk: 8, Roster: members(3), Lease: time.Hour})
	if err := errors.Join(q.Plan(ctx, post("bad", copyOf("dc", "body"))), q.Plan(ctx, post("good", copyOf("dc", "body"))), q.sweep(ctx)); err != nil {
		t.Fatal(err)
	}
	rdb.HSet(ctx, familyKeys("dc").post("bad"), "size", "many")
	for range 2 * mostPutBack {
		if p, err := q.Part(ctx); err == nil && p != nil {
			if p.Fanout().ID != "good" {
				t.Fatalf("opened %s", p)
			}
			return
		}
	}
	t.Error("the good post never had a turn")
}
