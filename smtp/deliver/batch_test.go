package deliver_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"plenary/lists"
	"plenary/lists/store/redistest"
	"plenary/smtp/deliver"
	"plenary/smtp/deliver/sink"
)

// sharedPost is a post to a list whose members all get the same copy. Its ID
// is one that does not go by VERP.
func sharedPost(id string, ids ...string) lists.Fanout {
	f := post(id, body, ids...)
	for i := range f.Targets {
		f.Targets[i].List.Unsub = lists.UnsubscribeShared
	}
	return f
}

// Members who share a copy are served together, a hundred at a time and by
// one envelope sender for a chunk, whatever the far side speaks; each list of
// the family has its own.
func TestBatches(t *testing.T) {
	for _, without := range [][]string{nil, {"CHUNKING"}, {"CHUNKING", "PIPELINING"}, {"DSN"}} {
		t.Run(fmt.Sprint(without), func(t *testing.T) {
			rdb, s, f := redistest.New(t), newSink(t, sink.Options{Keep: true, Without: without}), family{n: 600}
			n := start(t, rdb, f, func(o *options) {
				relay(s)(o)
				o.queue.Chunk = 256
			})
			if err := n.Plan(t.Context(), sharedPost("p1", "dc", "dc-maps")); err != nil {
				t.Fatal(err)
			}
			settled(t, rdb)
			everyone(t, f, copies(s, "p1"), 0)
			if got := len(s.Mails()); got != 8 { // of each chunk the third in the group, and the others in two, save of the last
				t.Errorf("%d transactions for 600 members, not 8", got)
			}
			for _, m := range s.Mails() {
				token := strings.TrimSuffix(m.From[strings.IndexByte(m.From, '+')+1:], "@lists.example.org")
				serial, first, ok := lists.ReadMemberToken(secret, lists.TokenChunk, token)
				if !ok || len(m.To) > 100 {
					t.Fatalf("from %s to %d", m.From, len(m.To))
				}
				for i, to := range m.To {
					var number lists.Number
					fmt.Sscanf(to, "m%d@", &number)
					if l := main(map[bool]string{true: "dc-maps", false: "dc"}[number%3 == 0]); number < first || number >= first+256 || l.Serial != serial {
						t.Fatalf("%s is not of the chunk at %d, or not of list %d", to, first, serial)
					}
					dsn := m.Rcpt[i] == "NOTIFY=FAILURE ORCPT=rfc822;"+to && slices.Contains(m.Params, "RET=HDRS") && slices.Contains(m.Params, "ENVID=P1")
					if dsn == slices.Contains(without, "DSN") {
						t.Fatalf("%s: %q, %q", to, m.Params, m.Rcpt[i])
					}
				}
			}
		})
	}
}

// Every tenth post or so goes by VERP, the same on every server.
func TestSomeSharedPostsGoByVERP(t *testing.T) {
	rdb, s, f := redistest.New(t), newSink(t, sink.Options{Keep: true}), family{n: 20}
	n := start(t, rdb, f, relay(s))
	const posts = 60
	for i := range posts {
		if err := n.Plan(t.Context(), sharedPost(fmt.Sprint("p", i), "dc")); err != nil {
			t.Fatal(err)
		}
	}
	settled(t, rdb)
	single := map[string]int{}
	for _, m := range s.Mails() {
		if len(m.To) == 1 {
			single[strings.SplitN(string(m.Data), "\r\n", 2)[0]]++
		}
	}
	if len(single) < 1 || len(single) > posts/4 {
		t.Errorf("%d of %d posts went by VERP", len(single), posts)
	}
	for subject, n := range single {
		if n != f.n {
			t.Errorf("%s: %d went by VERP, %d not", subject, n, f.n-n)
		}
	}
}

// Each reply to RCPT is its recipient's, and what is said of the message
// holds for those accepted only.
func TestBatchesWithRefusals(t *testing.T) {
	for _, without := range [][]string{nil, {"CHUNKING"}, {"CHUNKING", "PIPELINING"}} {
		t.Run(fmt.Sprint(without), func(t *testing.T) {
			rdb, f := redistest.New(t), family{n: 300}
			var mu sync.Mutex
			tried := map[string]int{}
			s := newSink(t, sink.Options{Keep: true, Without: without, MostRcpts: 40, Rcpt: func(to string) string {
				var n int
				fmt.Sscanf(to, "m%d@", &n)
				mu.Lock()
				defer mu.Unlock()
				tried[to]++
				switch {
				case n%10 == 0:
					return "550 5.1.1 no such user"
				case n%7 == 0 && tried[to] == 1:
					return "452 4.2.2 mailbox full"
				}
				return ""
			}, Data: func(m sink.Mail) string {
				mu.Lock()
				defer mu.Unlock()
				if tried["message"]++; tried["message"]%3 == 1 {
					return "451 4.3.0 try again"
				}
				return ""
			}})
			n := start(t, rdb, f, func(o *options) {
				relay(s)(o)
				o.queue.Retry.First, o.queue.Retry.Most = 1, 1
			})
			if err := n.Plan(t.Context(), sharedPost("p1", "dc")); err != nil {
				t.Fatal(err)
			}
			settled(t, rdb)
			got := copies(s, "p1")
			for i := lists.Number(1); i <= 300; i++ {
				want := 1
				if i%10 == 0 {
					want = 0
				}
				if got[f.address(i)] != want {
					t.Errorf("member %d got %d", i, got[f.address(i)])
				}
			}
			failed := n.failures.numbers()
			if len(failed) != 30 || n.failures.n != 30 || n.failures.told[10].Stage != "RCPT" || n.failures.told[10].Text != "no such user" {
				t.Errorf("failed: %v, told %d times: %+v", failed, n.failures.n, n.failures.told[10])
			}
			for _, m := range s.Mails() {
				if len(m.To) > 40 {
					t.Errorf("%d recipients", len(m.To))
				}
			}
		})
	}
}

// One recipient too many is no refusal: they go by the next transaction, at
// once, and the server is not asked for as many again.
func TestOneTooManyIsNoRefusal(t *testing.T) {
	for _, without := range []string{"NOTHING", "CHUNKING", "PIPELINING"} {
		t.Run("without_"+without, func(t *testing.T) {
			rdb, s, f := redistest.New(t), newSink(t, sink.Options{Keep: true, Without: []string{without}, MostRcpts: 30}), family{n: 600}
			n := start(t, rdb, f, func(o *options) {
				relay(s)(o)
				o.queue.Chunk, o.deliver.Workers, o.deliver.Connections = 512, 1, 1
			})
			if err := n.Plan(t.Context(), sharedPost("p1", "dc")); err != nil {
				t.Fatal(err)
			}
			settled(t, rdb)
			everyone(t, f, copies(s, "p1"), 0)
			if got := n.Stats(); got.Deferred > 0 || got.Failed > 0 {
				t.Errorf("%+v", got)
			}
			if got := s.Counts().Mails; got > 23 {
				t.Errorf("%d transactions for 600 members by 30", got)
			}
		})
	}
}

// A server that drops the connection over many recipients gets fewer, down to
// one at a time; nobody is missed, and the poor one who is the cause waits alone.
func TestBatchesThatCostTheConnection(t *testing.T) {
	rdb, f := redistest.New(t), family{n: 150}
	var mu sync.Mutex
	in := 0
	s := newSink(t, sink.Options{Keep: true, Without: []string{"CHUNKING"}, Lie: func(at sink.Stage, _ int) *sink.Lie {
		mu.Lock()
		defer mu.Unlock()
		switch at {
		case sink.MailFrom:
			in = 0
		case sink.RcptTo:
			if in++; in > 10 {
				return &sink.Lie{Close: true}
			}
		}
		return nil
	}})
	n := start(t, rdb, f, func(o *options) {
		relay(s)(o)
		o.deliver.Connections, o.deliver.Workers = 1, 1
		o.queue.Retry.First, o.queue.Retry.Most = 1, 1
	})
	if err := n.Plan(t.Context(), sharedPost("p1", "dc")); err != nil {
		t.Fatal(err)
	}
	settled(t, rdb)
	everyone(t, f, copies(s, "p1"), 0)
	if c := s.Counts(); c.Conns > 4 {
		t.Errorf("%d connections", c.Conns)
	}
}

// What a kill may double of shared copies is documented: it is no less than
// what can be on the wire.
func TestSharedWindow(t *testing.T) {
	c := deliver.Config{Workers: 4, Batch: 20, Connections: 3}
	if got := c.SharedWindow(); got != 4*20+3*200 {
		t.Errorf("window %d", got)
	}
	if got := c.Window(); got != 4*20+3*8 {
		t.Errorf("window %d", got)
	}
}
