package store

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"plenary/lists"
)

//go:embed guess.lua
var guessLua string

// guessSpan is how long wrong tokens are remembered.
const guessSpan = time.Minute

// Guess takes one guess at a token from the places of who shows it, before it
// is looked up: so many guesses at once are no more than one after the other.
// False tells that too many wrong ones came from there within a minute, and
// that this one must not be looked at. Guessed gives the guess of a true token
// back.
func (s *Store) Guess(ctx context.Context, g lists.Guesser) (bool, error) {
	return s.guess(ctx, "take", g)
}

// Guessed gives back the guess that a true token took.
func (s *Store) Guessed(ctx context.Context, g lists.Guesser) error {
	_, err := s.guess(ctx, "back", g)
	return err
}

func (s *Store) guess(ctx context.Context, how string, g lists.Guesser) (bool, error) {
	var keys []string
	args := []any{how, guessSpan.Milliseconds(), s.now().UnixMilli()}
	for _, p := range append(g.Places(), lists.Place{Name: "all", Wrong: lists.WrongInAll}) {
		keys, args = append(keys, limitKey("guesses/"+p.Name)), append(args, p.Wrong)
	}
	taken, err := s.guessScript.Run(ctx, s.rdb, keys, args...).Int()
	if err != nil {
		return false, fmt.Errorf("count a token that may be wrong: %w", err)
	}
	return taken == 1, nil
}
