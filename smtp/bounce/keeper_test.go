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

// keeping is a keeper of a list with one member.
type keeping struct {
	*Keeper
	store  *store.Store
	list   lists.List
	member lists.Person
	out    *outbox
	now    time.Time
}

func newKeeping(t *testing.T) *keeping {
	t.Helper()
	w := &keeping{out: &outbox{}, now: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return w.now }
	site := lists.Site{Domain: "lists.example.org"}
	var err error
	if w.store, err = store.Open(t.Context(), redistest.New(t), site, clock); err != nil {
		t.Fatal(err)
	}
	if w.list, err = w.store.CreateList(t.Context(), lists.NewList{Name: "dc", Title: "DC"}); err != nil {
		t.Fatal(err)
	}
	if w.member, _, err = w.store.Subscribe(t.Context(), w.list.ID, lists.NewMember{Address: "bo@m.example"}); err != nil {
		t.Fatal(err)
	}
	w.Keeper = &Keeper{Site: site, Secret: w.store.Secret(), People: w.store, Outbox: w.out, Now: clock, Log: slog.New(slog.DiscardHandler)}
	return w
}

// fails counts a failure of the member, and tells whether they are paused then.
func (w *keeping) fails(t *testing.T, f Failure) (paused bool) {
	t.Helper()
	if err := w.Failed(t.Context(), w.list, w.member.Number, f); err != nil {
		t.Fatal(err)
	}
	p, err := w.store.PersonByNumber(t.Context(), "dc", w.member.Number)
	if err != nil {
		t.Fatal(err)
	}
	return p.Bouncing
}

// A dead address is probed, then paused; one report a day counts, and mail
// goes on meanwhile.
func TestDeadAddressIsProbedAndPaused(t *testing.T) {
	k := newKeeping(t)
	hard := FromReply(550, [3]int{5, 1, 1}, "no such user", "RCPT", false)
	for day, want := range []struct {
		probes int
		paused bool
	}{{0, false}, {0, false}, {0, false}, {1, false}, {1, true}, {1, true}} {
		paused := false
		for range 3 { // three posts in a day are one failure
			paused = k.fails(t, hard)
		}
		if len(k.out.letters) != want.probes || paused != want.paused {
			t.Errorf("day %d: %d probes, paused %v, want %d, %v", day+1, len(k.out.letters), paused, want.probes, want.paused)
		}
		k.now = k.now.AddDate(0, 0, 1)
	}
	if serial, n, ok := lists.ReadMemberToken(k.Secret, "bounce", tokenOf(t, k.out.letters[0].EnvelopeFrom)); !ok || serial != k.list.Serial || n != k.member.Number {
		t.Errorf("the probe's report would not come back: %s", k.out.letters[0].EnvelopeFrom)
	}
}

// Whoever comes back after a pause begins anew: one failure more, or a late
// report of mail from before, does not pause them again.
func TestWhoComesBackBeginsAnew(t *testing.T) {
	k := newKeeping(t)
	for round := range 2 {
		for day := range 5 {
			if paused := k.fails(t, Failure{Class: Hard}); paused != (day == 4) {
				t.Fatalf("round %d, day %d: paused %v", round+1, day+1, paused)
			}
			k.now = k.now.AddDate(0, 0, 1)
		}
		if !k.fails(t, Failure{Class: Soft}) {
			t.Error("a failure while paused ended the pause")
		}
		if _, err := k.store.UpdatePerson(t.Context(), "dc", k.member.Address, func(p *lists.Person) error { p.Bouncing = false; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	if k.fails(t, Failure{Class: Soft}) {
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
