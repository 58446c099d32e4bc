package web

import (
	"context"
	"net/http"

	"plenary/lists"
)

// Guesses bounds how often wrong tokens are tried.
type Guesses interface {
	// Guess takes a guess from who shows a token; false, there is none left.
	Guess(ctx context.Context, g lists.Guesser) (bool, error)
	// Guessed gives it back: the token was a true one.
	Guessed(ctx context.Context, g lists.Guesser) error
}

var tooManyGuesses = failed(http.StatusTooManyRequests, "web-not-now", "web-guesses")

// guarded looks at a token, where not too many wrong ones came from its
// visitor; look tells of a wrong one with lists.ErrNotFound.
func (p *pages) guarded(w http.ResponseWriter, r *http.Request, look func() error) error {
	g := lists.Guesser{Remote: p.Proxies.remote(r)}
	if ok, err := p.Guesses.Guess(r.Context(), g); err != nil {
		return err
	} else if !ok {
		return p.shutOut(w, r)
	}
	err := look()
	if isNotFound(err) {
		return err
	}
	// Whatever else came of it, the token was true, or not looked at.
	if back := p.Guesses.Guessed(r.Context(), g); back != nil {
		p.Log.Error("guess not given back", "err", back)
	}
	return err
}

// wrong counts a token that a visitor made up. A link that proves itself, as a
// leave link does, is never refused for it: leaving is not blocked.
func (p *pages) wrong(w http.ResponseWriter, r *http.Request, otherwise failure) error {
	if ok, err := p.Guesses.Guess(r.Context(), lists.Guesser{Remote: p.Proxies.remote(r)}); err != nil || ok {
		if err != nil {
			p.Log.Error("wrong token not counted", "err", err)
		}
		return otherwise
	}
	return p.shutOut(w, r)
}

func (p *pages) shutOut(w http.ResponseWriter, r *http.Request) error {
	p.Log.Warn("token not looked at: too many wrong ones from its source", "path", pattern(r))
	w.Header().Set("Retry-After", "60")
	return tooManyGuesses
}
