package receive

import "sync/atomic"

// purse bounds the octets of all messages in memory (invariant 6).
type purse struct {
	limit int64
	used  atomic.Int64
}

func (p *purse) take(n int64) bool {
	if p.used.Add(n) > p.limit {
		p.used.Add(-n)
		return false
	}
	return true
}

func (p *purse) give(n int64) { p.used.Add(-n) }

// intake gathers one message. What comes after a limit is counted and thrown
// away, so that the client can be read to its end of data and told.
type intake struct {
	purse *purse
	max   int64 // octets of content

	buf    []byte // our trace field, then the content
	trace  int    // length of the trace field
	seen   int64  // octets of content that came
	held   int64  // octets taken from the purse
	tooBig bool
	broke  bool // the purse is empty
}

// newIntake begins a message with its trace field. hint is the size that the
// client declared, 0 for none.
func newIntake(p *purse, limit, hint int64, trace string) *intake {
	in := &intake{purse: p, max: limit, trace: len(trace)}
	room := int64(len(trace)) + min(limit, max(hint, 8<<10), 1<<20)
	if in.reserve(room) {
		in.buf = append(make([]byte, 0, room), trace...)
	}
	return in
}

// Write never fails: see intake.
func (in *intake) Write(p []byte) (int, error) {
	in.seen += int64(len(p))
	if in.tooBig || in.broke {
		return len(p), nil
	}
	if in.seen > in.max {
		in.tooBig = true
		in.drop()
		return len(p), nil
	}
	if need := int64(len(in.buf) + len(p)); need > int64(cap(in.buf)) {
		if !in.reserve(max(need, 2*int64(cap(in.buf)))) {
			in.drop()
			return len(p), nil
		}
		grown := make([]byte, len(in.buf), in.held)
		copy(grown, in.buf)
		in.buf = grown
	}
	in.buf = append(in.buf, p...)
	return len(p), nil
}

// reserve has the purse hold n octets for this message, or marks it broke.
func (in *intake) reserve(n int64) bool {
	if !in.purse.take(n - in.held) {
		in.broke = true
		return false
	}
	in.held = n
	return true
}

// drop lets the octets go.
func (in *intake) drop() {
	in.buf = nil
	in.purse.give(in.held)
	in.held = 0
}

// content is the message without our trace field.
func (in *intake) content() []byte { return in.buf[in.trace:] }

// replace puts other content in the place of what came.
func (in *intake) replace(content []byte) {
	in.buf = append(in.buf[:in.trace:in.trace], content...)
}
