package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"plenary/lists"
)

// Answer settles the question that a token stands for with yes or no, and
// says what came of it to who answered. from is the address that the answer
// came from, "" a page: the token alone proves that the question reached its
// addressee. Answered again under the same queueID it does nothing twice;
// under another it says that the question was answered.
func (d *Desk) Answer(ctx context.Context, token string, yes bool, from lists.Address, queueID string) (lists.Outcome, error) {
	return d.AnswerMail(ctx, token, yes, from, queueID, "")
}

// AnswerMail is Answer by a mail with this Message-ID: the letters that follow
// are threaded to it.
func (d *Desk) AnswerMail(ctx context.Context, token string, yes bool, from lists.Address, queueID, messageID string) (lists.Outcome, error) {
	answer := "no"
	if yes {
		answer = "yes"
	}
	q, first, err := d.store.Settle(ctx, token, answer, queueID)
	switch {
	case errors.Is(err, lists.ErrNotFound):
		return d.unknown(ctx, from)
	case err != nil:
		return lists.Outcome{}, err
	case !first:
		return d.answered(ctx, q)
	}
	out, err := d.carryAnswer(ctx, q, yes, messageID)
	if err != nil {
		return lists.Outcome{}, fmt.Errorf("carry out the answer to question %s: %w", q.ID, err)
	}
	if err := d.store.Finish(ctx, token, out.Text); err != nil {
		return lists.Outcome{}, err
	}
	d.log.Info("a question was answered", "question", q.ID, "kind", q.Kind, "answer", answer, "queue", queueID)
	return out, nil
}

// unknown says to whoever answers a question that is none.
func (d *Desk) unknown(ctx context.Context, from lists.Address) (lists.Outcome, error) {
	s, err := d.look(ctx, from, false)
	if err == nil {
		err = s.speakTo(ctx, from, "")
	}
	if err != nil {
		return lists.Outcome{}, err
	}
	return lists.Outcome{Result: lists.Refused, Lang: s.speaker.Lang(),
		Text: s.say("That question is not known here, or it is older than three days. Nothing was done. Please ask again for what you want.")}, nil
}

// answered says to a second answer how the first one went.
func (d *Desk) answered(ctx context.Context, q lists.Question) (lists.Outcome, error) {
	w, _, err := d.answering(ctx, q)
	if err != nil {
		return lists.Outcome{}, err
	}
	out := lists.Outcome{Result: lists.Already, Lang: w.speaker.Lang()}
	if out.Text = w.say("That was confirmed already; nothing more was done."); q.Settled == "no" {
		out.Text = w.say("That was answered with no already; nothing was done. To have it after all, ask for it again.")
	}
	return out, nil
}

// carryAnswer does what follows. The question, not the mail that answers it,
// is the cause: whoever finishes the work finds what was begun.
func (d *Desk) carryAnswer(ctx context.Context, q lists.Question, yes bool, messageID string) (lists.Outcome, error) {
	w, actions, err := d.answering(ctx, q)
	if err != nil {
		return lists.Outcome{}, err
	}
	w.inReplyTo = messageID
	out, err := w.carryAll(ctx, q, yes, actions)
	out.Lang = w.speaker.Lang()
	return out, err
}

// carryAll carries out the actions of a question that was answered.
func (w *work) carryAll(ctx context.Context, q lists.Question, yes bool, actions []lists.Action) (lists.Outcome, error) {
	if !yes {
		switch q.Kind {
		case lists.KindOwners:
		case lists.KindOffer:
			return w.turnDown(ctx, q)
		default:
			return w.no(ctx, q)
		}
		for i := range actions {
			actions[i].Verb = lists.DoReject
		}
	}
	var outs []lists.Outcome
	for i, a := range actions {
		out, err := w.carry(ctx, i, a)
		if err != nil {
			return lists.Outcome{}, err
		}
		outs = append(outs, out)
	}
	return w.inOne(outs), w.letters(ctx)
}

// answering prepares to do what a question asks. The asker's authority is
// judged as it is now; who is asked may be another.
func (d *Desk) answering(ctx context.Context, q lists.Question) (*work, []lists.Action, error) {
	actions := slices.Clone(q.Actions)
	asker := q.Address
	if len(actions) > 0 && actions[0].Asker != "" {
		asker = actions[0].Asker
	}
	s, err := d.look(ctx, asker, true)
	if err != nil {
		return nil, nil, err
	}
	if !asker.Same(q.Address) || q.Kind == lists.KindInvite || q.Kind == lists.KindLead {
		s.accepted = q.Address
	}
	return &work{sight: s, cause: "question/" + q.ID}, actions, s.speakTo(ctx, q.Address, listOf(q.Via, actions))
}

// no says what a no leaves as it is.
func (w *work) no(ctx context.Context, q lists.Question) (lists.Outcome, error) {
	if q.Kind == lists.KindLead {
		for i, a := range q.Actions {
			w.index = i
			if err := w.declined(ctx, a); err != nil {
				return lists.Outcome{}, err
			}
		}
		return lists.Outcome{Result: lists.Did, Text: w.say("You said no, and who asked was told so. Nothing was changed.")}, nil
	}
	return lists.Outcome{Result: lists.Did, Text: w.say("You said no. Nothing was changed.")}, nil
}

// inOne makes one outcome of several: done if anything was, and told if all
// is told.
func (w *work) inOne(outs []lists.Outcome) lists.Outcome {
	if len(outs) == 0 {
		return lists.Outcome{Result: lists.Already, Text: w.say("There was nothing to do.")}
	}
	one := lists.Outcome{Result: outs[0].Result, Told: true}
	var texts []string
	for _, out := range outs {
		one.Result = min(one.Result, out.Result)
		one.Told = one.Told && out.Told
		if !slices.Contains(texts, out.Text) {
			texts = append(texts, out.Text)
		}
	}
	one.Text = strings.Join(texts, "\n")
	return one
}

// Describe tells what a token asks, without changing anything;
// lists.ErrNotFound where there is no such question (any more).
func (d *Desk) Describe(ctx context.Context, token string) (lists.Asking, error) {
	q, err := d.store.Question(ctx, token)
	if err != nil {
		return lists.Asking{}, err
	}
	asking := lists.Asking{Kind: q.Kind, Settled: q.Settled}
	w, actions, err := d.answering(ctx, q)
	if err != nil {
		return asking, err
	}
	asking.Lang, asking.Until = w.speaker.Lang(), w.date(d.site.Today(q.Expires))
	w.quote = false // a page that anybody with the link can see
	var moot []string
	for _, a := range actions {
		how, v, err := w.judge(ctx, a)
		switch {
		case err != nil:
			return asking, err
		case v.Result != lists.Did:
			moot = append(moot, v.Text)
			continue
		case a.Verb == lists.DoJoin:
			w.joins[a.List] = true
		}
		what, err := how.say(ctx, w.sight, a, v)
		if err != nil {
			return asking, err
		}
		asking.What = append(asking.What, what)
	}
	if len(asking.What) == 0 {
		asking.What, asking.Moot = moot, true
	}
	return asking, nil
}
