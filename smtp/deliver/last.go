package deliver

import (
	"sync"
	"time"
)

// lastAnswer is whether a session waits for what the far side says of messages
// that it has whole: when sending is stopped that is waited for longer than
// for anything else, and no more of them are sent.
type lastAnswer struct {
	mu    sync.Mutex
	waits bool
	over  bool
}

// await notes that messages are about to be with the far side whole; false
// tells that it is too late for them.
func (l *lastAnswer) await() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waits = !l.over
	return l.waits
}

func (l *lastAnswer) answered() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waits = false
}

// end lets no more be sent, and tells whether there is an answer to wait for.
func (l *lastAnswer) end() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	return l.waits
}

// cut ends a session that is in use, since sending is to stop: at once, or
// where the answer to a message is due, in a while.
func (c *conn) cut() {
	if c.last.end() {
		time.AfterFunc(c.times.Last-c.times.Stop, c.close)
		return
	}
	c.close()
}
