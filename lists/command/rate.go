package command

import (
	"context"
	"fmt"
	"time"

	"plenary/lists"
	"plenary/smtp"
)

// The rate of answers, and of questions to strangers from one source. Past
// the first number an hour, the second still goes out each minute: a bound on
// what can be sent to others in their names, and nobody is shut out for long
// (DESIGN section 3, invariant 5). What may be asked of one address is the
// desk's to count.
var (
	answersStranger = rate{30, 1}
	answersMember   = rate{300, 10}
	answersSource   = rate{2000, 100}
	asksSource      = rate{300, 20}
)

// puzzles are the answers an hour to one mailbox whose mails hold no command.
const puzzles = 10

type rate struct{ hourly, minutely int }

// mayAnswer counts an answer to an address, and from a source.
func (h *Handler) mayAnswer(ctx context.Context, remote string, f Facts) (bool, error) {
	limit := answersStranger
	if f.known() {
		limit = answersMember
	}
	ok, err := h.within(ctx, "answers/to/"+f.Asker.Mailbox(), limit)
	if err != nil || !ok || remote == "" {
		return ok, err
	}
	return h.within(ctx, "answers/from/"+lists.Network(remote), answersSource)
}

// mayAsk counts the questions that a source has put to strangers. One too
// many is dropped, as an answer would be.
func (h *Handler) mayAsk(ctx context.Context, env smtp.Envelope, f Facts) (bool, error) {
	if env.Remote == "" || f.known() {
		return true, nil
	}
	ok, err := h.within(ctx, "asks/from/"+lists.Network(env.Remote), asksSource)
	if err != nil {
		return false, fmt.Errorf("count the question that %s asks for: %w", env.ID, err)
	}
	if !ok {
		h.Log.Warn("not asked: past the rate of its source", "queue", env.ID, "list", f.Here.Name)
	}
	return ok, nil
}

// mayPuzzle counts the answers to mail without any command. A program that
// answers our answers, and does not say that it is one, would go on for ever.
func (h *Handler) mayPuzzle(ctx context.Context, f Facts) (bool, error) {
	ok, err := h.Limiter.Allow(ctx, "answers/puzzled/"+f.Asker.Mailbox(), puzzles, time.Hour)
	if err != nil {
		return false, fmt.Errorf("count the answers to mail without commands: %w", err)
	}
	if !ok {
		h.Log.Info("not answered: too many mails without a command", "list", f.Here.Name)
	}
	return ok, nil
}

func (h *Handler) within(ctx context.Context, key string, limit rate) (bool, error) {
	ok, err := h.Limiter.Allow(ctx, key, limit.hourly, time.Hour)
	if err != nil || ok {
		return ok, err
	}
	return h.Limiter.Allow(ctx, key+"/minute", limit.minutely, time.Minute)
}
