package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"plenary/lists"
)

// Guesses bounds how often wrong tokens are tried.
type Guesses interface {
	// Guess takes a guess from who shows a token; false, there is none left.
	Guess(ctx context.Context, g lists.Guesser) (bool, error)
	// Guessed gives it back: the token was a true one.
	Guessed(ctx context.Context, g lists.Guesser) error
}

// shut tells whether a token must not be looked at: too many wrong ones came
// from there within a minute. out says so, to each author once an hour.
func (h *Handler) shut(ctx context.Context, in In, f Facts, token string) (out lists.Outcome, shut bool, err error) {
	g := lists.Guesser{Remote: in.Envelope.Remote, Address: f.Asker, Believed: f.Believed}
	ok, err := h.Guesses.Guess(ctx, g)
	if err != nil {
		return out, false, fmt.Errorf("look at a token of %s: %w", in.Envelope.ID, err)
	}
	if !ok {
		h.Log.Warn("token not looked at: too many wrong ones from its source", "queue", in.Envelope.ID, "list", f.Here.Name)
		first, err := h.Limiter.Allow(ctx, "guesses/told/"+f.Asker.Key(), 1, time.Hour)
		return lists.Outcome{Result: lists.Refused, Told: !first,
			Text: f.say("Too many wrong codes came from where you are, so this one was not looked at and nothing was done. Please send it again in a few minutes.")}, true, err
	}
	switch _, err := h.Reader.Question(ctx, token); {
	case errors.Is(err, lists.ErrNotFound):
		return out, false, nil
	case err != nil:
		return out, false, fmt.Errorf("look at a token of %s: %w", in.Envelope.ID, err)
	}
	return out, false, h.Guesses.Guessed(ctx, g)
}
