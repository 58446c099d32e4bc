package web

import (
	"errors"
	"net/http"

	"plenary/lists"
)

// failure is an error with the page that tells it: keys of the catalogue, said
// in the language of the list that the page is about.
type failure struct {
	code  int
	title string
	text  string
	fill  []any // pairs that text is filled in with

	said string  // a text that has its words already, in place of text
	in   *worded // what they are said in, where that is known
}

func (f failure) Error() string { return f.title + ": " + f.text + f.said }

// failed is a failure that is told by its texts alone.
func failed(code int, title, text string, fill ...any) failure {
	return failure{code: code, title: title, text: text, fill: fill}
}

var notThere = failed(http.StatusNotFound, "web-not-here", "web-no-page")

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
		spoken := f.in
		if spoken == nil {
			about := p.about(r)
			spoken = &about
		}
		if f.said == "" {
			f.said = spoken.W.Say(f.text, f.fill...)
		}
		if err := p.show(w, r, *spoken, f.code, "message.html", spoken.W.Say(f.title), notice{*spoken, spoken.W.Lines(f.said)}); err != nil {
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
		return failure{code: http.StatusConflict, title: "web-refused", said: no.Text}
	case errors.As(err, &large):
		return failed(http.StatusRequestEntityTooLarge, "web-too-much", "web-too-large")
	case errors.Is(err, lists.ErrNotFound):
		return notThere
	case r.Context().Err() != nil:
		p.Log.Warn("page not answered in time", "path", pattern(r), "err", err)
	default:
		p.Log.Error("page failed", "path", pattern(r), "err", err)
	}
	return failed(http.StatusServiceUnavailable, "web-not-just-now", "web-broken")
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
