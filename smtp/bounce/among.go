package bounce

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"plenary/lists"
)

// Finder knows who has which address.
type Finder interface {
	Person(ctx context.Context, family string, a lists.Address) (lists.Person, error)
}

// ReportedAmong counts what a delivery report says of those members numbered
// from..to who shared one envelope sender: each is found by the address that
// we wrote to, or else by the one that failed. Whoever got such a mail knows
// its sender, and could write a report of another's address; so a report
// speaks of its own chunk only, and a member is probed before they are paused.
// It is false for a mail that is no report.
func (k *Keeper) ReportedAmong(ctx context.Context, find Finder, l lists.List, from, to lists.Number, raw []byte) (bool, error) {
	report, ok := Read(raw)
	if !ok {
		return false, nil
	}
	known := 0
	for _, f := range report.Failures {
		n, err := numberOf(ctx, find, l.Family, f)
		switch {
		case err != nil:
			return true, fmt.Errorf("delivery report to %s: %w", l.Name, err)
		case n == 0 || n < from || n > to:
			continue
		}
		known++
		if err := k.Failed(ctx, l, n, f); err != nil {
			return true, err
		}
	}
	k.Log.Info("delivery report read", "list", l.Name, "members", known, "failures", len(report.Failures), "message", strings.TrimSpace(report.MessageID))
	return true, nil
}

// numberOf is the number of the member whom a failure is about, 0 for nobody
// we know.
func numberOf(ctx context.Context, find Finder, family string, f Failure) (lists.Number, error) {
	for _, text := range []string{f.Original, f.Recipient} {
		a, err := lists.ParseAddress(text)
		if err != nil {
			continue
		}
		p, err := find.Person(ctx, family, a)
		if err == nil {
			return p.Number, nil
		}
		if !errors.Is(err, lists.ErrNotFound) {
			return 0, err
		}
	}
	return 0, nil
}
