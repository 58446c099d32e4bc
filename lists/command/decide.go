package command

import (
	"strings"
	"unicode/utf8"

	"plenary/lists"
)

// Decision is what becomes of one command: actions for the desk, a query to
// be answered, a question's token to be agreed to, refusals in words. A
// command may be refused in part.
type Decision struct {
	Command Command
	Actions []lists.Action
	Query   *Query
	Token   string   // confirm: the question
	Agree   bool     // confirm: yes, else no
	Refused []string // one sentence or more each
	Notes   []string // what was understood in another way than it may have been meant
}

// Query is a command that changes nothing.
type Query struct {
	Name  string       // help, lists, info, who, settings, which, moderate, digest
	Lists []lists.List // what it is about; empty: the site
	Word  string       // help: the command asked about, one of ours
}

// decider decides one command.
type decider struct {
	Facts
	e Entry
	c Command
	d *Decision
	// before is the list of the progress command that this one stands under.
	before lists.List
	// touching is the command that stands right below this one's lines.
	touching *Command
	// joins are the lists that commands above this one join.
	joins map[string]bool
}

// Decide tells for each command what becomes of it. It changes nothing and
// looks nothing up but in facts.
func Decide(f Facts, commands []Command) []Decision {
	out := make([]Decision, len(commands))
	var before lists.List
	addresses, joins := 0, map[string]bool{}
	for i, c := range commands {
		e, _ := lookup(c.Name)
		if _, isCommand := lookup(c.Name); c.Under && (!isCommand || c.Name == "help") {
			e, _ = lookup("progress")
		}
		out[i].Command = c
		d := decider{Facts: f, e: e, c: c, d: &out[i], before: before, joins: joins}
		if i+1 < len(commands) && commands[i+1].Touch {
			d.touching = &commands[i+1]
		}
		if !c.Under {
			before = lists.List{}
		}
		d.decide()
		if c.Name == "progress" {
			before = d.reported()
		}
		for _, a := range out[i].Actions {
			if l, ok := f.Dir.ByID(a.List); ok && a.Verb == lists.DoJoin {
				joins[l.ID], joins[f.Dir.MainOf(l).ID] = true, true
			}
		}
		if addresses += len(out[i].Actions); addresses > maxActions {
			out[i].Actions = nil
			d.refuse(d.no("One mail can ask for %d changes at most; this one was not carried out. Send the rest in another mail.", maxActions))
		}
	}
	return out
}

// What one mail may ask for.
const (
	maxActions = 100   // changes in all
	maxRest    = 30000 // octets of one command's line
)

// letters counts what a text has as its writer does.
func letters(s string) int { return utf8.RuneCountInString(s) }

// reported is the list that a progress command was about.
func (d decider) reported() lists.List {
	for _, a := range d.d.Actions {
		if l, ok := d.Dir.ByID(a.List); ok {
			return l
		}
	}
	return lists.List{}
}

func (d decider) refuse(no refused) {
	if no != "" {
		d.d.Refused = append(d.d.Refused, string(no))
	}
}

func (d decider) note(s string) { d.d.Notes = append(d.d.Notes, s) }

// act adds an action by the asker.
func (d decider) act(a lists.Action) {
	a.Asker, a.Source = d.Asker, d.Source
	d.d.Actions = append(d.d.Actions, a)
}

// decide goes to the command's own rule.
func (d decider) decide() {
	settled := len(d.joins) > 0 && (d.c.Name == "set" || d.c.Name == "password") // by who joins in this mail
	if d.e.Who != Anyone && !d.known() && d.e.Who != Admins && !settled {
		d.refuse(d.stranger())
		return
	}
	if len(d.c.Rest) > maxRest && !d.e.Takes {
		d.refuse(d.no("The command in %s is too long: it has more than %d characters.", d.place(d.c.Line), maxRest))
		return
	}
	switch d.c.Name {
	case "join":
		d.join()
	case "leave":
		d.leave()
	case "confirm":
		d.confirm()
	case "set":
		d.set()
	case "address":
		d.moveTo()
	case "password":
		d.act(lists.Action{Verb: lists.DoPassword, Subject: d.Asker})
	case "progress", "next", "state", "dissent", "done", "dropped":
		d.report()
	case "add", "drop", "invite":
		d.people()
	case "approve", "reject", "discard":
		d.held()
	case "create":
		d.create()
	case "close", "reopen", "rename", "leader":
		d.govern()
	case "volunteer", "handover", "deputy":
		d.office()
	case "admin", "announce", "digest":
		d.mainList()
	case "help":
		if d.c.Under {
			d.report()
			return
		}
		d.query()
	default:
		d.query()
	}
}

// stranger refuses somebody whom no list knows.
func (d decider) stranger() refused {
	return d.no("This address is in no list here, and %q is for %s. If you joined with another address, write from that one; to join, write \"join\" and the list's name.",
		d.e.Name, d.circle(d.e.Who))
}

// outside refuses somebody who is not in the circle that the command is for.
func (d decider) outside(l lists.List) refused {
	main := d.Dir.MainOf(l)
	switch d.e.Who {
	case Members:
		return d.no("Only members of %s can do that, and this address is none. To join, write to %s.", l.Name, d.Facts.address(l, "join"))
	case Leaders:
		return d.no("Only the leaders of %s and the admins can do that, and this address is not one of theirs. To reach them, write to %s.", l.Name, d.Facts.address(l, "owner"))
	}
	return d.no("Only the admins of %s can do that, and this address is not one of theirs. To reach them, write to %s.", main.Name, d.Facts.address(main, "owner"))
}

// missing refuses a command whose argument is not there.
func (d decider) missing(what string) refused {
	return d.no("%s is missing. Write %s, for example: %s", what, forms(d.e), d.e.Example)
}

// confirm agrees to a question by its token.
func (d decider) confirm() {
	if len(d.c.Args) == 0 || !tokenShaped(d.c.Args[0]) {
		if len(d.c.Args) == 0 && len(d.led()) > 0 {
			d.note(d.say("To decide about a post that waits, write \"approve\", \"reject\" or \"discard\" and its number, which \"moderate\" shows."))
		}
		d.refuse(d.no("To say yes to a question, answer the mail that asked it, or write \"confirm\" and the token from that mail: 26 letters and digits."))
		return
	}
	d.d.Token, d.d.Agree = confirmToken(d.c.Args[0]), true
	if len(d.c.Args) > 1 && Answer(strings.Join(d.c.Args[1:], " "), false) == No {
		d.d.Agree = false
	}
}

// query decides the commands that change nothing.
func (d decider) query() {
	q := &Query{Name: d.c.Name}
	switch d.c.Name {
	case "help":
		if e, ok := lookup(strings.ToLower(strings.Trim(firstWord(d.c.Rest), "\"'.:"))); ok {
			q.Word = e.Name
		} else if near, _ := nearestCommand(firstWord(d.c.Rest)); near != "" {
			e, _ := lookup(near)
			q.Word = e.Name
		}
	case "lists":
		if d.atList() {
			q.Lists = d.Dir.Family(d.Here.ID)
		} else {
			q.Lists = d.Dir.Lists
		}
	case "info", "who", "moderate":
		d.listQuery(q)
		return
	}
	d.d.Query = q
}

// listQuery decides queries about one list; without one, info and moderate
// at the site's address are about all that the asker may see.
func (d decider) listQuery(q *Query) {
	l, rest, no := d.list(d.e, d.c)
	switch {
	case no != "" && d.c.Rest == "" && d.c.Name == "info":
		q.Name, q.Lists = "lists", d.Dir.Lists
		d.d.Query = q
		return
	case no != "" && d.c.Rest != "", no == "" && rest != "":
		_, no = d.find(firstWord(d.c.Rest), d.c)
	}
	if d.c.Name == "moderate" && d.c.Rest == "" && !d.atGroup() {
		if q.Lists = d.led(); len(q.Lists) > 0 {
			d.d.Query = q
			return
		}
	}
	switch {
	case no != "":
		d.refuse(no)
	case !d.may(d.e.Who, l):
		d.refuse(d.outside(l))
	default:
		q.Lists, d.d.Query = []lists.List{l}, q
	}
}

// led are the lists that the asker leads, of the family that the address
// tells, or of all.
func (d decider) led() []lists.List {
	from := d.Dir.Lists
	if d.atList() {
		from = d.Dir.Family(d.Here.ID)
	}
	var out []lists.List
	for _, l := range from {
		if d.leads(l) {
			out = append(out, l)
		}
	}
	return out
}
