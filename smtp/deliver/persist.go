package deliver

import (
	"context"
	"time"
)

// persist writes to the queue, again and again until it works or the lease
// is lost.
func persist(write func(context.Context) error, valid func() bool) error {
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		err := write(ctx)
		cancel()
		if err == nil || !valid() {
			return err
		}
		time.Sleep(wait)
	}
}
