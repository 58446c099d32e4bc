package main

import (
	"fmt"
	"slices"

	"plenary/digest"
	"plenary/lists"
	"plenary/lists/store"
)

// offices looks who leads a group, and who stands in, before the operator
// changes it. What it gives back is called after that and adds to the group's
// record who does so newly, as the record has it of those appointed by mail.
func offices(a *app, st *store.Store, l lists.List) (record func() error, err error) {
	if l.Main() {
		return func() error { return nil }, nil
	}
	before, _, err := st.Officers(a.ctx, l.ID)
	if err != nil {
		return nil, err
	}
	return func() error {
		now, _, err := st.Officers(a.ctx, l.ID)
		if err != nil {
			return err
		}
		for _, p := range now {
			kind := digest.KindLeader
			if p.Deputy(l.ID) {
				kind = digest.KindDeputy
			}
			if slices.ContainsFunc(before, func(was lists.Person) bool { return was.Number == p.Number && was.Deputy(l.ID) == p.Deputy(l.ID) }) {
				continue
			}
			e := lists.ProgressEntry{List: l.ID, Kind: kind, Author: p.Address, Name: p.Called(), At: a.now().UTC()}
			if _, err := st.Record(a.ctx, e); err != nil {
				return fmt.Errorf("%s is changed, but not its record: %w", l.Name, err)
			}
		}
		return nil
	}, nil
}
