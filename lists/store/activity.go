package store

import (
	"fmt"
	"time"

	"plenary/lists"
)

// What a list's activity holds; each member of the set is KIND/WHO/MS, and
// of an import KIND/HOW MANY/MS/FIRST NUMBER.
const (
	eventPosted   = "p" // WHO is the author's number
	eventJoined   = "j" // WHO is the member's number
	eventLeft     = "l"
	eventImported = "i"
)

// activityKept is how long activity is remembered: the digest's plot of
// twelve weeks, and then some.
const activityKept = 100 * day

// imported adds that count people joined a list together, first among them.
func (c *change) imported(family string, serial uint32, at time.Time, count int, first lists.Number) {
	c.add(activityKey(family, serial), at, fmt.Sprintf("%s/%d/%s/%d", eventImported, count, millis(at), first))
}

// event adds that something happened in a list to a change, and forgets what
// is too old. The same event at the same time counts once.
func (c *change) event(family string, serial uint32, at time.Time, kind string, who lists.Number) {
	key := activityKey(family, serial)
	c.trimBelow(key, at.Add(-activityKept))
	c.add(key, at, fmt.Sprintf("%s/%d/%s", kind, who, millis(at)))
}
