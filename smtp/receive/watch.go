package receive

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// watch has a session do what its client must wait for, but not for ever. At
// its time the work's context ends; work that does not heed it is let be a
// little longer, and then the client is told and sent away. The timer is not
// set for each message: it runs on, looks what is in hand when it fires, and
// stops where that is nothing.
type watch struct {
	base   context.Context // that of the work ends with it
	late   func(id string) // tells the client, and sends it away
	longer time.Duration   // what work that does not heed its end is borne for

	mu     sync.Mutex
	id     string    // of the message that is in hand
	until  time.Time // when the time for it is up; zero: nothing is in hand
	warned bool      // its context was ended
	timer  *time.Timer
	ctx    context.Context // kept from one piece of work to the next until it is ended
	end    context.CancelFunc
}

// timely is a context that tells when the watch will end it.
type timely struct {
	context.Context
	until time.Time
}

// Deadline is that of the work.
func (t timely) Deadline() (time.Time, bool) { return t.until, true }

// begin starts the time of a piece of work, for message id.
func (w *watch) begin(id string, d time.Duration) context.Context {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ctx == nil || w.ctx.Err() != nil {
		w.ctx, w.end = context.WithCancel(w.base)
	}
	w.id, w.until, w.warned = id, time.Now().Add(d), false
	if w.timer == nil {
		w.timer = time.AfterFunc(d, w.look)
	}
	return timely{w.ctx, w.until}
}

// done ends it.
func (w *watch) done() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.until = time.Time{}
}

// look is what the timer does.
func (w *watch) look() {
	w.mu.Lock()
	left := time.Until(w.until)
	switch {
	case w.until.IsZero():
		w.timer = nil
	case left > 0:
		w.timer.Reset(left)
	case !w.warned:
		w.warned = true
		w.end()
		w.timer.Reset(w.longer)
	default:
		w.timer = nil
		defer w.late(w.id)
	}
	w.mu.Unlock()
}

// close lets go of timer and context.
func (w *watch) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.until = time.Time{}
	if w.timer != nil { // it would keep the connection's memory
		w.timer.Stop()
		w.timer = nil
	}
	if w.end != nil {
		w.end()
	}
}

// watched has f done for message id within d, as far as it heeds its context,
// which is good until f returns. A panic of f, which has a stranger's message in its hands,
// becomes an error and takes no other session along.
func watched[T any](w *watch, id string, d time.Duration, f func(context.Context) (T, error)) (value T, err error) {
	ctx := w.begin(id, d)
	defer w.done()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return f(ctx)
}
