package lists

import (
	"slices"
	"sort"
	"strings"
)

// Directory is the site's lists at one moment: a snapshot that nobody
// changes, with indexes by every way in which a list can be named.
type Directory struct {
	Domain string
	Lists  []List // by name

	byID     map[string]int
	bySerial map[uint32]int
	byLabel  map[string]int   // names and aliases: local parts of posting addresses
	byShort  map[string][]int // short names, of names and of aliases
	families map[string][]int // main first, then sub-lists by name
}

// NewDirectory indexes lists. It keeps a copy of the slice, sorted by name.
func NewDirectory(domain string, all []List) *Directory {
	d := &Directory{
		Domain: domain, Lists: append([]List(nil), all...),
		byID: map[string]int{}, bySerial: map[uint32]int{}, byLabel: map[string]int{},
		byShort: map[string][]int{}, families: map[string][]int{},
	}
	sort.SliceStable(d.Lists, func(i, j int) bool { return d.Lists[i].Name < d.Lists[j].Name })
	for i, l := range d.Lists {
		d.byID[l.ID], d.bySerial[l.Serial] = i, i
		d.families[l.Family] = append(d.families[l.Family], i)
	}
	for i, l := range d.Lists {
		for _, label := range l.labels() {
			if _, taken := d.byLabel[label]; !taken || label == l.Name {
				d.byLabel[label] = i
			}
		}
		for _, short := range d.shorts(l) {
			d.byShort[short] = append(d.byShort[short], i)
		}
	}
	for _, family := range d.families {
		sort.SliceStable(family, func(i, j int) bool { return d.Lists[family[i]].Main() && !d.Lists[family[j]].Main() })
	}
	return d
}

// labels are the local parts that reach l: its name, then its aliases.
func (l List) labels() []string {
	labels := []string{l.Name}
	for _, a := range l.Aliases {
		labels = append(labels, strings.ToLower(a))
	}
	return labels
}

// shorts are the short names of l, each once. An alias has one too where it
// begins as the main list is or was called, so that a renamed group is still
// found by its old short name.
func (d *Directory) shorts(l List) []string {
	shorts := []string{l.Short}
	if l.Short == "" {
		shorts[0] = l.Name
	}
	main, ok := d.ByID(l.Family)
	if !ok || l.Main() {
		return shorts
	}
	for _, label := range l.labels() {
		for _, mainLabel := range main.labels() {
			if short := ShortName(label, mainLabel); short != label && !slices.Contains(shorts, short) {
				shorts = append(shorts, short)
			}
		}
	}
	return shorts
}

// ByID finds a list by its ID.
func (d *Directory) ByID(id string) (List, bool) {
	i, ok := d.byID[id]
	return d.at(i, ok)
}

// BySerial finds a list by the number that stands in tokens.
func (d *Directory) BySerial(serial uint32) (List, bool) {
	i, ok := d.bySerial[serial]
	return d.at(i, ok)
}

func (d *Directory) at(i int, ok bool) (List, bool) {
	if !ok {
		return List{}, false
	}
	return d.Lists[i], true
}

// MainOf is the main list of l's family, l itself for a main list.
func (d *Directory) MainOf(l List) List {
	if main, ok := d.ByID(l.Family); ok {
		return main
	}
	return l
}

// MainLists are the main lists by name.
func (d *Directory) MainLists() []List {
	var mains []List
	for _, l := range d.Lists {
		if l.Main() {
			mains = append(mains, l)
		}
	}
	return mains
}

// Family is the family of the list with this ID: the main list first, then
// the sub-lists by name. It is empty for an unknown ID.
func (d *Directory) Family(id string) []List {
	l, ok := d.ByID(id)
	if !ok {
		return nil
	}
	family := make([]List, 0, len(d.families[l.Family]))
	for _, i := range d.families[l.Family] {
		family = append(family, d.Lists[i])
	}
	return family
}

// Find looks a list up as people name it: by its address, its name or an
// alias, which always mean that list, else by short name. Where several lists
// share a short name, those in the family of near (a list's ID, "" none) win;
// more than one in the answer means that the word is ambiguous.
func (d *Directory) Find(word, near string) []List {
	word = strings.ToLower(strings.Trim(strings.TrimSpace(word), `"'<>,;`))
	word = strings.TrimPrefix(word, "mailto:")
	word = withoutDomain(word, d.Domain)
	if i, ok := d.byLabel[word]; ok {
		return []List{d.Lists[i]}
	}
	family := ""
	if l, ok := d.ByID(near); ok {
		family = l.Family
	}
	var all, relatives []List
	for _, i := range d.byShort[word] {
		all = append(all, d.Lists[i])
		if d.Lists[i].Family == family {
			relatives = append(relatives, d.Lists[i])
		}
	}
	if len(relatives) > 0 {
		return relatives
	}
	return all
}

// CheckNew gives the name that a new list will have, under the main list
// parent or as a main list (nil), or a *Refusal: the whole set of addresses
// that the name would make must be free and have one reading. Names of lists
// that were removed are not known here.
func (d *Directory) CheckNew(name string, parent *List) (full string, err error) {
	full = fullName(name, d.Domain, parent)
	if parent != nil && full == parent.Name {
		return "", refusal("%q is the name of the main list itself. Give the new group a name of its own.", full)
	}
	return full, d.checkLabel(full, "")
}

// Made is the list that was made of this name under the main list parent (nil:
// a main list of its own), whatever it is called now.
func (d *Directory) Made(name string, parent *List) (List, bool) {
	i, ok := d.byLabel[fullName(name, d.Domain, parent)]
	l, ok := d.at(i, ok)
	return l, ok && (parent == nil && l.Main() || parent != nil && !l.Main() && l.Family == parent.ID)
}

// CheckRename is CheckNew for a list that exists: it may go back to a name
// of its own.
func (d *Directory) CheckRename(l List, name string) (full string, err error) {
	var parent *List
	if main := d.MainOf(l); main.ID != l.ID {
		parent = &main
	}
	full = fullName(name, d.Domain, parent)
	return full, d.checkLabel(full, l.ID)
}

// CheckAlias gives the alias as l will have it, or a *Refusal. An alias is a
// whole local part: no parent's name is put before it.
func (d *Directory) CheckAlias(l List, alias string) (string, error) {
	full := fullName(alias, d.Domain, nil)
	return full, d.checkLabel(full, l.ID)
}

// checkLabel tells why label can't be a name or alias of the list with the
// ID owner ("" a new one).
func (d *Directory) checkLabel(label, owner string) error {
	if err := ValidName(label); err != nil {
		return err
	}
	if i, taken := d.byLabel[label]; taken && d.Lists[i].ID != owner {
		return refusal("There is already a list %s (%s). Choose another name.", label, d.Lists[i].Address(d.Domain))
	}
	// An ID outlives its name: archive links and List-Id are made of it.
	if l, taken := d.ByID(label); taken && l.ID != owner {
		return refusal("The name %s was given to a list that is now called %s. Choose another name.", label, l.Name)
	}
	// Names that end in a role are refused above; should a later version
	// bring a new role word, lists made before it must still not be shadowed.
	for _, role := range RoleWords() {
		if _, taken := d.byLabel[label+"-"+role]; taken {
			return refusal("A list %s would have the address %s-%s@%s, which is another list's. Choose another name.", label, label, role, d.Domain)
		}
	}
	return nil
}
