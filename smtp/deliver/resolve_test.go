package deliver

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// zone is a name server on this machine that knows some records.
func zone(t *testing.T, text string) (addr string, asked *atomic.Int32) {
	t.Helper()
	var records []dns.RR
	for line := range strings.Lines(text) {
		rr, err := dns.NewRR(line)
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, rr)
	}
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked = new(atomic.Int32)
	s := &dns.Server{PacketConn: pc, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, m *dns.Msg) {
		asked.Add(1)
		r := new(dns.Msg).SetReply(m)
		for _, rr := range records {
			if rr.Header().Name == strings.ToLower(m.Question[0].Name) && rr.Header().Rrtype == m.Question[0].Qtype {
				r.Answer = append(r.Answer, rr)
			}
		}
		_ = w.WriteMsg(r)
	})}
	go func() { _ = s.ActivateAndServe() }()
	t.Cleanup(func() { _ = s.Shutdown() })
	return pc.LocalAddr().String(), asked
}

// Exchangers come by preference and by chance among equals, each with its
// addresses of both kinds by turns; what is not there comes of the domain.
func TestExchangersInOrder(t *testing.T) {
	server, _ := zone(t, `two.example. 300 IN MX 20 c.example.
two.example. 300 IN MX 10 a.example.
two.example. 300 IN MX 10 b.example.
a.example. 300 IN A 192.0.2.1
a.example. 300 IN A 192.0.2.2
a.example. 300 IN AAAA 2001:db8::1
b.example. 300 IN AAAA 2001:db8::b
c.example. 300 IN A 192.0.2.3
bare.example. 300 IN A 192.0.2.4
null.example. 300 IN MX 0 .`)
	r, err := newResolver(server, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	x := &exchangers{resolve: r, port: 25}
	of := map[string]string{"a": "a [2001:db8::1]:25|a 192.0.2.1:25|a 192.0.2.2:25", "b": "b [2001:db8::b]:25", "c": "c 192.0.2.3:25"}
	wanted := []string{of["a"] + "|" + of["b"] + "|" + of["c"], of["b"] + "|" + of["a"] + "|" + of["c"]}
	seen := map[string]int{}
	for range 200 { // the chance that one order never comes is 2^-199
		to, err := x.of(t.Context(), "two.example")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range to {
			got = append(got, strings.TrimSuffix(e.host, ".example")+" "+e.addr)
		}
		seen[strings.Join(got, "|")]++
	}
	for order := range seen {
		if !slices.Contains(wanted, order) {
			t.Errorf("order %s", order)
		}
	}
	if len(seen) != 2 {
		t.Errorf("equals come in one order: %v", seen)
	}
	if to, err := x.of(t.Context(), "bare.example"); err != nil || len(to) != 1 || to[0].addr != "192.0.2.4:25" {
		t.Errorf("without MX: %v, %v", to, err)
	}
	var none *noMail
	if _, err := x.of(t.Context(), "null.example"); !errors.As(err, &none) || none.reply.code != 556 {
		t.Errorf("null MX: %v", err)
	}
	if _, err := x.of(t.Context(), "empty.example"); !errors.As(err, &none) || none.reply.code != 550 {
		t.Errorf("no address: %v", err)
	}
}

// Answers are kept as long as they hold, and never more of them than are
// allowed.
func TestAnswersAreKeptAndBounded(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	server, asked := zone(t, "a.example. 60 IN A 192.0.2.1\nb.example. 1 IN A 192.0.2.2\nc.example. 999999 IN A 192.0.2.3")
	r, err := newResolver(server, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		later time.Duration
		name  string
		want  int32 // questions
	}{{0, "a.example", 1}, {0, "A.example", 0}, {59 * time.Second, "a.example", 0}, {2 * time.Second, "a.example", 1},
		{0, "b.example", 1}, {leastTTL - 1, "b.example", 0}, {2, "b.example", 1}, {0, "c.example", 1}, {mostTTL - 1, "c.example", 0}, {2, "c.example", 1}} {
		now = now.Add(step.later)
		before := asked.Load()
		if _, err := r.ask(t.Context(), step.name, dns.TypeA); err != nil {
			t.Fatal(err)
		}
		if got := asked.Load() - before; got != step.want {
			t.Errorf("%s: asked %d times, not %d", step.name, got, step.want)
		}
	}
	c := newCache(10)
	for i := range 1000 {
		c.put(question{fmt.Sprint(i), dns.TypeA}, answer{until: now.Add(time.Duration(i) * time.Second)})
	}
	if len(c.held) != 10 {
		t.Errorf("%d answers are kept", len(c.held))
	}
	if _, ok := c.get(question{"999", dns.TypeA}, now); !ok {
		t.Error("the last is not kept")
	}
	p := &policies{held: map[string]*keptPolicy{}}
	for i := range policiesKept + 100 {
		p.keep(fmt.Sprint(i), keptPolicy{})
	}
	if len(p.held) != policiesKept {
		t.Errorf("%d policies are kept", len(p.held))
	}
}
