package digest

import (
	"time"

	"plenary/lists"
)

// Facts is what a digest is made of: what the record, the archive and the
// membership say of the time since the last one.
type Facts struct {
	Site         lists.Site
	Main         lists.List
	Week         Week
	Due          time.Time // when it was due; zero unknown
	Missed       int       // digests before it that never went out
	Since, Until time.Time
	Groups       []GroupFacts
	Newcomers    []string // names of people new to the body, by their choice; unnamed ones are counted
	Unnamed      int      // newcomers without a name to show
	Posts        int      // on the main list
	People       int      // who wrote them
	Threads      []Thread // of the main list
	Members      int      // of the main list now
	Waiting      Waiting  // for its admins
}

// GroupFacts is the same of one working group.
type GroupFacts struct {
	List     lists.List
	Leaders  []string              // names of those who gave one
	Deputies []string              // likewise
	Led      bool                  // it has a leader, named or not
	Entries  []lists.ProgressEntry // its whole record, oldest first
	Posts    int
	People   int
	Members  int
	Joined   int
	Left     int
	Waiting  Waiting
	Threads  []Thread
	Weeks    []Figures // of its last weeks, the oldest first
	Heard    time.Time // the last word in the record or post; its making, where there was none
}

// Waiting is what waits for those who decide for a list.
type Waiting struct {
	Posts  int // held
	Joins  int // requests to join
	Offers int // to lead it
}

// Any tells whether anything waits.
func (w Waiting) Any() bool { return w != Waiting{} }

// Silent is how many whole weeks the group has been silent at a time.
func (g GroupFacts) Silent(at time.Time) int {
	if g.Heard.IsZero() {
		return 0
	}
	return max(0, int(at.Sub(g.Heard).Hours()/(7*24)))
}

// Figures are one week of a group in numbers.
type Figures struct{ Posts, People int }

// Thread is a conversation that moved.
type Thread struct {
	Subject string
	Posts   int
	Link    string // "" where the archive has no page
	Code    string // by which the archive knows the post that stands for it
}

// Kinds of entry in a group's record.
const (
	KindProgress  = "progress"
	KindNext      = "next"
	KindDone      = "done"    // the step was done
	KindDropped   = "dropped" // the step was given up
	KindState     = "state"
	KindHelp      = "help"
	KindDissent   = "dissent"
	KindLeader    = "leader"    // its author leads the group from then on
	KindDeputy    = "deputy"    // its author stands in for the leader from then on
	KindVolunteer = "volunteer" // its author offered to lead it; so many were asked
	KindDeclined  = "declined"  // one of those asked said no to its author's offer
	KindSilence   = "silence"   // leaders and admins were asked whether the group goes on
)

// Word tells whether an entry is something that people of the group said, and
// not a note of the site's own.
func Word(e lists.ProgressEntry) bool {
	switch e.Kind {
	case KindProgress, KindNext, KindDone, KindDropped, KindState, KindHelp, KindDissent, KindLeader:
		return true
	}
	return false
}
