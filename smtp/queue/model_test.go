package queue

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"pgregory.net/rapid"

	"plenary/lists"
	"plenary/lists/store/redistest"
)

// people is a roster in memory.
type people struct {
	mu  sync.Mutex
	all map[lists.Number]lists.Person
}

func (p *people) LastNumber(context.Context, string) (lists.Number, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var last lists.Number
	for n := range p.all {
		last = max(last, n)
	}
	return last, nil
}

func (p *people) Roster(_ context.Context, _ string, from, to lists.Number) ([]lists.Person, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []lists.Person
	for n := from; n <= to; n++ {
		if who, ok := p.all[n]; ok {
			out = append(out, who)
		}
	}
	return out, nil
}

func (p *people) Numbers(_ context.Context, list string) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var bits []byte
	for n, who := range p.all {
		if who.In(list) {
			for len(bits) <= int(n)/8 {
				bits = append(bits, 0)
			}
			setBit(bits, int(n))
		}
	}
	return bits, nil
}

func (p *people) join(n lists.Number, list string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	who := p.all[n]
	if who.In(list) {
		return
	}
	who.Number, who.Family = n, "dc"
	who.Address = lists.Address(fmt.Sprintf("m%d@example.org", n))
	who.Subs = append(slices.Clone(who.Subs), lists.Subscription{List: list, Delivery: lists.Each})
	p.all[n] = who
}

func listOf(id string) lists.List {
	return lists.List{ID: id, Family: "dc", Name: id, Serial: uint32(len(id))}
}

func copyOf(id, body string) lists.Copy {
	return lists.Copy{List: listOf(id), Head: []byte("List-Id: <" + id + ">\r\n\r\n"), Body: []byte(body)}
}

func post(id string, targets ...lists.Copy) lists.Fanout {
	return lists.Fanout{ID: id, Family: "dc", MessageID: id + "@example.org", Targets: targets}
}

// TestFanoutModel plays random steps of plans, holders, deaths and retries
// over a model: nobody is missed, nobody gets a post twice, and once all is
// settled no body is left.
func TestFanoutModel(t *testing.T) {
	modelled(t, redistest.Mini(t), func(m *model) map[string]func(*rapid.T) { return nil })
}

// The same with members who leave, kills and pauses in mid-send, and what was
// put off hastened: everyone who stays has it, and only what was on the wire
// at a kill is sent twice.
func TestFanoutModelWithKills(t *testing.T) {
	modelled(t, redistest.Mini(t), func(m *model) map[string]func(*rapid.T) {
		return map[string]func(*rapid.T){"leave": m.leave, "quit": m.quit, "kill": m.kill, "retry": m.retry, "come back": m.comeBack}
	})
}

// modelled takes steps in any order, those that more gives too.
func modelled(t *testing.T, rdb redis.UniversalClient, more func(*model) map[string]func(*rapid.T)) {
	rapid.Check(t, func(t *rapid.T) {
		if err := redistest.Empty(context.Background(), rdb); err != nil {
			t.Fatal(err)
		}
		m := newModel(t, rdb)
		steps := map[string]func(*rapid.T){
			"join": m.join, "plan": m.plan, "take": m.take, "work": m.work, "put off": m.putOff, "end": m.end,
			"die": m.die, "pass": m.pass, "": m.check,
		}
		maps.Copy(steps, more(m))
		t.Repeat(steps)
		m.finish(t)
	})
}

type model struct {
	ctx   context.Context
	rdb   redis.UniversalClient
	r     *people
	clock time.Duration
	nodes []*Queue

	planned map[string]map[string][]lists.Number // post → list → who had to get it when planned
	got     map[string]map[lists.Number]int      // post → member → copies
	held    []*Part

	allowed int                              // copies too many that the kills so far may have made
	left    map[lists.Number]bool            // who left the family, for good
	quits   map[lists.Number]map[string]bool // who left which list: it owes them nothing more
}

func newModel(t *rapid.T, rdb redis.UniversalClient) *model {
	m := &model{ctx: context.Background(), rdb: rdb, r: &people{all: map[lists.Number]lists.Person{}},
		planned: map[string]map[string][]lists.Number{}, got: map[string]map[lists.Number]int{}, left: map[lists.Number]bool{}, quits: map[lists.Number]map[string]bool{}}
	for i := range 2 {
		m.nodes = append(m.nodes, New(rdb, Options{
			Node: fmt.Sprint("node", i), Chunk: 8, Roster: m.r, Lease: time.Hour,
			Now: func() time.Time { return time.Unix(1_800_000_000, 0).Add(m.clock) },
		}))
	}
	for n := range rapid.IntRange(0, 40).Draw(t, "members") {
		m.r.join(lists.Number(n+1), "dc")
		if n%3 == 0 {
			m.r.join(lists.Number(n+1), "dc-maps")
		}
	}
	return m
}

func (m *model) node(t *rapid.T) *Queue { return m.nodes[rapid.IntRange(0, 1).Draw(t, "node")] }

func (m *model) join(t *rapid.T) {
	n := lists.Number(rapid.IntRange(1, 60).Draw(t, "who"))
	if m.left[n] {
		t.Skip("numbers are never given again")
	}
	m.r.join(n, "dc")
	if rapid.Bool().Draw(t, "maps") {
		m.r.join(n, "dc-maps")
	}
}

func (m *model) plan(t *rapid.T) {
	id := rapid.SampledFrom([]string{"p", "q"}).Draw(t, "post")
	l := rapid.SampledFrom([]string{"dc", "dc-maps"}).Draw(t, "list")
	if m.planned[id] == nil {
		m.planned[id] = map[string][]lists.Number{}
	}
	if m.planned[id][l] == nil {
		m.planned[id][l] = []lists.Number{}
		for n, who := range m.r.all {
			if who.In(l) {
				m.planned[id][l] = append(m.planned[id][l], n)
			}
		}
	}
	if err := m.node(t).Plan(m.ctx, post(id, copyOf(l, "body of "+id+l))); err != nil {
		t.Fatal(err)
	}
}

func (m *model) take(t *rapid.T) {
	q := m.node(t)
	if err := q.sweep(m.ctx); err != nil {
		t.Fatal(err)
	}
	p, err := q.Part(m.ctx)
	if err != nil {
		t.Fatal(err)
	}
	if p != nil {
		m.held = append(m.held, p)
	}
}

// pick removes a held part from the model.
func (m *model) pick(t *rapid.T) *Part {
	if len(m.held) == 0 {
		t.Skip("nothing is held")
	}
	i := rapid.IntRange(0, len(m.held)-1).Draw(t, "part")
	p := m.held[i]
	m.held = slices.Delete(m.held, i, i+1)
	return p
}

// serve sends to up to most members of the part: some get it, some are put off.
func (m *model) serve(t *rapid.T, p *Part, most int, fail bool) (done []lists.Number, put []lists.Deferral) {
	from, to := p.Range()
	roster, _ := m.r.Roster(m.ctx, "dc", from, to)
	f := p.Fanout()
	later := lists.Deferral{Destination: "example.org", Reply: "451 later"}
	if !p.Fresh() { // who left is waited for no more, as the sender does
		for n := from; n <= to; n++ {
			if p.Todo(n) && m.left[n] {
				p.Gone([]lists.Number{n})
			}
		}
	}
	for _, who := range roster {
		if len(done)+len(later.Numbers) == most {
			break
		}
		if !p.Todo(who.Number) {
			continue
		}
		_, ok := lists.PickTarget(who, f.Targets, f.Author, "2026-11-23")
		switch {
		case !ok && !p.Fresh():
			p.Gone([]lists.Number{who.Number})
		case !ok:
		case fail && rapid.Bool().Draw(t, "put off"):
			later.Numbers = append(later.Numbers, who.Number)
		default:
			if m.got[f.ID] == nil {
				m.got[f.ID] = map[lists.Number]int{}
			}
			m.got[f.ID][who.Number]++
			done = append(done, who.Number)
		}
	}
	if later.Numbers != nil {
		put = append(put, later)
	}
	return done, put
}

func (m *model) work(t *rapid.T) {
	p := m.pick(t)
	done, _ := m.serve(t, p, rapid.IntRange(1, 4).Draw(t, "most"), false)
	if err := p.Save(m.ctx, done); err != nil {
		t.Fatal(err)
	}
	if err := p.Save(m.ctx, done); err != nil { // as after a lost answer
		t.Fatal(err)
	}
	m.held = append(m.held, p)
}

// putOff has a destination put some off while others are still sent to.
func (m *model) putOff(t *rapid.T) {
	p := m.pick(t)
	done, put := m.serve(t, p, rapid.IntRange(1, 4).Draw(t, "most"), true)
	for range 2 { // as after a lost answer
		if err := p.PutOff(m.ctx, done, put); err != nil {
			t.Fatal(err)
		}
		p.saves--
	}
	p.saves++
	m.held = append(m.held, p)
}

func (m *model) end(t *rapid.T) {
	p := m.pick(t)
	all := rapid.Bool().Draw(t, "all")
	most := 100
	if !all {
		most = rapid.IntRange(0, 3).Draw(t, "most")
	}
	done, put := m.serve(t, p, most, true)
	if err := p.End(m.ctx, done, put, all); err != nil {
		t.Fatal(err)
	}
}

// die has a holder vanish after its last save; another claims the part.
func (m *model) die(t *rapid.T) { m.handOver(t, m.pick(t)) }

// handOver has another node claim what a holder held.
func (m *model) handOver(t *rapid.T, p *Part) {
	p.Leave()
	heir := m.node(t)
	g := heir.group(p.stream, p.keys.at("none"))
	if err := m.rdb.XClaim(m.ctx, &redis.XClaimArgs{Stream: p.stream, Group: groupName, Consumer: heir.opt.Node, Messages: []string{p.entry.id}}).Err(); err != nil {
		t.Fatal(err)
	}
	e := entry{lease: g.hold(p.entry.id, time.Now()), fields: p.entry.fields}
	next, err := heir.open(m.ctx, p.keys, p.stream, e)
	if err != nil {
		t.Fatal(err)
	}
	if next != nil && p.Save(m.ctx, nil) == nil {
		t.Fatalf("a holder that lost %s could still write its ledger", p)
	}
	if next != nil {
		m.held = append(m.held, next)
	}
}

func (m *model) pass(t *rapid.T) { m.clock += 2 * time.Hour }

func (m *model) check(t *rapid.T) {
	doubled := 0
	for id, members := range m.got {
		for n, copies := range members {
			doubled += copies - 1
			if copies > 1 && m.allowed == 0 {
				t.Fatalf("member %d got post %s %d times", n, id, copies)
			}
		}
	}
	if doubled > m.allowed {
		t.Fatalf("%d copies too many, %d were under way at the kills", doubled, m.allowed)
	}
}

func (m *model) finish(t *rapid.T) {
	for range 10_000 {
		for len(m.held) > 0 {
			p := m.held[0]
			m.held = m.held[1:]
			done, put := m.serve(t, p, 100, false)
			if err := p.End(m.ctx, done, put, true); err != nil {
				t.Fatal(err)
			}
		}
		m.clock += 2 * time.Hour
		before := len(m.held)
		for _, q := range m.nodes {
			if err := q.sweep(m.ctx); err != nil {
				t.Fatal(err)
			}
			k := familyKeys("dc")
			q.group(k.retries(), k.at("none")).wake() // it may be left alone for a moment still
			p, err := q.Part(m.ctx)
			if err != nil {
				t.Fatal(err)
			}
			if p != nil {
				m.held = append(m.held, p)
			}
		}
		if len(m.held) == before {
			break
		}
	}
	m.check(t)
	for id, byList := range m.planned {
		for l, members := range byList {
			for _, n := range members {
				if m.got[id][n] < 1 && !m.left[n] && !m.quits[n][l] {
					t.Fatalf("member %d of %s got post %s %d times", n, l, id, m.got[id][n])
				}
			}
		}
		k := familyKeys("dc")
		if n := m.rdb.Exists(m.ctx, k.bodies(id), k.late(id), k.plan(id)).Val(); n != 0 {
			t.Fatalf("settled post %s left %d keys of its bodies", id, n)
		}
	}
	for _, stream := range []string{familyKeys("dc").chunks(), familyKeys("dc").retries()} {
		if n := m.rdb.XLen(m.ctx, stream).Val(); n != 0 {
			t.Fatalf("%d entries left on %s", n, stream)
		}
	}
}
