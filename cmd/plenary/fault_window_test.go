//go:build faults

package main

import (
	"slices"
	"strings"
	"time"

	"plenary/smtp/deliver"
)

// lifeless is how long a server may be without a sign of life in Redis and
// surely keeps its leases: they are renewed every three seconds and stand for
// thirteen.
const lifeless = 7 * time.Second

// allowance is how many copies too many the faults that came to be allow
// (DESIGN section 2): the window of a sender for each that died or lost its
// leases; what is on the wire for each whose sessions were cut; nothing for
// what was only slow. Windows is how many of them there are: nobody gets more
// copies too many than that, and a letter is doubled no more often.
func allowance(servers []string, t trial, all []outage) (copies, windows int) {
	window := deliver.Config.Window
	if t.shared {
		window = deliver.Config.SharedWindow
	}
	// A session has so many on the wire, as the window counts; there are eight
	// to a relay, or five to each domain.
	each := window(deliver.Config{Workers: 1, Connections: 1, Batch: 1}) - 1
	sessions := 8
	if t.direct {
		sessions = 5 * domains
	}
	wire := sessions * each
	whole := window(deliver.Config{}) - 8*each + wire
	grant := func(n int) { copies, windows = copies+n, windows+1 }
	for _, o := range all {
		for _, s := range servers {
			switch {
			case o.what == s && o.how == "kill":
				grant(whole)
			case o.what == s && (o.how == "term" || o.how == "hup") && disturbed(s, o, all):
				grant(whole)
			case o.what == s && (o.how == "cut-sink" || o.how == "refuse-sink"), o.what == "sink" && o.how == "kill":
				grant(wire)
			}
		}
	}
	for _, s := range servers {
		for range lapses(s, all) {
			grant(whole)
		}
	}
	return copies, windows
}

// touches tells whether a fault keeps the server from Redis.
func touches(s string, o outage) bool {
	switch o.what {
	case s:
		return o.how == "stop" || strings.HasSuffix(o.how, "-redis")
	case "redis":
		return o.how != "rewrite"
	}
	return false
}

// disturbed tells whether something else was broken while the server drained:
// then what is on the wire cannot be finished, or not be recorded.
func disturbed(s string, drain outage, all []outage) bool {
	for _, o := range all {
		if o != drain && (o.what == s || o.what == "redis" || o.what == "sink") &&
			o.from.Before(drain.to.Add(30*time.Second)) && drain.from.Before(o.to) {
			return true
		}
	}
	return false
}

// lapses are the times for which a server was without a sign of life long
// enough to lose its leases. Outages that follow each other closely are one.
func lapses(s string, all []outage) (out []time.Duration) {
	var mine []outage
	for _, o := range all {
		if touches(s, o) {
			mine = append(mine, o)
		}
	}
	slices.SortFunc(mine, func(a, b outage) int { return a.from.Compare(b.from) })
	for i := 0; i < len(mine); {
		from, to := mine[i].from, mine[i].to
		for i++; i < len(mine) && mine[i].from.Before(to.Add(5*time.Second)); i++ {
			if mine[i].to.After(to) {
				to = mine[i].to
			}
		}
		if d := to.Sub(from); d >= lifeless {
			out = append(out, d)
		}
	}
	return out
}
