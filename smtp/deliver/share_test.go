package deliver_test

import (
	"fmt"
	"maps"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/lists"
	"plenary/lists/store/redistest"
	"plenary/smtp"
	"plenary/smtp/deliver"
	"plenary/smtp/deliver/sink"
)

// domains starts a sink for each domain, on addresses of one port, and a name
// server that knows them.
func domains(t *testing.T, options map[string]sink.Options) (sinks map[string]*sink.Sink, port int, server string) {
	t.Helper()
	sinks = map[string]*sink.Sink{}
	zone, at := "", "0"
	for i, d := range slices.Sorted(maps.Keys(options)) {
		o := options[d]
		o.Addr = fmt.Sprintf("127.0.0.%d:%s", i+20, at)
		sinks[d] = newSink(t, o)
		_, at, _ = net.SplitHostPort(sinks[d].Addr())
		zone += fmt.Sprintf("%s. 300 IN A 127.0.0.%d\n", d, i+20)
	}
	server, _ = nameServer(t, zone)
	port, _ = strconv.Atoi(at)
	return sinks, port, server
}

// Who was put off waits for no slow destination of the same part: they are
// told of, one entry a destination, and tried again meanwhile.
func TestASlowDestinationKeepsNoRetryWaiting(t *testing.T) {
	release := make(chan struct{})
	var mu sync.Mutex
	tried := map[string]bool{}
	sinks, port, server := domains(t, map[string]sink.Options{
		"slow.example": {Keep: true, Rcpt: func(string) string { <-release; return "" }},
		"grey.example": {Keep: true, Rcpt: func(to string) string {
			mu.Lock()
			defer mu.Unlock()
			if tried[to] {
				return ""
			}
			tried[to] = true
			return "451 4.7.1 greylisted"
		}},
	})
	f := family{n: 60, domain: func(n lists.Number) string {
		if n%2 == 0 {
			return "grey.example"
		}
		return "slow.example"
	}}
	rdb := redistest.New(t)
	n := start(t, rdb, f, func(o *options) {
		o.deliver.Resolver, o.deliver.Port = server, port
		o.deliver.Timeouts.Command = 20 * time.Minute
		o.queue.Retry.First, o.queue.Retry.Most = 1, 1
	})
	var once sync.Once
	let := func() { once.Do(func() { close(release) }) }
	t.Cleanup(let)
	if err := n.Plan(t.Context(), post("p1", body, "dc")); err != nil {
		t.Fatal(err)
	}
	soon(t, "who was put off is served", func() bool { return len(sinks["grey.example"].Mails()) == 30 })
	if got := len(sinks["slow.example"].Mails()); got != 0 {
		t.Errorf("%d of the slow have it", got)
	}
	let()
	settled(t, rdb)
	got := copies(sinks["grey.example"], "p1")
	maps.Copy(got, copies(sinks["slow.example"], "p1"))
	everyone(t, f, got, 0)
}

// A letter that has no turn at a slow domain waits a moment, and is not put
// off as one that was refused: somebody waits for the answer.
func TestLettersToASlowDomainTakeTurns(t *testing.T) {
	t.Parallel()
	sinks, port, server := domains(t, map[string]sink.Options{"slow.example": {Keep: true, Rcpt: func(string) string { time.Sleep(time.Second); return "" }}})
	rdb := redistest.New(t)
	n := start(t, rdb, family{}, func(o *options) { // what is refused waits for five minutes
		o.deliver.Resolver, o.deliver.Port = server, port
	})
	const letters = 12
	for i := range letters {
		if err := n.Send(t.Context(), smtp.Letter{Key: fmt.Sprint("answer/", i), From: "dc-request@lists.example.org",
			To: []string{fmt.Sprintf("m%d@slow.example", i)}, Subject: "Re: help", Text: "Hello", Priority: smtp.Prompt}); err != nil {
			t.Fatal(err)
		}
	}
	busy := false
	soon(t, "every letter is sent", func() bool {
		all, err := n.List(t.Context())
		for _, e := range all {
			if e.LastReply != "" {
				busy = true
			}
			if e.Attempts > 0 || time.Until(e.Due) > time.Minute {
				t.Fatalf("waits as if it had been refused: %+v", e)
			}
		}
		return err == nil && len(all) == 0
	})
	if got := len(sinks["slow.example"].Mails()); got != letters || !busy {
		t.Errorf("%d mails; some had to wait: %v", got, busy)
	}
}

// A destination that answers nothing for ages holds its share of the workers
// and no more: a post to others goes out meanwhile, and what waits is one
// entry a chunk.
func TestSlowDestinationTakesItsShareOnly(t *testing.T) {
	release := make(chan struct{})
	sinks, port, server := domains(t, map[string]sink.Options{
		"slow.example": {Rcpt: func(string) string { <-release; return "" }},
		"good.example": {Keep: true},
	})
	f := family{n: 16 * 64, domain: func(n lists.Number) string {
		if n%8 == 0 {
			return "good.example"
		}
		return "slow.example"
	}}
	rdb := redistest.New(t)
	n := start(t, rdb, f, func(o *options) {
		o.deliver.Resolver, o.deliver.Port, o.deliver.Workers = server, port, 8
		o.deliver.Timeouts.Command = 20 * time.Minute
	})
	t.Cleanup(func() { close(release) })
	for i := range 3 {
		id := fmt.Sprint("p", i)
		if err := n.Plan(t.Context(), post(id, body, "dc")); err != nil {
			t.Fatal(err)
		}
		soon(t, "the others have it", func() bool { return len(copies(sinks["good.example"], id)) == f.n/8 })
	}
	if c := sinks["slow.example"].Counts(); c.Peak > 2 {
		t.Errorf("the slow destination holds %d of 8 workers", c.Peak)
	}
	entries := rdb.HLen(t.Context(), "{f:dc}:q:late:p0").Val()
	soon(t, "the rest waits", func() bool {
		entries = rdb.HLen(t.Context(), "{f:dc}:q:late:p0").Val()
		return entries >= 14
	})
	if entries > 17 { // chunks of 64, 0 to 1,024
		t.Errorf("%d entries wait, of 17 chunks", entries)
	}
}

// A domain with a quota gets that many and no more; what waits counts as no
// try and is one entry a chunk.
func TestQuotaOfADomain(t *testing.T) {
	sinks, port, server := domains(t, map[string]sink.Options{"slow.example": {Keep: true}, "good.example": {Keep: true}})
	f := family{n: 256, domain: func(n lists.Number) string { return []string{"slow.example", "good.example"}[n%2] }}
	rdb := redistest.New(t)
	n := start(t, rdb, f, func(o *options) {
		o.deliver.Resolver, o.deliver.Port = server, port
		o.deliver.Destinations = []deliver.Destination{{Domain: "slow.example", PerMinute: 12, Connections: 1}}
	})
	if err := n.Plan(t.Context(), post("p1", body, "dc")); err != nil {
		t.Fatal(err)
	}
	soon(t, "the others have it", func() bool { return len(copies(sinks["good.example"], "p1")) == 128 })
	soon(t, "all is tried", func() bool { return rdb.HGet(t.Context(), "{f:dc}:q:post:p1", "left").Val() == "0" })
	c := sinks["slow.example"].Counts()
	if elapsed := c.Last.Sub(c.First); c.Mails < 2 || float64(c.Mails) > 2+elapsed.Seconds()/5+1 || c.Peak > 1 {
		t.Errorf("%d in %s by %d connections, of 12 a minute", c.Mails, elapsed, c.Peak)
	}
	all, err := n.List(t.Context())
	if err != nil || len(all) < 80 {
		t.Fatalf("%d wait: %v", len(all), err)
	}
	for _, e := range all {
		if e.Attempts != 0 || !strings.Contains(e.LastReply, "a minute") && !strings.Contains(e.LastReply, "in use") {
			t.Fatalf("waits: %+v", e)
		}
	}
}

// A destination that says 421 now and then gets fewer sessions, and
// everybody has the post in the end.
func TestFewerSessionsFor421(t *testing.T) {
	lie := func(at sink.Stage, n int) *sink.Lie {
		if at == sink.MailFrom && n%40 == 20 {
			return &sink.Lie{Reply: "421 4.7.0 slow down\r\n", Close: true}
		}
		return nil
	}
	s := newSink(t, sink.Options{Keep: true, Without: []string{"CHUNKING"}, Lie: lie})
	rdb, f := redistest.New(t), family{n: 600}
	start(t, rdb, f, func(o *options) {
		relay(s)(o)
		o.deliver.Connections, o.deliver.Workers = 4, 6
		o.queue.Retry.First, o.queue.Retry.Most = 1, 1
	})
	plan(t, rdb, f, "p1")
	settled(t, rdb)
	everyone(t, f, copies(s, "p1"), 0)
}
