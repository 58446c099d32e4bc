package command

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"plenary/lists"
)

// mainOf is the main list that a command of admins acts in.
func (d decider) mainOf(named string) (lists.List, refused) {
	if named != "" {
		l, no := d.find(named, d.c)
		switch {
		case no != "":
			return l, d.no("%s The main lists are %s.", no, d.and(d.listed(d.Dir.MainLists())))
		case !l.Main():
			return l, d.no("%s is a group under %s, and not a main list.", l.Name, d.Dir.MainOf(l).Name)
		}
		return l, ""
	}
	if l, ok := d.only(); ok {
		return d.Dir.MainOf(l), ""
	}
	if len(d.Dir.MainLists()) == 0 {
		return lists.List{}, d.no("There is no main list here yet. Who runs the site makes one with \"plenary list create\".")
	}
	return lists.List{}, d.no("There are several main lists: %s. Say which one you mean.", d.and(d.listed(d.Dir.MainLists())))
}

// create makes a group, all of it or nothing: each mistake is named.
func (d decider) create() {
	in := d.field("in")
	main, no := d.mainOf(strings.Trim(in.Value, `"'`))
	switch {
	case no != "" && in.Value == "" && len(d.Dir.MainLists()) > 1:
		no = d.no("%s Add a line under create, for example: in: %s", no, d.Dir.MainLists()[0].Name)
	case no == "" && !d.may(Admins, main):
		no = d.outside(main)
	}
	if no != "" {
		d.refuse(no)
		return
	}
	if d.c.Echo {
		d.refuse(d.no("The subject is that of an earlier mail, and what is quoted or forwarded is not read, so no group was made. Write the create line, and the lines under it, in a new mail."))
		return
	}
	name, title, behind := splitTitle(d.c.Rest)
	if t := d.field("title"); title == "" {
		title = cleanTitle(t.Value)
	} else if t.Line > 0 && cleanTitle(t.Value) != title {
		d.refuse(d.no("The title stands there twice, again in %s.", d.place(t.Line)))
	}
	n := lists.NewList{Name: name, Title: title, Parent: main.ID, Leader: d.Asker}
	d.refuse(d.newName(&n, main))
	switch {
	case name == "":
	case title == "":
		d.refuse(d.no("The title is missing. Write it after the name: create NAME \"Title\""))
	case quotedLater(d.c.Rest):
		d.refuse(d.no("The name in %s can't be used: a name has only the letters a to z, digits and hyphens, and begins with a letter or digit, such as data-protection. The title follows it in quotation marks.", d.place(d.c.Line)))
	case behind != "":
		d.refuse(d.no("More stands behind the title in %s. Write purpose: and the like on lines of their own.", d.place(d.c.Line)))
	case letters(title) > 200:
		d.refuse(d.no("The title has %d characters, and 200 is the most.", letters(title)))
	}
	seen := map[string]bool{}
	for _, f := range d.c.Fields {
		if f.Bare {
			d.refuse(d.bare(f.Key, f.Line))
			continue
		}
		if meant := misspelt(f.Key); meant != "" {
			d.refuse(d.no("The word before the colon in %s is not known. Did you mean \"%s:\"?", d.place(f.Line), meant))
			continue
		}
		if !fieldKey(f.Key) {
			d.note(d.say("%s was left out: %s is none of the words that stand under create. Those are purpose, leader, next, join, post, archive and in.",
				capital(d.place(f.Line)), d.quoteKey(f.Key)))
			continue
		}
		if seen[f.Key] {
			d.refuse(d.no("%s: stands there twice, again in %s.", f.Key, d.place(f.Line)))
		}
		seen[f.Key] = true
		d.refuse(d.property(&n, f))
	}
	if c := d.touching; c != nil && (c.Name == "next" || c.Name == "leader") && !d.names(firstWord(c.Rest)) && !strings.EqualFold(firstWord(c.Rest), name) {
		d.refuse(d.bare(c.Name, c.Line))
	}
	if len(d.d.Refused) > 0 {
		d.note(d.say("The group was not made. Mend that and send the whole again."))
		return
	}
	d.act(lists.Action{Verb: lists.DoCreate, New: &n})
}

// bare refuses a line under create that lacks its colon.
func (d decider) bare(key string, line int) refused {
	return d.no("A colon is missing behind %q in %s. Write it as \"%s: …\".", key, d.place(line), key)
}

// quoteKey says the word before a colon: itself where the asker is believed.
func (d decider) quoteKey(key string) string {
	if d.Believed {
		return fmt.Sprintf("%q", short(key+":"))
	}
	return d.say("the word before its colon")
}

// field is the create line with this key, if it is there.
func (d decider) field(key string) Field {
	for _, f := range d.c.Fields {
		if f.Key == key {
			return f
		}
	}
	return Field{}
}

// splitTitle parts NAME "Title"; the quotation marks may be missing. What
// stands behind is neither: behind the closing quotation mark, or a property
// on the same line.
func splitTitle(s string) (name, title, behind string) {
	s = strings.TrimSpace(plainQuotes(s))
	if strings.HasPrefix(s, `"`) { // the title alone, or first; or the name in quotation marks too
		first, rest, _ := strings.Cut(s[1:], `"`)
		if rest = strings.TrimSpace(rest); !strings.HasPrefix(rest, `"`) || len(strings.Fields(first)) != 1 {
			return "", cleanTitle(s), ""
		}
		s = strings.TrimSpace(first) + " " + rest
	}
	name, rest := cutWord(s)
	return strings.Trim(name, "'<>.,;"), cleanTitle(rest), behindTitle(rest)
}

// sameLine is a property that follows an unquoted title on its line.
var sameLine = regexp.MustCompile(`(?i)\s(?:purpose|leader|next|join|post|archive)\s?:`)

// behindTitle is what follows a title on its line, courtesy apart.
func behindTitle(s string) string {
	s = strings.TrimSpace(strings.TrimLeft(oneLine(s), "-–—="))
	if !strings.HasPrefix(s, `"`) {
		return sameLine.FindString(s)
	}
	if strings.HasSuffix(s, `"`) {
		return ""
	}
	_, rest, _ := strings.Cut(s[1:], `"`)
	if words := strings.FieldsFunc(strings.ToLower(rest), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }); fill(words) {
		return ""
	}
	return rest
}

// quotedLater tells that a quoted title ends a create line and more than one
// word stands before it: the name has a blank in it (create data protection
// "Data protection map"), and its first word alone is not what was meant.
func quotedLater(s string) bool {
	_, rest := cutWord(strings.TrimSpace(plainQuotes(s)))
	rest = strings.TrimSpace(strings.TrimLeft(rest, "-–—="))
	return !strings.HasPrefix(rest, `"`) && strings.HasSuffix(rest, `"`) && strings.Count(rest, `"`) == 2
}

// cleanTitle takes the quotation marks from around a title, and line ends
// from within it.
func cleanTitle(s string) string {
	s = oneLine(plainQuotes(s))
	s = strings.TrimSpace(strings.TrimLeft(s, "-–—="))
	if n := len(s); n > 1 && s[0] == '"' && s[n-1] == '"' { // marks within it stay
		return strings.TrimSpace(strings.ReplaceAll(s[1:n-1], `\"`, `"`))
	}
	if strings.HasPrefix(s, `"`) {
		if inner, _, ok := strings.Cut(s[1:], `"`); ok {
			return strings.TrimSpace(inner)
		}
	}
	if n := len(s); n > 1 && s[0] == '\'' && s[n-1] == '\'' {
		s = s[1 : n-1]
	}
	return strings.TrimSpace(strings.Trim(s, `"`))
}

// newName checks the name of a group to be made, and says which mistake it
// is without repeating it.
func (d decider) newName(n *lists.NewList, main lists.List) refused {
	if n.Name == "" {
		return d.no("The name is missing. Write a short name, then the title: create data-protection \"Data protection map\"")
	}
	full, err := d.Dir.CheckNew(n.Name, &main)
	var why *lists.Refusal
	switch {
	case err == nil:
		n.Name = full
		return ""
	case d.Believed && errors.As(err, &why):
		return refused(d.sorry(why))
	}
	return d.badName(strings.ToLower(n.Name), main)
}

// badName says what is wrong with a name in words that hold nothing of it,
// unless it is a word of ours.
func (d decider) badName(name string, main lists.List) refused {
	short := lists.ShortName(strings.TrimSuffix(name, "@"+strings.ToLower(d.Site.Domain)), main.Name)
	if l, no := d.find(main.Name+"-"+short, d.c); no == "" {
		return d.no("There is already a list %s. Choose another name.", titled(l))
	}
	for _, role := range lists.RoleWords() {
		if short == role || strings.HasSuffix(short, "-"+role) {
			return d.no("%q can't be a list's name, nor the end of one: Plenary makes each list's further addresses with it, such as %s. Choose another name.",
				role, d.Facts.address(main, role))
		}
	}
	for _, local := range lists.SiteLocals() {
		if short == local {
			return d.no("%q can't be a list's name: it is an address of the site itself. Choose another name.", local)
		}
	}
	if room := lists.MaxName - len(main.Name) - 1; len(short) > room {
		return d.no("The name in %s is too long: under %s a name has %d characters at most.", d.place(d.c.Line), main.Name, room)
	}
	if strings.Trim(short, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || strings.HasPrefix(short, "-") {
		return d.no("The name in %s can't be used: a name has only the letters a to z, digits and hyphens, and begins with a letter or digit, such as data-protection. The title follows it in quotation marks.", d.place(d.c.Line))
	}
	return d.no("The name in %s can't be used beside the lists that are there. Choose another name.", d.place(d.c.Line))
}

// property reads one line under create.
func (d decider) property(n *lists.NewList, f Field) refused {
	value := strings.TrimSpace(f.Value)
	word := strings.ToLower(strings.Trim(firstWord(value), ".,;\"'"))
	if value == "" {
		return d.no("%s: in %s is empty. Write something after it, or leave the line out.", f.Key, d.place(f.Line))
	}
	c := d.c
	c.Line = f.Line
	at := d
	at.c = c
	switch f.Key {
	case "purpose":
		if n.Purpose = value; letters(value) > 4000 {
			return d.no("The purpose has %d characters, and 4000 is the most.", letters(value))
		}
	case "next":
		return at.firstStep(n, value)
	case "leader":
		return at.firstLeader(n, value)
	case "join":
		return at.choose(word, "join", string(lists.JoinOpen), string(lists.JoinApproved), string(lists.JoinInvited))(func(s string) { n.Join = lists.JoinPolicy(s) })
	case "post":
		return at.choose(word, "post", string(lists.PostFamily), string(lists.PostMembers), string(lists.PostAnyone), string(lists.PostModerated), string(lists.PostAnnounce))(func(s string) { n.Post = lists.PostPolicy(s) })
	case "archive":
		return at.choose(word, "archive", string(lists.ArchivePublic), string(lists.ArchiveMembers), string(lists.ArchiveNone))(func(s string) { n.Archive = lists.ArchivePolicy(s) })
	}
	return ""
}

// choose sets a property to one of its words, or refuses and names them.
func (d decider) choose(word, key string, allowed ...string) func(set func(string)) refused {
	return func(set func(string)) refused {
		for _, a := range allowed {
			if word == a {
				set(a)
				return ""
			}
		}
		return d.no("%s can't follow \"%s:\". Write %s.", capital(d.quote(word, d.c)), key, d.or(allowed))
	}
}

func (d decider) firstStep(n *lists.NewList, value string) refused {
	step, by, err := d.splitStep(value)
	switch {
	case err != nil:
		return d.badDate(err)
	case by != "" && by < d.Today:
		return d.past(by)
	case letters(step) > 1000:
		return d.no("A next step has 1000 characters at most.")
	}
	n.Next, n.NextBy = step, by
	return ""
}

func (d decider) firstLeader(n *lists.NewList, value string) refused {
	if strings.EqualFold(value, "me") {
		return ""
	}
	people := splitMailboxes(value)
	switch {
	case len(people) == 0:
		return d.missing(d.say("The leader's address"))
	case len(people) > 1 && strings.Count(value, "@") > 1:
		return d.no("leader: in %s names several people. Name one; add others afterwards with \"leader LIST ADDRESS\".", d.place(d.c.Line))
	}
	a, no := d.mailbox(people[len(people)-1].address, d.say("The leader's address"))
	n.Leader = a
	return no
}

// govern closes, reopens, renames a group or gives it a leader.
func (d decider) govern() {
	c := d.c
	if c.Name == "leader" {
		c.Rest = d.listFirst(c.Rest)
	}
	l, rest, no := d.list(d.e, c)
	switch {
	case no != "":
		d.refuse(no)
		return
	case !d.may(Admins, l):
		d.refuse(d.outside(l))
		return
	}
	switch d.c.Name {
	case "close":
		d.act(lists.Action{Verb: lists.DoClose, List: l.ID})
	case "reopen":
		d.act(lists.Action{Verb: lists.DoReopen, List: l.ID})
	case "rename":
		d.rename(l, rest)
	case "leader":
		d.appoint(lists.DoLeader, l, rest)
	}
}

func (d decider) rename(l lists.List, rest string) {
	words := strings.Fields(plainQuotes(rest))
	for i := range words {
		words[i] = strings.Trim(words[i], `"'.,;<>`)
	}
	if len(words) > 1 && slices.Contains([]string{"to", "as", "into"}, strings.ToLower(words[0])) {
		words = words[1:]
	}
	words = slices.DeleteFunc(words, func(w string) bool { return slices.Contains([]string{"", "please", "thanks"}, strings.ToLower(w)) })
	switch {
	case len(words) == 0:
		d.refuse(d.missing(d.say("The new name")))
		return
	case len(words) > 1:
		d.refuse(d.no("A name is one word, and %d stand in %s as the new one. Write %s.", len(words), d.place(d.c.Line), forms(d.e)))
		return
	}
	name := words[0]
	full, err := d.Dir.CheckRename(l, name)
	var why *lists.Refusal
	switch {
	case err == nil:
		d.act(lists.Action{Verb: lists.DoRename, List: l.ID, Value: full})
	case d.Believed && errors.As(err, &why):
		d.refuse(refused(d.sorry(why)))
	default:
		d.refuse(d.badName(strings.ToLower(name), d.Dir.MainOf(l)))
	}
}

func (d decider) appoint(verb lists.Verb, l lists.List, rest string) {
	people := splitMailboxes(rest)
	if len(people) == 0 {
		d.refuse(d.missing(d.say("The address")))
		return
	}
	a, no := d.mailbox(people[len(people)-1].address, d.say("The address"))
	if no != "" {
		d.refuse(no)
		return
	}
	d.act(lists.Action{Verb: verb, List: l.ID, Subject: a, Name: people[len(people)-1].name})
}

// mainList decides admin, announce and digest.
func (d decider) mainList() {
	rest := d.c.Rest
	if d.e.Takes {
		rest = d.c.Text
	}
	named := ""
	if first, after := cutWord(rest); d.namesMain(first) {
		named, rest = first, after
	}
	main, no := d.mainOf(named)
	switch {
	case no != "":
		d.refuse(d.no("%s Name it first: \"%s LIST …\".", no, d.c.Name))
		return
	case !d.may(Admins, main):
		d.refuse(d.outside(main))
		return
	case strings.TrimSpace(rest) == "":
		d.refuse(d.missing(map[string]string{"admin": d.say("The address"), "announce": d.say("The text"), "digest": d.say("What to do")}[d.c.Name]))
		return
	}
	switch d.c.Name {
	case "admin":
		d.appoint(lists.DoAdmin, main, rest)
	case "announce":
		if letters(rest) > maxReport {
			d.refuse(d.no("The text has %d characters, and %d is the most.", letters(rest), maxReport))
			return
		}
		d.act(lists.Action{Verb: lists.DoAnnounce, List: main.ID, Text: rest})
	case "digest":
		d.digest(main, strings.ToLower(strings.Trim(firstWord(rest), ".!\"'")))
	}
}

// namesMain tells whether the first word names a main list: in the text of an
// announcement, only as the name is written, and not where the address tells.
func (d decider) namesMain(first string) bool {
	l, no := d.find(first, d.c)
	if first == "" || no != "" || !l.Main() {
		return false
	}
	return d.c.Name != "announce" || !d.atList() && first == l.Name
}

func (d decider) digest(main lists.List, word string) {
	switch word {
	case "now", "send":
		d.act(lists.Action{Verb: lists.DoDigestNow, List: main.ID})
	case "preview", "show":
		d.d.Query = &Query{Name: "digest", Lists: []lists.List{main}}
	default:
		d.refuse(d.no("Write \"digest now\" or \"digest preview\". To choose a digest for yourself, write \"set delivery daily\" or \"set delivery weekly\"."))
	}
}
