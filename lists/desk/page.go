package desk

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"time"

	"plenary/lists"
	"plenary/smtp"
)

// asksFromOnePlace is how many questions one network may cause in an hour by
// the pages.
const asksFromOnePlace = 20

// JoinByPage asks the address, by the same mail as LIST-join@, whether it
// wants to join. What comes of it is told by mail alone: a page must not tell
// who is a member. remote is the visitor's IP address. Too many from one
// place are a *lists.Refusal, as is an address that can't be one.
func (d *Desk) JoinByPage(ctx context.Context, listID string, a lists.Address, remote string) error {
	return d.askByPage(ctx, lists.Action{Verb: lists.DoJoin, List: listID, Subject: a}, remote)
}

// LeaveByPage is JoinByPage for leaving: it asks by the same mail as
// LIST-leave@.
func (d *Desk) LeaveByPage(ctx context.Context, listID string, a lists.Address, remote string) error {
	return d.askByPage(ctx, lists.Action{Verb: lists.DoLeave, List: listID, Subject: a}, remote)
}

func (d *Desk) askByPage(ctx context.Context, action lists.Action, remote string) error {
	page, err := d.onPage(ctx, action.List)
	if err != nil {
		return err
	}
	if ok, err := d.store.Allow(ctx, "pages/"+lists.Network(remote), asksFromOnePlace, time.Hour); err != nil {
		return err
	} else if !ok {
		return &lists.Refusal{Text: page.say("Too many people have asked from where you are. Please try again in an hour, or write the mail instead.")}
	}
	queueID := "page/" + random()
	outs, err := d.Do(ctx, action.Subject, false, action.List, queueID, []lists.Action{action})
	if err != nil {
		return err
	}
	for _, out := range outs {
		if out.Told {
			continue
		}
		if err := d.tellByMail(ctx, page, action, queueID, out); err != nil {
			return err
		}
	}
	return nil
}

// onPage sees what a list's page shows to anybody, in the list's language.
func (d *Desk) onPage(ctx context.Context, listID string) (*sight, error) {
	s, err := d.look(ctx, "", false)
	if err != nil {
		return nil, err
	}
	l, _ := s.dir.ByID(listID)
	s.speaker = d.texts.sentences.To(l.Language)
	return s, nil
}

// tellByMail says to an address what would be an answer to its mail, had it
// written one, within the cap on questions.
func (d *Desk) tellByMail(ctx context.Context, page *sight, action lists.Action, queueID string, out lists.Outcome) error {
	a := action.Subject
	s, err := d.look(ctx, a, false)
	if err != nil {
		return err
	}
	l, no := s.list(action.List)
	if no != nil {
		return &lists.Refusal{Text: page.worded(no).Text}
	}
	if s.ours(a) {
		return &lists.Refusal{Text: page.say("An address of %s itself can't be a member of a list.", d.site.Domain)}
	}
	s.speaker = d.texts.sentences.To(out.Lang)
	member, err := d.member(ctx, a)
	if err != nil {
		return err
	}
	w := &work{sight: s, cause: queueID}
	if ok, err := w.allowed(ctx, questionCounter(a), capOf(member)); err != nil || !ok {
		return err
	}
	subject := s.say("Your wish to join %s", l.Title)
	if action.Verb == lists.DoLeave {
		subject = s.say("Your wish to leave %s", l.Title)
	}
	return d.sendIn(ctx, out.Lang, "note.txt", map[string]any{"Subject": subject, "Text": out.Text, "Request": w.address(l, "request")},
		d.from(l, smtp.Letter{Key: "told/" + queueID, To: []string{string(a)}, AutoReplied: true, Priority: smtp.Prompt}))
}

func random() string {
	var raw [12]byte
	rand.Read(raw[:])
	return hex.EncodeToString(raw[:])
}

// shortly says in a subject line, after "Please confirm:", what a question
// is about: our own words and titles of lists.
func (s *sight) shortly(actions []lists.Action) string {
	if len(actions) != 1 {
		return s.say("%d changes", len(actions))
	}
	a := actions[0]
	l, _ := s.dir.ByID(a.List)
	switch a.Verb {
	case lists.DoJoin:
		return s.say("join %s", l.Title)
	case lists.DoLeave:
		return s.say("leave %s", l.Title)
	case lists.DoLeaveAll:
		return s.say("leave all lists")
	case lists.DoCreate:
		return s.say("a new group")
	case lists.DoPassword:
		return s.say("a new password")
	case lists.DoAddress:
		return s.say("a new address")
	case lists.DoAnnounce:
		return s.say("an announcement to %s", l.Title)
	case lists.DoProgress:
		return s.say("progress of %s", l.Title)
	case lists.DoVolunteer:
		return s.say("your offer to lead %s", l.Title)
	case lists.DoDelivery, lists.DoPauseMail, lists.DoVacation, lists.DoOwnPosts, lists.DoConceal, lists.DoLanguage:
		return s.say("your settings")
	}
	if l.Title == "" {
		return s.say("a change")
	}
	return s.say("a change of %s", l.Title)
}
