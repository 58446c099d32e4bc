package deliver_test

import (
	"bytes"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/miekg/dns"

	"plenary/lists"
	"plenary/lists/store/redistest"
	"plenary/smtp/deliver/sink"
)

// nameServer answers from a zone; a name with "servfail" in it is trouble.
func nameServer(t *testing.T, zone string) (addr string, asked *atomic.Int32) {
	t.Helper()
	records := map[string][]dns.RR{}
	for line := range strings.Lines(zone) {
		rr, err := dns.NewRR(line)
		if err != nil {
			t.Fatal(err)
		}
		if rr != nil {
			records[rr.Header().Name] = append(records[rr.Header().Name], rr)
		}
	}
	asked = new(atomic.Int32)
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &dns.Server{PacketConn: pc, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, m *dns.Msg) {
		asked.Add(1)
		r := new(dns.Msg).SetReply(m)
		name := strings.ToLower(m.Question[0].Name)
		switch all := records[name]; {
		case strings.Contains(name, "servfail"):
			r.Rcode = dns.RcodeServerFailure
		case all == nil:
			r.Rcode = dns.RcodeNameError
		default:
			for _, rr := range all {
				if rr.Header().Rrtype == m.Question[0].Qtype {
					r.Answer = append(r.Answer, rr)
				}
			}
		}
		_ = w.WriteMsg(r)
	})}
	go func() { _ = s.ActivateAndServe() }()
	t.Cleanup(func() { _ = s.Shutdown() })
	return pc.LocalAddr().String(), asked
}

// Straight to the MX: by preference, past hosts that are not there, to the
// domain itself where it has none; null MX and unknown domains fail, trouble
// waits.
func TestMailExchangers(t *testing.T) {
	domains := []string{"two.example", "plain.example", "null.example", "nowhere.example", "servfail.example", "lame.example", "empty.example"}
	f := family{n: 21, domain: func(n lists.Number) string { return domains[int(n)%len(domains)] }}
	first, second := newSink(t, sink.Options{Keep: true, Addr: "127.0.0.2:0"}), (*sink.Sink)(nil)
	_, port, err := net.SplitHostPort(first.Addr())
	if err != nil {
		t.Fatal(err)
	}
	second = newSink(t, sink.Options{Keep: true, Addr: "127.0.0.3:" + port})
	server, asked := nameServer(t, `
two.example. 300 IN MX 10 dead.two.example.
two.example. 300 IN MX 20 one.two.example.
two.example. 300 IN MX 30 three.two.example.
dead.two.example. 300 IN A 127.0.0.9
one.two.example. 300 IN A 127.0.0.2
three.two.example. 300 IN A 127.0.0.3
plain.example. 300 IN A 127.0.0.3
null.example. 300 IN MX 0 .
lame.example. 300 IN MX 10 mx.servfail.example.
empty.example. 300 IN TXT "nothing"
`)
	rdb := redistest.New(t)
	n := start(t, rdb, f, func(o *options) {
		o.deliver.Resolver = server
		o.deliver.Port, _ = strconv.Atoi(port)
	})
	if err := n.Plan(t.Context(), post("p1", body, "dc")); err != nil {
		t.Fatal(err)
	}
	soon(t, "all is tried", func() bool { return rdb.ZCard(t.Context(), "{f:dc}:q:due").Val() == 2 })
	soon(t, "all is recorded", func() bool { return rdb.HGet(t.Context(), "{f:dc}:q:post:p1", "left").Val() == "0" })
	for s, domain := range map[*sink.Sink]string{first: "two.example", second: "plain.example"} {
		got := copies(s, "p1")
		if len(got) != 3 {
			t.Errorf("%s: %v", domain, got)
		}
		for to, c := range got {
			if !strings.HasSuffix(to, "@"+domain) || c != 1 {
				t.Errorf("%s got %d, sent for %s", to, c, domain)
			}
		}
	}
	want := map[string]string{"null.example": "556 [5 1 10]", "nowhere.example": "550 [5 1 2]", "empty.example": "550 [5 4 4]"}
	for _, number := range n.failures.numbers() {
		got := n.failures.told[number]
		if d := f.domain(number); fmt.Sprintf("%d %d", got.Code, got.Enhanced) != want[d] || got.Stage != "" {
			t.Errorf("%s failed by %+v", d, got)
		}
	}
	if got := len(n.failures.numbers()); got != 9 {
		t.Errorf("%d failed, not 9", got)
	}
	entries, err := n.List(t.Context())
	if err != nil || len(entries) != 6 {
		t.Fatalf("%d wait, not 6: %v", len(entries), err)
	}
	for _, e := range entries {
		if !strings.Contains(e.Recipient, "servfail") && !strings.Contains(e.Recipient, "lame") || e.Attempts != 1 || !strings.Contains(e.LastReply, "SERVFAIL") {
			t.Errorf("waits: %+v", e)
		}
	}
	// Answers are remembered: a second post asks only about the trouble.
	before := asked.Load()
	if err := n.Plan(t.Context(), post("p2", body, "dc")); err != nil {
		t.Fatal(err)
	}
	soon(t, "the second post is tried", func() bool { return len(copies(first, "p2")) == 3 && len(copies(second, "p2")) == 3 })
	if again := asked.Load() - before; again > 12 {
		t.Errorf("asked %d times again", again)
	}
}

// A destination that says 421 is tried once, and what waits for it is one
// entry a chunk.
func TestDeadDestinationIsTriedOnce(t *testing.T) {
	f := family{n: 300, domain: func(n lists.Number) string { return []string{"busy.example", "good.example"}[n%2] }}
	good := newSink(t, sink.Options{Keep: true, Addr: "127.0.0.2:0"})
	_, port, err := net.SplitHostPort(good.Addr())
	if err != nil {
		t.Fatal(err)
	}
	busy := newSink(t, sink.Options{Addr: "127.0.0.3:" + port, Lie: func(at sink.Stage, _ int) *sink.Lie {
		return &sink.Lie{Reply: "421 4.7.0 too much mail\r\n", Close: true}
	}})
	server, _ := nameServer(t, "good.example. 300 IN A 127.0.0.2\nbusy.example. 300 IN A 127.0.0.3\n")
	rdb := redistest.New(t)
	n := start(t, rdb, f, func(o *options) {
		o.deliver.Resolver, o.deliver.Workers = server, 1
		o.deliver.Port, _ = strconv.Atoi(port)
	})
	if err := n.Plan(t.Context(), post("p1", body, "dc")); err != nil {
		t.Fatal(err)
	}
	soon(t, "all is tried", func() bool { return rdb.HGet(t.Context(), "{f:dc}:q:post:p1", "left").Val() == "0" })
	if got := len(copies(good, "p1")); got != 150 {
		t.Errorf("%d got it, not 150", got)
	}
	if c := busy.Counts().Conns; c != 1 {
		t.Errorf("the dead destination was tried %d times", c)
	}
	if got := rdb.HLen(t.Context(), "{f:dc}:q:late:p1").Val(); got != 5 { // chunks of 64
		t.Errorf("%d entries wait, not 5", got)
	}
	all, err := n.List(t.Context())
	if err != nil || len(all) != 150 || !strings.Contains(all[0].LastReply, "421 4.7.0 too much mail") {
		t.Errorf("%d wait, %v: %+v", len(all), err, all[:1])
	}
	if bytes.Contains([]byte(all[0].Recipient), []byte("good")) {
		t.Errorf("%+v", all[0])
	}
}
