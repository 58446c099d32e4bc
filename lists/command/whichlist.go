package command

import (
	"strings"

	"plenary/lists"
)

// refused is a command, or a part of one, that can't be carried out, in words
// for the asker.
type refused string

func (f Facts) no(format string, args ...any) refused { return refused(f.say(format, args...)) }

// sorry says a refusal of the lists' own rules.
func (f Facts) sorry(no *lists.Refusal) string {
	if no.Form == "" {
		return no.Text
	}
	return f.say(no.Form, no.Args...)
}

// near is the list whose family wins where a short name is ambiguous.
func (f Facts) near() string {
	if f.atList() {
		return f.Here.ID
	}
	if mains := f.Dir.MainLists(); len(mains) == 1 {
		return mains[0].ID
	}
	return ""
}

// lookUp finds the lists that a word may name.
func (f Facts) lookUp(word string) []lists.List {
	word = strings.Trim(word, listTrim)
	if word == "" {
		return nil
	}
	found := f.Dir.Find(word, f.near())
	if len(found) == 0 {
		if local, ok := strings.CutSuffix(strings.ToLower(word), "@"+strings.ToLower(f.Site.Domain)); ok {
			if t, known := f.Dir.Resolve(local); known && t.List.ID != "" {
				return []lists.List{t.List}
			}
		}
	}
	return found
}

// listTrim is what people put around a list's name.
const listTrim = "<>()[]{}\"'`*.,;:!?"

// find looks a list up as the asker names it.
func (f Facts) find(word string, c Command) (lists.List, refused) {
	switch found := f.lookUp(word); len(found) {
	case 1:
		return found[0], ""
	case 0:
		return lists.List{}, f.unknownList(strings.Trim(word, listTrim), c)
	default:
		return lists.List{}, f.no("Several lists have that short name: %s. Write the whole name of the one you mean.", f.and(f.listed(found)))
	}
}

// names tells whether a word names one list.
func (f Facts) names(word string) bool {
	return len(f.lookUp(word)) == 1
}

// unknownList refuses a list that is not there, and says which may be meant.
func (f Facts) unknownList(word string, c Command) refused {
	why := f.say("There is no list of the name that stands in %s.", f.place(c.Line))
	if f.Believed {
		why = f.say("There is no list %q.", short(word))
	}
	if near := NearestList(word, f.Dir.Lists); near != "" {
		return f.no("%s Did you mean %s? Write \"lists\" to see all.", why, near)
	}
	return f.no("%s %s", why, f.whichThereAre())
}

// whichThereAre names the lists where they are few, else says how to see
// them.
func (f Facts) whichThereAre() string {
	all := f.Dir.Lists
	if f.atList() {
		all = f.Dir.Family(f.Here.ID)
	}
	if len(all) == 0 || len(all) > 12 {
		return f.say("Write \"lists\" to see which there are.")
	}
	return f.say("The lists are %s.", f.and(f.listed(all)))
}

// only is the list that the address tells, or the one main list of the site.
func (f Facts) only() (lists.List, bool) {
	if f.atList() {
		return f.Here, true
	}
	if mains := f.Dir.MainLists(); len(mains) == 1 {
		return mains[0], true
	}
	return lists.List{}, false
}

// sayWhich refuses a command that could be about several lists.
func (f Facts) sayWhich(e Entry) refused {
	mains := f.Dir.MainLists()
	if len(mains) == 0 {
		return f.no("There is no list here yet.")
	}
	return f.no("There are several lists, so say which you mean: %s. The main lists are %s.", forms(e), f.and(f.listed(mains)))
}

// forms shows how a command is written.
func forms(e Entry) string {
	return `"` + strings.Join(e.Forms, `", "`) + `"`
}

// list finds the list that a command is about. The rest of the command is
// what follows the list's name, or all of it where the address told the list.
func (f Facts) list(e Entry, c Command) (l lists.List, rest string, no refused) {
	first, after := cutWord(c.Rest)
	switch e.Needs {
	case NamedList:
		return f.namedList(e, c, first, after)
	case OneList:
		person := e.Who == Leaders && strings.Contains(first, "@") // add jane@…, even where a list is called so
		if f.names(first) && !person {
			l, no = f.find(first, c)
			return l, after, no
		}
	}
	if l, ok := f.only(); ok {
		return l, c.Rest, ""
	}
	return lists.List{}, "", f.sayWhich(e)
}

// namedList is for commands whose text could begin with any word: at a
// group's address the text begins at once, unless with the group's own name
// or another's full one; elsewhere the name comes first.
func (f Facts) namedList(e Entry, c Command, first, after string) (lists.List, string, refused) {
	if f.atGroup() {
		if l, no := f.find(first, c); no == "" && first != "" {
			full := strings.EqualFold(strings.Trim(first, ":,;"), l.Name) && !l.Main()
			if l.ID == f.Here.ID || full {
				return l, after, ""
			}
		}
		return f.Here, c.Rest, ""
	}
	if e.Name == "next" && strings.EqualFold(first, "step") && !f.names(first) {
		first, after = cutWord(after)
	}
	if first == "" {
		return lists.List{}, "", f.no("Say which group: %s. %s", forms(e), f.whichThereAre())
	}
	l, no := f.find(first, c)
	if no != "" {
		no = f.no("%s The name of the group comes first here: %s.", no, forms(e))
	}
	return l, after, no
}

// cutWord parts the first word from the rest of a text, which keeps its
// lines. A colon or dash after the word is dropped.
func cutWord(s string) (first, rest string) {
	s = strings.TrimSpace(s)
	at := strings.IndexAny(s, " \t\n\u00a0:")
	if at < 0 {
		return s, ""
	}
	return s[:at], strings.TrimSpace(strings.TrimLeft(s[at:], " \t\u00a0:"))
}
