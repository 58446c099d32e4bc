package bounce

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"plenary/lists"
	"plenary/smtp"
)

// People knows who has which number and keeps the score of their address.
type People interface {
	PersonByNumber(ctx context.Context, family string, n lists.Number) (lists.Person, error)
	UpdatePerson(ctx context.Context, family string, a lists.Address, change func(*lists.Person) error) (lists.Person, error)
	Bounces(ctx context.Context, family string, n lists.Number) ([]byte, error)
	SetBounces(ctx context.Context, family string, n lists.Number, score []byte) error
}

// Outbox sends letters, once for each key.
type Outbox interface {
	Send(ctx context.Context, l smtp.Letter) error
}

// Keeper scores what fails, and pauses members whose address is dead.
type Keeper struct {
	Site   lists.Site
	Secret []byte
	People People
	Outbox Outbox
	Now    func() time.Time
	Log    *slog.Logger
}

// FromReply is a failure as the far side said it while we sent: stage names
// the SMTP command it answered. Only a refused recipient speaks of the
// mailbox; a refused content may be about the post, so it counts as soft, as
// does giving up after many tries, and a recipient who is refused for what may
// pass: a full mailbox, a policy, a blocklist, by code or in words.
func FromReply(code int, enhanced [3]int, text, stage string, expired bool) Failure {
	f := Failure{Class: Soft, Reason: text, Status: fmt.Sprintf("%d.%d.%d", enhanced[0], enhanced[1], enhanced[2])}
	said := readSigns(text)
	if stage == "RCPT" && code/100 == 5 && !expired && ofMailbox(code, enhanced, said) && !mayPass(f.Status, said) {
		f.Class = Hard
	}
	return f
}

// ofMailbox tells whether a refusal for good is about the mailbox, not about
// our sender, the session, the content, a policy, or room.
func ofMailbox(code int, enhanced [3]int, said *signs) bool {
	subject, detail := enhanced[1], enhanced[2]
	switch {
	case code == 552, code == 503, subject == 2 && detail == 2:
		return false
	case subject == 1:
		return detail != 7 && detail != 8
	case subject == 7:
		return detail == 27 // its domain takes no mail
	case subject == 3, subject == 5, subject == 6:
		return said.say(gone) || said.say(foreignGone)
	}
	return true
}

// Failed counts a failure of the member who got the list's mail, and acts on
// the score. Told twice of one failure it counts one: a day counts once.
func (k *Keeper) Failed(ctx context.Context, l lists.List, n lists.Number, f Failure) error {
	value, err := k.People.Bounces(ctx, l.Family, n)
	if err != nil {
		return err
	}
	var h History
	if value != nil {
		if err := json.Unmarshal(value, &h); err != nil {
			return fmt.Errorf("score of member %d of %s: %w", n, l.Family, err)
		}
	}
	if h.full() {
		if back, err := k.cameBack(ctx, l, n); err != nil {
			return err
		} else if back {
			h = History{}
		}
	}
	next, decision := Score(h, f, k.Now())
	switch decision {
	case Probe:
		err = k.probe(ctx, l, n)
	case Pause:
		err = k.pause(ctx, l, n)
	}
	if err != nil {
		return err
	}
	k.Log.Info("delivery failed", "list", l.Name, "member", n, "class", string(f.Class), "status", f.Status, "points", float64(next.Halves)/2, "decision", string(decision))
	if next == h {
		return nil
	}
	if value = nil; next != (History{}) {
		if value, err = json.Marshal(next); err != nil {
			return err
		}
	}
	return k.People.SetBounces(ctx, l.Family, n, value)
}

// probe writes to the member alone, from an envelope sender whose reports
// come back here.
func (k *Keeper) probe(ctx context.Context, l lists.List, n lists.Number) error {
	p, err := k.People.PersonByNumber(ctx, l.Family, n)
	if errors.Is(err, lists.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("probe member %d of %s: %w", n, l.Name, err)
	}
	text := fmt.Sprintf("Hello,\n\nmail from %s to %s came back several times. You need not do anything: if this mail reaches you, all is well. "+
		"If mail goes on coming back, none is sent for the time being.\n\nPeople who can help you read %s.\n",
		l.Title, p.Address, lists.RoleAddress(l, "owner", "", k.Site.Domain))
	return k.Outbox.Send(ctx, smtp.Letter{
		Key: fmt.Sprintf("probe/%s/%d/%s", l.Family, n, k.Site.Today(k.Now())), To: []string{string(p.Address)},
		EnvelopeFrom: string(lists.RoleAddress(l, "bounces", lists.MemberToken(k.Secret, "bounce", l, n), k.Site.Domain)),
		From:         string(lists.RoleAddress(l, "request", "", k.Site.Domain)), FromName: l.Title,
		Subject: "Does mail from " + l.Title + " reach you?", Text: smtp.Wrap(text, 72), Priority: smtp.Notice, Date: k.Now(),
	})
}

// pause stops the member's mail; they go on once they choose how mail reaches
// them again.
func (k *Keeper) pause(ctx context.Context, l lists.List, n lists.Number) error {
	p, err := k.People.PersonByNumber(ctx, l.Family, n)
	if errors.Is(err, lists.ErrNotFound) || err == nil && p.Bouncing {
		return nil
	}
	if err != nil {
		return fmt.Errorf("pause member %d of %s: %w", n, l.Name, err)
	}
	_, err = k.People.UpdatePerson(ctx, l.Family, p.Address, func(p *lists.Person) error { p.Bouncing = true; return nil })
	if err != nil && !errors.Is(err, lists.ErrNotFound) {
		return fmt.Errorf("pause member %d of %s: %w", n, l.Name, err)
	}
	k.Log.Warn("member paused: mail to the address keeps failing", "list", l.Name, "member", n)
	return nil
}

// cameBack tells whether a member who was paused chose to be sent mail again.
func (k *Keeper) cameBack(ctx context.Context, l lists.List, n lists.Number) (bool, error) {
	p, err := k.People.PersonByNumber(ctx, l.Family, n)
	if err != nil && !errors.Is(err, lists.ErrNotFound) {
		return false, fmt.Errorf("look whether member %d of %s is paused: %w", n, l.Name, err)
	}
	return err == nil && !p.Bouncing, nil
}

// Reported counts what a delivery report says, about the member whom its
// envelope recipient names. It is false for a mail that is no report.
func (k *Keeper) Reported(ctx context.Context, l lists.List, n lists.Number, raw []byte) (bool, error) {
	report, ok := Read(raw)
	if !ok {
		return false, nil
	}
	for _, f := range report.Failures {
		if err := k.Failed(ctx, l, n, f); err != nil {
			return true, err
		}
	}
	k.Log.Info("delivery report read", "list", l.Name, "member", n, "failures", len(report.Failures), "message", strings.TrimSpace(report.MessageID))
	return true, nil
}
