package queue

import (
	"math/rand/v2"
	"time"
)

// Backoff says when what failed for the moment is tried again, and when it
// is given up (RFC 5321 4.5.4.1).
type Backoff struct {
	First  time.Duration // after the first try; default 300 s
	Most   time.Duration // the longest wait; default 4,000 s
	Expire time.Duration // given up after; default five days
}

func (b Backoff) orDefault() Backoff {
	if b.First <= 0 {
		b.First = 300 * time.Second
	}
	if b.Most <= 0 {
		b.Most = 4000 * time.Second
	}
	b.Most = max(b.Most, b.First)
	if b.Expire <= 0 {
		b.Expire = 5 * 24 * time.Hour
	}
	return b
}

// wait is how long to wait after the given number of tries: twice as long
// each time, give or take a tenth, so that what failed together does not
// come back together.
func (b Backoff) wait(tries int) time.Duration {
	d := b.First
	for i := 1; i < tries && d < b.Most; i++ {
		d *= 2
	}
	d = min(d, b.Most)
	return d - d/10 + rand.N(d/5+1)
}
