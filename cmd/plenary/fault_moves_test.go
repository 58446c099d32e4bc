//go:build faults

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"plenary/lists"
	"plenary/lists/store"
)

// moved is how many members leave while posts are under way, and how many
// others join.
const moved = 10

// movers are those who leave in the seed's trial, and those who join. Each may
// have a post that is under way then, or not; nobody else may notice.
func (t trial) movers() (leave, join []string) {
	r := rand.New(rand.NewPCG(t.seed, 5))
	for len(leave) < moved {
		if m := member(3 + r.IntN(faultMembers-3)); !slices.Contains(leave, m) {
			leave = append(leave, m)
		}
		join = append(join, fmt.Sprintf("new%d@d%d.example", len(join), len(join)%domains))
	}
	return leave, join
}

// move has them leave and join, one after the other, again where Redis is away.
func (w *faultWorld) move(t trial) error {
	leave, join := t.movers()
	ctx, cancel := context.WithTimeout(context.Background(), faultPatience)
	defer cancel()
	again := func(do func(st *store.Store) error) (err error) {
		for ctx.Err() == nil && w.pause(0) {
			var st *store.Store
			if st, err = store.Open(ctx, w.rdb, faultSite, time.Now); err == nil {
				if err = do(st); err == nil || errors.Is(err, lists.ErrNotFound) { // left before, and the answer was lost
					return nil
				}
			}
			time.Sleep(100 * time.Millisecond)
		}
		return err
	}
	for i := range leave {
		if err := again(func(st *store.Store) error {
			_, _, err := st.Unsubscribe(ctx, "dc", []string{"dc-maps", "dc"}, lists.Address(leave[i]))
			return err
		}); err != nil {
			return fmt.Errorf("%s leaves: %w", leave[i], err)
		}
		if err := again(func(st *store.Store) error {
			_, _, err := st.Subscribe(ctx, "dc", lists.NewMember{Address: lists.Address(join[i])})
			return err
		}); err != nil {
			return fmt.Errorf("%s joins: %w", join[i], err)
		}
	}
	return nil
}
