// Package metrics counts what a running Plenary does, for Prometheus: what
// waits in the queue and for how long, what became of deliveries, how long
// each step takes, round trips to Redis, and connections.
//
// A scrape is cheap and bounded: the queue is asked at most every two seconds
// and for three at most, and where Redis does not answer the rest is told all
// the same. No label holds an address, a list's name or anything else that
// people choose. It imports nothing of ours; cmd/plenary joins it to the rooms.
package metrics

import (
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are the counts of one process. They outlive a reload of the
// configuration.
type Metrics struct {
	registry *prometheus.Registry

	steps     *prometheus.HistogramVec // by step and result
	trips     *prometheus.HistogramVec // to Redis, by family of commands
	faults    *prometheus.CounterVec   // of Redis, the same
	open      *prometheus.GaugeVec     // connections, by door
	letIn     *prometheus.CounterVec
	turnedOff *prometheus.CounterVec

	mu      sync.Mutex
	sources []*Source
	past    Deliveries // of sources that have ended
	depth   depth
}

// New makes the counts of this process.
func New() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		steps: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "plenary_step_duration_seconds",
			Help:    "How long a step of a message's way took: accept, route, archive, compose, plan, send (a chunk or what was put off, from lease to ledger), letter.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 3, 12)}, []string{"step", "result"}),
		trips: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "plenary_redis_round_trip_seconds",
			Help:    "How long Redis took to answer, by family of commands; wait is the reading of a stream that waits for work.",
			Buckets: prometheus.ExponentialBuckets(0.0001, 4, 10)}, []string{"family"}),
		faults: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "plenary_redis_errors_total",
			Help: "Commands that Redis did not answer, or refused."}, []string{"family"}),
		open: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "plenary_connections",
			Help: "Connections of clients that are open."}, []string{"door"}),
		letIn: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "plenary_connections_accepted_total",
			Help: "Connections of clients since the process began, those turned away at once too."}, []string{"door"}),
		turnedOff: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "plenary_connections_refused_total",
			Help: "Connections of clients that were turned away, since a limit was reached; smtp: at any door that takes mail, as they share the limits."}, []string{"door"}),
	}
	m.registry.MustRegister(m.steps, m.trips, m.faults, m.open, m.letIn, m.turnedOff, collected{m},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), collectors.NewBuildInfoCollector())
	return m
}

// Gatherer gives the counts to whoever reads them.
func (m *Metrics) Gatherer() prometheus.Gatherer { return m.registry }

// Handler answers a scrape.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 4, Timeout: 10 * time.Second})
}

// Time begins a step; what it gives is called at the step's end.
func (m *Metrics) Time(step string) (done func(error)) {
	began := time.Now()
	return func(err error) { m.Took(step, time.Since(began), err) }
}

// Took counts a step that is over.
func (m *Metrics) Took(step string, d time.Duration, err error) {
	result := "ok"
	if err != nil {
		result = "failed"
	}
	m.steps.WithLabelValues(step, result).Observe(d.Seconds())
}
