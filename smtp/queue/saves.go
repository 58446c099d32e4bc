package queue

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"plenary/lists"
)

const (
	savesAtOnce = 64                     // parts that one write of the ledger serves
	saveWait    = 5 * time.Second        // for one write
	saveGather  = 200 * time.Microsecond // how long the first waits for those who save together with it
)

// saving is what one part has recorded while it is under way.
type saving struct {
	parts, late string
	args        [5]any // as saves.lua has them
	stands      bool   // the hold did
}

// saves is what writes the ledgers of a family's parts: those that are saved
// at the same time share a write.
func (q *Queue) saves(f familyKeys) *merged[*saving] {
	q.mu.Lock()
	defer q.mu.Unlock()
	m := q.ledgers[f]
	if m == nil {
		m = &merged[*saving]{life: context.Background(), wait: saveWait, gather: saveGather, most: savesAtOnce, write: q.record}
		q.ledgers[f] = m
	}
	return m
}

// record writes what parts of one family have to record.
func (q *Queue) record(ctx context.Context, all []*saving) error {
	keys, args := make([]string, 0, 2*len(all)), make([]any, 0, 5*len(all))
	for _, s := range all {
		keys, args = append(keys, s.parts, s.late), append(args, s.args[:]...)
	}
	stands, err := savesScript.Run(ctx, q.rdb, keys, args...).BoolSlice()
	if err == nil && len(stands) != len(all) {
		err = errors.New("odd answer")
	}
	if err != nil {
		return err
	}
	for i, s := range all {
		s.stands = stands[i]
	}
	return nil
}

// Save records, durably, who is done (sent, or failed for good, or not to be
// served any more) and keeps the hold. After an error that is not ErrLost it
// may be called again with the same members; until it succeeds nothing more
// may be sent.
func (p *Part) Save(ctx context.Context, done []lists.Number) error {
	p.settled(done)
	state, err := p.state("save", nil)
	if err != nil {
		return fmt.Errorf("recording %s: %w", p, err)
	}
	id := p.post.fanout.ID
	// It may be written after ctx has ended, when the part goes on.
	s := &saving{parts: p.keys.parts(id), late: p.keys.late(id), args: [5]any{p.kind, p.name, p.epoch, bytes.Clone(state), p.saves + 1}}
	switch err := p.q.saves(p.keys).put(ctx, s, 1); {
	case err != nil:
		return fmt.Errorf("recording %s: %w", p, err)
	case !s.stands:
		p.entry.giveUp()
		return fmt.Errorf("recording %s: %w", p, ErrLost)
	}
	p.saves++
	return nil
}
