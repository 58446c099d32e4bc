package receive

import (
	"net"
	"time"
)

// impatient is how long the end of a message that is refused anyway may keep
// us waiting: who ends it by LF.LF never sends the true end.
const impatient = 10 * time.Second

// timed reads from the client within the limits of time. Before it waits it
// sends the replies that are due.
type timed struct{ w *wire }

func (t timed) Read(p []byte) (int, error) {
	w := t.w
	w.flush()
	if err := w.arm(); err != nil {
		return 0, err
	}
	n, err := w.conn.Read(p)
	w.armMu.Lock()
	w.octets += int64(n)
	w.armMu.Unlock()
	return n, err
}

// late is a limit of time that was passed. It is a timeout to go-smtp too.
type late string

func (l late) Error() string { return string(l) }
func (late) Timeout() bool   { return true }
func (late) Temporary() bool { return true }

var _ net.Error = late("")

// errWinding tells the reader of commands that the server shuts down.
const errWinding = late("the server shuts down")

// arm sets how long the next read may wait.
func (w *wire) arm() error {
	w.armMu.Lock()
	defer w.armMu.Unlock()
	if w.winding && w.waiting {
		return errWinding
	}
	l, now := w.srv.cfg.Limits, time.Now()
	idle := l.Idle
	if w.patience > 0 {
		idle = min(idle, w.patience)
	}
	// A little more patience spares most reads the setting of a deadline.
	until, more, last := now.Add(idle), idle/64, w.since.Add(l.Total)
	if until.After(last) {
		until, more = last, 0 // in the past, too, it ends the read at once
	}
	if !w.content.IsZero() && tooSlow(w.octets, now.Sub(w.content), l.MinRate) {
		return late("the content comes too slowly")
	}
	if !w.armed.Before(until) && !w.armed.After(until.Add(more)) {
		return nil
	}
	w.armed = until.Add(more)
	return w.conn.SetReadDeadline(w.armed)
}

// disarm notes that the socket knows no limits any more.
func (w *wire) disarm() {
	w.armMu.Lock()
	w.armed = time.Time{}
	w.armMu.Unlock()
	w.mu.Lock()
	w.writable = time.Time{}
	w.mu.Unlock()
}

// tooSlow tells whether content came slower than rate octets a second, once
// it had time to begin.
func tooSlow(octets int64, took time.Duration, rate int64) bool {
	return took > rateGrace && float64(octets) < took.Seconds()*float64(rate)
}

// begin and end mark content, whose rate is watched.
func (w *wire) begin() {
	w.armMu.Lock()
	defer w.armMu.Unlock()
	if w.content.IsZero() {
		w.content, w.octets = time.Now(), int64(w.in.Buffered())
	}
}

func (w *wire) end() {
	w.armMu.Lock()
	defer w.armMu.Unlock()
	w.content, w.patience = time.Time{}, 0
}

// hurry shortens the silence that is borne, 0 for the usual.
func (w *wire) hurry(patience time.Duration) {
	w.armMu.Lock()
	defer w.armMu.Unlock()
	w.patience = patience
}

// accepted begins the counts anew: a client that brings mail may stay.
func (w *wire) accepted() {
	w.commands = 0
	w.armMu.Lock()
	defer w.armMu.Unlock()
	w.since = time.Now()
}

// await notes that w waits for a command, where a shutdown may cut in.
func (w *wire) await() {
	w.armMu.Lock()
	defer w.armMu.Unlock()
	w.waiting = true
}

// awaited notes that it waits no more, and tells whether one did.
func (w *wire) awaited() (winding bool) {
	w.armMu.Lock()
	defer w.armMu.Unlock()
	w.waiting = false
	return w.winding
}

// wind has the connection end at its next command.
func (w *wire) wind() {
	w.armMu.Lock()
	defer w.armMu.Unlock()
	w.winding = true
	if w.waiting {
		w.armed = time.Time{}
		_ = w.sock.SetReadDeadline(time.Unix(1, 0)) // wakes the read
	}
}
