package queue

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// firstRecord is for how long nothing is claimed once Redis answers again: who
// could not record what was sent goes first, or it would be sent again.
const firstRecord = 3 * time.Second

// outage is what is known of times when Redis could not be had.
type outage struct {
	mu   sync.Mutex
	ill  bool      // it did not answer last time
	well time.Time // since when it does again
}

// heard notes whether Redis answered.
func (o *outage) heard(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err == nil && o.ill {
		o.well = time.Now()
	}
	o.ill = err != nil
}

// over tells whether there was none for long enough that all have recorded
// what they had to.
func (o *outage) over() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !o.ill && time.Since(o.well) >= firstRecord
}

// elsewhere tells whether what went wrong with one stream says that others
// can't be written to either.
func elsewhere(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) {
		return false
	}
	reply, replied := errors.AsType[redis.Error](err)
	if !replied {
		return true
	}
	word, _, _ := strings.Cut(reply.Error(), " ")
	switch word { // of this stream, or of the command; all others (LOADING, READONLY, OOM, …) are of the server
	case "ERR", "WRONGTYPE", "NOGROUP", "NOSCRIPT", "BUSYGROUP":
		return false
	}
	return true
}
