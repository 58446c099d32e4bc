package weekly

import (
	"strings"
	"testing"

	"plenary/lists"
)

// What was said in the second that a digest is asked for in is told: an
// answer shows in the preview that is looked at right after it.
func TestTellsWhatWasJustSaid(t *testing.T) {
	w := newWorld(t)
	s := w.sender(t)
	w.clock.set("2026-11-20T12:00:00.9+01:00")
	if _, err := w.store.Record(t.Context(), lists.ProgressEntry{List: "dc-maps", Kind: "progress", Name: "Ana", Text: "Just now.", At: w.clock.now()}); err != nil {
		t.Fatal(err)
	}
	w.clock.set("2026-11-20T12:00:00.95+01:00")
	mail, err := s.Preview(t.Context(), w.main, s.Next())
	if err != nil || !strings.Contains(mail.Text, "Just now.") {
		t.Fatalf("%v\n%s", err, mail.Text)
	}
	if mail.Until.Nanosecond() != 0 || mail.Until.Before(w.clock.now()) {
		t.Errorf("it ends at %s", mail.Until)
	}
	facts, err := s.Facts(t.Context(), w.main)
	if err != nil || len(facts.Groups) != 1 || len(facts.Groups[0].Entries) != 2 {
		t.Errorf("the board: %+v, %v", facts.Groups, err)
	}
}
