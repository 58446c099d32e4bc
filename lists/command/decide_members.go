package command

import (
	"errors"
	"strings"

	"plenary/lists"
	"plenary/smtp/message"
)

// maxReport is the longest progress, announcement or reason, in characters.
const maxReport = 20000

// maxWords is how many words of a join or leave are looked at.
const maxWords = 50

// join subscribes the asker to the lists named, or to the one whose address
// it is.
func (d decider) join() {
	found, rest, no := d.listWords(false)
	if no != "" {
		d.refuse(no)
		if len(found) == 0 {
			return
		}
	}
	if len(found) == 0 {
		l, ok := d.only()
		if !ok {
			d.refuse(d.sayWhich(d.e))
			return
		}
		found = []lists.List{l}
	}
	name := d.Name
	if rest != "" {
		name = rest // "subscribe dc Jane Doe", as LISTSERV took it
	}
	for _, l := range found {
		d.act(lists.Action{Verb: lists.DoJoin, List: l.ID, Subject: d.Asker, Name: name})
	}
}

// leave unsubscribes the asker. Leaving is never made hard: one who is in
// one list need not name it.
func (d decider) leave() {
	if len(d.c.Args) > 0 && strings.EqualFold(strings.Trim(d.c.Args[0], ".,!*"), "all") {
		d.act(lists.Action{Verb: lists.DoLeaveAll, Subject: d.Asker})
		return
	}
	found, _, no := d.listWords(true)
	d.refuse(no)
	if no != "" && len(found) == 0 {
		return
	}
	if len(found) == 0 {
		mine := d.mine()
		switch {
		case d.atList():
			found = []lists.List{d.Here}
		case len(mine) == 0:
			d.refuse(d.no("This address is in no list here, so there is nothing to leave. If mail reaches you, another address of yours is in a list: write from that one."))
			return
		case len(mine) > 1:
			d.refuse(d.no("You are in several lists: %s. Write \"leave\" and the names of those to leave, or \"leave all\".", d.and(d.listed(mine))))
			return
		default:
			found = mine
		}
	}
	for _, l := range found {
		d.act(lists.Action{Verb: lists.DoLeave, List: l.ID, Subject: d.Asker})
	}
}

// mine are the lists that the asker is in.
func (d decider) mine() []lists.List {
	var out []lists.List
	for _, l := range d.Dir.Lists {
		if d.in(l) {
			out = append(out, l)
		}
	}
	return out
}

// listWords reads the lists named after join or leave, each once. Words that
// people put around them are passed over, and so is the asker's own address.
// The rest is a personal name behind a list's.
func (d decider) listWords(leaving bool) (found []lists.List, rest string, no refused) {
	words := strings.FieldsFunc(d.c.Rest, func(r rune) bool { return r == ',' || r == ';' || strings.ContainsRune(" \t\n\u00a0", r) })
	if len(words) > maxWords {
		return nil, "", d.no("One command can name %d lists at most.", maxWords)
	}
	if l, ok := d.titled(strings.Join(words, " ")); ok {
		return []lists.List{l}, "", ""
	}
	seen, unknown := map[string]bool{}, ""
	for i, w := range words {
		w = strings.Trim(w, listTrim)
		switch hits := d.lookUp(w); {
		case w == "":
		case len(hits) == 1:
			if l := hits[0]; !seen[l.ID] {
				seen[l.ID] = true
				found = append(found, l)
			}
		case lists.Address(w).Same(d.Asker), isFiller(strings.ToLower(w)), strings.EqualFold(w, "and"), strings.EqualFold(w, "&"):
		case strings.Contains(w, "@") && !strings.HasSuffix(strings.ToLower(w), "@"+strings.ToLower(d.Site.Domain)):
			if leaving {
				return found, "", d.no("You can only leave with the address that you write from. Leaders drop others: \"drop LIST ADDRESS\".")
			}
			return found, "", d.no("You can only join with the address that you write from. Leaders add others: \"add LIST ADDRESS\".")
		case len(found) > 0 && personName(words[i:]):
			return found, strings.Join(words[i:], " "), ""
		default:
			unknown = w
		}
	}
	if unknown != "" {
		_, no = d.find(unknown, d.c)
	}
	return found, "", no
}

// titled is the one list that has this title, in words and not by its name.
func (d decider) titled(words string) (lists.List, bool) {
	var found []lists.List
	for _, l := range d.Dir.Lists {
		if strings.Contains(words, " ") && strings.EqualFold(strings.Trim(words, listTrim), strings.Join(strings.Fields(l.Title), " ")) {
			found = append(found, l)
		}
	}
	if len(found) != 1 {
		return lists.List{}, false
	}
	return found[0], true
}

// personName tells whether words read like a person's name rather than a
// list's: each begins with a capital, or has no case.
func personName(words []string) bool {
	if len(words) > 6 {
		return false
	}
	for _, w := range words {
		if strings.ToLower(w) == w && strings.ToUpper(w) != w {
			return false
		}
	}
	return true
}

// moveTo moves the asker to another address.
func (d decider) moveTo() {
	if len(d.c.Args) == 0 {
		d.refuse(d.missing(d.say("The new address")))
		return
	}
	a, no := d.mailbox(d.c.Args[0], d.say("The new address"))
	switch {
	case no != "":
		d.refuse(no)
	case a.Same(d.Asker):
		d.refuse(d.no("That is the address you are known by already."))
	default:
		d.act(lists.Action{Verb: lists.DoAddress, Subject: d.Asker, Value: string(a)})
	}
}

// report records progress, the next step, the state, and what stands under a
// progress command.
func (d decider) report() {
	l, rest, no := d.before, d.c.Rest, refused("")
	if d.e.Takes {
		rest = d.c.Text
	}
	if !d.c.Under {
		c := d.c
		c.Rest = rest
		l, rest, no = d.list(d.e, c)
	}
	what := d.say("The text")
	switch d.c.Name {
	case "progress":
		what = d.say("What the group has done")
	case "next":
		what = d.say("The next step")
	case "state":
		what = d.say("The state")
	}
	switch {
	case d.c.Under && l.ID == "":
		return // the progress command above it was refused, and says why
	case no != "":
		d.refuse(no)
	case !d.may(d.e.Who, l), d.e.Who == Members && !d.in(l) && !d.leads(l):
		d.refuse(d.outside(l))
	case strings.TrimSpace(rest) == "":
		d.refuse(d.missing(what))
	case letters(rest) > maxReport:
		d.refuse(d.no("The text has %d characters, and %d is the most. Please send a shorter one.", letters(rest), maxReport))
	case d.c.Name == "next":
		d.next(l, rest)
	case d.c.Name == "state":
		d.state(l, rest)
	default:
		if own := message.OwnLetter(rest, d.Name); own != "" {
			rest = own // without the name under it
		}
		a := lists.Action{Verb: lists.DoProgress, List: l.ID, Subject: d.Asker, Text: rest}
		if d.c.Under {
			a.Value = d.c.Name
		}
		d.act(a)
	}
}

func (d decider) next(l lists.List, rest string) {
	step, by, err := d.splitStep(strings.Join(strings.Fields(rest), " "))
	switch {
	case err != nil:
		d.refuse(d.badDate(err))
	case step == "":
		d.refuse(d.missing(d.say("The next step")))
	case by != "" && by < d.Today:
		d.refuse(d.past(by))
	case letters(step) > 1000:
		d.refuse(d.no("A next step has 1000 characters at most. Say the rest in a progress report."))
	default:
		d.act(lists.Action{Verb: lists.DoNext, List: l.ID, Subject: d.Asker, Text: step, By: by})
	}
}

func (d decider) past(by lists.Date) refused {
	return d.no("The day in %s, %s, is past. Write a day to come.", d.place(d.c.Line), by)
}

func (d decider) state(l lists.List, rest string) {
	word := strings.ToLower(strings.Trim(firstWord(rest), ".,!\"'*"))
	switch s := lists.State(word); s {
	case lists.Forming, lists.Active, lists.Paused, lists.Done:
		d.act(lists.Action{Verb: lists.DoState, List: l.ID, Subject: d.Asker, Value: string(s)})
	case lists.Closed, "close":
		d.refuse(d.no("A state is forming, active, paused or done. To close a group, an admin writes \"close LIST\"."))
	default:
		d.refuse(d.no("%s is no state: write forming, active, paused or done.", capital(d.quote(word, d.c))))
	}
}

// badDate says what is wrong with a day, without what was written unless the
// asker is believed.
func (d decider) badDate(err error) refused {
	text := err.Error()
	var why *lists.Refusal
	if errors.As(err, &why) {
		text = d.sorry(why)
	}
	if d.Believed {
		return refused(text)
	}
	first, last := strings.IndexByte(text, '"'), strings.LastIndexByte(text, '"')
	if first < 0 || first == last {
		return d.no("The day in %s can't be read. Write it as 2026-12-01.", d.place(d.c.Line))
	}
	as := d.say("like that in %s", d.place(d.c.Line))
	if first == 0 {
		as = d.say("The day in %s", d.place(d.c.Line))
	}
	return refused(text[:first] + as + text[last+1:])
}
