package web

import (
	"net/http"

	"plenary/lists"
)

// member reads the token of a leave link.
func (p *pages) member(w http.ResponseWriter, r *http.Request) (l lists.List, n lists.Number, err error) {
	serial, n, ok := lists.ReadMemberToken(p.Secret, lists.TokenLeave, r.PathValue("token"))
	if !ok {
		return l, 0, p.wrong(w, r, failure{http.StatusNotFound, "Not here", "This link is not whole, or not one of ours, so nothing was done. Please copy all of it from the mail, or answer that mail with the word unsubscribe to the list's leave address."})
	}
	dir, err := p.Reader.Directory(r.Context())
	if err != nil {
		return l, 0, err
	}
	l, ok = dir.BySerial(serial)
	if !ok {
		return l, 0, failure{http.StatusGone, "Gone", "This list is not there any more, so no mail of it comes."}
	}
	return l, n, nil
}

// leavePage is what a person sees who follows the link: one button.
func (p *pages) leavePage(w http.ResponseWriter, r *http.Request) error {
	l, _, err := p.member(w, r)
	if err != nil {
		return err
	}
	return p.show(w, r, http.StatusOK, "leave.html", "Leave "+l.Title, map[string]any{"List": l, "Token": r.PathValue("token"), "Address": l.Address(p.Site.Domain)})
}

// leave unsubscribes at once: by that button, or by a mail provider (RFC
// 8058). The body tells nothing that the token doesn't, so it is not read.
func (p *pages) leave(w http.ResponseWriter, r *http.Request) error {
	l, n, err := p.member(w, r)
	if err != nil {
		return err
	}
	out, err := p.Desk.OneClick(r.Context(), l.Serial, n)
	if err != nil {
		return err
	}
	if out.Result == lists.Refused {
		return failure{http.StatusTooManyRequests, "Not now", out.Text}
	}
	return p.message(w, r, "Done", out.Text)
}
