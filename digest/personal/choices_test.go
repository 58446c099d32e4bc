package personal

import (
	"fmt"
	"testing"
	"time"

	"plenary/lists"
	"plenary/lists/store/redistest"
)

// Who is away when an issue goes out does not get that one, and who is back
// by then has it whole, as Mailman's users expect; none ends mail at once;
// who joins gets what comes from then on.
func TestAwayNoneAndNew(t *testing.T) {
	w := newWorld(t, redistest.Mini(t))
	for n := 1; n <= 4; n++ {
		w.member(n, "dc", lists.Weekly)
	}
	w.tick(0)
	w.post("a", "dc")
	away := func(n int, until lists.Date) {
		_, err := w.store.UpdatePerson(w.ctx, "dc", address(n), func(p *lists.Person) error { p.Vacation = until; return nil })
		w.check(err)
	}
	away(1, "2026-11-25") // the issue is due on Monday, 23 November
	away(2, "2026-11-22")
	w.turn(3, "dc", lists.NoMail)
	late := w.member(5, "dc", lists.Weekly)
	w.post("b", "dc")
	w.tick(7 * 24 * time.Hour)
	w.serveAll(late)
	w.post("c", "dc")
	w.tick(7 * 24 * time.Hour)
	w.serveAll(late)
	for n, want := range map[lists.Number]string{1: "map[c:1]", 2: "map[a:1 b:1 c:1]", 3: "map[]", 4: "map[a:1 b:1 c:1]", late: "map[b:1 c:1]"} {
		if got := fmt.Sprint(w.got[n]); got != want {
			t.Errorf("person %d has %s, want %s", n, got, want)
		}
	}
}

// A post to two lists comes once to who joined one of them that same day,
// before it or after, for all that they take the other in digests.
func TestACrossPostAndOneWhoJoinsThatDay(t *testing.T) {
	w := newWorld(t, redistest.Mini(t))
	w.post("first", "dc", "dc-maps") // a list's own first post needs no turn
	for n := 1; n <= 3; n++ {
		w.member(n, "dc", lists.Weekly)
	}
	w.member(1, "dc-maps", lists.Each)
	w.post("a", "dc", "dc-maps")
	w.member(2, "dc-maps", lists.Each) // while it is on its way
	w.serveAll(3)
	w.member(3, "dc-maps", lists.Each)
	w.tick(8 * 24 * time.Hour)
	w.serveAll(3)
	for n := lists.Number(1); n <= 3; n++ {
		if got := fmt.Sprint(w.got[n]); got != "map[a:1]" {
			t.Errorf("person %d has %s", n, got)
		}
	}
	if digests := len(w.mails[1]) + len(w.mails[2]) + len(w.mails[3]); digests != 2 {
		t.Errorf("%d digests: the post was to come singly to the first alone", digests)
	}
}
