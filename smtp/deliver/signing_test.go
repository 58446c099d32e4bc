package deliver_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"plenary/lists"
	"plenary/lists/store/redistest"
	"plenary/smtp"
	"plenary/smtp/compose"
	"plenary/smtp/deliver/sink"
)

// families are a large one, dc, and a small one, few.
type families struct{ dc, few family }

func (f families) of(id string) family {
	if id == "few" {
		return f.few
	}
	return f.dc
}

func (f families) LastNumber(_ context.Context, id string) (lists.Number, error) {
	return lists.Number(f.of(id).n), nil
}

func (f families) Roster(ctx context.Context, id string, from, to lists.Number) ([]lists.Person, error) {
	all, err := f.of(id).Roster(ctx, id, from, to)
	for i := range all {
		if all[i].Family = id; id == "few" {
			all[i].Subs = []lists.Subscription{{List: "few", Delivery: lists.Each}}
		}
	}
	return all, err
}

// The signing of a large post, a signature a member, keeps every core busy and
// holds up nobody: a small post, and a letter, that come in the middle of it go
// out after at most what each worker holds and one turn more. Counted are the
// signatures of the large post meanwhile, not time.
func TestSigningHoldsUpNoSmallPost(t *testing.T) {
	const workers, chunk, members = 4, 64, 20_000
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	signer := &compose.Signer{Domain: "lists.example.org", Now: time.Now, Keys: func() []compose.SigningKey { return []compose.SigningKey{{Selector: "s", Private: key}} }}
	var signed, at, most atomic.Int64 // of the large post: signatures, at once now, at once at most
	var small sync.Map                // recipients of the small post and the letter → signatures until then
	s := newSink(t, sink.Options{Rcpt: func(to string) string {
		if strings.HasSuffix(to, "@few.example") {
			small.LoadOrStore(to, signed.Load())
		}
		return ""
	}})
	few := family{n: 10, domain: func(lists.Number) string { return "few.example" }}
	both := families{family{n: members}, few}
	rdb := redistest.New(t)
	n := start(t, rdb, both.dc, func(o *options) {
		relay(s)(o)
		o.roster, o.queue.Roster, o.personal = both, both, memberField
		o.queue.Chunk, o.deliver.Workers, o.deliver.Connections = chunk, workers, workers
		o.deliver.Seal = func(c lists.Copy) func([]byte) []byte {
			seal := signer.Seal(c)
			if c.List.Family != "dc" {
				return seal
			}
			return func(own []byte) []byte {
				most.Store(max(most.Load(), at.Add(1)))
				defer at.Add(-1)
				signed.Add(1)
				return seal(own)
			}
		}
	})
	if err := n.Plan(t.Context(), post("large", body, "dc")); err != nil {
		t.Fatal(err)
	}
	soon(t, "the large post is under way", func() bool { return signed.Load() > workers*chunk })

	smallPost := post("small", body, "few")
	smallPost.Family, smallPost.Targets[0].List.Family = "few", "few"
	began := signed.Load()
	if err := n.Plan(t.Context(), smallPost); err != nil {
		t.Fatal(err)
	}
	if err := n.Send(t.Context(), smtp.Letter{Key: "one", To: []string{"letter@few.example"}, From: "dc-request@lists.example.org", Subject: "One", Text: "One.\n", Date: time.Now()}); err != nil {
		t.Fatal(err)
	}
	arrived := func() (last int64, n int) {
		small.Range(func(_, v any) bool { last, n = max(last, v.(int64)), n+1; return true })
		return last, n
	}
	soon(t, "the small post and the letter are there", func() bool { _, n := arrived(); return n == few.n+1 })
	last, _ := arrived()
	// Each worker ends its part, and some begin one more before the last
	// recipient of the small one's single part is served.
	if between := last - began; between > 2*workers*chunk {
		t.Errorf("%d signatures of the large post went before the small one's last recipient, more than %d", between, 2*workers*chunk)
	}
	if left := members - signed.Load(); left < members/2 {
		t.Errorf("only %d of the large post were left: it was too small to hold anybody up", left)
	}
	if most.Load() < 2 && runtime.GOMAXPROCS(0) > 1 {
		t.Error("signatures were made one at a time")
	}
	t.Logf("%d signatures of the large post meanwhile, %d at once", last-began, most.Load())
}
