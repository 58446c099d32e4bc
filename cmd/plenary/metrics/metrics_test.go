package metrics

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/redis/go-redis/v9"
)

// used is a set of counts that all have a value.
func used(t *testing.T) *Metrics {
	m := New()
	m.Attach(Source{
		Waiting: func(context.Context) ([]Waiting, error) {
			return []Waiting{{Kind: "inbound", Count: 3, Oldest: 90 * time.Second}, {Kind: "late", Count: 2, Oldest: -1}}, nil
		},
		Deliveries: func() Deliveries {
			return Deliveries{Sent: 5, Deferred: 1, Failed: 2, Letters: 4, Saves: 9, Busy: 6, Idle: 7, Down: 1}
		},
		Pool: func() (int, int) { return 1, 2 },
	})
	m.Time("route")(nil)
	m.trip("script", time.Now(), errors.New("no"))
	m.Refused("smtp")
	m.open.WithLabelValues("smtp").Inc()
	m.letIn.WithLabelValues("smtp").Inc()
	return m
}

func TestNamesAreAsPrometheusWantsThem(t *testing.T) {
	problems, err := testutil.GatherAndLint(used(t).Gatherer())
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
}

func TestASourceIsShown(t *testing.T) {
	want := `
# HELP plenary_deliveries_total Recipients of posts by what became of them: sent, deferred (each time), failed (letters' too); and recipients of letters served.
# TYPE plenary_deliveries_total counter
plenary_deliveries_total{result="deferred"} 1
plenary_deliveries_total{result="failed"} 2
plenary_deliveries_total{result="letter"} 4
plenary_deliveries_total{result="sent"} 5
# HELP plenary_queue_depth What the queue holds: inbound messages not routed, dead ones set aside, letters, posts not settled, and late entries (one a post, chunk and destination).
# TYPE plenary_queue_depth gauge
plenary_queue_depth{kind="inbound"} 3
plenary_queue_depth{kind="late"} 2
# HELP plenary_queue_oldest_age_seconds How long the oldest of the kind has waited; 0 where none waits. Letters: of those not put off.
# TYPE plenary_queue_oldest_age_seconds gauge
plenary_queue_oldest_age_seconds{kind="inbound"} 90
`
	if err := testutil.GatherAndCompare(used(t).Gatherer(), strings.NewReader(want), "plenary_deliveries_total", "plenary_queue_depth", "plenary_queue_oldest_age_seconds"); err != nil {
		t.Error(err)
	}
}

// A sender's counts stay when a reload replaces it.
func TestCountsOutliveTheirSource(t *testing.T) {
	m := New()
	sender := func(sent int64, busy int) Source {
		return Source{Deliveries: func() Deliveries { return Deliveries{Sent: sent, Busy: busy} }}
	}
	detach := m.Attach(sender(5, 3))
	m.Attach(sender(2, 1))
	if sum, _ := m.delivered(); sum.Sent != 7 || sum.Busy != 4 {
		t.Errorf("both: %+v", sum)
	}
	detach()
	detach()
	if sum, _ := m.delivered(); sum.Sent != 7 || sum.Busy != 1 {
		t.Errorf("after the first has gone: %+v", sum)
	}
}

// Many scrapers cost Redis one look, and a Redis that is away hides nothing else.
func TestAScrapeIsBounded(t *testing.T) {
	var mu sync.Mutex
	asked := 0
	m := New()
	m.Attach(Source{
		Waiting: func(ctx context.Context) ([]Waiting, error) {
			mu.Lock()
			defer mu.Unlock()
			asked++
			if _, limited := ctx.Deadline(); !limited {
				t.Error("asked without a limit")
			}
			return nil, errors.New("no Redis")
		},
		Deliveries: func() Deliveries { return Deliveries{} }, Pool: func() (int, int) { return 0, 0 },
	})
	for range 10 {
		answer := httptest.NewRecorder()
		m.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
		body, _ := io.ReadAll(answer.Body)
		if answer.Code != 200 || !strings.Contains(string(body), "\nplenary_redis_up 0\n") || !strings.Contains(string(body), "go_goroutines") || strings.Contains(string(body), "plenary_queue_depth{") {
			t.Fatalf("%d\n%s", answer.Code, body)
		}
	}
	if asked != 1 {
		t.Errorf("the queue was asked %d times", asked)
	}
}

func TestRoundTripsAreCounted(t *testing.T) {
	m, ctx := New(), t.Context()
	rdb := redis.NewClient(&redis.Options{Addr: miniredis.RunT(t).Addr()})
	defer rdb.Close()
	rdb.AddHook(m.Redis())
	rdb.HSet(ctx, "h", "a", 1)
	rdb.HGet(ctx, "h", "none")
	rdb.Get(ctx, "h") // WRONGTYPE
	redis.NewScript("return 1").Run(ctx, rdb, nil)
	_, _ = rdb.Pipelined(ctx, func(p redis.Pipeliner) error { p.Get(ctx, "x"); p.Del(ctx, "x"); return nil })
	rdb.XGroupCreateMkStream(ctx, "s", "g", "0")
	rdb.XGroupCreateMkStream(ctx, "s", "g", "0") // BUSYGROUP
	rdb.XReadGroup(ctx, &redis.XReadGroupArgs{Group: "g", Consumer: "c", Streams: []string{"s", ">"}, Block: time.Millisecond})
	rdb.XReadGroup(ctx, &redis.XReadGroupArgs{Group: "g", Consumer: "c", Streams: []string{"s", ">"}, Block: -1})
	for family, want := range map[string]uint64{"hash": 2, "string": 1, "script": 2, "pipeline": 1, "wait": 1, "stream": 3} {
		if n := tripsOf(t, m, family); n != want {
			t.Errorf("%s: %d round trips, want %d", family, n, want)
		}
	}
	if n := testutil.ToFloat64(m.faults.WithLabelValues("string")); n != 1 {
		t.Errorf("%v errors of strings, want 1", n)
	}
	for _, family := range []string{"hash", "script", "pipeline", "stream"} {
		if n := testutil.ToFloat64(m.faults.WithLabelValues(family)); n != 0 {
			t.Errorf("%v errors of %s", n, family)
		}
	}
}

func tripsOf(t *testing.T, m *Metrics, family string) uint64 {
	all, err := m.Gatherer().Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		for _, one := range f.GetMetric() {
			if f.GetName() == "plenary_redis_round_trip_seconds" && one.GetLabel()[0].GetValue() == family {
				return one.GetHistogram().GetSampleCount()
			}
		}
	}
	return 0
}

func TestConnectionsAreCountedOnce(t *testing.T) {
	m := New()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l = m.Listen("smtp", l)
	defer l.Close()
	near, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer near.Close()
	far, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if n := testutil.ToFloat64(m.open.WithLabelValues("smtp")); n != 1 {
		t.Errorf("%v are open", n)
	}
	far.Close()
	far.Close()
	if n := testutil.ToFloat64(m.open.WithLabelValues("smtp")); n != 0 {
		t.Errorf("%v are open after it was closed twice", n)
	}
	if n := testutil.ToFloat64(m.letIn.WithLabelValues("smtp")); n != 1 {
		t.Errorf("%v came in", n)
	}
}
