package main

import (
	"fmt"
	"time"

	"plenary/digest"
	"plenary/lists"
)

type digestCmd struct {
	Ask     digestAskCmd     `cmd:"" help:"Send the week's question to each group's leader now."`
	Preview digestPreviewCmd `cmd:"" help:"Print the digest as it would be sent now."`
	Send    digestSendCmd    `cmd:"" help:"Send the digest now; its week's schedule has nothing left to do then."`
	Issue   digestIssueCmd   `cmd:"" help:"Send members' own digests of a list, what has gathered for them, ahead of time."`
}

// mainList builds the parts of the service, and finds the main list named.
func (a *app) mainList(word string) (*service, lists.List, error) {
	s, l, err := a.partsFor(word)
	if err != nil || l.Main() {
		return s, l, err
	}
	d, err := s.store.Directory(a.ctx)
	if err != nil {
		return nil, lists.List{}, err
	}
	return nil, lists.List{}, fmt.Errorf("%s is a group: this is for its main list, %s; write %[2]s instead of %[3]s", l.Name, d.MainOf(l).Name, word)
}

// week reads --week; without it, it is the one due next.
func week(s *service, asked string) (digest.Week, error) {
	if asked == "" {
		return s.weekly.Next(), nil
	}
	w, err := digest.ParseWeek(asked)
	if err != nil {
		return w, misused("--week %v", err)
	}
	return w, nil
}

// plausible refuses to send the digest of a week that can only be a slip of
// the pen. A digest covers all since the last one, whatever its week is called:
// one called after a year to come would go out now, and the right one twice.
func plausible(s *service, l lists.List, w digest.Week, asked string) error {
	const year = 366 * 24 * time.Hour
	next, begin := s.weekly.Next(), w.Monday(s.site.Location)
	if begin.Before(l.Created.Add(-year)) || begin.After(next.Monday(s.site.Location).Add(year)) {
		return misused("--week %s: %s has been here since %s, and its next digest is %s; --week is for one within a year of those", asked, l.Name, digest.WeekOf(l.Created.In(s.site.Location)), next)
	}
	return nil
}

type digestPreviewCmd struct {
	Main string `arg:"" help:"The main list."`
	Week string `placeholder:"2026-W48" help:"ISO week; without it the one due next."`
	HTML bool   `help:"The HTML part instead of the text."`
}

func (c digestPreviewCmd) Run(a *app) error {
	s, l, err := a.mainList(c.Main)
	if err != nil {
		return err
	}
	w, err := week(s, c.Week)
	if err != nil {
		return err
	}
	mail, err := s.weekly.Preview(a.ctx, l, w)
	if err != nil {
		return err
	}
	if mail.Skipped {
		fmt.Fprintln(a.errs, "Nothing has happened since the last digest: as digest.empty is \"none\", this would not be sent.")
	}
	if c.HTML {
		_, err = fmt.Fprintln(a.out, mail.HTML)
		return err
	}
	_, err = fmt.Fprintf(a.out, "Subject: %s\n\n%s", mail.Subject, mail.Text)
	return err
}

type digestSendCmd struct {
	Main string `arg:"" help:"The main list."`
	Week string `placeholder:"2026-W48" help:"ISO week; without it the one due next."`
}

func (c digestSendCmd) Run(a *app) error {
	s, l, err := a.mainList(c.Main)
	if err != nil {
		return err
	}
	w, err := week(s, c.Week)
	if err != nil {
		return err
	}
	if err := plausible(s, l, w, c.Week); err != nil {
		return err
	}
	already, err := s.weekly.Send(a.ctx, l, w)
	switch {
	case err != nil:
		return err
	case already:
		a.say("The digest %s of %s was sent before.", w, l.Name)
		return nil
	}
	skipped, err := s.weekly.Skipped(a.ctx, l, w)
	switch {
	case err != nil:
		return err
	case skipped:
		a.say("Nothing has happened in %s since the last digest: as digest.empty is \"none\", nothing is sent for %s.", l.Name, w)
	default:
		a.say("The digest %s of %s is on its way.", w, l.Name)
	}
	return nil
}

type digestAskCmd struct {
	Main string `arg:"" help:"The main list."`
}

func (c digestAskCmd) Run(a *app) error {
	s, l, err := a.mainList(c.Main)
	if err != nil {
		return err
	}
	asked, w, err := s.progress.Ask(a.ctx, l)
	if err != nil {
		return err
	}
	if asked == 0 {
		a.say("Nobody is left to ask for the digest %s of %s: it went out, or no group that is forming or active has a leader.", w, l.Name)
		return nil
	}
	a.say("The question for the digest %s of %s goes to %s; who was asked before is not asked again.", w, l.Name, count(asked, "leader"))
	return nil
}
