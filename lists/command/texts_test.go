package command

import (
	"testing"

	"plenary/digest/words/wordstest"
	"plenary/lists"
)

// tables are the sentences that come from the language's table, and from the
// rules that hold posts.
func tables() []string {
	all := lists.HoldReasons()
	for _, c := range circles {
		all = append(all, c.title)
	}
	for _, e := range language {
		all = append(all, e.Help, e.More)
	}
	return all
}

// Whatever an answer can say is there in every language (the lists' own
// refusals among it).
func TestSentencesAreWhole(t *testing.T) {
	loaded, err := loadTexts()
	if err != nil {
		t.Fatal(err)
	}
	wordstest.Package{
		Say: []string{"say", "no"}, Also: map[string][]string{"..": {"refusal", "bad"}}, Tables: tables(),
		Silent: []string{"Errorf", "New", "Info", "Warn", "from", "Fprintf"},
		Plain:  []string{"it was written by a machine", "its author's address can't be read", "it comes from an address of the lists"}, // for the log
		Read:   []string{"answer.go", "automatic.go", "lines.go", "only.go", "table.go"},
	}.Whole(t, loaded.sentences)
	wordstest.Templates(t, textFiles, "texts", loaded.sentences)
}
