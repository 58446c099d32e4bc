package deliver

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// quota is how many recipients a destination is given a minute, by this
// process. What is not spent is saved up for ten seconds.
type quota struct{ limit *rate.Limiter }

// newQuota gives a quota, nil for no limit.
func newQuota(perMinute int) *quota {
	if perMinute <= 0 {
		return nil
	}
	return &quota{rate.NewLimiter(rate.Limit(perMinute)/60, max(1, perMinute/6))}
}

// take takes one, where there is one.
func (q *quota) take(now time.Time) bool { return q == nil || q.limit.AllowN(now, 1) }

// charge takes one though there may be none: for a letter, which waits for
// no post.
func (q *quota) charge(now time.Time) {
	if q != nil {
		q.limit.ReserveN(now, 1)
	}
}

// each is how long one takes, 0 without a limit.
func (q *quota) each() time.Duration {
	if q == nil {
		return 0
	}
	return time.Duration(float64(time.Second) / float64(q.limit.Limit()))
}

// timetable tells those whom a busy destination puts off when to come back:
// one after the other, at the rate it can serve them, so that they do not all
// come at once and again and again.
type timetable struct {
	mu   sync.Mutex
	free time.Time // when those told so far will have been served
}

// The bounds of what it tells.
const (
	soonest = 5 * time.Second
	latest  = 5 * time.Minute
)

// next gives the wait of one whose turn takes as long as given.
func (t *timetable) next(now time.Time, takes time.Duration) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.free.Before(now) {
		t.free = now
	}
	wait := min(max(t.free.Sub(now), soonest), latest)
	if t.free = t.free.Add(takes); t.free.After(now.Add(latest)) {
		t.free = now.Add(latest)
	}
	return wait
}
