package progress

import (
	"plenary/digest"
	"plenary/lists"
)

// Reported is what a post with [progress] by a member of a group says of it.
// Who leads the group says all that an answer to the week's question may; of
// others help: and dissent: are taken, and the rest is their words. Nobody
// answers a post, so a line that can't be taken stays in its text.
func Reported(text string, today lists.Date, l lists.List, leads bool) []lists.Action {
	var asText []string
	if !leads {
		asText = []string{"next", "state", "done", "dropped"}
	}
	a := readAnswer(text, today, asText)
	if a.BadStep != nil || a.By != "" && (a.By < today || a.Next+l.Next == "") {
		asText = append(asText, "next")
	}
	if a.BadState {
		asText = append(asText, "state")
	}
	a = readAnswer(text, today, asText)
	var said []lists.Action
	for _, s := range []struct{ kind, text string }{{"", a.Progress}, {digest.KindHelp, a.Help}, {digest.KindDissent, a.Dissent}} {
		if s.text != "" {
			said = append(said, lists.Action{Verb: lists.DoProgress, Value: s.kind, Text: s.text})
		}
	}
	return append(said, a.changes(l)...)
}

// changes are what an answer changes of its group: the step that was done or
// given up ends, the next one and the state are set.
func (a Answer) changes(l lists.List) (all []lists.Action) {
	for _, end := range []struct{ kind, text string }{{digest.KindDone, a.Done}, {digest.KindDropped, a.Dropped}} {
		if end.text == theStep {
			end.text = l.Next
		}
		if end.text != "" {
			all = append(all, lists.Action{Verb: lists.DoProgress, Text: end.text, Value: end.kind})
		}
	}
	if a.Next == "" && a.By != "" {
		a.Next = l.Next // "next: by Friday" moves the step that stands
	}
	if a.Next != "" {
		all = append(all, lists.Action{Verb: lists.DoNext, Text: a.Next, By: a.By})
	}
	if a.State != "" && a.State != l.State {
		all = append(all, lists.Action{Verb: lists.DoState, Value: string(a.State)})
	}
	return all
}
