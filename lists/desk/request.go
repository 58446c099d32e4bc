package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"plenary/lists"
	"plenary/smtp"
)

// A request to join waits among the held posts of the list whose owners
// decide: its body is the Action that they approve.

// requested tells whether this joining waits already.
func (d *Desk) requested(ctx context.Context, at string, a lists.Action) (bool, error) {
	held, err := d.store.Held(ctx, at)
	if err != nil {
		return false, err
	}
	for _, h := range held {
		if h.Kind != lists.HeldJoin || !h.Author.Same(a.Subject) {
			continue
		}
		wants, err := d.wanted(ctx, at, h.Number)
		switch {
		case errors.Is(err, lists.ErrNotFound):
		case err != nil:
			return false, err
		case wants.List == a.List:
			return true, nil
		}
	}
	return false, nil
}

// wanted is the joining that a request asks for.
func (d *Desk) wanted(ctx context.Context, at string, n int) (lists.Action, error) {
	var a lists.Action
	raw, err := d.store.HeldBody(ctx, at, n)
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(raw, &a); err != nil {
		return a, fmt.Errorf("read the request %d of list %q: %w", n, at, err)
	}
	return a, nil
}

// request puts a joining before the owners of the list that decides.
func (w *work) request(ctx context.Context, a lists.Action, v *verdict) (lists.Outcome, error) {
	at, _ := w.dir.ByID(v.Waits)
	l, _ := w.dir.ByID(a.List)
	raw, err := json.Marshal(a)
	if err != nil {
		return lists.Outcome{}, fmt.Errorf("write a request: %w", err)
	}
	held, err := w.d.store.Hold(ctx, lists.HeldPost{
		Kind: lists.HeldJoin, List: at.ID, Author: a.Subject, Name: oneLine(a.Name), Subject: lists.AsksToJoin + l.Title,
		Reason: lists.WhyNewcomer, Queue: w.key("join"), At: w.d.now().UTC(),
	}, raw)
	if err != nil {
		return lists.Outcome{}, err
	}
	if err := w.askOwners(ctx, at, l, held); err != nil {
		return lists.Outcome{}, err
	}
	return lists.Outcome{Result: lists.Waits,
		Text: w.say("You asked to join %s. The owners of %s decide about each newcomer; they were asked, and you will hear from them.", w.named(l), at.Title)}, nil
}

// askOwners asks each owner of at whether the newcomer may join l. The first
// answer counts.
func (w *work) askOwners(ctx context.Context, at, l lists.List, held lists.HeldPost) error {
	owners, err := w.d.owners(ctx, at.ID)
	if err != nil {
		return err
	}
	for _, owner := range owners {
		q := lists.Question{
			Kind: lists.KindOwners, Address: owner, Member: true, Via: at.ID,
			Actions: []lists.Action{{Verb: lists.DoApprove, List: at.ID, Asker: owner, Subject: owner, Number: held.Number}},
		}
		lang, err := w.languageOf(ctx, at, owner)
		if err != nil {
			return err
		}
		if err := w.put(ctx, q, question{Text: "request.txt", Lang: lang, List: l, Main: at, Held: held, Request: w.address(at, "request")}); err != nil {
			return err
		}
	}
	return nil
}

// admitted subscribes the newcomer whose request was approved, to the lists
// that the verdict names.
func (w *work) admitted(ctx context.Context, at lists.List, held lists.HeldPost, joins []string) error {
	a, err := w.d.wanted(ctx, at.ID, held.Number)
	if err != nil {
		return ifThere(err)
	}
	l, ok := w.dir.ByID(a.List)
	if !ok {
		return &lists.Refusal{Text: w.say("The list that they asked to join is not there any more.")}
	}
	if err := w.subscribe(ctx, l, lists.NewMember{Address: a.Subject, Name: a.Name}); err != nil {
		return err
	}
	return w.welcome(ctx, mover{who: a.Subject, list: l.ID, lists: joins}, "approved.txt", fmt.Sprintf("approved/%d/%d", at.Serial, held.Number))
}

// turnedAway tells a newcomer that the owners said no.
func (w *work) turnedAway(ctx context.Context, at lists.List, held lists.HeldPost, reason string) error {
	a, err := w.d.wanted(ctx, at.ID, held.Number)
	if err != nil {
		return ifThere(err)
	}
	l, ok := w.dir.ByID(a.List)
	if !ok {
		return nil
	}
	lang, err := w.languageOf(ctx, l, a.Subject)
	if err != nil {
		return err
	}
	return w.d.sendIn(ctx, lang, "turned-away.txt", map[string]any{"List": l, "Reason": reason, "Owner": w.address(at, "owner"), "Address": l.Address(w.d.site.Domain)},
		w.d.from(at, smtp.Letter{Key: fmt.Sprintf("turned-away/%d/%d", at.Serial, held.Number), To: []string{string(a.Subject)}, AutoReplied: true, Priority: smtp.Notice}))
}
