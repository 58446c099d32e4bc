package deliver_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists/store/redistest"
	"plenary/smtp/deliver"
	"plenary/smtp/deliver/sink"
	"plenary/smtp/queue"
)

// What the child process is told by its environment.
const (
	childRedis   = "PLENARY_TEST_REDIS"
	childSink    = "PLENARY_TEST_SINK"
	childMembers = "PLENARY_TEST_MEMBERS"
)

const (
	faultWorkers = 4
	faultBatch   = 20
	faultLease   = 3 * time.Second
)

// faultWindow is what one death or pause may double.
var faultWindow = deliver.Config{Workers: faultWorkers, Batch: faultBatch}.Window()

// TestMain runs the tests, or, as their child, a sender that they may kill.
func TestMain(m *testing.M) {
	if os.Getenv(childRedis) == "" {
		os.Exit(m.Run())
	}
	if err := child(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// child sends until it is killed, or until its standard input ends.
func child() error {
	n, err := strconv.Atoi(os.Getenv(childMembers))
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	rdb := redis.NewClient(&redis.Options{Addr: os.Getenv(childRedis), ContextTimeoutEnabled: true})
	f := family{n: n}
	q := queue.New(rdb, queue.Options{Domain: "lists.example.org", Roster: f, Chunk: 64, Lease: faultLease, Log: log})
	s, err := deliver.New(deliver.Config{Domain: "lists.example.org", Secret: secret, Relay: os.Getenv(childSink),
		Workers: faultWorkers, Batch: faultBatch, Log: log}, source{q}, f, nil, nil)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		bufio.NewReader(os.Stdin).ReadByte()
		cancel()
	}()
	return s.Run(ctx)
}

// spawn starts a sender in a process of its own.
func spawn(t *testing.T, r *redistest.Server, s *sink.Sink, f family) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0], "-test.run=^$")
	c.Env = append(os.Environ(), childRedis+"="+r.Addr, childSink+"="+s.Addr(), childMembers+"="+strconv.Itoa(f.n))
	if testing.Verbose() {
		c.Stderr = os.Stderr
	}
	stdin, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		_ = c.Process.Signal(syscall.SIGCONT)
		_ = c.Process.Kill() // only if it is still running
		_ = c.Wait()
	})
	return c
}

// plan plans a post without a sender in this process.
func plan(t *testing.T, rdb redis.UniversalClient, f family, id string) {
	t.Helper()
	q := queue.New(rdb, queue.Options{Domain: "lists.example.org", Roster: f, Chunk: 64})
	if err := q.Plan(t.Context(), post(id, body, "dc", "dc-maps")); err != nil {
		t.Fatal(err)
	}
}

// kill -9 of a sender in mid fan-out: another finishes; nobody is missed, and
// what is doubled lay in the window (invariant 1).
func TestKilledSender(t *testing.T) {
	for _, without := range []string{"CHUNKING", "NOTHING"} {
		for _, at := range []int{1, 350} {
			t.Run(fmt.Sprint(without, at), func(t *testing.T) {
				t.Parallel()
				r, f := redistest.Start(t), family{n: 700}
				s := newSink(t, sink.Options{Keep: true, Latency: time.Millisecond, Without: []string{without}})
				rdb := r.Client(t)
				plan(t, rdb, f, "p1")
				first := spawn(t, r, s, f)
				if err := s.Wait(deadline(t), at); err != nil {
					t.Fatal(err)
				}
				if err := first.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				spawn(t, r, s, f)
				settled(t, rdb)
				everyone(t, f, copies(s, "p1"), faultWindow)
			})
		}
	}
}

// A sender that is paused past its lease does not go on sending what another
// has taken.
func TestPausedSender(t *testing.T) {
	r, f := redistest.Start(t), family{n: 700}
	s := newSink(t, sink.Options{Keep: true, Latency: time.Millisecond, Without: []string{"CHUNKING"}})
	rdb := r.Client(t)
	plan(t, rdb, f, "p1")
	first := spawn(t, r, s, f)
	if err := s.Wait(deadline(t), 200); err != nil {
		t.Fatal(err)
	}
	if err := first.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	spawn(t, r, s, f)
	settled(t, rdb) // the second has served all, so the first's leases are over
	if err := first.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	// The first wakes and must send no more than was on the wire; a second
	// post shows that it is at work again.
	plan(t, rdb, f, "p2")
	settled(t, rdb)
	everyone(t, f, copies(s, "p1"), faultWindow)
	everyone(t, f, copies(s, "p2"), 0)
}

// Two senders on one Redis: everybody has everything once.
func TestTwoSenders(t *testing.T) {
	r, f := redistest.Start(t), family{n: 500}
	s := newSink(t, sink.Options{Keep: true})
	for range 2 {
		start(t, r.Client(t), f, relay(s))
	}
	rdb := r.Client(t)
	for i := range 5 {
		plan(t, rdb, f, fmt.Sprint("p", i))
	}
	settled(t, rdb)
	for i := range 5 {
		everyone(t, f, copies(s, fmt.Sprint("p", i)), 0)
	}
}

// Redis is killed and comes back in mid fan-out: delivery pauses and goes on.
func TestRedisKilled(t *testing.T) {
	r, f := redistest.Start(t), family{n: 700}
	s := newSink(t, sink.Options{Keep: true, Latency: time.Millisecond, Without: []string{"CHUNKING"}})
	rdb := redis.NewClient(&redis.Options{Addr: r.Addr, ContextTimeoutEnabled: true})
	t.Cleanup(func() { rdb.Close() })
	plan(t, rdb, f, "p1")
	start(t, rdb, f, func(o *options) {
		relay(s)(o)
		o.queue.Lease, o.deliver.Workers, o.deliver.Batch = faultLease, faultWorkers, faultBatch
	})
	for _, at := range []int{100, 400} {
		if err := s.Wait(deadline(t), at); err != nil {
			t.Fatal(err)
		}
		r.Kill()
		if err := r.Restart(); err != nil {
			t.Fatal(err)
		}
	}
	settled(t, rdb)
	everyone(t, f, copies(s, "p1"), 2*faultWindow)
}

// Redis is away for longer than a lease lasts: what was sent by then is
// recorded when it is back, before anything is sent again. Nobody was killed
// who had sent something, so nobody has it twice.
func TestAnOutageOfRedisDoublesNothing(t *testing.T) {
	for _, how := range []string{"killed", "stopped"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			r, f := redistest.Start(t), family{n: 900}
			s := newSink(t, sink.Options{Keep: true, Latency: time.Millisecond, Without: []string{"CHUNKING"}})
			rdb := redis.NewClient(&redis.Options{Addr: r.Addr, ContextTimeoutEnabled: true})
			t.Cleanup(func() { rdb.Close() })
			plan(t, rdb, f, "p1")
			for range 2 {
				start(t, rdb, f, func(o *options) {
					relay(s)(o)
					o.queue.Lease, o.deliver.Workers = 2*time.Second, 4
				})
			}
			for _, at := range []int{100, 500} {
				if err := s.Wait(deadline(t), at); err != nil {
					t.Fatal(err)
				}
				if how == "stopped" {
					_ = r.Signal(syscall.SIGSTOP)
					time.Sleep(5 * time.Second)
					_ = r.Signal(syscall.SIGCONT)
					continue
				}
				r.Kill()
				time.Sleep(4 * time.Second)
				if err := r.Restart(); err != nil {
					t.Fatal(err)
				}
			}
			settled(t, rdb)
			everyone(t, f, copies(s, "p1"), 0)
		})
	}
}

// A sender that is told to stop finishes what is on the wire and gives the
// rest back: nothing is doubled and nothing waits for a lease.
func TestStoppedSender(t *testing.T) {
	for without, latency := range map[string]time.Duration{"CHUNKING": 10 * time.Millisecond, "NOTHING": 80 * time.Millisecond} {
		rdb, f := redistest.New(t), family{n: 700}
		s := newSink(t, sink.Options{Keep: true, Latency: latency, Without: []string{without}})
		plan(t, rdb, f, "p1")
		slow := func(o *options) { // whoever waits for a lease waits too long; it is stopped long before it has done
			relay(s)(o)
			o.queue.Lease, o.deliver.Connections = 2*patience, 2
		}
		first := start(t, rdb, f, slow)
		if err := s.Wait(deadline(t), 200); err != nil {
			t.Fatal(err)
		}
		first.stop()
		if n := s.Counts().Rcpts; n >= f.n {
			t.Fatalf("it sent all %d before it stopped", n)
		}
		start(t, rdb, f, slow)
		settled(t, rdb)
		everyone(t, f, copies(s, "p1"), 0)
	}
}
