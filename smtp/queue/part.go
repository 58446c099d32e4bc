package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"plenary/lists"
)

// pacedWait is how long what was not even tried waits for its destination.
const pacedWait = 5 * time.Second

// Part is a leased part of a post's fan-out: a chunk of member numbers, or
// what one destination put off of a chunk. Its methods serve one goroutine,
// save Valid.
type Part struct {
	q      *Queue
	entry  entry
	keys   familyKeys
	stream string
	post   *loadedPost

	kind  string // "b" a chunk, "k" put off
	name  string // the chunk's seven digits, or the field of late
	chunk string
	first lists.Number // of the chunk
	size  int
	epoch int64
	round int
	saves int
	ended bool

	handled []byte                // of a chunk: who is sent, failed or put off
	late    *late                 // of what was put off
	left    map[lists.Number]bool // of what was put off: who is still to be served
	gone    map[lists.Number]bool // of left: whom no list of the post reaches any more
}

// late is what one destination put off, as Redis has it.
type late struct {
	Destination string `json:"d"`
	Numbers     string `json:"n"` // separated by commas
	Tries       int    `json:"a"`
	First       int64  `json:"f"` // first tried, Unix s
	Reply       string `json:"r"`
}

func (l *late) numbers() map[lists.Number]bool {
	out := map[lists.Number]bool{}
	for _, s := range strings.Split(l.Numbers, ",") {
		if n, err := strconv.ParseUint(s, 10, 32); err == nil {
			out[lists.Number(n)] = true
		}
	}
	return out
}

func joinNumbers(ns []lists.Number) string {
	b := make([]byte, 0, 8*len(ns))
	for i, n := range ns {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendUint(b, uint64(n), 10)
	}
	return string(b)
}

// Fanout is the post, shared with other workers and not to be changed. Its
// targets are those that are still being sent.
func (p *Part) Fanout() *lists.Fanout { return &p.post.fanout }

// Range is the numbers that the part lies in.
func (p *Part) Range() (from, to lists.Number) {
	return p.first, p.first + lists.Number(p.size) - 1
}

// Todo tells whether member n is still to be served by this part.
func (p *Part) Todo(n lists.Number) bool {
	if p.late != nil {
		return p.left[n]
	}
	return n >= p.first && n < p.first+lists.Number(p.size) && !hasBit(p.handled, int(n-p.first))
}

// Fresh tells whether this is a first try, not one put off.
func (p *Part) Fresh() bool { return p.late == nil }

// tries is how often it was tried before.
func (p *Part) tries() int {
	if p.late == nil {
		return 0
	}
	return p.late.Tries
}

// Expired tells whether it is too old to be put off once more.
func (p *Part) Expired() bool {
	return p.late != nil && p.q.now().Sub(time.Unix(p.late.First, 0)) >= p.q.opt.Retry.Expire
}

// Valid tells whether the hold still stands.
func (p *Part) Valid() bool { return p.entry.Valid() }

// PutOff records who is done and who is put off, and keeps the hold. Of one
// destination it is told once, when that is done with: so it is one entry.
func (p *Part) PutOff(ctx context.Context, done []lists.Number, put []lists.Deferral) error {
	return p.save(ctx, done, put, "keep")
}

// Gone notes members of what was put off whom none of the post's lists reaches
// any more, as who left. The end of the hold waits for them no more, but leaves
// them open: a list that is planned later may reach them, and one that was
// planned meanwhile has them tried once more.
func (p *Part) Gone(ns []lists.Number) {
	for _, n := range ns {
		if p.left[n] {
			p.gone[n] = true
		}
	}
}

// Taken tells whether another is known to hold the part.
func (p *Part) Taken() bool { return p.entry.Taken() }

// End records who is done and who is put off, and gives up the hold. Where
// all is false, what is left may be taken by another holder at once. A holder
// that dies before it has told who is put off is followed by one that tries
// them at once. ErrLost may also mean that it was recorded, and the answer
// lost.
func (p *Part) End(ctx context.Context, done []lists.Number, put []lists.Deferral, all bool) error {
	mode := "end"
	if !all {
		mode = "again"
	}
	if err := p.save(ctx, done, put, mode); err != nil {
		return err
	}
	p.Leave()
	return nil
}

// Leave stops holding without a word to Redis, for when it cannot be reached
// or the hold is lost: what is left is claimed once the lease has run out.
func (p *Part) Leave() {
	if !p.ended {
		p.ended = true
		p.entry.drop()
	}
}

func (p *Part) save(ctx context.Context, done []lists.Number, put []lists.Deferral, mode string) error {
	p.settled(done)
	for _, d := range put {
		p.settled(d.Numbers)
	}
	open, err := p.state(mode, nil)
	state := open
	if err == nil && len(p.gone) > 0 && mode != "keep" {
		state, err = p.state(mode, p.gone)
	}
	if err != nil {
		return fmt.Errorf("recording %s: %w", p, err)
	}
	now := p.q.now()
	id := p.post.fanout.ID
	args := []any{id, p.kind, p.name, p.epoch, state, mode, p.round, p.entry.id, groupName,
		now.Unix(), int(p.q.opt.Keep.Seconds()), p.saves + 1, p.gonePlaces(), open}
	for _, d := range put {
		l, due := p.putOff(d, now)
		j, err := json.Marshal(l)
		if err != nil {
			return fmt.Errorf("recording %s: %w", p, err)
		}
		args = append(args, fmt.Sprintf("%s %s.%d.%d %s", p.chunk, p.entry.id, p.epoch, p.saves+1, d.Destination), j, due.UnixMilli())
	}
	k := p.keys
	ok, err := saveScript.Run(ctx, p.q.rdb, []string{k.post(id), k.parts(id), k.plan(id), k.bodies(id), k.late(id),
		k.posts(), k.due(), p.stream}, args...).Int()
	if err != nil {
		return fmt.Errorf("recording %s: %w", p, err)
	}
	if ok == 0 {
		p.entry.giveUp()
		return fmt.Errorf("recording %s: %w", p, ErrLost)
	}
	p.saves++
	return nil
}

// settled notes who needs no more.
func (p *Part) settled(ns []lists.Number) {
	for _, n := range ns {
		if p.late != nil {
			delete(p.left, n)
			delete(p.gone, n)
		} else if n >= p.first && n < p.first+lists.Number(p.size) {
			setBit(p.handled, int(n-p.first))
		}
	}
}

// gonePlaces are the bits in the chunk's bitmap of those gone.
func (p *Part) gonePlaces() string {
	out := make([]lists.Number, 0, len(p.gone))
	for n := range p.gone {
		out = append(out, n-p.first)
	}
	return joinNumbers(out)
}

// state is what Redis keeps of the part: its bitmap, or who is left, but for
// some, which goes with the hold when it is nobody.
func (p *Part) state(mode string, but map[lists.Number]bool) ([]byte, error) {
	if p.late == nil {
		return p.handled, nil
	}
	left := make([]lists.Number, 0, len(p.left))
	for n := range p.left {
		if !but[n] {
			left = append(left, n)
		}
	}
	if len(left) == 0 && mode != "save" && mode != "keep" {
		return nil, nil
	}
	slices.Sort(left)
	l := *p.late
	l.Numbers = joinNumbers(left)
	return json.Marshal(l)
}

// putOff says how what a destination put off is kept, and until when.
func (p *Part) putOff(d lists.Deferral, now time.Time) (late, time.Time) {
	l := late{Destination: d.Destination, Numbers: joinNumbers(d.Numbers), Tries: p.tries(), First: now.Unix(), Reply: strings.ToValidUTF8(d.Reply, "?")}
	if p.late != nil {
		l.First = p.late.First
	}
	if d.Paced {
		return l, now.Add(max(pacedWait, d.After))
	}
	l.Tries++
	return l, now.Add(p.q.opt.Retry.wait(l.Tries))
}

// String names the part in errors and logs.
func (p *Part) String() string {
	return fmt.Sprintf("post %s of %s, chunk %s", p.post.fanout.ID, p.post.fanout.Family, p.name)
}
