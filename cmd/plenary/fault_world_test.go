//go:build faults

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/lists/store"
	"plenary/lists/store/redistest"
)

const (
	faultMembers  = 2000
	faultDomain   = "lists.example.org"
	faultPatience = 4 * time.Minute // for everything that a trial waits for
)

var faultSite = lists.Site{Domain: faultDomain, Location: time.UTC}

// member is the address of member n.
func member(n int) string { return fmt.Sprintf("m%d@d%d.example", n, n%domains) }

// inMaps tells whether member n is in the group dc-maps, too.
func inMaps(n int) bool { return n%3 == 0 }

// faultTemplate makes the files of a Redis that holds the lists and their
// members, for every trial to begin with.
func faultTemplate(t *testing.T) string {
	dir, ctx := t.TempDir(), t.Context()
	server := redistest.StartIn(t, dir)
	rdb := redis.NewClient(&redis.Options{Addr: server.Addr})
	defer rdb.Close()
	st, err := store.Open(ctx, rdb, faultSite, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	var all, maps []lists.NewMember
	for n := 1; n <= faultMembers; n++ {
		m := lists.NewMember{Address: lists.Address(member(n))}
		if all = append(all, m); inMaps(n) {
			maps = append(maps, m)
		}
	}
	for _, l := range []struct {
		lists.NewList
		people []lists.NewMember
	}{{lists.NewList{Name: "dc", Title: "Digital Coalition"}, all}, {lists.NewList{Name: "maps", Parent: "dc", Title: "Maps"}, maps}} {
		made, err := st.CreateList(ctx, l.NewList)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := st.Import(ctx, made.ID, l.people); err != nil {
			t.Fatal(err)
		}
	}
	server.Kill()
	return dir
}

// faultWorld is what one trial has to itself: a Redis, servers, a sink, and
// the cables between them.
type faultWorld struct {
	t       *testing.T
	dir     string
	redis   *redistest.Server
	rdb     *redis.Client // past the cables
	servers []*faultServer
	sink    *faultProcess
	account *account // of the sink
	served  chan struct{}
	over    chan struct{} // closed when the trial has ended, well or not

	redisBusy sync.Mutex // held while something is broken of it
	mu        sync.Mutex
	outages   []outage
	nudgedAt  time.Duration // when what was put off was last tried at once, after the beginning
	putOff    int           // how much it was
}

// outage is a fault as it came to be.
type outage struct {
	trialFault
	from, to time.Time
}

func newFaultWorld(t *testing.T, template string, tr trial) *faultWorld {
	w := &faultWorld{t: t, dir: t.TempDir(), served: make(chan struct{}), over: make(chan struct{})}
	files := filepath.Join(w.dir, "redis")
	w.check(os.CopyFS(files, os.DirFS(template)))
	w.redis = redistest.StartIn(t, files)
	w.rdb = redis.NewClient(&redis.Options{Addr: w.redis.Addr})
	t.Cleanup(func() { w.rdb.Close() })
	if tr.shared {
		w.check(w.share())
	}
	addrs, err := freePorts(1)
	w.check(err)
	taken := filepath.Join(w.dir, "taken")
	w.sink = &faultProcess{w: w, name: "sink", program: "faultsink", env: []string{"FAULT_SINK_ADDR=" + addrs[0], "FAULT_SINK_FILE=" + taken,
		"FAULT_SINK_LATENCY=" + tr.latency.String(), "FAULT_SINK_WITHOUT=" + strings.Join(tr.without, " ")}}
	w.check(w.sink.start())
	w.account = follow(t, taken)
	resolver := ""
	if tr.direct {
		resolver, err = w.answerDNS()
		w.check(err)
	}
	for _, name := range serverNames[:tr.servers] {
		s, err := newFaultServer(w, name, addrs[0])
		w.check(err)
		w.servers = append(w.servers, s)
		if tr.direct {
			w.check(s.deliverDirectly(resolver))
		}
		w.check(s.start())
	}
	for _, s := range w.servers {
		w.until("server "+s.name+" is ready", s.ready)
	}
	return w
}

// share has the lists' members share one copy of each post.
func (w *faultWorld) share() error {
	st, err := store.Open(w.t.Context(), w.rdb, faultSite, time.Now)
	if err != nil {
		return err
	}
	for _, id := range []string{"dc", "dc-maps"} {
		if _, err := st.UpdateList(w.t.Context(), id, func(l *lists.List) error { l.Unsub = lists.UnsubscribeShared; return nil }); err != nil {
			return err
		}
	}
	return nil
}

func (w *faultWorld) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// until waits for a condition.
func (w *faultWorld) until(what string, cond func() bool) {
	w.t.Helper()
	for end := time.Now().Add(faultPatience); !cond(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatalf("never happened: %s\n%s", what, w.logs())
		}
	}
}

// logs gives what the servers said last that is not of the ordinary.
func (w *faultWorld) logs() string {
	var b strings.Builder
	for _, s := range w.servers {
		text, _ := os.ReadFile(s.log())
		lines := strings.Split(string(text), "\n")
		fmt.Fprintf(&b, "--- server %s\n%s\n", s.name, strings.Join(lines[max(0, len(lines)-40):], "\n"))
	}
	return b.String()
}

// raced gives what the race detector said of a server, where it was built in.
func (w *faultWorld) raced() string {
	for _, s := range w.servers {
		text, _ := os.ReadFile(s.log())
		if i := strings.Index(string(text), "WARNING: DATA RACE"); i >= 0 {
			return fmt.Sprintf("server %s: %.4000s", s.name, text[i:])
		}
	}
	return ""
}

// happen lets a fault happen, for as long as it lasts, and notes when it did.
func (w *faultWorld) happen(f trialFault) {
	breaks, mends, busy := w.ways(f)
	busy.Lock()
	defer busy.Unlock()
	if !w.pause(0) {
		return
	}
	o := outage{trialFault: f, from: time.Now()}
	if err := breaks(); err != nil {
		w.t.Errorf("%s: %v", f, err)
		return
	}
	if f.lasts < 0 {
		select {
		case <-w.served:
		case <-w.over:
		}
	}
	if !w.pause(f.lasts) {
		return // all that stopped or stalled is killed
	}
	if err := mends(); err != nil {
		w.t.Errorf("mending %s: %v", f, err)
	}
	o.to = time.Now()
	w.mu.Lock()
	w.outages = append(w.outages, o)
	w.mu.Unlock()
}

// pause waits, and tells whether the trial still goes on.
func (w *faultWorld) pause(d time.Duration) bool {
	select {
	case <-w.over:
		return false
	case <-time.After(d):
	}
	select {
	case <-w.over:
		return false
	default:
		return true
	}
}

// ways says how a fault is made and how it is mended. What holds busy has
// nothing else broken of it meanwhile.
func (w *faultWorld) ways(f trialFault) (breaks, mends func() error, busy *sync.Mutex) {
	nothing := func() error { return nil }
	switch f.what {
	case "redis":
		breaks, mends = w.redisWays(f.how)
		return breaks, mends, &w.redisBusy
	case "sink":
		breaks, mends = w.sink.ways(f.how)
		return breaks, mends, &w.sink.busy
	}
	var s *faultServer
	for _, one := range w.servers {
		if one.name == f.what {
			s = one
		}
	}
	how, way, onWay := strings.Cut(f.how, "-")
	if !onWay {
		breaks, mends = s.ways(how)
		return breaks, mends, &s.busy
	}
	c, busy := s.toRedis, &s.redisBusy
	if way == "sink" {
		c, busy = s.toSink, &s.sinkBusy
	}
	do := map[string]func(){"cut": c.cut, "refuse": c.refuse, "stall": c.stall}[how]
	breaks, mends = func() error { do(); return nil }, c.restore
	if how == "cut" {
		mends = nothing
	}
	return breaks, mends, busy
}

func (w *faultWorld) redisWays(how string) (breaks, mends func() error) {
	ctx := context.Background()
	switch how {
	case "kill":
		return func() error { w.redis.Kill(); return nil }, w.redis.Restart
	case "stop":
		return func() error { return w.redis.Signal(syscall.SIGSTOP) }, func() error { return w.redis.Signal(syscall.SIGCONT) }
	case "full":
		return func() error { return w.rdb.ConfigSet(ctx, "maxmemory", "1").Err() }, func() error { return w.rdb.ConfigSet(ctx, "maxmemory", "0").Err() }
	case "clients":
		return func() error { return w.rdb.Do(ctx, "CLIENT", "KILL", "TYPE", "normal").Err() }, func() error { return nil }
	}
	return func() error {
		if err := w.rdb.BgRewriteAOF(ctx).Err(); err != nil && !strings.Contains(err.Error(), "in progress") {
			return err
		}
		return nil
	}, func() error { return nil }
}
