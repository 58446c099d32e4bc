package command

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"plenary/digest/words"
	"plenary/lists"
)

// Facts is what deciding needs to know: a look at the world when the mail
// came.
type Facts struct {
	Asker    lists.Address
	Name     string // the display name of From
	Believed bool   // only then is what the asker wrote said back
	Dir      *lists.Directory
	Site     lists.Site
	Today    lists.Date
	People   []lists.Person // the asker in each family that knows them
	Here     lists.List     // the list whose address the mail came to; zero for the site's
	Source   string         // Message-ID
	Speaker  words.Speaker  // says all of it in the asker's language
	Split    Splitter       // nil: lists.SplitStep
}

// Splitter parts a next step from the day that it says, as people write it in
// their language.
type Splitter func(text string, today lists.Date) (step string, by lists.Date, err error)

func (f Facts) splitStep(text string) (step string, by lists.Date, err error) {
	if f.Split == nil {
		return lists.SplitStep(text, f.Today)
	}
	return f.Split(text, f.Today)
}

// atList tells whether the mail came to an address of a list.
func (f Facts) atList() bool { return f.Here.ID != "" }

// atGroup tells whether it came to an address of a sub-list.
func (f Facts) atGroup() bool { return f.atList() && !f.Here.Main() }

// person is the asker in a family.
func (f Facts) person(family string) (lists.Person, bool) {
	for _, p := range f.People {
		if p.Family == family {
			return p, true
		}
	}
	return lists.Person{}, false
}

// known tells whether the asker is in any list, or runs the site.
func (f Facts) known() bool {
	for _, p := range f.People {
		if len(p.Subs) > 0 {
			return true
		}
	}
	return f.Site.Admin(f.Asker)
}

// adminOf tells whether the asker is an admin of the family.
func (f Facts) adminOf(family string) bool {
	if f.Site.Admin(f.Asker) {
		return true
	}
	p, ok := f.person(family)
	sub, _ := p.Sub(family)
	return ok && sub.Admin
}

// leads tells whether the asker leads the list, or is an admin over it.
func (f Facts) leads(l lists.List) bool {
	p, _ := f.person(l.Family)
	sub, _ := p.Sub(l.ID)
	return sub.Leader || f.adminOf(l.Family)
}

// in tells whether the asker is a member of the list.
func (f Facts) in(l lists.List) bool {
	p, _ := f.person(l.Family)
	return p.In(l.ID)
}

// may tells whether the asker belongs to the circle, as far as l tells.
func (f Facts) may(who Who, l lists.List) bool {
	switch who {
	case Members:
		p, _ := f.person(l.Family)
		return len(p.Subs) > 0 || f.leads(l)
	case Leaders:
		return f.leads(l)
	case Admins:
		return f.adminOf(l.Family)
	}
	return true
}

// address is LIST-role@domain, or the site's address.
func (f Facts) address(l lists.List, role string) lists.Address {
	if l.ID == "" {
		return f.Site.At(lists.SiteName)
	}
	return lists.RoleAddress(l, role, "", f.Site.Domain)
}

// commandAddress is where this mail's commands go.
func (f Facts) commandAddress() lists.Address { return f.address(f.Here, "request") }

// quote says something that the asker wrote: itself where the asker is
// believed, else where it stands.
func (f Facts) quote(s string, c Command) string {
	if f.Believed {
		return fmt.Sprintf("%q", short(s))
	}
	return f.say("what stands in %s", f.place(c.Line))
}

// place is a line in words.
func (f Facts) place(line int) string {
	if line == 0 {
		return f.say("the subject")
	}
	return f.say("line %d", line)
}

func short(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// titled is a list in words, all of them the site's.
func titled(l lists.List) string {
	if l.Title == "" || strings.EqualFold(l.Title, l.Name) {
		return l.Name
	}
	return l.Name + " (" + l.Title + ")"
}

// circle is who may give a command, in words.
func (f Facts) circle(w Who) string {
	switch w {
	case Members:
		return f.say("members")
	case Leaders:
		return f.say("leaders")
	case Admins:
		return f.say("admins")
	}
	return f.say("anyone")
}

// subject is a subject line of ours, fit for the asker's language.
func (f Facts) subject(s string) string { return f.Speaker.Words().Lines(s) }

// headers tell the language of a letter that is not in English (RFC 3282).
func (f Facts) headers() [][2]string {
	if lang := f.Speaker.Lang(); lang != "en" {
		return [][2]string{{"Content-Language", lang}}
	}
	return nil
}

// say is an English sentence in the asker's language.
func (f Facts) say(english string, args ...any) string { return f.Speaker.Say(english, args...) }

// word is an English text from a table in the asker's language.
func (f Facts) word(english string) string { return f.Speaker.Word(english) }

// and makes "a, b and c".
func (f Facts) and(words []string) string { return f.Speaker.And(words) }

// or makes "a, b or c".
func (f Facts) or(words []string) string { return f.Speaker.Or(words) }

func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// listed are lists by name, at most 20 of them.
func (f Facts) listed(all []lists.List) []string {
	var out []string
	for i, l := range all {
		if i == 20 {
			return append(out, f.say("%d more", len(all)-i))
		}
		out = append(out, l.Name)
	}
	return out
}
