package web

import (
	"errors"
	"net/http"

	"plenary/lists"
)

// failure is an error with the page that tells it.
type failure struct {
	code  int
	title string
	text  string
}

func (f failure) Error() string { return f.title + ": " + f.text }

var notThere = failure{http.StatusNotFound, "Not here", "There is no such page. Perhaps the link was cut off, or the list has another name now. The first page shows all lists."}

// handler makes an http.Handler of one that may fail.
func (p *pages) handler(do func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := do(w, r)
		if err == nil {
			return
		}
		f := p.failure(r, err)
		if f.code == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", "SignInLink") // RFC 9110 11.6.1 wants a scheme; browsers know none of ours
		}
		if err := p.show(w, r, f.code, "failure.html", f.title, map[string]any{"Text": f.text}); err != nil {
			p.Log.Error("page of a failure not written", "err", err)
		}
	})
}

// failure is the page for an error.
func (p *pages) failure(r *http.Request, err error) failure {
	var f failure
	var no *lists.Refusal
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &f):
		return f
	case errors.As(err, &no):
		return failure{http.StatusConflict, "That can't be done", no.Text}
	case errors.As(err, &large):
		return failure{http.StatusRequestEntityTooLarge, "Too much", "That was more than a form here can hold, so nothing was done."}
	case errors.Is(err, lists.ErrNotFound):
		return notThere
	case r.Context().Err() != nil:
		p.Log.Warn("page not answered in time", "path", pattern(r), "err", err)
	default:
		p.Log.Error("page failed", "path", pattern(r), "err", err)
	}
	return failure{http.StatusServiceUnavailable, "Not just now", "Something is wrong on our side, and we can't say whether that was done. Please try again in a minute: doing it twice does no harm."}
}

// pattern names the page in logs, without the token that its path may hold.
func pattern(r *http.Request) string {
	if r.Pattern != "" {
		return r.Pattern
	}
	return r.Method
}

// nothing is every other page.
func (p *pages) nothing(http.ResponseWriter, *http.Request) error { return notThere }
