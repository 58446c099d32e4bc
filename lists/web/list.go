package web

import (
	"context"
	"errors"
	"net/http"
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

// list shows one list and how to join it.
func (p *pages) list(w http.ResponseWriter, r *http.Request) error {
	l, main, err := p.find(r.Context(), r.PathValue("list"))
	if err != nil {
		return err
	}
	return p.showList(w, r, http.StatusOK, l, main, "", "")
}

// showList shows a list, with a form that was filled in wrongly as it was.
func (p *pages) showList(w http.ResponseWriter, r *http.Request, code int, l, main lists.List, wrong, typed string) error {
	c, err := p.card(r.Context(), l)
	if err != nil {
		return err
	}
	data := map[string]any{"Card": c, "Main": main, "IsMain": l.Main(), "Groups": []card(nil), "Wrong": wrong, "Typed": typed}
	if l.Main() {
		dir, err := p.Reader.Directory(r.Context())
		if err != nil {
			return err
		}
		f, err := p.familyOf(r.Context(), dir, l)
		if err != nil {
			return err
		}
		data["Groups"] = f.Groups
	}
	return p.show(w, r, code, "list.html", l.Title, data)
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
		return p.showList(w, r, http.StatusUnprocessableEntity, l, main, "That is no mail address. Write it as name@example.org.", clip(typed, 254))
	}
	var no *lists.Refusal
	if err := ask(r.Context(), l.ID, a, remote(r)); errors.As(err, &no) {
		return failure{http.StatusTooManyRequests, "Not asked", no.Text}
	} else if err != nil {
		return err
	}
	return p.show(w, r, http.StatusOK, "asked.html", "Look into your mailbox", map[string]any{"List": l, "Verb": verb})
}

// formFailure is what is wrong with a form's body.
func formFailure(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return err
	}
	return failure{http.StatusBadRequest, "Not understood", "That was no form of ours, so nothing was done. Please go back and try again."}
}

func clip(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.ToValidUTF8(s, "")
}
