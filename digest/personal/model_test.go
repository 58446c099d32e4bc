package personal

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"plenary/lists"
	"plenary/lists/store/redistest"
)

// TestEachPostOnce plays random weeks: posts to one list or several, members
// who join and turn between all ways of delivery, mails that reach them late,
// digests in between. In the end each has each post of their lists once.
func TestEachPostOnce(t *testing.T) {
	rdb := redistest.Mini(t)
	rapid.Check(t, func(t *rapid.T) {
		if err := rdb.FlushAll(context.Background()).Err(); err != nil {
			t.Fatal(err)
		}
		m := &model{w: newWorld(t, rdb), subs: map[string]lists.Delivery{}, want: map[string]bool{}, loose: map[string]bool{}}
		t.Repeat(map[string]func(*rapid.T){
			"post": m.post, "join": m.join, "turn": m.turn, "serve": m.serve, "wait": m.wait,
		})
		m.end(t)
	})
}

const people = 3

var (
	listIDs    = []string{"dc", "dc-maps", "dc-talks"}
	deliveries = []lists.Delivery{lists.Each, lists.Each, lists.Daily, lists.Weekly, lists.Weekly, lists.NoMail}
)

// model is what ought to come.
type model struct {
	w     *world
	posts int
	subs  map[string]lists.Delivery // "person list" → delivery now
	want  map[string]bool           // "person post": comes once; false: not at all
	loose map[string]bool           // "person post" that a turn to none may have kept from coming

	waited time.Duration // since all that was under way arrived
}

func (m *model) post(t *rapid.T) {
	m.w.t = t
	m.posts++
	identity := fmt.Sprintf("post%d", m.posts)
	to := rapid.SampledFrom([][]string{{"dc"}, {"dc-maps"}, {"dc-maps"}, {"dc-talks"}, {"dc", "dc-maps"}, {"dc-maps", "dc-talks"}, listIDs}).Draw(t, "to")
	m.w.post(identity, to...)
	for p := 1; p <= people; p++ {
		for _, l := range to {
			if d, in := m.subs[key(p, l)]; in && d != lists.NoMail {
				m.want[key(p, identity)] = true
			}
		}
	}
}

func key(p int, s string) string { return fmt.Sprintf("%d %s", p, s) }

func (m *model) join(t *rapid.T) {
	m.w.t = t
	p, l := rapid.IntRange(1, people).Draw(t, "who"), rapid.SampledFrom(listIDs).Draw(t, "joins")
	d := rapid.SampledFrom(deliveries).Draw(t, "delivery")
	if _, in := m.subs[key(p, l)]; in {
		return
	}
	m.w.member(p, l, d)
	m.subs[key(p, l)] = d
	if _, in := m.subs[key(p, "dc")]; !in {
		m.subs[key(p, "dc")] = lists.Each
	}
}

func (m *model) turn(t *rapid.T) {
	m.w.t = t
	p, l := rapid.IntRange(1, people).Draw(t, "who"), rapid.SampledFrom(listIDs).Draw(t, "turns in")
	d := rapid.SampledFrom(deliveries).Draw(t, "to")
	if _, in := m.subs[key(p, l)]; !in {
		return
	}
	m.w.turn(p, l, d)
	m.subs[key(p, l)] = d
	if d == lists.NoMail { // ends mail at once
		for i := 1; i <= m.posts; i++ {
			m.loose[key(p, fmt.Sprintf("post%d", i))] = true
		}
	}
}

func (m *model) serve(t *rapid.T) {
	m.w.t = t
	if len(m.w.order) == 0 {
		return
	}
	id := rapid.SampledFrom(m.w.order).Draw(t, "plan")
	m.w.serve(id, lists.Number(rapid.IntRange(1, people).Draw(t, "whom")))
}

func (m *model) wait(t *rapid.T) {
	m.w.t = t
	d := time.Duration(rapid.SampledFrom([]int{0, 1, 10, 24, 60, 24 * 7, 24 * 20}).Draw(t, "hours")) * time.Hour
	if m.waited += d; m.waited > 5*24*time.Hour { // no mail is tried for longer
		m.w.serveAll(people)
		m.waited = 0
	}
	m.w.tick(d)
}

// end lets everything arrive and counts.
func (m *model) end(t *rapid.T) {
	m.w.t = t
	m.w.tick(8 * 24 * time.Hour)
	m.w.serveAll(people)
	for p := 1; p <= people; p++ {
		who, err := m.w.store.Person(m.w.ctx, "dc", address(p))
		if err != nil {
			continue // never joined
		}
		for i := 1; i <= m.posts; i++ {
			identity := fmt.Sprintf("post%d", i)
			got, want := m.w.got[who.Number][identity], 0
			if m.want[key(p, identity)] {
				want = 1
			}
			if got != want && !m.loose[key(p, identity)] {
				t.Fatalf("person %d (number %d: %+v) has %s %d times, want %d", p, who.Number, who.Subs, identity, got, want)
			}
		}
	}
}
