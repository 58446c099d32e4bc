package desk

import (
	"testing"

	"plenary/digest/words/wordstest"
	"plenary/lists"
)

// Every sentence that is said to who asks or answers is there in each
// language.
func TestOutcomesAreWhole(t *testing.T) {
	texts, err := loadTexts("lists.example.org")
	if err != nil {
		t.Fatal(err)
	}
	var states []string
	for _, s := range []lists.State{lists.Forming, lists.Active, lists.Paused, lists.Done, lists.Closed} {
		states = append(states, string(s))
	}
	wordstest.Package{
		Say:    []string{"say", "refused", "already"},
		Silent: []string{"Errorf", "Info", "Warn", "New"},
		Tables: append(append(states, lists.HoldReasons()...), "Your mail to {1}"), // which package route says
		// What is said on the command line, or kept with a request.
		Plain: []string{"%s is a main list, and only groups are announced to one."},
		Also:  map[string][]string{"..": {"refusal", "saying"}, "../store": {"refusal"}},
	}.Whole(t, texts.sentences)
}
