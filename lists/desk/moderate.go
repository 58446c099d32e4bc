package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"plenary/lists"
	"plenary/smtp"
)

// moderating decides about held posts and requests to join.
type moderating struct{}

// decidingFor is how long who decides first has for it: of two who decide
// otherwise at once, one counts. After that, as after a crash, others may.
const decidingFor = 2 * time.Minute

func (moderating) judge(ctx context.Context, s *sight, a lists.Action) (*verdict, error) {
	l, no, err := s.led(ctx, a.List)
	if no != nil || err != nil {
		return no, err
	}
	if a.Verb == lists.DoApprove && l.State == lists.Closed {
		return refused("%s is closed. An admin opens it again with \"reopen %s\".", s.named(l), l.Name), nil
	}
	h, err := s.d.waiting(ctx, l.ID, a.Number)
	if errors.Is(err, lists.ErrNotFound) {
		return already("Nothing waits under number %d of %s (any more). What waits is shown by \"moderate %s\".", a.Number, s.named(l), l.Name), nil
	}
	if err != nil {
		return nil, err
	}
	v := &verdict{Result: lists.Did}
	if h.Kind == lists.HeldJoin {
		v.Lists, err = s.wants(ctx, l.ID, h)
	}
	return v, err
}

// wants are the lists that the newcomer of a request would join.
func (s *sight) wants(ctx context.Context, at string, h lists.HeldPost) ([]string, error) {
	a, err := s.d.wanted(ctx, at, h.Number)
	if err != nil {
		return nil, ifThere(err)
	}
	l, ok := s.dir.ByID(a.List)
	if !ok {
		return nil, nil
	}
	p, err := s.person(ctx, l.Family, a.Subject)
	if !l.Main() && (p == nil || !p.In(l.Family)) {
		return []string{l.Family, l.ID}, err
	}
	return []string{l.ID}, err
}

// waiting is the held post or request with this number.
func (d *Desk) waiting(ctx context.Context, listID string, n int) (lists.HeldPost, error) {
	held, err := d.store.Held(ctx, listID)
	if err != nil {
		return lists.HeldPost{}, err
	}
	i := slices.IndexFunc(held, func(h lists.HeldPost) bool { return h.Number == n })
	if i < 0 {
		return lists.HeldPost{}, fmt.Errorf("number %d of list %q: %w", n, listID, lists.ErrNotFound)
	}
	return held[i], nil
}

func (moderating) say(_ context.Context, s *sight, a lists.Action, v *verdict) (string, error) {
	l, _ := s.dir.ByID(a.List)
	joins := len(v.Lists) > 0
	switch {
	case a.Verb == lists.DoApprove && joins:
		return s.say("approve the waiting request to join number %d of %s", a.Number, s.named(l)), nil
	case a.Verb == lists.DoApprove:
		return s.say("approve the waiting post number %d of %s", a.Number, s.named(l)), nil
	case a.Verb == lists.DoReject && joins:
		return s.say("reject the waiting request to join number %d of %s, and tell its author", a.Number, s.named(l)), nil
	case a.Verb == lists.DoReject:
		return s.say("reject the waiting post number %d of %s, and tell its author", a.Number, s.named(l)), nil
	case joins:
		return s.say("discard the waiting request to join number %d of %s, and tell nobody", a.Number, s.named(l)), nil
	}
	return s.say("discard the waiting post number %d of %s, and tell nobody", a.Number, s.named(l)), nil
}

func (moderating) apply(ctx context.Context, w *work, a lists.Action, v *verdict) (lists.Outcome, error) {
	l, _ := w.dir.ByID(a.List)
	stands, _, err := w.d.freeze(ctx, fmt.Sprintf("deciding/%d/%d", l.Serial, a.Number), []byte(a.Verb), decidingFor)
	if err != nil {
		return lists.Outcome{}, err
	}
	if string(stands) != string(a.Verb) {
		return lists.Outcome{Result: lists.Already, Text: w.say("Somebody else has just decided otherwise about number %d of %s. What waits is shown by \"moderate %s\".", a.Number, w.named(l), l.Name)}, nil
	}
	h, err := w.d.waiting(ctx, l.ID, a.Number)
	switch {
	case errors.Is(err, lists.ErrNotFound):
		return w.settled(a, l, v), nil
	case err != nil:
		return lists.Outcome{}, err
	}
	switch {
	case a.Verb == lists.DoApprove && h.Kind == lists.HeldJoin:
		err = w.admitted(ctx, l, h, v.Lists)
	case a.Verb == lists.DoApprove:
		err = w.publish(ctx, l, h)
	case a.Verb == lists.DoReject && h.Kind == lists.HeldJoin:
		err = w.turnedAway(ctx, l, h, a.Text)
	case a.Verb == lists.DoReject:
		err = w.returned(ctx, l, h, a.Text)
	}
	if err != nil {
		return lists.Outcome{}, err
	}
	// Last, so that a crash before it leaves the post to be decided again.
	if _, _, err := w.d.store.Release(ctx, l.ID, h.Number); err != nil {
		return lists.Outcome{}, err
	}
	return w.settled(a, l, v), nil
}

// settled says what was decided.
func (w *work) settled(a lists.Action, l lists.List, v *verdict) lists.Outcome {
	var text string
	switch joins := len(v.Lists) > 0; {
	case a.Verb == lists.DoApprove && joins:
		text = w.say("Request number %d of %s is approved. The newcomer is now a member, and was told so.", a.Number, w.named(l))
	case a.Verb == lists.DoApprove:
		text = w.say("Post number %d of %s is approved, and on its way to the members.", a.Number, w.named(l))
	case a.Verb == lists.DoReject && joins:
		text = w.say("Request number %d of %s is rejected. The newcomer was told.", a.Number, w.named(l))
	case a.Verb == lists.DoReject:
		text = w.say("Post number %d of %s is rejected. Its author was told.", a.Number, w.named(l))
	case joins:
		text = w.say("Request number %d of %s is discarded. Nobody was told.", a.Number, w.named(l))
	default:
		text = w.say("Post number %d of %s is discarded. Nobody was told.", a.Number, w.named(l))
	}
	return lists.Outcome{Result: lists.Did, Text: text}
}

// publish puts a held post on its list.
func (w *work) publish(ctx context.Context, l lists.List, h lists.HeldPost) error {
	raw, err := w.d.store.HeldBody(ctx, l.ID, h.Number)
	if err != nil {
		return ifThere(err)
	}
	return w.d.poster.PostHeld(ctx, h, raw)
}

// returned tells the author of a post that it was rejected. Whether they
// wrote it is not proven: the letter has none of their words.
func (w *work) returned(ctx context.Context, l lists.List, h lists.HeldPost, reason string) error {
	member, err := w.d.member(ctx, h.Author)
	if err != nil || h.Author == "" || w.ours(h.Author) {
		return err
	}
	if ok, err := w.allowed(ctx, "returned/"+h.Author.Key(), capOf(member)); err != nil || !ok {
		return err
	}
	lang, err := w.languageOf(ctx, l, h.Author)
	if err != nil {
		return err
	}
	return w.d.sendIn(ctx, lang, "rejected.txt", map[string]any{
		"List": l, "Address": l.Address(w.d.site.Domain), "Reason": reason, "At": w.inLanguage(lang).date(w.d.site.Today(h.At)), "Owner": w.address(l, "owner"),
	}, w.d.from(l, smtp.Letter{
		Key: fmt.Sprintf("rejected/%d/%d", l.Serial, h.Number), To: []string{string(h.Author)}, InReplyTo: h.MsgID, AutoReplied: true, Priority: smtp.Notice,
	}))
}
