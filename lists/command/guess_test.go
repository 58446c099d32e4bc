package command

import (
	"strings"
	"testing"
	"time"

	"plenary/smtp"
)

const noToken = "aaaaaaaaaaaaaaaaaaaaaaaaaa"

// Wrong tokens, by their address or by the command, are looked at twenty times
// a minute; the writer hears once of what was not looked at. A true one from
// elsewhere is, though it comes in the guesser's name.
func TestHandleGuesses(t *testing.T) {
	r := newRoom(t)
	r.says("new@example.net", "dc-join@lists.example.org", "", "")
	q := r.takes(1)[0]
	token := strings.TrimSuffix(strings.TrimPrefix(q.From, "dc-confirm+"), "@"+testDomain)
	for range 8 {
		r.says("eve@example.net", "dc-confirm+"+noToken+"@lists.example.org", "", "yes")
	}
	for range 3 {
		r.says("eve@example.net", "dc-request@lists.example.org", "", strings.Repeat("confirm "+noToken+"\n", 4))
	}
	for _, l := range r.takes(11) {
		if !strings.Contains(l.Text, "not known here") {
			t.Errorf("not looked at within the limit: %s", l.Text)
		}
	}
	for _, to := range []string{"dc-confirm+" + noToken + "@lists.example.org", "dc-confirm+" + token + "@lists.example.org"} {
		r.says("eve@example.net", to, "", "yes")
	}
	r.says("eve@example.net", "dc-request@lists.example.org", "", "confirm "+token)
	if l := r.takes(1)[0]; !strings.Contains(l.Text, "Too many wrong codes") {
		t.Errorf("past the limit: %s", l.Text)
	}
	if q, err := r.store.Question(r.ctx, token); err != nil || q.Settled != "" {
		t.Fatalf("a token was looked at past the limit: %+v %v", q, err)
	}
	r.envelope(smtp.Envelope{ID: "elsewhere", From: "eve@example.net", To: []string{"dc-confirm+" + token + "@lists.example.org"}, Remote: "198.51.100.7"},
		"From: eve@example.net\nTo: x\nMessage-ID: <e@example.net>\n\nyes\n")
	if q, _ := r.store.Question(r.ctx, token); q.Settled != "yes" {
		t.Error("a true token from elsewhere was not looked at")
	}
	r.letters, r.time = nil, r.time.Add(time.Minute)
	r.says("eve@example.net", "dc-confirm+"+noToken+"@lists.example.org", "", "yes")
	if l := r.takes(1)[0]; !strings.Contains(l.Text, "not known here") {
		t.Errorf("shut out for more than a minute: %s", l.Text)
	}
}
