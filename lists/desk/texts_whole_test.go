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
		Silent: []string{"Errorf", "Info", "Warn", "note", "New"},
		Tables: states,
		// What stands in letters to others is in English yet, as those are, and
		// what is said on the command line.
		Plain: []string{"%s is a main list, and only groups are announced to one.",
			"%s has said yes, and is now %s.", "%s leads %s now, and you don't any more. You are still one of its members. Thank you for having led it.",
			"One of those who decide has said no to your offer to lead %s. If nobody else says yes, nothing changes. To talk it over with them, write to %s.",
			"asks to join ", "newcomers need the owners' yes"},
		Also: map[string][]string{"..": {"refusal"}, "../store": {"refusal"}},
	}.Whole(t, texts.sentences)
}
