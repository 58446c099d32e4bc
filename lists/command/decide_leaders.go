package command

import (
	"errors"
	"fmt"
	"net/mail"
	"strconv"
	"strings"
	"unicode"

	"plenary/lists"
)

// mailboxWords is one person as a leader writes them down.
type mailboxWords struct {
	name, address string
}

// people adds, drops or invites, one action an address.
func (d decider) people() {
	l, rest, no := d.list(d.e, d.c)
	switch {
	case no != "":
		d.refuse(no)
		return
	case !d.may(Leaders, l):
		d.refuse(d.outside(l))
		return
	}
	people := splitMailboxes(rest)
	if len(people) == 0 {
		d.refuse(d.missing(d.say("The address")))
		return
	}
	verb := map[string]lists.Verb{"add": lists.DoAdd, "drop": lists.DoDrop, "invite": lists.DoInvite}[d.c.Name]
	seen := map[string]bool{}
	for i, p := range people {
		if i == maxActions {
			d.refuse(d.no("One command can name %d addresses at most.", maxActions))
			return
		}
		a, no := d.mailbox(p.address, d.say("Address %d", i+1))
		switch {
		case no != "":
			d.refuse(no)
		case !seen[a.Key()]:
			seen[a.Key()] = true
			d.act(lists.Action{Verb: verb, List: l.ID, Subject: a, Name: p.name})
		}
	}
}

// splitMailboxes reads addresses parted by spaces or commas, each bare or as
// Name <address>.
func splitMailboxes(s string) []mailboxWords {
	if parsed, err := mail.ParseAddressList(s); err == nil {
		var out []mailboxWords
		for _, p := range parsed {
			out = append(out, mailboxWords{cleanName(p.Name), p.Address})
		}
		return out
	}
	var out []mailboxWords
	var name []string
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == ';' }) {
		bracketed := strings.HasPrefix(w, "<") && strings.HasSuffix(w, ">")
		switch {
		case bracketed:
			out = append(out, mailboxWords{cleanName(strings.Join(name, " ")), w})
			name = nil
		case strings.Contains(w, "@"), !strings.Contains(s, "<"):
			out = append(out, mailboxWords{"", w})
		default:
			name = append(name, w)
		}
	}
	return out
}

// cleanName makes a display name fit to be kept: one line, no quotation
// marks around it, no longer than names are.
func cleanName(s string) string {
	s = strings.Trim(oneLine(s), `"'`)
	if r := []rune(s); len(r) > 100 {
		s = string(r[:100])
	}
	return s
}

// held decides about posts that wait.
func (d decider) held() {
	c := d.c
	if d.e.Takes {
		c.Rest = d.c.Text
	}
	l, rest, no := d.list(d.e, c)
	if no != "" {
		d.refuse(no)
		return
	}
	first, reason := cutWord(rest)
	numbers := []string{first}
	if d.c.Name != "reject" {
		numbers, reason = strings.FieldsFunc(rest, func(r rune) bool { return unicode.IsSpace(r) || r == ',' }), ""
	}
	if first == "" {
		d.refuse(d.missing(d.say("The number of the post")))
		return
	}
	if !d.may(Leaders, l) {
		d.refuse(d.outside(l))
		return
	}
	verb := map[string]lists.Verb{"approve": lists.DoApprove, "reject": lists.DoReject, "discard": lists.DoDiscard}[d.c.Name]
	for _, w := range numbers {
		n, err := heldNumber(w)
		switch {
		case err != nil:
			d.refuse(d.no("%s is no number of a waiting post: write %s. \"moderate\" shows the numbers.", capital(d.quote(w, d.c)), forms(d.e)))
			return
		case letters(reason) > maxReport:
			d.refuse(d.no("The reason has %d characters, and %d is the most.", letters(reason), maxReport))
			return
		}
		d.act(lists.Action{Verb: verb, List: l.ID, Number: n, Text: reason})
	}
}

// heldNumber reads the number of a post that waits, with # or not.
func heldNumber(s string) (int, error) {
	n, err := strconv.Atoi(strings.TrimLeft(strings.Trim(s, ".,:;()[]"), "#"))
	if err == nil && (n < 1 || n > 1<<30) {
		err = errors.New("out of range")
	}
	if err != nil {
		return 0, fmt.Errorf("read the number of a post: %w", err)
	}
	return n, nil
}
