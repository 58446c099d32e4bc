package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"plenary/lists"
)

// clicks is how often a minute one link does anything: mail programs click
// more than once, and nobody has use for more.
const clicks = 30

// OneClick takes the member with this number out of the one list with this
// serial, as a click on List-Unsubscribe (RFC 8058) or a mail to
// LIST-leave+TOKEN@ asks; on a main list, somebody who is in its groups stays
// and gets no mail of it. It may be repeated. Both come from a member token
// that the caller has checked.
func (d *Desk) OneClick(ctx context.Context, listSerial uint32, n lists.Number) (lists.Outcome, error) {
	dir, err := d.store.Directory(ctx)
	if err != nil {
		return lists.Outcome{}, err
	}
	l, ok := dir.BySerial(listSerial)
	if !ok {
		s := &sight{d: d, speaker: d.texts.sentences.To(dir.LanguageFor(nil, lists.List{}))}
		return lists.Outcome{Result: lists.Already, Lang: s.speaker.Lang(), Text: s.say("That list is not there any more, so no mail of it comes.")}, nil
	}
	p, err := d.store.PersonByNumber(ctx, l.Family, n)
	if err != nil && !errors.Is(err, lists.ErrNotFound) {
		return lists.Outcome{}, err
	}
	s, err := d.look(ctx, p.Address, true)
	if err != nil {
		return lists.Outcome{}, err
	}
	if s.speaker = d.texts.sentences.To(l.Language); p.Language != "" {
		s.speaker = d.texts.sentences.To(p.Language)
	}
	out, err := s.clicked(ctx, l, n, p)
	out.Lang = s.speaker.Lang()
	return out, err
}

// clicked does what the click of this member asks; p is nobody where the
// number is nobody's any more.
func (s *sight) clicked(ctx context.Context, l lists.List, n lists.Number, p lists.Person) (lists.Outcome, error) {
	d := s.d
	ok, err := d.store.Allow(ctx, fmt.Sprintf("one-click/%d/%d", l.Serial, n), clicks, time.Minute)
	switch {
	case err != nil:
		return lists.Outcome{}, fmt.Errorf("count a click of number %d of %s: %w", n, l.ID, err)
	case !ok:
		return lists.Outcome{Result: lists.Refused, Text: s.say("This link was used more than %d times within a minute, so nothing more was done. Please wait a minute.", clicks)}, nil
	case !p.In(l.ID):
		return lists.Outcome{Result: lists.Already, Text: s.say("You are not a member of %s (any more), so no mail of it comes.", l.Title)}, nil
	}
	// One farewell a day: mail programs click more than once.
	w := &work{sight: s, cause: fmt.Sprintf("one-click/%d/%d/%s", l.Serial, n, d.site.Today(d.now()))}
	if l.Main() && len(p.Subs) > 1 {
		return w.pauseMain(ctx, p, l)
	}
	v, err := w.departure(ctx, p, l)
	if err != nil {
		return lists.Outcome{}, err
	}
	if err := w.unsubscribe(ctx, p.Address, v); err != nil {
		return lists.Outcome{}, fmt.Errorf("unsubscribe number %d of %s: %w", n, l.ID, err)
	}
	d.log.Info("left by one click", "list", l.ID, "member", n)
	err = w.farewell(ctx, mover{who: p.Address, list: l.ID, lists: v.Lists, lang: p.Language}, "left.txt", "farewell/"+w.cause)
	if !w.takesMembers(l) {
		return lists.Outcome{Result: lists.Did, Told: true, Text: w.say("You are no longer a member of %s.", w.named(l))}, err
	}
	return lists.Outcome{Result: lists.Did, Told: true,
		Text: w.say("You are no longer a member of %s. To join again, write to %s.", w.named(l), w.address(l, "join"))}, err
}

// pauseMain stops the mail of a main list for somebody who stays in groups.
func (w *work) pauseMain(ctx context.Context, p lists.Person, l lists.List) (lists.Outcome, error) {
	if sub, _ := p.Sub(l.ID); sub.Delivery == lists.NoMail {
		return lists.Outcome{Result: lists.Already, Text: w.say("No mail of %s comes to you already.", w.named(l))}, nil
	}
	_, err := w.d.store.UpdatePerson(ctx, l.Family, p.Address, func(p *lists.Person) error {
		setDelivery(p, l.ID, string(lists.NoMail))
		return nil
	})
	if ifThere(err) != nil {
		return lists.Outcome{}, err
	}
	var groups []string
	for _, sub := range p.Subs {
		if sub.List != l.ID {
			groups = append(groups, sub.List)
		}
	}
	w.d.log.Info("mail stopped by one click", "list", l.ID, "member", p.Number)
	err = w.farewell(ctx, mover{who: p.Address, list: l.ID, lists: groups}, "paused.txt", "paused/"+w.cause)
	return lists.Outcome{Result: lists.Did, Told: true,
		Text: w.say("No mail of %s comes to you any more. You stay a member of its groups: %s. To get its mail again, write \"set delivery each\" to %s.",
			w.named(l), w.titles(groups), w.address(l, "request"))}, err
}
