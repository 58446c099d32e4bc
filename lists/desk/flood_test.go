package desk

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"plenary/lists"
	"plenary/lists/store/redistest"
)

// join asks for dc in the name of an address, as a mail to dc-join@ does.
func (o *office) join(address string, believed bool) lists.Outcome {
	o.t.Helper()
	o.mu.Lock()
	o.mails++
	cause := fmt.Sprintf("flood%d", o.mails)
	o.mu.Unlock()
	outs, err := o.desk.Do(o.ctx, lists.Address(address), believed, "dc", cause,
		[]lists.Action{{Verb: lists.DoJoin, List: "dc", Subject: lists.Address(address)}})
	if err != nil {
		o.t.Error(err)
		return lists.Outcome{}
	}
	return outs[0]
}

// newFlooded is an office whose Redis waits for no disk: what a flood may do
// is counted, not whether the counts outlive a kill.
func newFlooded(t *testing.T) *office {
	return officeOn(t, redistest.Start(t, "--appendfsync", "no").Client(t))
}

// atOnce does something n times, several at a time, as floods come.
func atOnce(n int, do func(i int)) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				do(int(i))
			}
		})
	}
	all.Wait()
}

// TestTenThousandJoinsForOneAddress: whoever is being bombed gets three
// question mails a day, and nothing else (DESIGN, "Who may do what").
func TestTenThousandJoinsForOneAddress(t *testing.T) {
	t.Parallel()
	o := newFlooded(t)
	if _, err := o.store.CreateList(o.ctx, lists.NewList{Name: "dc", Title: "Coalition"}); err != nil {
		t.Fatal(err)
	}
	atOnce(10_000, func(int) { o.join("victim@example.net", false) })
	if got := len(o.out.to("victim@example.net")); got != 3 {
		t.Errorf("%d mails in a day, want 3", got)
	}
	for i := range 100 { // the same mailbox by other names
		to := fmt.Sprintf("Victim+%d@example.net", i)
		if out := o.join(to, false); out.Result == lists.Asked || len(o.out.to(to)) > 0 {
			t.Fatalf("asked at %s too: %+v", to, out)
		}
	}
	if out := o.join("other@example.net", false); out.Result != lists.Asked {
		t.Errorf("the flood for one address keeps others out: %+v", out)
	}
	o.pass(24 * time.Hour)
	for range 100 {
		o.join("victim@example.net", false)
	}
	if got := len(o.out.to("victim@example.net")); got != 6 {
		t.Errorf("%d mails in two days, want 6", got)
	}
}

// TestTenThousandStrangersForOneList: bounded for the list, its owner told
// once, and open again within the minute and the hour; members are not held
// up, and a believed stranger hears why not.
func TestTenThousandStrangersForOneList(t *testing.T) {
	t.Parallel()
	rdb := redistest.Start(t, "--appendfsync", "no").Client(t)
	o := officeOn(t, rdb)
	if _, err := o.store.CreateList(o.ctx, lists.NewList{Name: "dc", Title: "Coalition"}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.store.CreateList(o.ctx, lists.NewList{Name: "maps", Parent: "dc", Title: "Maps"}); err != nil {
		t.Fatal(err)
	}
	for _, m := range []lists.NewMember{{Address: "ann@example.org", Admin: true}, {Address: "bob@example.org"}} {
		if _, _, err := o.store.Subscribe(o.ctx, "dc", m); err != nil {
			t.Fatal(err)
		}
	}
	var asked atomic.Int64
	atOnce(10_000, func(i int) {
		if out := o.join(fmt.Sprintf("stranger%d@example.net", i), false); out.Result == lists.Asked {
			asked.Add(1)
		} else if out.Result != lists.Refused || !out.Told {
			t.Errorf("stranger %d: %+v", i, out)
		}
	})
	lasting := 0 // what stands longer than a moment, for who was asked alone
	for keys := rdb.Scan(o.ctx, 0, "{plenary}:once:*", 1000).Iterator(); keys.Next(o.ctx); {
		switch life := rdb.TTL(o.ctx, keys.Val()).Val(); {
		case life > 24*time.Hour:
			t.Fatalf("%s stands for %v", keys.Val(), life)
		case life > time.Minute:
			lasting++
		}
	}
	if lasting > 2*(strangersHour+strangersMinute) {
		t.Errorf("%d answers of limits are kept", lasting)
	}
	if want := int64(strangersHour + strangersMinute); asked.Load() != want {
		t.Errorf("%d were asked, want %d", asked.Load(), want)
	}
	if got := o.out.to("ann@example.org"); len(got) != 1 || got[0].Subject != "Very many people ask to join Coalition" {
		t.Errorf("the owner got %d mails", len(got))
	}
	if out := o.join("proven@example.com", true); out.Result != lists.Refused || out.Told || out.Text == "" {
		t.Errorf("a believed stranger: %+v", out)
	}
	outs, err := o.desk.Do(o.ctx, "bob@example.org", true, "dc", "bob1", []lists.Action{{Verb: lists.DoJoin, List: "dc-maps", Subject: "bob@example.org"}})
	if err != nil || outs[0].Result != lists.Did {
		t.Errorf("a member was held up: %+v, %v", outs, err)
	}
	o.pass(time.Minute)
	if out := o.join("later@example.net", false); out.Result != lists.Asked {
		t.Errorf("a minute later: %+v", out)
	}
	o.pass(time.Hour)
	for i := range strangersHour {
		if out := o.join(fmt.Sprintf("newcomer%d@example.net", i), false); out.Result != lists.Asked {
			t.Fatalf("an hour later: %+v", out)
		}
	}
	if got := o.out.to("ann@example.org"); len(got) != 1 {
		t.Errorf("the owner got %d mails in a day", len(got))
	}
}
