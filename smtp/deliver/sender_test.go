package deliver_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"plenary/lists"
	"plenary/lists/store/redistest"
	"plenary/smtp"
	"plenary/smtp/deliver"
	"plenary/smtp/deliver/sink"
)

// One post reaches every member once, byte for byte, by VERP.
func TestPostToEveryMember(t *testing.T) {
	for _, without := range [][]string{nil, {"CHUNKING"}, {"CHUNKING", "PIPELINING"}, {"CHUNKING", "PIPELINING", "8BITMIME", "SIZE", "SMTPUTF8"}} {
		t.Run(fmt.Sprint(without), func(t *testing.T) {
			rdb, s, f := redistest.New(t), newSink(t, sink.Options{Keep: true, Without: without}), family{n: 300}
			n := start(t, rdb, f, func(o *options) {
				relay(s)(o)
				o.personal = memberField
			})
			if err := n.Plan(t.Context(), post("p1", body, "dc", "dc-maps")); err != nil {
				t.Fatal(err)
			}
			settled(t, rdb)
			everyone(t, f, copies(s, "p1"), 0)
			for _, m := range s.Mails() {
				var number lists.Number
				if _, err := fmt.Sscanf(m.To[0], "m%d@", &number); err != nil {
					t.Fatal(err)
				}
				l := main("dc")
				if number%3 == 0 {
					l = main("dc-maps")
				}
				token := lists.MemberToken(secret, lists.TokenBounce, l, number)
				if want := l.Name + "-bounces+" + token + "@lists.example.org"; m.From != want {
					t.Fatalf("sender %s, not %s", m.From, want)
				}
				want := fmt.Sprintf("X-Member: %d\r\nSubject: p1\r\nList-Id: <%s>\r\n\r\n%s", number, l.ID, body)
				if string(m.Data) != want {
					t.Fatalf("got %.200q…", m.Data)
				}
			}
			if c := s.Counts(); c.Peak > 6 {
				t.Errorf("%d connections at once", c.Peak)
			}
		})
	}
}

// A later copy for another list of the family reaches only who has none yet
// (invariant 2).
func TestNobodyGetsAPostTwiceThroughTwoLists(t *testing.T) {
	rdb, s, f := redistest.New(t), newSink(t, sink.Options{Keep: true}), family{n: 200}
	n := start(t, rdb, f, relay(s))
	for _, l := range []string{"dc-maps", "dc-maps", "dc", "dc-maps", "dc"} {
		if err := n.Plan(t.Context(), post("p1", body, l)); err != nil {
			t.Fatal(err)
		}
		settled(t, rdb)
	}
	everyone(t, f, copies(s, "p1"), 0)
}

// 4xx is tried again, 5xx is told and never tried again.
func TestRefusals(t *testing.T) {
	rdb, f := redistest.New(t), family{n: 100}
	later := map[string]bool{}
	s := newSink(t, sink.Options{Keep: true, Rcpt: func(to string) string {
		var n int
		fmt.Sscanf(to, "m%d@", &n)
		switch {
		case n%10 == 0:
			return "550 5.1.1 no such user"
		case n%7 == 0 && !later[to]:
			later[to] = true
			return "450 4.2.1 try later"
		}
		return ""
	}})
	n := start(t, rdb, f, func(o *options) {
		relay(s)(o)
		o.deliver.Workers = 1 // the rule above is not for many
		o.queue.Retry.First = 1
		o.queue.Retry.Most = 1
		o.queue.Sweep = 20 * time.Millisecond
	})
	if err := n.Plan(t.Context(), post("p1", body, "dc")); err != nil {
		t.Fatal(err)
	}
	settled(t, rdb)
	got := copies(s, "p1")
	for i := lists.Number(1); i <= 100; i++ {
		want := 1
		if i%10 == 0 {
			want = 0
		}
		if got[f.address(i)] != want {
			t.Errorf("member %d got %d", i, got[f.address(i)])
		}
	}
	if failed := n.failures.numbers(); len(failed) != 10 || n.failures.n != 10 {
		t.Errorf("failed: %v, told %d times", failed, n.failures.n)
	}
	want := deliver.Failure{Family: "dc", List: "dc", Number: 10, PostID: "p1", Code: 550, Enhanced: [3]int{5, 1, 1}, Text: "no such user", Stage: "RCPT"}
	if n.failures.told[10] != want {
		t.Errorf("told %+v", n.failures.told[10])
	}
}

func TestLetters(t *testing.T) {
	rdb := redistest.New(t)
	var refused bool
	s := newSink(t, sink.Options{Keep: true, Rcpt: func(to string) string {
		switch {
		case to == "gone@example.net":
			return "550 5.1.1 gone"
		case to == "busy@example.com" && !refused:
			refused = true
			return "451 4.3.2 busy"
		}
		return ""
	}})
	n := start(t, rdb, family{}, func(o *options) {
		relay(s)(o)
		o.queue.Retry.First, o.queue.Retry.Most, o.queue.Sweep = 1, 1, 20*time.Millisecond
	})
	for range 2 {
		err := n.Send(t.Context(), smtp.Letter{
			Key: "note/1", From: "dc-owner@lists.example.org", To: []string{"ann@example.org", "gone@example.net", "busy@example.com", "bob@example.org"},
			Subject: "Note", Text: "Hello\n.\n", EnvelopeFrom: "",
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	soon(t, "the letter is done", func() bool { return rdb.SCard(t.Context(), "{letters}:all").Val() == 0 })
	got := map[string]int{}
	for _, m := range s.Mails() {
		got[strings.Join(m.To, ",")]++
		if m.From != "" || !bytes.HasSuffix(m.Data, []byte("\r\n\r\nHello\r\n.\r\n")) {
			t.Errorf("from %q: %q", m.From, m.Data)
		}
	}
	if len(got) != 3 || got["ann@example.org"] != 1 || got["bob@example.org"] != 1 || got["busy@example.com"] != 1 {
		t.Errorf("got %v", got)
	}
}
