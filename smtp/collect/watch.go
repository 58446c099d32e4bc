package collect

import (
	"net"
	"sync"
	"time"
)

// watched is a connection that closes itself when an answer is awaited and
// nothing comes: the library waits for ever then.
type watched struct {
	net.Conn
	silence time.Duration

	mu    sync.Mutex
	timer *time.Timer // runs while an answer is awaited
}

func watch(c net.Conn, silence time.Duration) *watched {
	return &watched{Conn: c, silence: silence}
}

// await begins the watch, and done ends it.
func (w *watched) await() (done func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	timer := time.AfterFunc(w.silence, func() { _ = w.Conn.Close() })
	w.timer = timer
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		timer.Stop()
		if w.timer == timer {
			w.timer = nil
		}
	}
}

// Read counts as a sign of life.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if n > 0 {
		w.mu.Lock()
		if w.timer != nil && w.timer.Stop() {
			w.timer.Reset(w.silence)
		}
		w.mu.Unlock()
	}
	return n, err
}
