package deliver

import "time"

// pace is how many sessions a destination is given at once, by what it says
// (Postfix's concurrency feedback, SCHEDULER_README): each message taken
// while all are in use adds a part of a session, 1/N of N, so that the number
// grows by one when each session has had its success; refusals and delays
// take away. It never leaves 1 to most.
type pace struct {
	most   int
	window float64
	usual  time.Duration // the reply to a message, in the long run
	recent time.Duration // and lately
}

// A destination is slow when its replies lately took slowFactor times as long
// as they use to, and slowReply at least.
const (
	slowFactor = 4
	slowReply  = 2 * time.Second
)

func newPace(first, most int) pace {
	most = max(1, most)
	return pace{most: most, window: float64(min(max(1, first), most))}
}

// sessions is how many there may be now.
func (p *pace) sessions() int { return int(p.window) }

// served notes a message taken; inUse is how many sessions are.
func (p *pace) served(inUse int, took time.Duration) {
	p.usual, p.recent = toward(p.usual, took, 64), toward(p.recent, took, 8)
	switch {
	case p.recent > slowReply && p.recent > slowFactor*p.usual:
		p.lost()
	case inUse >= p.sessions():
		p.set(p.window + 1/p.window)
	}
}

// toward moves an average toward a new value by one part of n.
func toward(mean, value time.Duration, n int64) time.Duration {
	if mean == 0 {
		return value
	}
	return mean + (value-mean)/time.Duration(n)
}

// lost notes a connection that failed or was lost, or a delay.
func (p *pace) lost() { p.set(p.window - 1/p.window) }

// refused notes that the far side asks for less: 421, or 4.7.x of the
// session or the message.
func (p *pace) refused() { p.set(p.window - 1) }

func (p *pace) set(w float64) { p.window = min(max(1, w), float64(p.most)) }

// asksForLess tells whether a refusal is about how much we send, not about
// one recipient: for some other reason of policy, for now (RFC 3463 X.7).
func asksForLess(o outcome) bool {
	return o.code == 421 || o.class() == 4 && o.enhanced[1] == 7 && o.stage != stageRcpt
}
