package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"plenary/lists"
)

// find is the list that a path names: by ID, which links in mails have, by
// name or by alias.
func (p *pages) find(ctx context.Context, word string) (l, main lists.List, err error) {
	dir, err := p.Reader.Directory(ctx)
	if err != nil {
		return l, main, err
	}
	word = strings.ToLower(word)
	l, ok := dir.ByID(word)
	if !ok {
		found := dir.Find(word, "")
		if len(found) != 1 {
			return l, main, notThere
		}
		l = found[0]
	}
	return l, dir.MainOf(l), nil
}

// slashed leads to a list whose address was typed with a slash at its end.
func (p *pages) slashed(w http.ResponseWriter, r *http.Request) error {
	l, _, err := p.find(r.Context(), r.PathValue("list"))
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/"+l.Name, http.StatusFound)
	return nil
}

// toList leads from where its forms are sent to a list's page, which has them.
func (p *pages) toList(w http.ResponseWriter, r *http.Request) error {
	l, _, err := p.find(r.Context(), r.PathValue("list"))
	if err != nil {
		return err
	}
	return toForm("/"+l.ID)(w, r)
}

// unslashed leads to a page under a list whose address was typed so.
func (p *pages) unslashed(page string) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		l, _, err := p.find(r.Context(), r.PathValue("list"))
		if err != nil {
			return err
		}
		to := url.URL{Path: "/" + l.ID + page, RawQuery: r.URL.RawQuery}
		http.Redirect(w, r, to.String(), http.StatusFound)
		return nil
	}
}

// list shows one list and how to join it.
func (p *pages) list(w http.ResponseWriter, r *http.Request) error {
	l, main, err := p.find(r.Context(), r.PathValue("list"))
	if err != nil {
		return err
	}
	return p.showList(w, r, http.StatusOK, listPage{List: l, Main: main})
}

// listPage is what a list's page shows.
type listPage struct {
	worded
	List, Main lists.List
	Card       card
	Groups     []card
	Wrong      string // form that was filled in wrongly: join or leave
	Typed      string // what stood in it
}

// IsMain tells whether it is a main list's page.
func (l listPage) IsMain() bool { return l.List.Main() }

// form is one of the page's forms that take an address.
type form struct {
	worded
	Verb, Typed string
	Wrong       bool
}

// Form is the one to join or to leave by.
func (l listPage) Form(verb string) form {
	return form{l.worded, verb, l.Typed, l.Wrong == verb}
}

// showList shows a list, with a form that was filled in wrongly as it was.
func (p *pages) showList(w http.ResponseWriter, r *http.Request, code int, page listPage) (err error) {
	page.worded = p.worded(page.List)
	if page.Card, err = p.card(r.Context(), page.worded, page.List); err != nil {
		return err
	}
	if page.IsMain() {
		dir, err := p.Reader.Directory(r.Context())
		if err != nil {
			return err
		}
		f, err := p.familyOf(r.Context(), page.worded, dir, page.List)
		if err != nil {
			return err
		}
		page.Groups = f.Groups
	}
	wrong := ""
	if page.Wrong != "" {
		wrong = page.W.Say("web-no-address")
	}
	return p.showPart(w, r, page.worded, code, "list.html", wrong, page.List.Title, page)
}

// join asks, by mail, whether the address in the form wants to join.
func (p *pages) join(w http.ResponseWriter, r *http.Request) error {
	return p.askByMail(w, r, p.Desk.JoinByPage, "join")
}

// leaveByMail asks, by mail, whether the address in the form wants to leave.
func (p *pages) leaveByMail(w http.ResponseWriter, r *http.Request) error {
	return p.askByMail(w, r, p.Desk.LeaveByPage, "leave")
}

// askByMail has the desk ask the address in a form. The page says the same
// for everybody: it must not tell who is a member.
func (p *pages) askByMail(w http.ResponseWriter, r *http.Request, ask func(context.Context, string, lists.Address, string) error, verb string) error {
	l, main, err := p.find(r.Context(), r.PathValue("list"))
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFailure(err)
	}
	typed := r.PostForm.Get("address")
	a, err := lists.ParseAddress(typed)
	if err != nil {
		return p.showList(w, r, http.StatusUnprocessableEntity, listPage{List: l, Main: main, Wrong: verb, Typed: clip(typed, 254)})
	}
	var no *lists.Refusal
	switch err := ask(r.Context(), l.ID, a, p.Proxies.remote(r)); {
	case errors.As(err, &no) && strings.EqualFold(a.Domain(), p.Site.Domain):
		return failure{code: http.StatusUnprocessableEntity, title: "web-not-asked", said: no.Text} // however often it is tried
	case errors.As(err, &no):
		return failure{code: http.StatusTooManyRequests, title: "web-not-asked", said: no.Text}
	case err != nil:
		return err
	}
	spoken := p.worded(l)
	return p.show(w, r, spoken, http.StatusOK, "asked.html", spoken.W.Say("web-asked"), askedPage{spoken, l, verb})
}

// askedPage says that a mail is on its way.
type askedPage struct {
	worded
	List lists.List
	Verb string
}

// formFailure is what is wrong with a form's body.
func formFailure(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return err
	}
	return failed(http.StatusBadRequest, "web-not-understood", "web-no-form")
}

func clip(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.ToValidUTF8(s, "")
}
