package deliver_test

import (
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"plenary/lists/store/redistest"
	"plenary/smtp/deliver/sink"
)

// A large post is one body in memory, not one a connection (invariant 6).
func TestOneBodyInMemory(t *testing.T) {
	const size = 16 << 20
	f := family{n: 16}
	s := newSink(t, sink.Options{Without: []string{"CHUNKING"}})
	rdb := redistest.New(t)
	func() {
		plan(t, rdb, f, "small") // so that all that is made once is made
		line := strings.Repeat("x", 998) + "\r\n"
		q := start(t, rdb, f, func(o *options) {
			relay(s)(o)
			o.queue.Chunk, o.deliver.Connections, o.deliver.Workers = 2, 8, 8
		})
		if err := q.Plan(t.Context(), post("large", strings.Repeat(line, size/len(line)), "dc")); err != nil {
			t.Fatal(err)
		}
	}()
	debug.SetGCPercent(10)
	defer debug.SetGCPercent(100)
	var peak uint64
	for s.Counts().Mails < 2*f.n {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		peak = max(peak, m.HeapAlloc)
	}
	settled(t, rdb)
	if peak > 5*size { // what Redis's answer takes while it is read, and the body
		t.Errorf("%d MB of heap for a body of %d MB", peak>>20, size>>20)
	}
	t.Logf("%d MB of heap for a body of %d MB", peak>>20, size>>20)
}
