package desk

import (
	"context"
	"fmt"
	"time"

	"plenary/lists"
	"plenary/smtp"
)

// How many strangers may ask to join one list in an hour, whichever way and
// from wherever, and past that in a minute: somebody who signs up the world
// does it slowly then, and nobody who means it is shut out for long.
const (
	strangersHour   = 500
	strangersMinute = 20
)

// flooded finds the actions by which a stranger would join a list that too
// many others ask for, by their index, and sets their outcomes. The list's
// owners are told, once a day.
func (w *work) flooded(ctx context.Context, actions []lists.Action, outs []lists.Outcome) (full map[int]bool, err error) {
	stranger := false
	for i, a := range actions {
		if a.Verb != lists.DoJoin || outs[i].Result != lists.Did {
			continue
		}
		if !stranger {
			member, err := w.d.member(ctx, w.asker)
			if err != nil || member {
				return nil, err
			}
			stranger, full = true, map[int]bool{}
		}
		l, no := w.list(a.List)
		if no != nil {
			continue
		}
		w.index = i
		room, err := w.roomFor(ctx, l)
		if err != nil {
			return nil, err
		}
		if room == granted {
			continue
		}
		// Who is not believed gets no mail of it: it may be who is being bombed.
		full[i] = true
		outs[i] = lists.Outcome{Result: lists.Refused, Told: !w.quote,
			Text: w.say("Not done: very many people have asked to join %s within this hour. Please ask again in an hour.", l.Title)}
		if room == asksAgain {
			continue
		}
		if err := w.tellFlood(ctx, l); err != nil {
			return nil, err
		}
	}
	return full, nil
}

// What roomFor says instead of yes.
const (
	asksAgain = "again" // the mailbox has asked as often as it may
	noRoom    = "no"
)

// roomFor counts one more stranger who asks for a list. One mailbox asks in an
// hour as often as it gets questions in a day: who asks without end in one
// name must not use up the room of others. What it said is kept once for a
// mail, for a moment where it was not yes: floods are to cost little.
func (w *work) roomFor(ctx context.Context, l lists.List) (string, error) {
	counter, room := fmt.Sprintf("strangers/%d", l.Serial), granted
	ok, err := w.count(ctx, counter+"/"+w.asker.Mailbox(), capStranger, time.Hour)
	switch {
	case err != nil:
		return "", err
	case !ok:
		room = asksAgain
	default:
		if ok, err = w.count(ctx, counter, strangersHour, time.Hour); err == nil && !ok {
			ok, err = w.count(ctx, counter+"/minute", strangersMinute, time.Minute)
		}
		if err != nil {
			return "", err
		}
		if !ok {
			room = noRoom
		}
	}
	return w.first(ctx, counter, room, time.Hour)
}

// tellFlood tells a list's owners that many strangers ask for it.
func (w *work) tellFlood(ctx context.Context, l lists.List) error {
	owners, err := w.d.owners(ctx, l.ID)
	if err != nil {
		return err
	}
	today := w.d.site.Today(w.d.now())
	for _, a := range owners {
		lang, err := w.languageOf(ctx, l, a)
		if err != nil {
			return err
		}
		err = w.d.sendIn(ctx, lang, "flood.txt", map[string]any{"List": l, "Hour": strangersHour, "Minute": strangersMinute, "Request": w.address(l, "request")},
			w.d.from(l, smtp.Letter{Key: fmt.Sprintf("flood/%d/%s/%s", l.Serial, today, a.Key()), To: []string{string(a)}, Priority: smtp.Notice}))
		if err != nil {
			return err
		}
	}
	return nil
}
