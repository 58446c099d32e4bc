package progress

import (
	"slices"
	"testing"

	"plenary/lists"
)

// What a post with [progress] says is taken as far as its writer may say it,
// and what can't be taken stays in its text.
func TestReported(t *testing.T) {
	l := lists.List{ID: "dc-maps", State: lists.Active, Next: "Draw the coast"}
	did := func(value, text string) lists.Action {
		return lists.Action{Verb: lists.DoProgress, Value: value, Text: text}
	}
	for _, tt := range []struct {
		what, text string
		leads      bool
		want       []lists.Action
	}{
		{"a leader's lines", "We met.\n\ndone: yes\nnext: Name the rivers by 2026-12-20\nstate: paused\nhelp: a hydrologist", true, []lists.Action{
			did("", "We met."), did("help", "a hydrologist"), did("done", "Draw the coast"),
			{Verb: lists.DoNext, Text: "Name the rivers", By: "2026-12-20"}, {Verb: lists.DoState, Value: "paused"}}},
		{"the state that is", "We met.\nstate: active", true, []lists.Action{did("", "We met.")}},
		{"a day alone moves the step", "We met.\nnext: by 2026-12-20", true, []lists.Action{did("", "We met."), {Verb: lists.DoNext, Text: "Draw the coast", By: "2026-12-20"}}},
		{"a day that is past", "We met.\nnext: Sleep by 2001-01-01", true, []lists.Action{did("", "We met.\nnext: Sleep by 2001-01-01")}},
		{"no state", "We met.\nstate: sleepy", true, []lists.Action{did("", "We met.\nstate: sleepy")}},
		{"a member's", "We met.\nnext: Stop by 2026-12-20\nstate: done\n\ndissent: I would go on.", false, []lists.Action{
			did("", "We met.\nnext: Stop by 2026-12-20\nstate: done"), did("dissent", "I would go on.")}},
		{"a member's sentence", "We met. The next step is to stop.", false, []lists.Action{did("", "We met. The next step is to stop.")}},
		{"nothing", "", true, nil},
	} {
		if got := Reported(tt.text, "2026-12-05", l, tt.leads); !slices.Equal(got, tt.want) {
			t.Errorf("%s:\n\tis   %+v\n\twant %+v", tt.what, got, tt.want)
		}
	}
}
