package web

import (
	"net/http"
	"strings"

	"plenary/lists"
)

// mine is one of the reader's lists.
type mine struct {
	Card     card
	Delivery string // lists.Subscription.Choice
	Leader   bool
	Admin    bool
}

// settings shows the reader's own lists and how mail of each reaches them.
func (p *pages) settings(w http.ResponseWriter, r *http.Request) error {
	return p.showSettings(w, r, lists.List{}, "")
}

// showSettings shows them with what came of a change to one, if any.
func (p *pages) showSettings(w http.ResponseWriter, r *http.Request, changed lists.List, notice string) error {
	a, err := p.signedIn(r)
	if err != nil {
		return err
	}
	people, err := p.Reader.PeopleFor(r.Context(), a)
	if err != nil {
		return err
	}
	dir, err := p.Reader.Directory(r.Context())
	if err != nil {
		return err
	}
	if len(people) == 1 && changed.ID == "" {
		changed, _ = dir.ByID(people[0].Family)
	}
	page := settingsPage{worded: p.spoken(dir.LanguageFor(people, changed)), Address: a}
	page.Notice = page.W.Lines(notice)
	for _, person := range people {
		for _, l := range dir.Family(person.Family) {
			sub, in := person.Sub(l.ID)
			if !in {
				continue
			}
			c, err := p.card(r.Context(), page.worded, l)
			if err != nil {
				return err
			}
			page.Lists = append(page.Lists, mine{Card: c, Delivery: sub.Choice(), Leader: sub.Leader, Admin: sub.Admin})
		}
	}
	for _, value := range []string{"each", "daily", "daily plain", "weekly", "weekly plain", "none"} {
		page.Choices = append(page.Choices, choice{value, page.W.Say("web-takes-" + strings.ReplaceAll(value, " ", "-"))})
	}
	return p.showPart(w, r, page.worded, http.StatusOK, "settings.html", page.Notice, page.W.Say("web-yours"), page)
}

// settingsPage is what a reader's own page shows.
type settingsPage struct {
	worded
	Address lists.Address
	Lists   []mine
	Choices []choice
	Notice  string
}

// choice is one way of delivery in a form.
type choice struct {
	Value string
	Words string
}

// setDelivery sets how posts of one list reach the reader.
func (p *pages) setDelivery(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, func(id string, f func(string) string) lists.Action {
		return lists.Action{Verb: lists.DoDelivery, List: id, Value: f("delivery")}
	})
}

// leaveSigned unsubscribes the reader from one list; where that reaches
// several, they are asked by mail.
func (p *pages) leaveSigned(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, func(id string, _ func(string) string) lists.Action {
		return lists.Action{Verb: lists.DoLeave, List: id}
	})
}

// act has the desk carry out what a signed-in reader's form asks, and shows
// the settings with what came of it.
func (p *pages) act(w http.ResponseWriter, r *http.Request, action func(id string, field func(string) string) lists.Action) error {
	a, err := p.signedIn(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return formFailure(err)
	}
	l, _, err := p.find(r.Context(), r.PostForm.Get("list"))
	if err != nil {
		return err
	}
	todo := action(l.ID, r.PostForm.Get)
	todo.Subject = a
	outs, err := p.Desk.Do(r.Context(), a, true, l.ID, request(), []lists.Action{todo})
	if err != nil {
		return err
	}
	var said []string
	for _, out := range outs {
		said = append(said, out.Text)
	}
	return p.showSettings(w, r, l, strings.Join(said, " "))
}
