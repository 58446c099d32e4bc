package web

import (
	"net/http"

	"plenary/lists"
)

// member reads the token of a leave link, and in which language its member is
// spoken to: their own where they have chosen one, else the list's.
func (p *pages) member(w http.ResponseWriter, r *http.Request) (l lists.List, n lists.Number, spoken worded, err error) {
	serial, n, ok := lists.ReadMemberToken(p.Secret, lists.TokenLeave, r.PathValue("token"))
	if !ok {
		return l, 0, spoken, p.wrong(w, r, failed(http.StatusNotFound, "web-not-here", "web-cut-link"))
	}
	dir, err := p.Reader.Directory(r.Context())
	if err != nil {
		return l, 0, spoken, err
	}
	l, ok = dir.BySerial(serial)
	if !ok {
		return l, 0, spoken, failed(http.StatusGone, "web-gone", "web-list-gone")
	}
	spoken = p.worded(l)
	switch person, err := p.Reader.PersonByNumber(r.Context(), l.Family, n); {
	case err == nil && person.Language != "":
		spoken = p.spoken(person.Language)
	case err != nil && !isNotFound(err):
		return l, 0, spoken, err
	}
	return l, n, spoken, nil
}

// leavePage is what a person sees who follows the link: one button.
func (p *pages) leavePage(w http.ResponseWriter, r *http.Request) error {
	l, _, spoken, err := p.member(w, r)
	if err != nil {
		return err
	}
	return p.show(w, r, spoken, http.StatusOK, "leave.html", spoken.W.Say("web-leave-button", "list", l.Title),
		map[string]any{"W": spoken.W, "List": l, "Token": r.PathValue("token"), "Address": l.Address(p.Site.Domain)})
}

// leave unsubscribes at once: by that button, or by a mail provider (RFC
// 8058). The body tells nothing that the token doesn't, so it is not read.
func (p *pages) leave(w http.ResponseWriter, r *http.Request) error {
	l, n, spoken, err := p.member(w, r)
	if err != nil {
		return err
	}
	out, err := p.Desk.OneClick(r.Context(), l.Serial, n)
	if err != nil {
		return err
	}
	if out.Result == lists.Refused {
		return failure{code: http.StatusTooManyRequests, title: "web-not-now", said: out.Text, in: &spoken}
	}
	return p.message(w, r, spoken, spoken.W.Say("web-done"), out.Text)
}
