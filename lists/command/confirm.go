package command

import (
	"context"
	"errors"
	"fmt"

	"plenary/lists"
	"plenary/smtp"
	"plenary/smtp/message"
)

// HandleAnswer takes the answer to a question: mail to an address that holds
// its token. Automatic mail is no answer.
func (h *Handler) HandleAnswer(ctx context.Context, in In) error {
	dir, err := h.Reader.Directory(ctx)
	if err != nil {
		return fmt.Errorf("read the directory for %s: %w", in.Envelope.ID, err)
	}
	if marks(in).Automatic() {
		h.Log.Info("answer passed over: it was written by a machine", "queue", in.Envelope.ID)
		return nil
	}
	token := in.Target.Token
	if token == "" { // dc-confirm@ with "confirm TOKEN" in it
		return h.Handle(ctx, in)
	}
	who, why := h.from(in, dir)
	f, err := h.facts(ctx, in, dir, who)
	if err != nil {
		return err
	}
	switch out, shut, err := h.shut(ctx, in, f, token); {
	case err != nil:
		return err
	case shut:
		return h.answerTo(ctx, in, f, why, out)
	}
	q, err := h.Reader.Question(ctx, token)
	switch {
	case errors.Is(err, lists.ErrNotFound):
		// Nothing is settled by this: the desk says what there is to say.
		out, err := h.settle(ctx, token, false, f, in.Envelope.ID)
		if err != nil {
			return fmt.Errorf("settle the question that %s answers: %w", in.Envelope.ID, err)
		}
		return h.answerTo(ctx, in, f, why, out)
	case err != nil:
		return fmt.Errorf("read the question that %s answers: %w", in.Envelope.ID, err)
	}
	said := h.said(in, q)
	if said == Unclear && q.Settled == "" {
		return h.askAgain(ctx, in, f, q, token)
	}
	if said == Unclear {
		return h.answerTo(ctx, in, f, why, lists.Outcome{Text: f.say("That question was answered before, so nothing was done now. To ask for something else, send a command.")})
	}
	out, err := h.settle(ctx, token, said.Agrees(), f, in.Envelope.ID)
	if err != nil {
		return fmt.Errorf("settle the question that %s answers: %w", in.Envelope.ID, err)
	}
	h.Log.Info("question answered", "queue", in.Envelope.ID, "question", q.ID, "list", f.Here.Name, "yes", said.Agrees())
	return h.answerTo(ctx, in, f, why, out)
}

// said reads the answer: its own text; where there is none, a word for no as
// the subject of a mail that is no reply.
func (h *Handler) said(in In, q lists.Question) Said {
	leaving := leavesOnly(q)
	said := Answer(message.OwnText(in.Message.Text(maxRead)), leaving)
	if said == Empty {
		if subject, marked := cleanSubject(in.Message.Subject); !marked && Answer(subject, leaving) == No {
			return No
		}
	}
	return said
}

// leavesOnly tells whether a question is about leaving and nothing else.
func leavesOnly(q lists.Question) bool {
	for _, a := range q.Actions {
		if a.Verb != lists.DoLeave && a.Verb != lists.DoLeaveAll {
			return false
		}
	}
	return len(q.Actions) > 0
}

// settle gives the desk an answer.
func (h *Handler) settle(ctx context.Context, token string, yes bool, f Facts, queueID string) (lists.Outcome, error) {
	out, err := h.Desk.AnswerMail(ctx, token, yes, f.Asker, queueID, f.Source)
	var no *lists.Refusal
	if errors.As(err, &no) {
		return lists.Outcome{Result: lists.Refused, Text: no.Text}, nil
	}
	return out, err
}

// answerTo says what came of an answer, where somebody is there to be told
// and no other letter does.
func (h *Handler) answerTo(ctx context.Context, in In, f Facts, why string, out lists.Outcome) error {
	if out.Told || out.Text == "" {
		return nil
	}
	if why != "" {
		h.Log.Info("answer not replied to", "queue", in.Envelope.ID, "why", why)
		return nil
	}
	text, err := h.texts.render(f, "answer.txt", map[string]any{"Parts": []part{{Text: out.Text}}, "Domain": h.Site.Domain, "Address": f.commandAddress()})
	if err != nil {
		return err
	}
	return h.answer(ctx, in, f, f.say("What came of your answer"), text)
}

// askAgain asks for a plain yes or no, once for each question, and never
// anybody but the one who was asked.
func (h *Handler) askAgain(ctx context.Context, in In, f Facts, q lists.Question, token string) error {
	text, err := h.texts.render(f, "unclear.txt", nil)
	if err != nil {
		return err
	}
	text = f.Speaker.Words().Lines(text)
	address := string(lists.RoleAddress(in.Target.List, "confirm", token, h.Site.Domain))
	if in.Target.List.ID == "" {
		address = string(h.Site.At(lists.SiteName + "-confirm+" + token))
	}
	l := smtp.Letter{
		Key: "unclear/" + q.ID, To: []string{string(q.Address)}, From: address, FromName: h.senderName(in.Target.List), ReplyTo: address,
		Subject: f.subject(f.say("Please answer yes or no")), Text: text, Headers: f.headers(), AutoReplied: true, Priority: smtp.Prompt, Date: h.Now(),
	}
	if smtp.WellFormedID(in.Message.MessageID) {
		l.InReplyTo = in.Message.MessageID
	}
	if err := h.Outbox.Send(ctx, l); err != nil {
		return fmt.Errorf("ask again for %s: %w", in.Envelope.ID, err)
	}
	return nil
}
