package web

import (
	"net/http"

	"plenary/lists"
)

// question shows what a token asks, with a button for yes and one for no.
func (p *pages) question(w http.ResponseWriter, r *http.Request) error {
	token := r.PathValue("token")
	var asking lists.Asking
	err := p.guarded(w, r, func() (err error) {
		asking, err = p.Desk.Describe(r.Context(), token)
		return err
	})
	if err != nil {
		return questionFailure(err)
	}
	spoken := p.spoken(asking.Lang)
	switch asking.Settled {
	case "yes":
		return p.message(w, r, spoken, spoken.W.Say("web-answered"), spoken.W.Say("web-answered-yes"))
	case "no":
		return p.message(w, r, spoken, spoken.W.Say("web-answered"), spoken.W.Say("web-answered-no"))
	}
	return p.show(w, r, spoken, http.StatusOK, "question.html", spoken.W.Say("web-question"), questionPage{spoken, asking, token})
}

// questionPage is what the page of a question shows.
type questionPage struct {
	worded
	Asking lists.Asking
	Token  string
}

// Offer tells whether somebody else asked for it.
func (q questionPage) Offer() bool { return q.Asking.Kind != lists.KindConfirm }

// answer settles a question by its buttons.
func (p *pages) answer(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formFailure(err)
	}
	said := r.PostForm.Get("answer")
	if said != "yes" && said != "no" {
		return failed(http.StatusBadRequest, "web-yes-or-no", "web-neither")
	}
	// The same button pressed again continues what was cut short.
	token := r.PathValue("token")
	var out lists.Outcome
	err := p.guarded(w, r, func() (err error) {
		if _, err = p.Desk.Describe(r.Context(), token); err == nil { // Answer has words for a wrong token
			out, err = p.Desk.Answer(r.Context(), token, said == "yes", "", "page/"+said+"/"+digest(token))
		}
		return err
	})
	if err != nil {
		return questionFailure(err)
	}
	spoken := p.spoken(out.Lang)
	return p.message(w, r, spoken, spoken.W.Say(outcomeTitle(out)), out.Text)
}

// outcomeTitle is the heading over an outcome, by its key.
func outcomeTitle(out lists.Outcome) string {
	switch out.Result {
	case lists.Did:
		return "web-done"
	case lists.Already:
		return "web-already"
	case lists.Asked, lists.Waits:
		return "web-one-more"
	}
	return "web-not-done"
}

func questionFailure(err error) error {
	if isNotFound(err) {
		return failed(http.StatusNotFound, "web-not-here", "web-no-question")
	}
	return err
}
