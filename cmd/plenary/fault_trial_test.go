//go:build faults

package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// trial is what one seed asks for: posts, and what breaks while they are
// under way. The same seed asks for the same; what then meets what is chance.
type trial struct {
	seed    uint64
	servers int
	latency time.Duration // of the sink's answers
	without []string      // extensions that the sink lacks
	posts   []trialPost
	faults  []trialFault
	help    bool // a member asks for help, too: one letter
	shared  bool // the lists' members share one copy
	moves   bool // members leave and join meanwhile
	direct  bool // to each domain's MX instead of a relay
}

// trialPost is a post to one list, or to two of a family.
type trialPost struct {
	lists []string
	apart bool // a mail for each list, with the same Message-ID
	lines int  // of its body
	after time.Duration
}

// trialFault is one thing that breaks.
type trialFault struct {
	at    float64       // when so much of all mail was served, from 0 to 1
	wait  time.Duration // and then so long
	what  string        // redis, sink, or a server: one, two, three
	how   string        // see the draw functions
	lasts time.Duration // negative: until all the rest is done
}

func (f trialFault) String() string {
	s := fmt.Sprintf("%s %s at %d%%", f.how, f.what, int(f.at*100))
	switch {
	case f.lasts < 0:
		s += " for good"
	case f.lasts > 0:
		s += " for " + f.lasts.Round(10*time.Millisecond).String()
	}
	return s
}

var serverNames = []string{"one", "two", "three"}

// draw makes the trial of a seed. Every twentieth has no fault, every eighth
// three servers, and every eighth no relay.
func draw(seed uint64) trial {
	r := rand.New(rand.NewPCG(seed, 4))
	t := trial{seed: seed, servers: 2, help: r.IntN(3) == 0, shared: r.IntN(4) == 0, moves: r.IntN(4) == 0}
	switch seed % 8 {
	case 0:
		t.servers = 3
	case 3:
		t.direct = true
	}
	t.latency = []time.Duration{0, time.Millisecond, 3 * time.Millisecond}[r.IntN(3)]
	t.without = [][]string{nil, nil, nil, {"CHUNKING"}, {"CHUNKING"}, {"CHUNKING"}, {"CHUNKING"}, {"CHUNKING", "PIPELINING"}}[r.IntN(8)]
	for i := range 1 + r.IntN(3) {
		p := trialPost{lists: []string{"dc"}, lines: 5 + r.IntN(60), after: time.Duration(r.IntN(500)) * time.Millisecond}
		switch k := r.IntN(6); {
		case k == 0:
			p.lists, p.apart = []string{"dc-maps", "dc"}, r.IntN(2) == 0
		case k == 1:
			p.lists, p.apart = []string{"dc", "dc-maps"}, true
		case k == 2 && i > 0:
			p.lists = []string{"dc-maps"}
		}
		if i == 0 {
			p.after = 0
		}
		t.posts = append(t.posts, p)
	}
	if seed%20 == 0 {
		return t
	}
	gone := false
	for range 1 + r.IntN(5) {
		f := trialFault{at: r.Float64()}
		if r.IntN(3) == 0 {
			f.at = 0 // while mail comes in and is planned
		}
		f.wait = time.Duration(r.IntN(200)) * time.Millisecond
		switch k := r.IntN(20); {
		case k < 11:
			f.what = serverNames[r.IntN(t.servers)]
			f.how, f.lasts = drawServer(r)
			if f.how == "kill" && !gone && r.IntN(4) == 0 {
				gone, f.lasts = true, -1
			}
		case k < 16:
			f.what = "redis"
			f.how, f.lasts = drawRedis(r)
		default:
			f.what, f.how, f.lasts = "sink", []string{"kill", "stop"}[r.IntN(2)], drawSpan(r)
		}
		t.faults = append(t.faults, f)
	}
	return t
}

// drawSpan is mostly short, and sometimes about as long as a lease or longer.
func drawSpan(r *rand.Rand) time.Duration {
	if r.IntN(4) == 0 {
		return 8*time.Second + upTo(r, 12*time.Second)
	}
	return 20*time.Millisecond + upTo(r, 4*time.Second)
}

// drawServer says what breaks of a server: it is killed, stopped (SIGSTOP),
// ended and started anew (SIGTERM), told to read its configuration again
// (SIGHUP), or its way to Redis or to the sink is cut (once), refused, or stalled.
func drawServer(r *rand.Rand) (string, time.Duration) {
	switch k := r.IntN(20); {
	case k < 7:
		return "kill", drawSpan(r) / 2
	case k < 12:
		return "stop", drawSpan(r)
	case k < 13:
		return "term", 0
	case k < 14:
		return "hup", 0
	}
	way := []string{"redis", "redis", "sink"}[r.IntN(3)]
	switch r.IntN(3) {
	case 0:
		return "cut-" + way, 0
	case 1:
		return "refuse-" + way, drawSpan(r)
	}
	return "stall-" + way, drawSpan(r)
}

// drawRedis says what breaks of Redis: it is killed, stopped, has no memory
// left, drops its clients, or rewrites its file (which breaks nothing).
func drawRedis(r *rand.Rand) (string, time.Duration) {
	switch k := r.IntN(20); {
	case k < 9:
		return "kill", drawSpan(r) / 2
	case k < 13:
		return "stop", drawSpan(r)
	case k < 16:
		return "full", drawSpan(r)
	case k < 18:
		return "clients", 0
	}
	return "rewrite", 0
}

func (t trial) String() string {
	var b strings.Builder
	for i, p := range t.posts {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strings.Join(p.lists, "+"))
		if p.apart {
			b.WriteString(" apart")
		}
	}
	fmt.Fprintf(&b, "; %d servers; sink %s", t.servers, t.latency)
	for _, w := range t.without {
		b.WriteString(" no " + w)
	}
	if t.shared {
		b.WriteString("; shared copies")
	}
	if t.direct {
		b.WriteString("; no relay")
	}
	if t.moves {
		b.WriteString("; members leave and join")
	}
	for _, f := range t.faults {
		b.WriteString("; " + f.String())
	}
	return b.String()
}

// upTo is a time from nothing to d.
func upTo(r *rand.Rand, d time.Duration) time.Duration { return time.Duration(r.Int64N(int64(d))) }
