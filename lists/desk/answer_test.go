package desk

import (
	"errors"
	"sync"
	"testing"

	"plenary/lists"
)

func TestAnswerOfUnknownToken(t *testing.T) {
	o := newOffice(t)
	for _, token := range []string{"", "x", "aaaaaaaaaaaaaaaaaaaaaaaaaa"} {
		out, err := o.desk.Answer(o.ctx, token, true, "", "Q")
		if err != nil {
			t.Fatal(err)
		}
		result(t, out, lists.Refused)
		contains(t, out.Text, "three days")
	}
	if _, err := o.desk.Describe(o.ctx, "aaaaaaaaaaaaaaaaaaaaaaaaaa"); !errors.Is(err, lists.ErrNotFound) {
		t.Error(err)
	}
}

// One inbound entry may be handled several times: after each send that
// fails, the whole is done again under the same queue id.
func TestEveryCrash(t *testing.T) {
	whole := newOffice(t)
	whole.family()
	story := func(o *office, step func(func() error)) {
		actions := []lists.Action{joinOf("dc-map", "nell@example.net"), joinOf("dc-law", "nell@example.net")}
		step(func() error {
			_, err := o.desk.Do(o.ctx, "nell@example.net", false, "dc", "M1", actions)
			return err
		})
		token := o.token("nell@example.net")
		step(func() error {
			_, err := o.desk.Answer(o.ctx, token, true, "nell@example.net", "M2")
			return err
		})
		step(func() error {
			_, err := o.desk.Do(o.ctx, "lea@example.org", true, "dc", "M3", []lists.Action{
				about(lists.DoAdd, "dc-map", "mo@example.org"), about(lists.DoInvite, "dc-map", "z@example.net"), leaveOf("dc-map", "lea@example.org"),
			})
			return err
		})
	}
	story(whole, func(do func() error) {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	})
	crashing := newOffice(t)
	crashing.family()
	story(crashing, func(do func() error) {
		for fails := range 6 {
			crashing.out.fails = fails
			err := do()
			for err != nil {
				crashing.out.fails = 0
				err = do()
			}
			crashing.out.fails = 0
		}
	})
	got, want := subjects(crashing), subjects(whole)
	if join(got) != join(want) {
		t.Errorf("after crashes went out\n%q, without\n%q", got, want)
	}
	for _, a := range []string{"nell@example.net", "mo@example.org"} {
		if !crashing.in("dc-map", a) {
			t.Errorf("%s is not in", a)
		}
	}
}

func subjects(o *office) []string {
	var all []string
	for _, l := range o.out.letters {
		all = append(all, l.To[0]+": "+l.Subject)
	}
	return all
}

// Two servers, one Redis: an answer counts once.
func TestAnswerOnTwoServers(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.asks("nell@example.net", joinOf("dc", "nell@example.net"))
	token := o.token("nell@example.net")
	var wg sync.WaitGroup
	for i, d := range []*Desk{o.desk, o.newDesk()} {
		wg.Go(func() {
			if _, err := d.Answer(o.ctx, token, true, "nell@example.net", []string{"QA", "QB"}[i]); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	o.wants("nell@example.net", 2)
}

func TestDescribe(t *testing.T) {
	o := newOffice(t)
	o.family()
	o.asks("nell@example.net", joinOf("dc-map", "nell@example.net"))
	token := o.token("nell@example.net")
	describe := func() lists.Asking {
		t.Helper()
		a, err := o.desk.Describe(o.ctx, token)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := describe()
	if a.Kind != lists.KindConfirm || a.Settled != "" || a.Moot || len(a.What) != 1 || a.Until != "Thursday 26 November 2026" {
		t.Errorf("%+v", a)
	}
	contains(t, a.What[0], "subscribe nell@example.net to Data Map")
	o.set("dc-map", func(l *lists.List) { l.State = lists.Closed })
	if a := describe(); !a.Moot {
		t.Errorf("%+v", a)
	}
	o.set("dc-map", func(l *lists.List) { l.State = lists.Active })
	o.yes("nell@example.net")
	if a := describe(); a.Settled != "yes" {
		t.Errorf("%+v", a)
	}
	o.says("lea@example.org", about(lists.DoInvite, "dc-map", "z@example.net"))
	token = o.token("z@example.net")
	if a := describe(); a.Kind != lists.KindInvite || len(a.What) != 1 {
		t.Errorf("%+v", a)
	}
}

func TestJoinByPage(t *testing.T) {
	o := newOffice(t)
	o.family()
	join := func(a, ip string) error { return o.desk.JoinByPage(o.ctx, "dc", lists.Address(a), ip) }
	if err := join("nell@example.net", "192.0.2.7"); err != nil {
		t.Fatal(err)
	}
	o.wants("nell@example.net", 1)
	result(t, o.yes("nell@example.net"), lists.Did)
	// Who is a member already learns it by mail, and the page says the same.
	if err := join("mo@example.org", "192.0.2.7"); err != nil {
		t.Fatal(err)
	}
	contains(t, o.wants("mo@example.org", 1)[0].Text, "You are a member")
	for range 6 {
		if err := join("v@example.net", "2001:db8::1"); err != nil {
			t.Fatal(err)
		}
	}
	o.wants("v@example.net", 3)
	var refused error
	for range 30 {
		if refused = join("w@example.net", "2001:db8::ffff"); refused != nil {
			break
		}
	}
	var no *lists.Refusal
	if !errors.As(refused, &no) {
		t.Errorf("one network joined without end: %v", refused)
	}
	if err := join("w@example.net", "192.0.2.8"); err != nil {
		t.Errorf("another was shut out: %v", err)
	}
	if err := o.desk.LeaveByPage(o.ctx, "dc", "mo@example.org", "192.0.2.10"); err != nil {
		t.Fatal(err)
	}
	contains(t, o.last("mo@example.org").Text, "unsubscribe mo@example.org from Digital Coalition")
	if err := o.desk.LeaveByPage(o.ctx, "dc", "stranger@example.net", "192.0.2.10"); err != nil {
		t.Fatal(err)
	}
	contains(t, o.last("stranger@example.net").Text, "not a member of")
	if err := join("dc@lists.example.org", "192.0.2.9"); !errors.As(err, &no) {
		t.Errorf("our own address: %v", err)
	}
}
