package command

import (
	"slices"
	"strings"

	"plenary/digest/words"
	"plenary/lists"
)

// set changes how mail reaches the asker.
func (d decider) set() {
	words := strings.Fields(strings.NewReplacer("=", " ", ":", " ", ",", " ").Replace(strings.ToLower(d.c.Rest)))
	for i := range words {
		words[i] = strings.Trim(words[i], ".!*\"'`")
	}
	words = slices.DeleteFunc(words, func(w string) bool { return slices.Contains(courtesies, w) })
	list := ""
	if d.atList() {
		list = d.Here.ID
	}
	words, plain := cutForm(words)
	if len(words) > 1 && !settingWord(words[0]) {
		l, no := d.find(words[0], d.c)
		if no != "" {
			d.refuse(d.no("%s %s", no, d.settingsThereAre()))
			return
		}
		list, words = l.ID, words[1:]
	} else if n := len(words); n > 2 && words[0] == "delivery" || n == 2 && strings.HasSuffix(words[0], "mail") || n == 2 && words[0] == "digest" && words[1] != "daily" && words[1] != "weekly" {
		l, no := d.find(words[n-1], d.c) // set delivery daily maps
		if no != "" {
			d.refuse(no)
			return
		}
		list, words = l.ID, words[:n-1]
	}
	if len(words) == 0 {
		d.refuse(d.missing(d.say("What to set")))
		return
	}
	value := ""
	if len(words) > 1 {
		value = words[1]
	}
	if plain {
		value = strings.TrimSpace(value + " plain")
	}
	d.setting(list, words[0], value, words[1:])
}

// courtesies are words of a sentence around a setting: "set my delivery to
// daily, please".
var courtesies = []string{"my", "to", "please", "pls", "thanks"}

// cutForm takes the word for a digest's form out of words about delivery:
// plain text, or MIME, which is what comes without a word.
func cutForm(words []string) (rest []string, plain bool) {
	about := slices.IndexFunc(words, func(w string) bool { return w == "delivery" || w == "digest" })
	for i, w := range words {
		if about >= 0 && i > about && (w == "plain" || w == "mime") {
			return slices.Delete(slices.Clone(words), i, i+1), w == "plain"
		}
	}
	return words, false
}

// settingWord tells whether a word is a setting of ours.
func settingWord(w string) bool {
	switch w {
	case "delivery", "mail", "nomail", "digest", "nodigest", "vacation", "own-posts", "ownposts", "own", "myposts", "conceal", "hide", "language", "lang":
		return true
	}
	return false
}

func (d decider) settingsThereAre() string {
	return d.say("The settings are delivery, vacation, own-posts, conceal and language: %s.", forms(d.e))
}

// setting changes one setting.
func (d decider) setting(list, key, value string, words []string) {
	switch key {
	case "delivery", "mail", "nomail", "digest", "nodigest":
		d.setDelivery(list, key, value)
	case "vacation":
		d.setVacation(list, words)
	case "own-posts", "ownposts", "myposts":
		d.setSwitch(lists.DoOwnPosts, "own-posts", value)
	case "own":
		if len(words) > 1 && words[0] == "posts" {
			value = words[1]
		}
		d.setSwitch(lists.DoOwnPosts, "own-posts", value)
	case "conceal", "hide":
		d.setSwitch(lists.DoConceal, "conceal", value)
	case "language", "lang":
		d.setLanguage(value)
	default:
		d.refuse(d.no("%s is no setting. %s", capital(d.quote(key, d.c)), d.settingsThereAre()))
	}
}

func (d decider) setDelivery(list, key, value string) {
	var to lists.Delivery
	value, plain := strings.CutSuffix(" "+value, " plain")
	value = strings.TrimSpace(value)
	switch key + " " + value {
	case "delivery each", "mail ", "nodigest ", "delivery on", "delivery mail", "mail on", "mail each", "digest off":
		to = lists.Each
	case "delivery daily", "digest daily", "digest ", "delivery digest", "digest on":
		to = lists.Daily
	case "delivery weekly", "digest weekly":
		to = lists.Weekly
	case "delivery none", "nomail ", "delivery off", "delivery nomail", "mail off", "mail none", "nomail on":
		to = lists.NoMail
	case "delivery ":
		d.refuse(d.missing(d.say("How to deliver (each, daily, weekly or none)")))
		return
	default:
		d.refuse(d.no("%s is no way of delivery. Write \"set delivery each\", daily, weekly or none.", capital(d.quote(value, d.c))))
		return
	}
	if l, ok := d.Dir.ByID(list); ok && !d.in(l) && !d.joins[l.ID] {
		d.refuse(d.no("You are not in %s, so there is nothing to set. To join, write to %s.", l.Name, d.Facts.address(l, "join")))
		return
	}
	if plain && to != lists.Daily && to != lists.Weekly {
		d.refuse(d.no("Only digests come as plain text. Write \"set delivery daily plain\" or \"set delivery weekly plain\"."))
		return
	}
	if to == lists.Daily && value == "" {
		d.note(d.say("\"set digest\" means one digest a day. For one a week, write \"set delivery weekly\"."))
	}
	choice := lists.Subscription{Delivery: to, Plain: plain}.Choice()
	d.act(lists.Action{Verb: lists.DoDelivery, List: list, Subject: d.Asker, Value: choice})
}

// setVacation reads "until DATE", a bare date, or a word for being back.
func (d decider) setVacation(list string, words []string) {
	text := strings.TrimSpace(strings.TrimPrefix(strings.Join(words, " "), "until"))
	a := lists.Action{Verb: lists.DoVacation, List: list, Subject: d.Asker}
	switch text {
	case "":
		d.refuse(d.missing(d.say("The last day of the vacation")))
		return
	case "off", "none", "over", "back", "no", "end":
		d.act(a)
		return
	}
	day, err := lists.ParseDate(text, d.Today)
	if err != nil {
		if _, by, no := d.splitStep("x by " + text); no == nil && by != "" { // in the asker's language
			day, err = by, nil
		}
	}
	switch {
	case err != nil:
		d.refuse(d.badDate(err))
	case day < d.Today:
		d.refuse(d.past(day))
	default:
		a.By = day
		d.act(a)
	}
}

func (d decider) setSwitch(verb lists.Verb, name, value string) {
	switch value {
	case "on", "yes":
		value = "on"
	case "off", "no":
		value = "off"
	default:
		d.refuse(d.no("Write \"set %s on\" or \"set %s off\".", name, name))
		return
	}
	d.act(lists.Action{Verb: verb, Subject: d.Asker, Value: value})
}

func (d decider) setLanguage(code string) {
	if !lists.ValidLanguage(code) {
		d.refuse(d.no("A language is a code of two or three letters, such as en or fr: \"set language fr\". Plenary speaks %s.", d.and(words.Spoken())))
		return
	}
	d.act(lists.Action{Verb: lists.DoLanguage, Subject: d.Asker, Value: code})
}
