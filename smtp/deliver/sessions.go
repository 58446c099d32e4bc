package deliver

import "time"

// resting counts the sessions that wait for work, and the destinations that
// are not tried for the moment.
func (d *destinations) resting() (idle, down int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	count := func(to *destination) {
		to.mu.Lock()
		defer to.mu.Unlock()
		if idle += len(to.idle); time.Now().Before(to.down) {
			down++
		}
	}
	if d.relay != nil {
		count(d.relay)
	}
	for _, to := range d.all {
		count(to)
	}
	return idle, down
}
