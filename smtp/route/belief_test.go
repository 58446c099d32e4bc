package route

import (
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
