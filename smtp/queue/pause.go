package queue

import (
	"context"
	"time"
)

// pause is the wait after trouble with Redis: short at first, then longer.
type pause struct{ d time.Duration }

func newPause() *pause { return &pause{} }

func (p *pause) reset() { p.d = 0 }

func (p *pause) sleep(ctx context.Context) {
	p.d = min(max(2*p.d, 50*time.Millisecond), 2*time.Second)
	wait(ctx, nil, p.d)
}
