package metrics

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Source is where a scrape reads what a service keeps count of itself.
type Source struct {
	Waiting    func(ctx context.Context) ([]Waiting, error) // what is in the queue
	Deliveries func() Deliveries
	Pool       func() (used, idle int) // connections to Redis
}

// Waiting is how much of a kind the queue holds.
type Waiting struct {
	Kind   string
	Count  int
	Oldest time.Duration // how long the oldest has waited; negative: not known
}

// Deliveries are what a sender has done, and its sessions now.
type Deliveries struct {
	Sent, Deferred, Failed, Letters, Saves int64
	Busy, Idle                             int // sessions
	Down                                   int // destinations that were not there when last tried
}

// plus adds up what was done; sessions are those of d.
func (d Deliveries) plus(e Deliveries) Deliveries {
	d.Sent, d.Deferred, d.Failed = d.Sent+e.Sent, d.Deferred+e.Deferred, d.Failed+e.Failed
	d.Letters, d.Saves = d.Letters+e.Letters, d.Saves+e.Saves
	d.Busy, d.Idle, d.Down = d.Busy+e.Busy, d.Idle+e.Idle, max(d.Down, e.Down)
	return d
}

// Attach has scrapes ask the source, until detach is called. While one service
// takes over from another both are asked for deliveries, and the newer for the
// rest.
func (m *Metrics) Attach(s Source) (detach func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	own := &s
	m.sources = append(m.sources, own)
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		for i, one := range m.sources {
			if one == own {
				m.sources = append(m.sources[:i:i], m.sources[i+1:]...)
				last := s.Deliveries()
				last.Busy, last.Idle, last.Down = 0, 0, 0
				m.past = m.past.plus(last)
			}
		}
	}
}

// What is asked of sources at a scrape.
var (
	queueDepth  = prometheus.NewDesc("plenary_queue_depth", "What the queue holds: inbound messages not routed, dead ones set aside, letters, posts not settled, and late entries (one a post, chunk and destination).", []string{"kind"}, nil)
	queueOldest = prometheus.NewDesc("plenary_queue_oldest_age_seconds", "How long the oldest of the kind has waited; 0 where none waits. Letters: of those not put off.", []string{"kind"}, nil)
	redisUp     = prometheus.NewDesc("plenary_redis_up", "1 where Redis answered when the queue was measured last, else 0.", nil, nil)
	redisConns  = prometheus.NewDesc("plenary_redis_connections", "Connections to Redis.", []string{"state"}, nil)
	deliveries  = prometheus.NewDesc("plenary_deliveries_total", "Recipients of posts by what became of them: sent, deferred (each time), failed (letters' too); and recipients of letters served.", []string{"result"}, nil)
	saves       = prometheus.NewDesc("plenary_ledger_writes_total", "Writes of who has a post.", nil, nil)
	outgoing    = prometheus.NewDesc("plenary_outgoing_connections", "Sessions to the relay or to mail exchangers, taken by work or in wait for it.", []string{"state"}, nil)
	down        = prometheus.NewDesc("plenary_destinations_down", "Destinations that were not there when last tried.", nil, nil)
)

// collected reads the sources.
type collected struct{ m *Metrics }

// Describe tells what Collect gives.
func (c collected) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{queueDepth, queueOldest, redisUp, redisConns, deliveries, saves, outgoing, down} {
		to <- d
	}
}

// Collect gives what the sources say now, and the queue's depth as it was at
// most two seconds ago.
func (c collected) Collect(to chan<- prometheus.Metric) {
	give := func(d *prometheus.Desc, kind prometheus.ValueType, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, kind, v, labels...)
	}
	sum, newest := c.m.delivered()
	for _, one := range []struct {
		result string
		n      int64
	}{{"sent", sum.Sent}, {"deferred", sum.Deferred}, {"failed", sum.Failed}, {"letter", sum.Letters}} {
		give(deliveries, prometheus.CounterValue, float64(one.n), one.result)
	}
	give(saves, prometheus.CounterValue, float64(sum.Saves))
	give(outgoing, prometheus.GaugeValue, float64(sum.Busy), "busy")
	give(outgoing, prometheus.GaugeValue, float64(sum.Idle), "idle")
	give(down, prometheus.GaugeValue, float64(sum.Down))
	if newest == nil {
		return
	}
	used, idle := newest.Pool()
	give(redisConns, prometheus.GaugeValue, float64(used), "used")
	give(redisConns, prometheus.GaugeValue, float64(idle), "idle")
	waiting, err := c.m.depth.read(newest)
	if err != nil {
		give(redisUp, prometheus.GaugeValue, 0)
		return
	}
	give(redisUp, prometheus.GaugeValue, 1)
	for _, w := range waiting {
		give(queueDepth, prometheus.GaugeValue, float64(w.Count), w.Kind)
		if w.Oldest >= 0 {
			give(queueOldest, prometheus.GaugeValue, w.Oldest.Seconds(), w.Kind)
		}
	}
}

// delivered adds up all that was done, and gives the newest source, if any.
func (m *Metrics) delivered() (sum Deliveries, newest *Source) {
	m.mu.Lock()
	defer m.mu.Unlock()
	sum = m.past
	for _, s := range m.sources {
		sum, newest = sum.plus(s.Deliveries()), s
	}
	return sum, newest
}
