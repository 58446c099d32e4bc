package bounce

import (
	"fmt"
	"strings"
	"testing"

	"plenary/lists"
)

// A report to a sender that members share speaks of the member it names, by
// the address we wrote to, and of nobody outside the chunk.
func TestReportsToASharedSender(t *testing.T) {
	k := newKeeping(t)
	st, l := k.store, k.list
	number := map[string]lists.Number{"bo": k.member.Number}
	for _, who := range []string{"ann", "cy"} {
		p, _, err := st.Subscribe(t.Context(), l.ID, lists.NewMember{Address: lists.Address(who + "@m.example")})
		if err != nil {
			t.Fatal(err)
		}
		number[who] = p.Number
	}
	report := func(original, final string) []byte {
		return []byte(strings.ReplaceAll(fmt.Sprintf("From: mailer-daemon@m.example\nTo: dc-bounces+x@lists.example.org\nSubject: failed\n"+
			"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; m.example\n\n"+
			"Original-Recipient: rfc822;%s\nFinal-Recipient: rfc822; %s\nAction: failed\nStatus: 5.1.1\n\n--b--\n", original, final), "\n", "\r\n"))
	}
	for _, c := range []struct {
		raw   []byte
		read  bool
		about string
	}{
		{report("ann@m.example", "ann@elsewhere.example"), true, "ann"},
		{report("", "Bo@M.example"), true, "bo"},
		{report("cy@m.example", "cy@m.example"), true, ""}, // not of the chunk
		{report("dee@m.example", "dee@m.example"), true, ""},
		{[]byte("From: a@m.example\r\nSubject: Hello\r\n\r\nHow are you?\r\n"), false, ""},
	} {
		read, err := k.ReportedAmong(t.Context(), st, l, 0, number["ann"], c.raw)
		if err != nil || read != c.read {
			t.Fatalf("%s: read %v, %v", c.about, read, err)
		}
		if score, err := st.Bounces(t.Context(), l.Family, 0); err != nil || score != nil {
			t.Errorf("about %q: nobody has score %s, %v", c.about, score, err)
		}
		for who, n := range number {
			score, err := st.Bounces(t.Context(), l.Family, n)
			if err != nil || (score != nil) != (who == c.about) {
				t.Errorf("about %q: %s has score %s, %v", c.about, who, score, err)
			}
			if err := st.SetBounces(t.Context(), l.Family, n, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
}
