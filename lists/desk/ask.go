package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"plenary/lists"
	"plenary/smtp"
)

// The caps on questions (DESIGN, "Who may do what"). Leaving has a counter of
// its own, so that joins asked for by others never use it up.
const (
	day         = 24 * time.Hour
	capStranger = 3
	capMember   = 30
	capLeaves   = 30
	capOffers   = 100 // questions to others that one asker may cause a day
)

// ask puts the one question that the pending actions share to the asker's
// own address, and sets their outcomes.
func (w *work) ask(ctx context.Context, via string, asks []pending, outs []lists.Outcome) error {
	member, err := w.d.member(ctx, w.asker)
	if err != nil {
		return err
	}
	onlyLeaves := slices.DeleteFunc(slices.Clone(asks), func(p pending) bool { return !p.leaves })
	sent := false
	if len(onlyLeaves) < len(asks) {
		sent, err = w.askWithin(ctx, via, asks, member, questionCounter(w.asker), capOf(member))
		if err != nil {
			return err
		}
		if sent {
			w.setAsked(outs, asks)
			return nil
		}
		for _, p := range asks {
			outs[p.index] = w.tooMany()
		}
	}
	if len(onlyLeaves) > 0 {
		return w.askToLeave(ctx, via, onlyLeaves, outs)
	}
	return nil
}

// askToLeave asks within the counter of leaving; past it, the first question
// about one list still goes out.
func (w *work) askToLeave(ctx context.Context, via string, asks []pending, outs []lists.Outcome) error {
	sent, err := w.askWithin(ctx, via, asks, true, "questions/leave/"+w.asker.Key(), capLeaves)
	if err == nil && !sent && len(asks) == 1 {
		sent, err = w.askWithin(ctx, via, asks, true, "questions/leave/"+w.asker.Key()+"/"+asks[0].action.List, 1)
	}
	if err != nil {
		return err
	}
	for _, p := range asks {
		outs[p.index] = w.tooMany()
	}
	if sent {
		w.setAsked(outs, asks)
	}
	return nil
}

func (w *work) setAsked(outs []lists.Outcome, asks []pending) {
	for _, p := range asks {
		outs[p.index] = lists.Outcome{Result: lists.Asked, Told: true,
			Text: w.say("Asked you to confirm by a mail of its own to %s. Answer it with yes within three days.", w.asker)}
	}
}

func (w *work) tooMany() lists.Outcome {
	return lists.Outcome{Result: lists.Refused, Told: true,
		Text: w.say("Not asked: as many questions as a day allows went to %s already. Answer one of those with yes, or ask again tomorrow.", w.asker)}
}

func questionCounter(a lists.Address) string { return "questions/" + a.Mailbox() }

func capOf(member bool) int {
	if member {
		return capMember
	}
	return capStranger
}

// member tells whether an address is in any list, or runs the site.
func (d *Desk) member(ctx context.Context, a lists.Address) (bool, error) {
	if d.site.Admin(a) {
		return true, nil
	}
	people, err := d.store.PeopleFor(ctx, a)
	if err != nil {
		return false, err
	}
	return len(people) > 0, nil
}

// allowed counts against a limit of a day, once for each cause as far as the
// answer goes: a second run gets the first one's.
func (w *work) allowed(ctx context.Context, counter string, limit int) (bool, error) {
	ok, err := w.count(ctx, counter, limit, day)
	if err != nil {
		return false, err
	}
	answer := "no"
	if ok {
		answer = granted
	}
	answer, err = w.first(ctx, counter, answer, day)
	return answer == granted, err
}

func (w *work) count(ctx context.Context, counter string, limit int, per time.Duration) (bool, error) {
	ok, err := w.d.store.Allow(ctx, counter, limit, per)
	if err != nil {
		return false, fmt.Errorf("count %s: %w", counter, err)
	}
	return ok, nil
}

const granted = "yes"

// first is what the first run for this cause was answered. A yes stands as
// long as it counts against the limit. Any other answer counts nothing, and
// stands as long as two runs may overlap.
func (w *work) first(ctx context.Context, counter, answer string, per time.Duration) (string, error) {
	if answer != granted {
		per = time.Minute
	}
	stands, _, err := w.d.freeze(ctx, w.key("allowed/"+counter), []byte(answer), per)
	return string(stands), err
}

// askWithin sends the question unless a counter forbids it.
func (w *work) askWithin(ctx context.Context, via string, asks []pending, member bool, counter string, limit int) (bool, error) {
	w.index = asks[0].index
	if ok, err := w.allowed(ctx, counter, limit); err != nil || !ok {
		return false, err
	}
	q := lists.Question{Kind: lists.KindConfirm, Address: w.asker, Member: member, Via: via}
	lang, err := w.languageOfQuestion(ctx, asks)
	if err != nil {
		return false, err
	}
	theirs := w.inLanguage(lang)
	words := question{Text: "question.txt", Lang: lang, InReplyTo: w.inReplyTo}
	for _, p := range asks {
		what, err := p.how.say(ctx, theirs, p.action, p.verdict)
		if err != nil {
			return false, err
		}
		q.Actions, words.What = append(q.Actions, p.action), append(words.What, what)
	}
	words.Subject = theirs.shortly(q.Actions)
	return true, w.put(ctx, q, words)
}

// question is what the letter of a question needs.
type question struct {
	Text    string   // which template
	Subject string   // what it is about, in our own words
	What    []string // what a yes does, each after "to"
	List    lists.List
	Main    lists.List // of List
	Joins   bool       // Main is joined too
	Held    lists.HeldPost
	Request lists.Address // where commands about it go

	InReplyTo string // Message-ID of the mail that asked
	Lang      string // "" English; What and Subject are in it

	// Set by put.
	Site  string
	Link  string
	Until string
}

// put stores a question, or finds the one that is open, and mails it.
func (w *work) put(ctx context.Context, q lists.Question, words question) error {
	q, token, _, err := w.d.store.Ask(ctx, q)
	if err != nil {
		return fmt.Errorf("ask for %s: %w", w.cause, err)
	}
	via, ok := w.dir.ByID(q.Via)
	if !ok {
		via = lists.List{Name: lists.SiteName, Title: w.d.site.Domain}
	}
	words.Site = w.d.site.Domain
	words.Until = w.d.dayInWords(q.Expires)
	if t, ok := w.d.texts.in(words.Lang, words.Text); ok {
		if day, known := w.d.site.Today(q.Expires).Time(); known {
			words.Until = t.words.Date(day)
		}
	}
	if w.d.site.BaseURL != "" {
		words.Link = w.d.site.BaseURL + "/confirm/" + token
	}
	from := lists.RoleAddress(via, "confirm", token, w.d.site.Domain)
	return w.d.sendIn(ctx, words.Lang, words.Text, words, smtp.Letter{
		Key: "question/" + q.ID + "/" + w.cause, To: []string{string(q.Address)},
		From: string(from), FromName: via.Title, ReplyTo: string(from),
		InReplyTo: words.InReplyTo, AutoReplied: true, Priority: smtp.Prompt,
	})
}
