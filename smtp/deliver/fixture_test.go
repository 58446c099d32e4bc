package deliver_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
	"plenary/smtp/deliver"
	"plenary/smtp/deliver/sink"
	"plenary/smtp/queue"
)

var secret = []byte("0123456789abcdef0123456789abcdef")

// source joins the queue to the sender as cmd/plenary does.
type source struct{ *queue.Queue }

func (s source) Letter(ctx context.Context) (deliver.Letter, error) {
	l, err := s.Queue.Letter(ctx)
	if l == nil {
		return nil, err
	}
	return l, err
}

func (s source) Part(ctx context.Context) (deliver.Part, error) {
	p, err := s.Queue.Part(ctx)
	if p == nil {
		return nil, err
	}
	return p, err
}

// family is a main list of n members and a sub-list of every third of them.
type family struct {
	n      int
	domain func(lists.Number) string
}

func (f family) LastNumber(context.Context, string) (lists.Number, error) {
	return lists.Number(f.n), nil
}

func (f family) address(n lists.Number) string {
	domain := "example.org"
	if f.domain != nil {
		domain = f.domain(n)
	}
	return fmt.Sprintf("m%d@%s", n, domain)
}

func (f family) Roster(_ context.Context, _ string, from, to lists.Number) ([]lists.Person, error) {
	var out []lists.Person
	for n := max(from, 1); n <= min(to, lists.Number(f.n)); n++ {
		p := lists.Person{Family: "dc", Number: n, Address: lists.Address(f.address(n)), Subs: []lists.Subscription{{List: "dc", Delivery: lists.Each}}}
		if n%3 == 0 {
			p.Subs = append(p.Subs, lists.Subscription{List: "dc-maps", Delivery: lists.Each})
		}
		out = append(out, p)
	}
	return out, nil
}

func main(id string) lists.List {
	return lists.List{ID: id, Family: "dc", Name: id, Serial: uint32(len(id))}
}

func post(id string, body string, ids ...string) lists.Fanout {
	f := lists.Fanout{ID: id, Family: "dc", MessageID: id + "@example.org"}
	for _, l := range ids {
		f.Targets = append(f.Targets, lists.Copy{List: main(l), Head: []byte("Subject: " + id + "\r\nList-Id: <" + l + ">\r\n\r\n"), Body: []byte(body)})
	}
	return f
}

// failures remembers what it is told.
type failures struct {
	mu   sync.Mutex
	told map[lists.Number]deliver.Failure
	n    int
}

func (f *failures) Failed(_ context.Context, one deliver.Failure) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.told == nil {
		f.told = map[lists.Number]deliver.Failure{}
	}
	f.told[one.Number] = one
	f.n++
	return nil
}

func (f *failures) numbers() []lists.Number {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Sorted(maps.Keys(f.told))
}

// node is one server: a queue and its sender.
type node struct {
	*queue.Queue
	*deliver.Sender
	failures failures
	stop     func()
}

type options struct {
	queue    queue.Options
	deliver  deliver.Config
	personal deliver.Personal
	roster   deliver.Roster // left out: the family
}

// memberField is a field that is each member's own.
func memberField(lists.List) func([]byte, lists.Number) []byte {
	return func(b []byte, n lists.Number) []byte { return fmt.Appendf(b, "X-Member: %d\r\n", n) }
}

func start(t testing.TB, rdb redis.UniversalClient, f family, change func(*options)) *node {
	t.Helper()
	o := options{
		queue:   queue.Options{Domain: "lists.example.org", Roster: f, Chunk: 64, Sweep: 20 * time.Millisecond, Log: logger(t)},
		deliver: deliver.Config{Domain: "lists.example.org", Secret: secret, Workers: 4, Log: logger(t)},
	}
	change(&o)
	if o.roster == nil {
		o.roster = f
	}
	n := &node{Queue: queue.New(rdb, o.queue)}
	var err error
	n.Sender, err = deliver.New(o.deliver, source{n.Queue}, o.roster, o.personal, &n.failures)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	var once sync.Once
	n.stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				t.Errorf("Run: %v", err)
			}
		})
	}
	t.Cleanup(n.stop)
	return n
}

func relay(s *sink.Sink) func(*options) {
	return func(o *options) { o.deliver.Relay = s.Addr() }
}

// logger writes to the test's log, for as long as the test runs.
func logger(t testing.TB) *slog.Logger {
	w := &testLog{t: t}
	t.Cleanup(func() { w.mu.Lock(); w.t = nil; w.mu.Unlock() })
	return slog.New(slog.NewTextHandler(w, nil))
}

type testLog struct {
	mu sync.Mutex
	t  testing.TB
}

func (w *testLog) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.t != nil && testing.Verbose() {
		w.t.Log(string(bytes.TrimSpace(b)))
	}
	return len(b), nil
}

func newSink(t testing.TB, o sink.Options) *sink.Sink {
	t.Helper()
	s, err := sink.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// patience is how long tests wait for what must happen; the machine may be
// busy with much else.
const patience = 3 * time.Minute

func soon(t testing.TB, what string, cond func() bool) {
	t.Helper()
	end := time.Now().Add(patience)
	for !cond() {
		if time.Now().After(end) {
			t.Fatalf("never happened: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// settled waits until the queue has nothing left to deliver.
func settled(t testing.TB, rdb redis.UniversalClient) {
	t.Helper()
	soon(t, "the post is settled", func() bool {
		n, err := rdb.ZCard(context.Background(), "{f:dc}:q:posts").Result()
		return err == nil && n == 0
	})
}

// copies counts, for each recipient, the mails whose subject is id.
func copies(s *sink.Sink, id string) map[string]int {
	out := map[string]int{}
	for _, m := range s.Mails() {
		if bytes.Contains(m.Data, []byte("Subject: "+id+"\r\n")) {
			for _, to := range m.To {
				out[to]++
			}
		}
	}
	return out
}

// everyone checks that members 1..n have exactly one copy; more says how
// many may have a second.
func everyone(t testing.TB, f family, got map[string]int, more int) {
	t.Helper()
	doubled := 0
	for n := lists.Number(1); n <= lists.Number(f.n); n++ {
		switch c := got[f.address(n)]; {
		case c == 0:
			t.Errorf("member %d got nothing", n)
		case c > 1:
			doubled += c - 1
		}
	}
	if doubled > more {
		t.Errorf("%d second copies, at most %d are allowed", doubled, more)
	}
	if len(got) != f.n {
		t.Errorf("%d recipients, not %d", len(got), f.n)
	}
}

func deadline(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

var body = "Dear all,\r\n.\r\n..two dots\r\n" + strings.Repeat("The quick brown fox jumps over the lazy dog.\r\n", 80)
