package route

import (
	"errors"
	"strings"
	"testing"
	"time"

	"plenary/lists"
	"plenary/smtp"
)

// An officer's post counts as one where it is proven to be theirs, and where
// their domain publishes nothing by which it could be; else it is held.
func TestOfficersAnnounce(t *testing.T) {
	for name, c := range map[string]struct {
		verdict smtp.Verdict
		held    int
	}{
		"proven":                       {smtp.Verdict{Believed: true, Policy: "none", DMARC: "pass"}, 0},
		"its domain publishes nothing": {smtp.Verdict{DMARC: "none"}, 0},
		"it asks for nothing":          {smtp.Verdict{Policy: "none", DMARC: "fail"}, 1},
		"it could not be asked":        {smtp.Verdict{Unasked: true, DMARC: "temperror"}, 1},
	} {
		w := newWorld(t)
		env := smtp.Envelope{ID: "q1", From: "admin@site.example", To: []string{"dc-news@lists.example.org"}, Received: w.Now(), Verdict: c.verdict}
		raw := mail("admin@site.example", "x", "y")
		if reply := w.Screen(t.Context(), env, raw); reply != nil {
			t.Fatal(name, reply)
		}
		if err := w.Handle(t.Context(), env, raw); err != nil || len(w.planned) != 1-c.held || len(w.held) != c.held {
			t.Errorf("%s: planned %q, held %d, %v", name, w.planned, len(w.held), err)
		}
	}
}

// What was found out about a sender goes with the post: at once, and through
// the hands of the owners.
func TestVerdictGoesWithThePost(t *testing.T) {
	w := newWorld(t)
	v := smtp.Verdict{Policy: "reject", DMARC: "pass", Chain: "none", Results: "spf=pass;\r\n\tdkim=none"}
	came := w.Now().Add(-time.Minute)
	take := func(from string) {
		t.Helper()
		env := smtp.Envelope{ID: "q" + from, From: from, To: []string{"dc@lists.example.org"}, Received: came, Verdict: v}
		if err := w.Handle(t.Context(), env, mail(from, "x", "y")); err != nil {
			t.Fatal(err)
		}
	}
	take("bo@m.example")
	if len(w.sent) != 1 || w.sent[0].Verdict != v || !w.sent[0].Arrived.Equal(came) {
		t.Fatalf("sent %+v", w.sent)
	}
	take("eve@x.example")
	if len(w.held) != 1 {
		t.Fatalf("held %+v", w.held)
	}
	if err := w.PostHeld(t.Context(), w.held[0], mail("eve@x.example", "x", "y")); err != nil {
		t.Fatal(err)
	}
	if got := w.sent[1]; got.Verdict != v || !got.Arrived.Equal(came) || got.Author.Address != "eve@x.example" || !got.At.Equal(w.Now()) {
		t.Errorf("after the owners: %+v", got)
	}
	old := lists.HeldPost{List: "dc", Queue: "q0", At: came}
	if err := w.PostHeld(t.Context(), old, mail("old@x.example", "x", "y")); err != nil || !w.sent[2].Verdict.Strict() {
		t.Errorf("held before verdicts were kept: %+v %v", w.sent[2].Verdict, err)
	}
	if err := w.Post(t.Context(), "dc", "site", mail("plenary@lists.example.org", "x", "y")); err != nil || w.sent[3].Verdict != (smtp.Verdict{}) {
		t.Errorf("the site's own: %+v %v", w.sent[3].Verdict, err)
	}
}

// Who is proven to have written a held post hears of it once a day, also
// where the first try to tell them fails.
func TestWriterOfHeldPostsIsToldOnceADay(t *testing.T) {
	w := newWorld(t)
	w.unsent = errors.New("Redis fell")
	day := func(id string, at time.Time) error {
		env := smtp.Envelope{ID: id, From: "eve@x.example", To: []string{"dc@lists.example.org"}, Received: at, Verdict: smtp.Verdict{Believed: true, Policy: "none", DMARC: "pass"}}
		return w.Handle(t.Context(), env, mail("eve@x.example", id, "y"))
	}
	if err := day("q1", w.Now()); err == nil || len(w.held) != 1 {
		t.Fatalf("held %d, %v", len(w.held), err)
	}
	w.unsent = nil
	for _, id := range []string{"q1", "q2", "q3"} {
		if err := day(id, w.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.letters) != 1 || w.letters[0].To[0] != "eve@x.example" || !strings.Contains(w.letters[0].Text, "wait") {
		t.Fatalf("letters %+v", w.letters)
	}
	if err := day("q4", w.Now().Add(25*time.Hour)); err != nil || len(w.letters) != 2 {
		t.Errorf("the day after: %+v %v", w.letters, err)
	}
}
