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
	switch asking.Settled {
	case "yes":
		return p.message(w, r, "Answered already", "That was confirmed already; there is nothing more to do.")
	case "no":
		return p.message(w, r, "Answered already", "That was answered with no already, and nothing was done. To have it after all, ask for it again.")
	}
	return p.show(w, r, http.StatusOK, "question.html", "Your answer, please", map[string]any{"Asking": asking, "Token": token, "Offer": asking.Kind != lists.KindConfirm})
}

// answer settles a question by its buttons.
func (p *pages) answer(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return formFailure(err)
	}
	said := r.PostForm.Get("answer")
	if said != "yes" && said != "no" {
		return failure{http.StatusBadRequest, "Yes or no?", "That was neither yes nor no, so nothing was done. Please go back and press one of the buttons."}
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
	return p.message(w, r, outcomeTitle(out), out.Text)
}

// outcomeTitle is the heading over an outcome.
func outcomeTitle(out lists.Outcome) string {
	switch out.Result {
	case lists.Did:
		return "Done"
	case lists.Already:
		return "Nothing more to do"
	case lists.Asked, lists.Waits:
		return "One more step"
	}
	return "Not done"
}

func questionFailure(err error) error {
	if isNotFound(err) {
		return failure{http.StatusNotFound, "Not here", "This question is not known here, or it is older than three days. Nothing was done. Please ask again for what you want."}
	}
	return err
}
