package deliver

import (
	"slices"
	"sync"
)

// ledgers are those of the parts under way. They share a lock: when one of
// them is due to be recorded, the others of its family are too, in the same
// write, and what all of them have not recorded yet is bounded together.
type ledgers struct {
	most int // recipients served and not recorded, of all parts together, before no more is sent

	mu      sync.Mutex
	change  *sync.Cond
	open    []*ledger
	unsaved int // of all
}

func newLedgers(most int) *ledgers {
	all := &ledgers{most: most}
	all.change = sync.NewCond(&all.mu)
	return all
}

// save has ledgers saved that have as much to record as given, of one
// family, or with "" of all. It is called with the lock held.
func (all *ledgers) save(family string, least int) {
	for _, l := range all.open {
		if family == "" || l.family == family {
			l.begin(least)
		}
	}
}

// ended forgets a ledger; what it has not recorded another holder will
// answer for. It is called with the lock held.
func (all *ledgers) ended(l *ledger) {
	if i := slices.Index(all.open, l); i >= 0 {
		all.open = slices.Delete(all.open, i, i+1)
		all.unsaved -= len(l.done)
		all.change.Broadcast()
	}
}
