package deliver

// resting counts the sessions that wait for work, and the destinations that
// were not there when last tried.
func (d *destinations) resting() (idle, down int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	count := func(to *destination) {
		to.mu.Lock()
		defer to.mu.Unlock()
		if idle += len(to.idle); to.fails > 0 {
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
