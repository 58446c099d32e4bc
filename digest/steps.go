package digest

import (
	"time"

	"plenary/lists"
)

// Step is a group's next step as it stood for a time.
type Step struct {
	Text  string
	Set   time.Time // zero unknown
	By    lists.Date
	Ended string    // "" it stands; else how it ended
	At    time.Time // when it ended
}

// How steps end. Replaced says that another took its place and nobody said
// what came of it.
const (
	StepDone     = "done"
	StepMoved    = "moved"
	StepDropped  = "dropped"
	StepReplaced = "replaced"
)

// Steps is the history of a group's next steps out of its record, the oldest
// first. The list says which step stands now: one it was made with is in no
// entry.
func Steps(l lists.List, entries []lists.ProgressEntry) []Step {
	var all []Step
	open := -1 // the place of the step that stands
	end := func(how string, at time.Time) {
		if open >= 0 {
			all[open].Ended, all[open].At = how, at
		}
		open = -1
	}
	for _, e := range entries {
		switch {
		case e.Kind == KindNext:
			if open >= 0 && lists.SameStep(all[open].Text, e.Text) {
				if all[open].By == e.By {
					continue
				}
				end(StepMoved, e.At)
			} else {
				end(StepReplaced, e.At)
			}
			all, open = append(all, Step{Text: e.Text, Set: e.At, By: e.By}), len(all)
		case e.Kind == KindDone || e.Kind == KindDropped:
			how := map[string]string{KindDone: StepDone, KindDropped: StepDropped}[e.Kind]
			if open >= 0 && (e.Text == "" || lists.SameStep(all[open].Text, e.Text)) {
				end(how, e.At)
				continue
			}
			// Another step than the one that stands, which goes on standing.
			all = append(all, Step{Text: e.Text, By: e.By, Ended: how, At: e.At})
		case e.Kind == KindState && e.Text == string(lists.Done):
			end(StepDone, e.At)
		case e.Kind == KindState && e.Text == string(lists.Closed):
			end(StepDropped, e.At)
		}
	}
	if l.Next == "" || l.State == lists.Done || l.State == lists.Closed {
		end(StepDropped, time.Time{}) // taken away, and nobody said why
		return all
	}
	for _, s := range all {
		if lists.SameStep(s.Text, l.Next) && (s.Ended == "" || s.Ended != StepMoved && s.By == l.NextBy) {
			return all // it stands, or it ended as it was
		}
	}
	end(StepReplaced, time.Time{})
	return append(all, Step{Text: l.Next, By: l.NextBy})
}

// Standing is the step that stands now, if any.
func Standing(steps []Step) (Step, bool) {
	for i := len(steps) - 1; i >= 0; i-- {
		if steps[i].Ended == "" {
			return steps[i], true
		}
	}
	return Step{}, false
}
