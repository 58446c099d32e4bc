package command

import (
	"strings"
	"testing"
	"time"

	"plenary/smtp"
)

// One source may ask many strangers, and not all the world; members are not
// held up by what others ask.
func TestHandleLimitsOfASource(t *testing.T) {
	r := newRoom(t)
	env := smtp.Envelope{ID: "q1", Remote: "192.0.2.1"}
	for i := range asksSource.hourly + asksSource.minutely + 1 {
		ok, err := r.handler.mayAsk(r.ctx, env, Facts{Asker: "new@example.net"})
		if err != nil {
			t.Fatal(err)
		}
		if want := i < asksSource.hourly+asksSource.minutely; ok != want {
			t.Fatalf("question %d from one source: %v", i+1, ok)
		}
	}
	r.says("new@example.net", "dc-join@lists.example.org", "", "")
	r.takes(0)
	r.says("max@example.org", "dc-leave@lists.example.org", "", "")
	r.takes(1)
	r.time = r.time.Add(time.Minute)
	r.says("new@example.net", "dc-join@lists.example.org", "", "")
	r.takes(1)
}

func TestHandleNamesTheAddressWrittenTo(t *testing.T) {
	r := newRoom(t)
	for to, named := range map[string]string{
		"dc-join@lists.example.org": "dc-join@", "DC+Subscribe@lists.example.org": "dc+subscribe@", "dc-maps-leave@lists.example.org": "dc-maps-leave@",
		"majordomo@lists.example.org": "majordomo@", "dc-request@lists.example.org": "dc-request@", "plenary@lists.example.org": "plenary@",
	} {
		r.letters = nil
		r.says("ann@example.org", to, "join dc", "")
		if strings.HasPrefix(named, "dc-maps") {
			r.letters = nil
			r.says("max@example.org", to, "", "")
		}
		if l := r.takes(1); l[0].Subject != "What came of your mail to "+named+testDomain {
			t.Errorf("to %s the subject is %q", to, l[0].Subject)
		}
	}
}
