package progress

import (
	"strings"
	"sync"
	"testing"
	"time"

	"plenary/digest"
	"plenary/lists"
	"plenary/smtp"
)

// A question, a plain reply, the item in the digest.
func TestQuestionReplyItem(t *testing.T) {
	w := newWorld(t)
	letters := w.tick()
	if len(letters) != 1 || letters[0].To[0] != "ana@m.example" {
		t.Fatalf("asked: %+v", letters)
	}
	contains(t, letters[0].Text, "What happened in Maps", "Publish the map", "1 December 2026", "Monday 23 November")
	said := w.hear(Reply{Token: token(t, letters[0]), QueueID: "q1", MessageID: "m1@m.example",
		OwnText: "We met on Tuesday.\nnext: print it by 2026-12-05\nstate: forming\nhelp: a printer\ndissent: Bo wants no paper"})
	contains(t, said, "We met on Tuesday.", "print it", "5 December 2026", "Help wanted: a printer", "Bo wants no paper", "forming")
	g := w.item()
	if len(g.Progress) != 1 || g.Progress[0] != (digest.Said{Text: "We met on Tuesday.", Who: "Ana"}) || len(g.Help) != 1 || len(g.Dissent) != 1 {
		t.Errorf("progress %v, help %v, dissent %v", g.Progress, g.Help, g.Dissent)
	}
	if g.Next != "print it" || g.By != "2026-12-05" || g.List.State != lists.Forming {
		t.Errorf("next %q by %s, state %s", g.Next, g.By, g.List.State)
	}
}

// A further reply replaces what it says anew; the rest stands, and the answer
// shows both.
func TestCorrectionTheLastReplyCounts(t *testing.T) {
	w := newWorld(t)
	tok := w.question()
	w.hear(Reply{Token: tok, QueueID: "q1", MessageID: "m1@m.example", OwnText: "We met on Tuesday.\nhelp: a printer"})
	w.at = w.at.Add(time.Hour)
	said := w.hear(Reply{Token: tok, QueueID: "q2", MessageID: "m2@m.example", OwnText: "We met on Wednesday."})
	contains(t, said, "We met on Wednesday.", "Help wanted: a printer")
	if strings.Contains(said, "Tuesday") {
		t.Errorf("what was replaced is said to be printed:\n%s", said)
	}
	g := w.item()
	if len(g.Progress) != 1 || g.Progress[0].Text != "We met on Wednesday." || len(g.Help) != 1 {
		t.Errorf("progress %v, help %v", g.Progress, g.Help)
	}
	w.at = w.at.Add(time.Hour)
	said = w.hear(Reply{Token: tok, QueueID: "q4", MessageID: "m4@m.example", OwnText: "help: none\nnext: by 2026-12-09"})
	contains(t, said, "We met on Wednesday.", "Publish the map, by Wednesday 9 December 2026")
	if g = w.item(); len(g.Help) != 0 || strings.Contains(said, "printer") || g.Next != "Publish the map" || g.By != "2026-12-09" {
		t.Errorf("help %v, next %q by %s; said:\n%s", g.Help, g.Next, g.By, said)
	}
	w.at = w.at.Add(time.Hour)
	w.hear(Reply{Token: tok, QueueID: "q3", MessageID: "m3@m.example", OwnText: "no progress"})
	if g = w.item(); len(g.Progress) != 1 || g.Progress[0].Text != "no progress" {
		t.Errorf("progress %v", g.Progress)
	}
}

// The queue may hand one reply in again: one record, one answer, one change.
func TestReplyRepeatedByTheQueue(t *testing.T) {
	w := newWorld(t)
	r := Reply{Token: w.question(), QueueID: "q1", MessageID: "m1@m.example", OwnText: "We met.\nnext: print it"}
	if w.hear(r) == "" {
		t.Fatal("no answer")
	}
	if again := w.hear(r); again != "" {
		t.Errorf("answered twice:\n%s", again)
	}
	entries, err := w.store.Progress(t.Context(), w.maps.ID, time.Time{}, time.Time{})
	if err != nil || len(entries) != 2 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
	if len(w.desk.done) != 1 {
		t.Errorf("changes: %+v", w.desk.done)
	}
}

// The token serves until its digest went out, early or not.
func TestTokenOfASentWeek(t *testing.T) {
	w := newWorld(t)
	tok := w.question()
	w.weeks.sent["2026-W48"] = true
	contains(t, w.hear(Reply{Token: tok, QueueID: "q1", OwnText: "We met."}), "The digest of week 48 has gone out", "dc-maps-request@lists.example.org")
	w.set("2026-11-26T09:00:00+01:00")
	contains(t, w.hear(Reply{Token: tok, QueueID: "q2", OwnText: "We met."}), "The digest of week 48 has gone out")
	if g := w.item(); len(g.Progress) != 0 {
		t.Errorf("recorded: %v", g.Progress)
	}
	if letters := w.tick(); len(letters) != 0 {
		t.Errorf("asked on a Thursday: %+v", letters)
	}
}

func TestRepliesThatCountForNothing(t *testing.T) {
	w := newWorld(t)
	tok := w.question()
	swap := map[bool]byte{true: 'b', false: 'a'}[tok[0] == 'a']
	forged := string(swap) + tok[1:]
	for name, row := range map[string]struct {
		r    Reply
		want string
	}{
		"automatic":    {Reply{Token: tok, QueueID: "q1", OwnText: "I am away.", Automatic: true}, ""},
		"forged":       {Reply{Token: forged, QueueID: "q2", OwnText: "We met."}, ""},
		"no token":     {Reply{QueueID: "q3", OwnText: "We met."}, ""},
		"another's":    {Reply{Token: lists.MemberToken(w.store.Secret(), "leave", w.maps, 1), QueueID: "q4", OwnText: "We met."}, ""},
		"empty":        {Reply{Token: tok, QueueID: "q5"}, "no words of its own"},
		"unknown date": {Reply{Token: tok, QueueID: "q6", OwnText: "next: print by 12/1"}, "two ways"},
	} {
		if said := w.hear(row.r); row.want == "" && said != "" {
			t.Errorf("%s: answered %s", name, said)
		} else {
			contains(t, said, row.want)
		}
	}
	if g := w.item(); len(g.Entries) != 0 || len(w.desk.done) != 0 {
		t.Errorf("recorded %v, changed %v", g.Entries, w.desk.done)
	}
}

// One who left the group since the question is told so; nothing is recorded.
func TestReplyOfOneWhoLeft(t *testing.T) {
	w := newWorld(t)
	tok := w.question()
	if _, _, err := w.store.Unsubscribe(t.Context(), w.main.ID, []string{w.maps.ID}, "ana@m.example"); err != nil {
		t.Fatal(err)
	}
	contains(t, w.hear(Reply{Token: tok, QueueID: "q1", OwnText: "We met."}), "not in Maps")
	if g := w.item(); len(g.Entries) != 0 {
		t.Errorf("recorded %v", g.Entries)
	}
}

// Of a closed group nothing is told, so nothing is promised.
func TestReplyOnAClosedGroup(t *testing.T) {
	w := newWorld(t)
	tok := w.question()
	if _, err := w.store.UpdateList(t.Context(), w.maps.ID, func(l *lists.List) error { l.State = lists.Closed; return nil }); err != nil {
		t.Fatal(err)
	}
	contains(t, w.hear(Reply{Token: tok, QueueID: "q1", OwnText: "We met."}), "Maps is closed, so nothing was recorded.", "dc-owner@")
	if entries, err := w.store.Progress(t.Context(), w.maps.ID, time.Time{}, w.at.Add(time.Hour)); err != nil || len(entries) != 0 {
		t.Errorf("recorded %v, %v", entries, err)
	}
}

// Two servers and a repeated look ask each leader once; who leads a paused
// group is not asked; a leader on vacation is not where another is there.
func TestAskedOnce(t *testing.T) {
	w := newWorld(t)
	w.join("bo@m.example", "Bo", true)
	if _, err := w.store.UpdatePerson(t.Context(), w.main.ID, "bo@m.example", func(p *lists.Person) error { p.Vacation = "2026-12-24"; return nil }); err != nil {
		t.Fatal(err)
	}
	var servers sync.WaitGroup
	for range 2 {
		o := w.office()
		servers.Go(func() {
			if err := o.Tick(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	servers.Wait()
	if letters := w.outbox.take(); len(letters) != 1 || letters[0].To[0] != "ana@m.example" {
		t.Errorf("asked: %+v", letters)
	}
	if letters := w.tick(); len(letters) != 0 {
		t.Errorf("asked again: %+v", letters)
	}
	if _, err := w.store.UpdateList(t.Context(), w.maps.ID, func(l *lists.List) error { l.State = lists.Paused; return nil }); err != nil {
		t.Fatal(err)
	}
	w.set("2026-11-28T09:00:00+01:00")
	if letters := w.tick(); len(letters) != 0 {
		t.Errorf("a paused group's leader was asked: %+v", letters)
	}
}

// One reminder on the last day, to those only who said nothing.
func TestReminder(t *testing.T) {
	w := newWorld(t)
	tok := w.question()
	w.set("2026-11-22T09:00:00+01:00")
	letters := w.tick()
	if len(letters) != 1 || token(t, letters[0]) != tok || !strings.Contains(letters[0].Subject, "tomorrow") {
		t.Fatalf("reminders: %+v", letters)
	}
	w.set("2026-11-22T10:00:00+01:00")
	if letters := w.tick(); len(letters) != 0 {
		t.Errorf("reminded twice: %+v", letters)
	}
	w.set("2026-11-28T09:00:00+01:00")
	tok = w.question()
	w.hear(Reply{Token: tok, QueueID: "q1", OwnText: "We met."})
	w.set("2026-11-29T09:00:00+01:00")
	if letters := w.tick(); len(letters) != 0 {
		t.Errorf("who answered was reminded: %+v", letters)
	}
}

// A group that was silent for four weeks is asked after once, leaders and
// admins both; a word from it, and the next silence is asked after again.
func TestSilentGroupIsAskedAfterOnce(t *testing.T) {
	w := newWorld(t)
	if _, _, err := w.store.Subscribe(t.Context(), w.main.ID, lists.NewMember{Address: "adm@m.example", Admin: true}); err != nil {
		t.Fatal(err)
	}
	asked := func(at string) (after []smtp.Letter) {
		w.set(at)
		for _, l := range w.tick() {
			if strings.Contains(l.Subject, "still going") {
				after = append(after, l)
			}
		}
		return after
	}
	if got := asked("2026-12-12T09:00:00+01:00"); len(got) != 0 { // made on 18 November: three weeks
		t.Fatalf("asked after three weeks: %+v", got)
	}
	got := asked("2026-12-19T09:00:00+01:00")
	asks := got
	if len(got) != 2 || got[0].To[0] != "ana@m.example" || got[1].To[0] != "adm@m.example" {
		t.Fatalf("asked: %+v", got)
	}
	contains(t, got[1].Text, "Nothing has been heard from Maps for 4 weeks.", "paused", "hand over to name@example.org", "handover dc-maps")
	if g := w.item(); !g.Asked || g.List.State != lists.Active {
		t.Errorf("asked %v, state %s", g.Asked, g.List.State)
	}
	if got := asked("2026-12-26T09:00:00+01:00"); len(got) != 0 {
		t.Errorf("asked again: %+v", got)
	}
	// The admin, who is not in the group, answers the question in her mail.
	w.set("2026-12-20T09:00:00+01:00")
	contains(t, w.hear(Reply{Token: token(t, asks[1]), QueueID: "q0", OwnText: "Paused.\nUntil the spring."}), "Thank you for your answer about Maps.", "The group is paused.", "will stand in the next digest")
}

// An admin who sends the question early (plenary digest ask), or a server that
// died after it, takes nothing from the groups that fell silent.
func TestSilentGroupIsAskedAfterAnEarlyQuestion(t *testing.T) {
	w := newWorld(t)
	w.set("2026-12-19T08:59:00+01:00")
	if _, _, err := w.office().Ask(t.Context(), w.main); err != nil {
		t.Fatal(err)
	}
	w.outbox.take()
	w.set("2026-12-19T09:00:00+01:00")
	if got := w.tick(); len(got) != 1 || !strings.Contains(got[0].Subject, "still going") {
		t.Errorf("asked after: %+v", got)
	}
	if got := w.tick(); len(got) != 0 {
		t.Errorf("asked again: %+v", got)
	}
}

// Question and confirmation are in the main list's language; what people
// wrote stays as it is.
func TestQuestionInTheListsLanguage(t *testing.T) {
	w := newWorld(t)
	if _, err := w.store.UpdateList(t.Context(), w.main.ID, func(l *lists.List) error { l.Language = "fr"; return nil }); err != nil {
		t.Fatal(err)
	}
	letters := w.tick()
	if len(letters) != 1 || letters[0].Subject != "Que s’est-il passé dans Maps cette semaine ?" || len(letters[0].Headers) != 1 || letters[0].Headers[0] != [2]string{"Content-Language", "fr"} {
		t.Fatalf("%+v", letters)
	}
	contains(t, letters[0].Text, "lundi 23 novembre à 09:00", "Publish the map, pour le mardi 1er décembre 2026")
	contains(t, w.hear(Reply{Token: token(t, letters[0]), QueueID: "q1", OwnText: "We met.\nnext: print it by 2026-12-05"}),
		"Merci.", "We met.", "Prochaine étape : print it, pour le samedi 5 décembre 2026")
}
