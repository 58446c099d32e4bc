package progress

import (
	"strings"
	"testing"
	"time"

	"plenary/digest"
	"plenary/lists"
	"plenary/smtp"
)

// week goes on to the next week's question and digest, and tells what the
// digest says of the group: what is asked of the body, and the leaders' mails.
func (w *world) week(since time.Time) (g digest.Group, after int, mails string) {
	w.t.Helper()
	next := w.weeks.Next()
	w.at = w.office().Schedule.Ahead(next, 48*time.Hour, true)
	for _, l := range w.tick() {
		if strings.Contains(l.Subject, "still going") {
			after++
			mails = token(w.t, l)
		}
	}
	w.at = w.office().Schedule.Due(next)
	w.weeks.sent[next.String()] = true
	entries, err := w.store.Progress(w.t.Context(), w.maps.ID, time.Time{}, w.at)
	if err != nil {
		w.t.Fatal(err)
	}
	dir, err := w.store.Directory(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	l, _ := dir.ByID(w.maps.ID)
	heard := l.Created
	for _, e := range entries {
		if digest.Word(e) && e.At.After(heard) {
			heard = e.At
		}
	}
	r := digest.Gather(digest.Facts{Site: w.site, Main: w.main, Since: since, Until: w.at, Groups: []digest.GroupFacts{{List: l, Entries: entries, Heard: heard}}})
	for _, g := range append(r.News, r.Quiet...) {
		return g, after, mails
	}
	return digest.Group{GroupFacts: digest.GroupFacts{List: l}}, after, mails
}

// The ladder of silence over simulated weeks: after two weeks the digest says
// so, after four the leader is asked, after eight the body is; each once, and
// no state changes without an answer. An answer ends the silence, and a new
// one is asked after again.
func TestSilenceLadder(t *testing.T) {
	w := newWorld(t)
	since := w.at
	asked, orphaned, tok := []int{}, []int{}, ""
	for n := 1; n <= 12; n++ {
		g, after, mail := w.week(since)
		since = w.at
		if g.List.State != lists.Active {
			t.Fatalf("week %d: the state became %s by itself", n, g.List.State)
		}
		if silent := g.Silent(w.at); silent >= digest.SilentSaid != (n >= 3) { // made on a Wednesday: two whole weeks by the third Monday
			t.Errorf("week %d: silent for %d weeks", n, silent)
		}
		if after > 0 {
			asked, tok = append(asked, n), mail
		}
		if g.Orphaned {
			orphaned = append(orphaned, n)
		}
	}
	if len(asked) != 1 || asked[0] != 5 || len(orphaned) != 1 || orphaned[0] != 9 {
		t.Fatalf("leaders asked in weeks %v, the body in %v", asked, orphaned)
	}
	// Seven weeks later the answer by plain reply still counts.
	contains(t, w.hear(Reply{Token: tok, QueueID: "q1", MessageID: "m1@m.example", OwnText: "Yes!\n\nWe meet again in March."}),
		"Thank you for your answer about Maps.", "It is noted that the group goes on.", "will stand in the next digest of Dynamic Coalition")
	g, after, _ := w.week(since)
	if after != 0 || len(g.Progress) != 1 || g.Progress[0].Text != "We meet again in March." || g.Silent(w.at) > 1 {
		t.Errorf("asked %d, progress %v, silent %d", after, g.Progress, g.Silent(w.at))
	}
	again := 0
	for range 6 {
		since = w.at
		_, after, _ := w.week(since)
		again += after
	}
	if again != 1 {
		t.Errorf("of the new silence the leader was asked %d times", again)
	}
}

// "hand over to" goes to the desk, who asks the one named.
func TestStillHandsOver(t *testing.T) {
	w := newWorld(t)
	w.set("2026-12-19T09:00:00+01:00")
	tok := ""
	for _, l := range w.tick() {
		if strings.Contains(l.Subject, "still going") {
			tok = token(t, l)
		}
	}
	contains(t, w.hear(Reply{Token: tok, QueueID: "q1", OwnText: "hand over to bo@m.example"}), "bo@m.example was asked.")
	contains(t, w.hear(Reply{Token: tok, QueueID: "q2", OwnText: "done"}), "The group has done its work.")
	if g := w.item(); g.List.State != lists.Done {
		t.Errorf("state %s", g.List.State)
	}
}

// The deputy is asked too, and alone where the leader is away; each in their
// own language.
func TestDeputyIsAsked(t *testing.T) {
	w := newWorld(t)
	if _, _, err := w.store.Subscribe(t.Context(), w.maps.ID, lists.NewMember{Address: "bo@m.example", Name: "Bo", Deputy: true}); err != nil {
		t.Fatal(err)
	}
	set := func(a lists.Address, change func(*lists.Person)) {
		if _, err := w.store.UpdatePerson(t.Context(), w.main.ID, a, func(p *lists.Person) error { change(p); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	set("bo@m.example", func(p *lists.Person) { p.Language = "es" })
	letters := w.tick()
	if len(letters) != 2 || letters[0].Subject != "What happened in Maps this week?" || letters[1].Subject != "¿Qué pasó en Maps esta semana?" {
		t.Fatalf("asked: %+v", letters)
	}
	contains(t, w.hear(Reply{Token: token(t, letters[1]), QueueID: "q1", OwnText: "We met.\nEl próximo paso es imprimir el mapa."}), "Gracias.", "Próximo paso: imprimir el mapa")
	set("ana@m.example", func(p *lists.Person) { p.Vacation = "2027-01-10" })
	w.set("2026-11-28T09:00:00+01:00")
	if letters = w.tick(); len(letters) != 1 || letters[0].To[0] != "bo@m.example" {
		t.Errorf("asked while the leader is away: %+v", letters)
	}
}

// On working days only: question on Thursday, reminder on Friday, and nothing
// at the weekend, not even when the server was down until then.
func TestWorkingDaysOnly(t *testing.T) {
	w := newWorld(t)
	tick := func(at string) (n int) {
		w.set(at)
		o := w.office()
		o.Weekdays = true
		if err := o.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		return len(w.outbox.take())
	}
	for _, row := range []struct {
		at string
		n  int
	}{
		{"2026-11-21T09:00:00+01:00", 0}, // down until Saturday
		{"2026-11-22T23:59:00+01:00", 0},
		{"2026-11-23T02:00:00+01:00", 1}, // the question on Monday, long before nine
		{"2026-11-23T07:59:00+01:00", 0}, // no reminder of what was just asked
		{"2026-11-23T08:00:00+01:00", 1},
		{"2026-11-26T08:59:00+01:00", 0},
		{"2026-11-26T09:00:00+01:00", 1}, // Thursday
		{"2026-11-27T09:00:00+01:00", 1}, // Friday
		{"2026-11-28T09:00:00+01:00", 0},
		{"2026-11-30T08:00:00+01:00", 0},
	} {
		if n := tick(row.at); n != row.n {
			t.Errorf("%s: %d mails, want %d", row.at, n, row.n)
		}
	}
}

// A reminder says when the digest goes out: tomorrow, today after an outage,
// or on Monday where it is sent on Friday; and nobody is reminded of what they
// were asked a moment ago.
func TestReminderSaysWhen(t *testing.T) {
	for name, row := range map[string]struct {
		asked, at, subject string
		weekdays           bool
	}{
		"a day before":     {"2026-11-21T09:00:00+01:00", "2026-11-22T09:00:00+01:00", "The digest goes out tomorrow: what happened in Maps?", false},
		"the day itself":   {"2026-11-21T09:00:00+01:00", "2026-11-23T07:00:00+01:00", "The digest goes out today: what happened in Maps?", false},
		"over the weekend": {"2026-11-19T09:00:00+01:00", "2026-11-20T09:00:00+01:00", "The digest goes out on Monday 23 November: what happened in Maps?", true},
		"asked just now":   {"2026-11-23T07:00:00+01:00", "2026-11-23T08:59:00+01:00", "", false},
	} {
		w := newWorld(t)
		var last []smtp.Letter
		for _, at := range []string{row.asked, row.at} {
			w.set(at)
			o := w.office()
			o.Weekdays = row.weekdays
			if err := o.Tick(t.Context()); err != nil {
				t.Fatal(err)
			}
			last = w.outbox.take()
		}
		switch {
		case row.subject == "" && len(last) > 0, row.subject != "" && (len(last) != 1 || last[0].Subject != row.subject):
			t.Errorf("%s: %+v, want %q", name, last, row.subject)
		}
	}
}

// A step that was done stands no more: not in the digest, not in the list.
func TestDoneStepStandsNoMore(t *testing.T) {
	w := newWorld(t)
	tok := w.question()
	contains(t, w.hear(Reply{Token: tok, QueueID: "q1", MessageID: "m1@m.example", OwnText: "It is online.\ndone: yes"}), "Done: Publish the map")
	g := w.item()
	if g.List.Next != "" || g.Next != "" || len(g.Ended) != 1 || g.Ended[0].Ended != digest.StepDone || g.Ended[0].Text != "Publish the map" || g.Ended[0].By != "2026-12-01" {
		t.Errorf("list's next %q, next %q, ended %v", g.List.Next, g.Next, g.Ended)
	}
	w.at = w.at.Add(time.Minute)
	w.hear(Reply{Token: tok, QueueID: "q2", MessageID: "m2@m.example", OwnText: "next: print it"})
	if g = w.item(); g.Next != "print it" || len(g.Ended) != 1 {
		t.Errorf("next %q, ended %v", g.Next, g.Ended)
	}
}
