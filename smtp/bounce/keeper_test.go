package bounce

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"plenary/lists"
	"plenary/lists/store"
	"plenary/lists/store/redistest"
	"plenary/smtp"
)

type outbox struct{ letters []smtp.Letter }

func (o *outbox) Send(_ context.Context, l smtp.Letter) error {
	o.letters = append(o.letters, l)
	return nil
}

// A dead address is probed, then paused; one report a day counts, and mail
// goes on meanwhile.
func TestDeadAddressIsProbedAndPaused(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	site := lists.Site{Domain: "lists.example.org"}
	st, err := store.Open(t.Context(), redistest.New(t), site, clock)
	if err != nil {
		t.Fatal(err)
	}
	l, err := st.CreateList(t.Context(), lists.NewList{Name: "dc", Title: "DC"})
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := st.Subscribe(t.Context(), l.ID, lists.NewMember{Address: "bo@m.example"})
	if err != nil {
		t.Fatal(err)
	}
	out := &outbox{}
	k := &Keeper{Site: site, Secret: st.Secret(), People: st, Outbox: out, Now: clock, Log: slog.New(slog.DiscardHandler)}
	hard := FromReply(550, [3]int{5, 1, 1}, "no such user", "RCPT", false)
	for day, want := range []struct {
		probes int
		paused bool
	}{{0, false}, {0, false}, {0, false}, {1, false}, {1, true}, {1, true}} {
		for range 3 { // three posts in a day are one failure
			if err := k.Failed(t.Context(), l, p.Number, hard); err != nil {
				t.Fatal(err)
			}
		}
		p, err := st.PersonByNumber(t.Context(), "dc", p.Number)
		if err != nil || len(out.letters) != want.probes || p.Bouncing != want.paused {
			t.Errorf("day %d: %d probes, paused %v, want %d, %v (%v)", day+1, len(out.letters), p.Bouncing, want.probes, want.paused, err)
		}
		now = now.AddDate(0, 0, 1)
	}
	if serial, n, ok := lists.ReadMemberToken(st.Secret(), "bounce", tokenOf(t, out.letters[0].EnvelopeFrom)); !ok || serial != l.Serial || n != p.Number {
		t.Errorf("the probe's report would not come back: %s", out.letters[0].EnvelopeFrom)
	}
}

// Whoever comes back after a pause begins anew: one failure more, or a late
// report of mail from before, does not pause them again.
func TestWhoComesBackBeginsAnew(t *testing.T) {
	now := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	site := lists.Site{Domain: "lists.example.org"}
	st, err := store.Open(t.Context(), redistest.New(t), site, clock)
	if err != nil {
		t.Fatal(err)
	}
	l, err := st.CreateList(t.Context(), lists.NewList{Name: "dc", Title: "DC"})
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := st.Subscribe(t.Context(), l.ID, lists.NewMember{Address: "bo@m.example"})
	if err != nil {
		t.Fatal(err)
	}
	k := &Keeper{Site: site, Secret: st.Secret(), People: st, Outbox: &outbox{}, Now: clock, Log: slog.New(slog.DiscardHandler)}
	fails := func(c Class) (paused bool) {
		t.Helper()
		if err := k.Failed(t.Context(), l, p.Number, Failure{Class: c}); err != nil {
			t.Fatal(err)
		}
		person, err := st.PersonByNumber(t.Context(), "dc", p.Number)
		if err != nil {
			t.Fatal(err)
		}
		return person.Bouncing
	}
	for round := range 2 {
		for day := range 5 {
			if paused := fails(Hard); paused != (day == 4) {
				t.Fatalf("round %d, day %d: paused %v", round+1, day+1, paused)
			}
			now = now.AddDate(0, 0, 1)
		}
		if !fails(Soft) {
			t.Error("a failure while paused ended the pause")
		}
		if _, err := st.UpdatePerson(t.Context(), "dc", p.Address, func(p *lists.Person) error { p.Bouncing = false; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if fails(Soft) {
		t.Error("paused again by one failure")
	}
}

func TestFromReply(t *testing.T) {
	for name, row := range map[string]struct {
		code     int
		enhanced [3]int
		stage    string
		expired  bool
		want     Class
	}{
		"unknown user": {550, [3]int{5, 1, 1}, "RCPT", false, Hard},
		"full":         {552, [3]int{5, 2, 2}, "RCPT", false, Soft},
		"policy":       {550, [3]int{5, 7, 1}, "RCPT", false, Soft},
		"content":      {554, [3]int{5, 6, 0}, "end of data", false, Soft},
		"given up":     {451, [3]int{4, 2, 0}, "RCPT", true, Soft},
	} {
		if got := FromReply(row.code, row.enhanced, "x", row.stage, row.expired).Class; got != row.want {
			t.Errorf("%s: %s, want %s", name, got, row.want)
		}
	}
	for _, row := range []struct {
		code     int
		enhanced [3]int
		text     string
		want     Class
	}{
		{550, [3]int{}, "User unknown", Hard},
		{550, [3]int{}, "Rejected", Hard},
		{550, [3]int{5, 4, 1}, "Recipient address rejected: Access denied", Hard},
		{550, [3]int{5, 5, 0}, "Requested action not taken: mailbox unavailable", Hard},
		{556, [3]int{5, 7, 27}, "Recipient address has null MX", Hard},
		{552, [3]int{}, "Requested mail action aborted", Soft},
		{550, [3]int{}, "Blocked: 192.0.2.1 is listed by bl.example, see blocklist", Soft},
		{554, [3]int{}, "Greylisted, try again later", Soft},
		{550, [3]int{5, 2, 1}, "This account is disabled", Soft},
		{550, [3]int{}, "Das Postfach ist voll", Soft},
		{553, [3]int{5, 1, 8}, "Domain of sender address does not exist", Soft},
		{452, [3]int{4, 5, 3}, "Too many recipients", Soft},
		{550, [3]int{5, 5, 3}, "Too many recipients", Soft},
		{552, [3]int{5, 3, 4}, "Message too big for system", Soft},
		{503, [3]int{5, 5, 1}, "Bad sequence of commands", Soft},
	} {
		if got := FromReply(row.code, row.enhanced, row.text, "RCPT", false).Class; got != row.want {
			t.Errorf("%d %v %s: %s, want %s", row.code, row.enhanced, row.text, got, row.want)
		}
	}
}

func tokenOf(t *testing.T, envelope string) string {
	t.Helper()
	d := lists.NewDirectory("lists.example.org", []lists.List{{ID: "dc", Family: "dc", Name: "dc", Serial: 1}})
	target, ok := d.Resolve(lists.Address(envelope).Local())
	if !ok {
		t.Fatalf("%s is no address of ours", envelope)
	}
	return target.Token
}
