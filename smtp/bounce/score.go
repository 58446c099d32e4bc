package bounce

import "time"

// Decision is what a failure leads to.
type Decision string

// The decisions.
const (
	Keep  Decision = "keep"  // go on sending
	Probe Decision = "probe" // write to the member alone, once: does the address live?
	Pause Decision = "pause" // send no more until the member returns
)

// The score, in half points: a day with a hard failure counts two, one with
// soft failures only counts one, however many there were.
const (
	hardHalves  = 2
	softHalves  = 1
	probeHalves = 8  // four points: a probe tells before it is too late
	pauseHalves = 10 // five points
	staleAfter  = 7 * 24 * time.Hour
)

// History is the score of one address in one family. The zero value is that
// of an address which never failed.
type History struct {
	Halves int       `json:"halves,omitempty"` // half points
	Today  int       `json:"today,omitempty"`  // those of the last day that counted
	Last   time.Time `json:"last,omitzero"`    // the last failure that counted
	Probed bool      `json:"probed,omitempty"` // a probe was sent for this score
}

// full tells whether the score has had its address paused.
func (h History) full() bool { return h.Halves >= pauseHalves }

// Score counts one failure at a time. An old score, with no failure for seven
// days, is forgotten; so is every score when a report says delivered, and, by
// the keeper, that of a member who came back. Complaints and automatic answers
// are no failures.
func Score(h History, f Failure, at time.Time) (History, Decision) {
	worth := 0
	switch f.Class {
	case Delivered:
		return History{}, Keep
	case Hard:
		worth = hardHalves
	case Soft:
		worth = softHalves
	default:
		return h, Keep
	}
	if at.Sub(h.Last) > staleAfter {
		h = History{}
	}
	if h.Last.IsZero() || day(at).After(day(h.Last)) {
		h.Today, h.Last = 0, at
	}
	if worth > h.Today {
		h.Halves += worth - h.Today
		h.Today = worth
	}
	switch {
	case h.full():
		return h, Pause
	case h.Halves >= probeHalves && !h.Probed:
		h.Probed = true
		return h, Probe
	}
	return h, Keep
}

func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }
