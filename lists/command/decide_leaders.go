package command

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"plenary/lists"
)

// people adds, drops or invites, one action an address.
func (d decider) people() {
	c := d.c
	c.Rest = d.listFirst(c.Rest)
	l, rest, no := d.list(d.e, c)
	switch {
	case no != "":
		d.refuse(no)
		return
	case !d.may(Leaders, l):
		d.refuse(d.elsewhere(l, rest == c.Rest))
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

// behindMailbox is a list behind "Jane Doe <jane@example.net>".
var behindMailbox = regexp.MustCompile(`(?is)^(.*>)[\s,]+(?:(?:to|from|in|of)\s+)?(\S+)$`)

// listFirst puts the list of "add jane@example.net to maps" in front, where
// it belongs, and drops the words between.
func (d decider) listFirst(rest string) string {
	rest = asWritten(rest)
	if strings.ContainsAny(rest, "<\"") { // names
		if m := behindMailbox.FindStringSubmatch(rest); m != nil && d.names(m[2]) {
			return m[2] + " " + m[1]
		}
		return rest
	}
	var people []string
	list := ""
	for _, w := range strings.FieldsFunc(rest, func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == ';' }) {
		ours := !strings.Contains(w, "@") || strings.HasSuffix(strings.ToLower(strings.TrimRight(w, listTrim)), "@"+strings.ToLower(d.Site.Domain))
		switch {
		case list == "" && ours && d.names(w):
			list = d.lookUp(w)[0].Name
		case strings.Contains(w, "@"):
			people = append(people, w)
		case !isFiller(strings.ToLower(w)) && !strings.EqualFold(w, "and") && !strings.EqualFold(w, "in") && w != "&":
			return rest
		}
	}
	return strings.TrimSpace(list + " " + strings.Join(people, " "))
}

// elsewhere refuses who does not lead l. Where the command named no list, it
// may be meant for one that they lead.
func (d decider) elsewhere(l lists.List, unnamed bool) refused {
	if led := d.led(); unnamed && len(led) > 0 {
		return d.no("You lead %s, and not %s. Name the group first: \"%s %s …\".", d.and(d.listed(led)), l.Name, d.c.Name, led[0].Name)
	}
	return d.outside(l)
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
		d.refuse(d.elsewhere(l, rest == c.Rest))
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
