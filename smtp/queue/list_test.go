package queue

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/lists/store/redistest"
	"plenary/smtp"
)

func members(n int) *people {
	p := &people{all: map[lists.Number]lists.Person{}}
	for i := range n {
		p.join(lists.Number(i+1), "dc")
		if i%2 == 0 {
			p.join(lists.Number(i+1), "dc-maps")
		}
	}
	return p
}

// show lists the queue in short.
func show(t *testing.T, q *Queue) string {
	t.Helper()
	all, err := q.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, e := range all {
		fmt.Fprintf(&b, "%s|%s|%s|%s|%d|%s\n", e.Kind, e.Message, e.List, e.Recipient, e.Attempts, e.LastReply)
	}
	return b.String()
}

func TestListRetryDrop(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx := t.Context()
		clock := time.Unix(1_800_000_000, 0)
		q := New(rdb, Options{Domain: "lists.example.org", Chunk: 4, Roster: members(6), Now: func() time.Time { return clock }})
		if got := show(t, q); got != "" {
			t.Fatalf("an empty queue shows %q", got)
		}
		if _, err := q.Accept(ctx, smtp.Envelope{ID: "q1", To: []string{"dc@lists.example.org"}}, []byte("x")); err != nil {
			t.Fatal(err)
		}
		rdb.XAdd(ctx, &redis.XAddArgs{Stream: q.inbound().dead(), Values: map[string]any{"env": `{"id":"q0","to":["dc-maps@lists.example.org"]}`, "raw": "y", "error": "no", "tries": 10}})
		if err := q.Send(ctx, smtp.Letter{Key: "k1", From: "dc@lists.example.org", To: []string{"a@x.example", "b@x.example"}}); err != nil {
			t.Fatal(err)
		}
		if err := q.Plan(ctx, post("p1", copyOf("dc", "body"), copyOf("dc-maps", "body"))); err != nil {
			t.Fatal(err)
		}
		if err := q.sweep(ctx); err != nil {
			t.Fatal(err)
		}
		p, err := q.Part(ctx) // numbers 0 to 3
		if err != nil || p == nil {
			t.Fatal(p, err)
		}
		put := []lists.Deferral{{Destination: "example.org", Numbers: []lists.Number{2, 3}, Reply: "451 4.3.0 later"}}
		if err := p.End(ctx, []lists.Number{1}, put, true); err != nil {
			t.Fatal(err)
		}
		want := `inbound|q1|dc|dc@lists.example.org|0|
dead|q0|dc-maps|dc-maps@lists.example.org|10|set aside: no
letter|k1||a@x.example|0|
letter|k1||b@x.example|0|
post|p1@example.org|dc, dc-maps||0|
late|p1@example.org|dc|m2@example.org|1|451 4.3.0 later
late|p1@example.org|dc-maps|m3@example.org|1|451 4.3.0 later
`
		if got := show(t, q); got != want {
			t.Fatalf("shows\n%swant\n%s", got, want)
		}
		if d, err := q.Depth(ctx); err != nil || d.Inbound != 1 || d.Dead != 1 || d.Letters != 1 || d.Posts != 1 || d.Late != 1 {
			t.Errorf("depth %+v, %v", d, err)
		}
		// Put off till later; hastened it goes at once.
		if n := rdb.XLen(ctx, p.keys.retries()).Val(); n != 0 {
			t.Fatalf("%d retries too early", n)
		}
		if n, err := q.Retry(ctx, "<p1@example.org>", "M2@example.org"); n != 1 || err != nil {
			t.Fatalf("retried %d, %v", n, err)
		}
		if n, err := q.Retry(ctx, "p1@example.org", "m6@example.org"); n != 0 || err != nil {
			t.Fatalf("retried %d for one who is not put off, %v", n, err)
		}
		if n, err := q.Retry(ctx, "q0", ""); n != 1 || err != nil {
			t.Fatalf("revived %d, %v", n, err)
		}
		if err := q.sweep(ctx); err != nil {
			t.Fatal(err)
		}
		if n := rdb.XLen(ctx, p.keys.retries()).Val(); n != 1 {
			t.Fatalf("%d retries, not 1", n)
		}
		for _, d := range []struct {
			message, recipient string
			n                  int
		}{{"p1@example.org", "m2@example.org", 1}, {"k1", "a@x.example", 1}, {"nothing", "", 0}, {"q1", "", 1}} {
			if n, err := q.Drop(ctx, d.message, d.recipient); n != d.n || err != nil {
				t.Errorf("drop %v: %d, %v", d, n, err)
			}
		}
		want = `inbound|q0|dc-maps|dc-maps@lists.example.org|0|
letter|k1||b@x.example|0|
post|p1@example.org|dc, dc-maps||0|
late|p1@example.org|dc-maps|m3@example.org|1|451 4.3.0 later
`
		if got := show(t, q); got != want {
			t.Fatalf("shows\n%swant\n%s", got, want)
		}
		held, err := q.Part(ctx)
		if err != nil || held == nil {
			t.Fatal(held, err)
		}
		if n, err := q.Drop(ctx, All, ""); n != 3 || err != nil {
			t.Errorf("dropped %d, %v", n, err)
		}
		if got := show(t, q); got != "" {
			t.Fatalf("still shows %q", got)
		}
		if err := held.End(ctx, nil, nil, true); err == nil || held.Valid() {
			t.Error("a dropped post could still be written")
		}
		if p, err := q.Part(ctx); p != nil || err != nil {
			t.Errorf("still serves %v, %v", p, err)
		}
		// Planned again it stays dropped: it was given up for these lists.
		if err := q.Plan(ctx, post("p1", copyOf("dc", "body"))); err != nil {
			t.Fatal(err)
		}
		if got := show(t, q); got != "" {
			t.Errorf("planned again it shows %q", got)
		}
	})
}

// A Redis that is full, or takes no writes, shows what waits all the same; and
// what is dropped makes room.
func TestAFullRedisCanBeLookedAt(t *testing.T) {
	rdb := redistest.Start(t).Client(t)
	ctx := t.Context()
	q := New(rdb, Options{Domain: "lists.example.org", Chunk: 4, Roster: members(6)})
	if _, err := q.Accept(ctx, smtp.Envelope{ID: "q1", To: []string{"dc@lists.example.org"}}, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := q.Send(ctx, smtp.Letter{Key: "k1", From: "dc@lists.example.org", To: []string{"a@x.example"}}); err != nil {
		t.Fatal(err)
	}
	if err := q.Plan(ctx, post("p1", copyOf("dc", "body"))); err != nil {
		t.Fatal(err)
	}
	want := show(t, q)
	for setting, value := range map[string]string{"maxmemory": "1", "min-replicas-to-write": "1"} {
		if err := rdb.ConfigSet(ctx, setting, value).Err(); err != nil {
			t.Fatal(err)
		}
		if got := show(t, New(rdb, q.opt)); got != want {
			t.Errorf("%s %s: it shows %q instead of %q", setting, value, got, want)
		}
		if err := rdb.ConfigSet(ctx, setting, "0").Err(); err != nil {
			t.Fatal(err)
		}
	}
	if err := rdb.ConfigSet(ctx, "maxmemory", "1").Err(); err != nil {
		t.Fatal(err)
	}
	if n, err := New(rdb, q.opt).Drop(ctx, All, ""); n != 3 || err != nil {
		t.Errorf("dropped %d, %v", n, err)
	}
	if got := show(t, q); got != "" {
		t.Errorf("left: %s", got)
	}
}

func TestEntryJSON(t *testing.T) {
	b, err := json.Marshal(Entry{Message: "m", Due: time.Unix(0, 0).UTC()})
	want := `{"message":"m","list":"","recipient":"","attempts":0,"due":"1970-01-01T00:00:00Z","last_reply":""}`
	if err != nil || string(b) != want {
		t.Errorf("%s, %v", b, err)
	}
}

// A million members at one provider that puts everything off are one entry
// a chunk, never one a recipient.
func TestPutOffIsOneEntryAChunk(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx := t.Context()
		q := New(rdb, Options{Chunk: 100, Roster: members(1000)})
		if err := q.Plan(ctx, post("p1", copyOf("dc", "body"))); err != nil {
			t.Fatal(err)
		}
		if err := q.sweep(ctx); err != nil {
			t.Fatal(err)
		}
		before := rdb.DBSize(ctx).Val()
		for {
			p, err := q.Part(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if p == nil {
				break
			}
			d := lists.Deferral{Destination: "example.org", Reply: "421 4.7.0 later"}
			for n, to := p.Range(); n <= to; n++ {
				d.Numbers = append(d.Numbers, n)
			}
			if err := p.End(ctx, nil, []lists.Deferral{d}, true); err != nil {
				t.Fatal(err)
			}
		}
		k := familyKeys("dc")
		if late, due := rdb.HLen(ctx, k.late("p1")).Val(), rdb.ZCard(ctx, k.due()).Val(); late != 11 || due != 11 {
			t.Errorf("%d entries, %d due times for 11 chunks", late, due)
		}
		if after := rdb.DBSize(ctx).Val(); after > before+4 { // what is handled, what was put off, until when, and the stream it will be on
			t.Errorf("%d keys became %d", before, after)
		}
	})
}

// One huge post delays a small one by no more than a chunk.
func TestPostsTakeTurns(t *testing.T) {
	each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx := t.Context()
		q := New(rdb, Options{Chunk: 4, Roster: members(200)})
		if err := q.Plan(ctx, post("huge", copyOf("dc", "body"))); err != nil {
			t.Fatal(err)
		}
		if err := q.sweep(ctx); err != nil {
			t.Fatal(err)
		}
		var order []string
		for i := range 5 {
			if i == 2 {
				if err := q.Plan(ctx, post("small", copyOf("dc", "body"))); err != nil {
					t.Fatal(err)
				}
			}
			p, err := q.Part(ctx)
			if err != nil || p == nil {
				t.Fatal(p, err)
			}
			order = append(order, p.Fanout().ID)
		}
		if got := strings.Join(order, " "); got != "huge huge huge small huge" {
			t.Errorf("taken in order %s", got)
		}
	})
}

// In a cluster every script and transaction stays inside one hash tag.
func TestKeysShareATag(t *testing.T) {
	for _, keys := range [][]string{
		{inboundKeys("0").stream(), inboundKeys("0").guard("x"), inboundKeys("0").later(), inboundKeys("0").errors(), inboundKeys("0").dead()},
		{lettersPrompt, lettersNotice, lettersLater, lettersAll, letterOnceKey("x"), letterKey("x")},
		{familyKeys("dc").chunks(), familyKeys("dc").retries(), familyKeys("dc").due(), familyKeys("dc").posts(), familyKeys("dc").post("x"),
			familyKeys("dc").parts("x"), familyKeys("dc").plan("x"), familyKeys("dc").bodies("x"), familyKeys("dc").late("x")},
	} {
		tag := keys[0][:strings.IndexByte(keys[0], '}')+1]
		for _, k := range keys {
			if !strings.HasPrefix(k, tag) {
				t.Errorf("%s is not under %s", k, tag)
			}
		}
	}
}
