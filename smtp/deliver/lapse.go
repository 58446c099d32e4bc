package deliver

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// lapse is something that a server offers and does not do. Once it was
// caught at it, its destination is spoken to without that for a while.
type lapse int

// The lapses.
const (
	lapseTLS        lapse = iota // the handshake fails
	lapseEHLO                    // it hangs up on EHLO
	lapsePipelining              // commands sent together are refused or get lost
	lapseChunking                // BDAT is refused
	lapseUTF8                    // SMTPUTF8 is refused
	lapseParams                  // SIZE or BODY is refused
	lapseDSN                     // RET or NOTIFY is refused
	lapses
)

var lapseNames = [lapses]string{"TLS", "EHLO", "PIPELINING", "CHUNKING", "SMTPUTF8", "SIZE and 8BITMIME", "DSN"}

func (l lapse) String() string { return lapseNames[l] }

// lapsedFor is how long a lapse is remembered; then the destination is tried
// anew.
const lapsedFor = time.Hour

// errLapse is wrapped where a session is given up since a lapse was found:
// the next one goes without what lapsed.
var errLapse = errors.New("the far side does not do what it offers")

// lessons are what was learnt of a destination's servers.
type lessons struct {
	now func() time.Time

	mu      sync.Mutex
	until   [lapses]time.Time
	found   int // lapses, one that was remembered when it was caught again not counted
	most    int // recipients in one transaction
	mostTil time.Time
}

// has tells whether the lapse is remembered.
func (l *lessons) has(one lapse) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now().Before(l.until[one])
}

// learn remembers a lapse.
func (l *lessons) learn(one lapse) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.now().Before(l.until[one]) {
		l.found++
	}
	l.until[one] = l.now().Add(lapsedFor)
}

// sofar is how many lapses were found: what a session is begun with.
func (l *lessons) sofar() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.found
}

// rcpts is how many recipients a transaction may have.
func (l *lessons) rcpts() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.most > 0 && l.now().Before(l.mostTil) {
		return l.most
	}
	return mostRcpts
}

// overFull remembers how many the far side took before it said that there
// are too many.
func (l *lessons) overFull(took int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.most, l.mostTil = max(1, took), l.now().Add(lapsedFor)
}

// cutBatch remembers that a connection was lost over a transaction with
// several recipients: the next have a quarter. It tells whether that changes
// anything.
func (l *lessons) cutBatch(had int) bool {
	if had <= 1 {
		return false
	}
	l.overFull(min(had, l.rcpts()) / 4)
	return true
}

// lapseOf tells which lapse a refusal shows, if any: a command is refused
// for its form, where that form was offered. Pipelined tells that it was
// sent together with others.
func lapseOf(at stage, r reply, a asked, pipelined, chunk bool) (lapse, bool) {
	form := r.class() == 5 && (r.enhanced == [3]int{} || r.enhanced[1] == 5)
	if !form {
		return 0, false
	}
	unknown := r.code == 500 || r.code == 502 || r.code == 503
	param := r.code == 501 || r.code == 504 || r.code == 555
	switch {
	case at == stageMail && param && a.dsn:
		return lapseDSN, true
	case at == stageMail && param && a.params:
		return lapseParams, true
	case at == stageMail && param && a.utf8:
		return lapseUTF8, true
	case at == stageRcpt && param && a.dsn:
		return lapseDSN, true
	case at == stageDot && chunk && (unknown || param):
		return lapseChunking, true
	case at != stageDot && pipelined && (unknown || outOfStep(r)):
		return lapsePipelining, true
	}
	return 0, false
}

// outOfStep tells whether a 554 complains of commands sent together.
func outOfStep(r reply) bool {
	text := strings.ToLower(r.text)
	return r.code == 554 && (strings.Contains(text, "pipelin") || strings.Contains(text, "synchroni"))
}

// caught looks at a refusal; where it shows a lapse, that is remembered and
// the session is given up.
func (c *conn) caught(at stage, r reply, a asked, chunk bool) error {
	one, yes := lapseOf(at, r, a, c.pipelining, chunk)
	if !yes {
		return nil
	}
	c.lessons.learn(one)
	return fmt.Errorf("%w: %s, by its answer to %s: %s", errLapse, one, at, r)
}
