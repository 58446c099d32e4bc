package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"plenary/cmd/plenary/config"
	"plenary/digest/words"
	"plenary/lists"
	"plenary/lists/store"
)

// property is one thing that `list set` changes and `list show` shows.
type property struct {
	name string
	help string
	get  func(lists.List) string
	set  func(l *lists.List, values []string, today lists.Date) error
}

// textual is a property of one text.
func textual(name, help string, at func(*lists.List) *string) property {
	return property{name, help,
		func(l lists.List) string { return *at(&l) },
		func(l *lists.List, values []string, _ lists.Date) error {
			*at(l) = strings.Join(values, " ")
			return nil
		}}
}

// choice is a property that is one of a few words; the store knows which.
func choice[T ~string](name, help string, at func(*lists.List) *T) property {
	return property{name, help,
		func(l lists.List) string { return string(*at(&l)) },
		func(l *lists.List, values []string, _ lists.Date) error {
			*at(l) = T(strings.ToLower(strings.Join(values, " ")))
			return nil
		}}
}

// properties are those that the list itself holds.
func properties() []property {
	return []property{
		textual("title", "a few words that say what it is", func(l *lists.List) *string { return &l.Title }),
		textual("purpose", "what it intends to do", func(l *lists.List) *string { return &l.Purpose }),
		{"next", `the next step, as "publish the draft by 2026-12-01"`, step,
			func(l *lists.List, values []string, today lists.Date) (err error) {
				l.Next, l.NextBy, err = lists.SplitStep(strings.Join(values, " "), today)
				return err
			}},
		{"state", "forming, active, paused, done or closed",
			func(l lists.List) string { return string(l.State) },
			func(l *lists.List, values []string, _ lists.Date) error {
				l.State = lists.State(strings.ToLower(strings.Join(values, " ")))
				if l.State == lists.Done {
					l.Next, l.NextBy = "", "" // as when its leader says so
				}
				return nil
			}},
		choice("post", "who may post: family, members, anyone, moderated or announce", func(l *lists.List) *lists.PostPolicy { return &l.Post }),
		choice("join", "who may join: open, approved or invited", func(l *lists.List) *lists.JoinPolicy { return &l.Join }),
		choice("archive", "who may read it: public, members or none", func(l *lists.List) *lists.ArchivePolicy { return &l.Archive }),
		choice("unsubscribe", "one-click or shared", func(l *lists.List) *lists.UnsubscribeMode { return &l.Unsub }),
		choice("reply", "where answers go: author or list", func(l *lists.List) *lists.ReplyMode { return &l.Reply }),
		choice("from", "when From is rewritten: auto, always or never", func(l *lists.List) *lists.FromMode { return &l.From }),
		textual("footer", `a text under each post, "" none`, func(l *lists.List) *string { return &l.Footer }),
		textual("subject-tag", `before each subject, as [dc], "" none`, func(l *lists.List) *string { return &l.SubjectTag }),
		{"language", "of letters to members, as en",
			func(l lists.List) string { return l.Language },
			func(l *lists.List, values []string, _ lists.Date) (err error) {
				l.Language, err = language(strings.Join(values, " "))
				return err
			}},
		{"aliases", `further names before the @, "" none`,
			func(l lists.List) string { return strings.Join(l.Aliases, " ") },
			func(l *lists.List, values []string, _ lists.Date) error { l.Aliases = items(values); return nil }},
		{"max-size", "the largest post, as 500K or 10M; 0 the site's limit",
			func(l lists.List) string { return strconv.FormatInt(l.MaxBytes, 10) },
			func(l *lists.List, values []string, _ lists.Date) (err error) {
				l.MaxBytes, err = size(strings.Join(values, " "))
				return err
			}},
	}
}

// language is the code of a language, in its usual case.
func language(s string) (string, error) {
	code := strings.ToLower(strings.TrimSpace(s))
	if !lists.ValidLanguage(code) {
		return "", fmt.Errorf("language %q: write a code of two or three letters, as en, fr or zh-hant", s)
	}
	return code, nil
}

// items are the values, each of which may hold several with commas or blanks
// between.
func items(values []string) []string {
	return strings.FieldsFunc(strings.Join(values, " "), func(r rune) bool { return r == ',' || r == ' ' })
}

// size reads 500K, 10M or a number of bytes.
func size(s string) (int64, error) {
	number, unit := strings.TrimRight(strings.ToUpper(strings.TrimSpace(s)), "IB"), int64(1)
	switch {
	case strings.HasSuffix(number, "K"):
		number, unit = number[:len(number)-1], 1<<10
	case strings.HasSuffix(number, "M"):
		number, unit = number[:len(number)-1], 1<<20
	}
	n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
	if err != nil || n < 0 || n > 1<<40/unit {
		return 0, fmt.Errorf("max-size %q: write a number of bytes, or 500K, or 10M", s)
	}
	return n * unit, nil
}

// otherProperties are those kept elsewhere than in the list.
var otherProperties = [...]struct{ name, help string }{
	{"leader", "who leads: one or more addresses, subscribed without a mail; \"\" nobody"},
	{"deputy", "who stands in for a group's leader, likewise"},
	{"admin", "the admins of a main list, likewise"},
	{"name", "before the @; the old name stays as an alias"},
}

type listSetCmd struct {
	List  string   `arg:"" help:"Name or short name."`
	Key   string   `arg:"" help:"The property; a wrong one shows all."`
	Value []string `arg:"" help:"What it shall be; \"\" for nothing."`
}

func (c listSetCmd) Run(a *app) error {
	key := strings.ReplaceAll(strings.ToLower(c.Key), "_", "-")
	all := properties()
	i := slices.IndexFunc(all, func(p property) bool { return p.name == key })
	known := i >= 0
	for _, p := range otherProperties {
		known = known || p.name == key
	}
	if !known {
		return misused("%s", unknownProperty(c.Key))
	}
	st, cfg, l, err := a.list(c.List)
	if err != nil {
		return err
	}
	switch key {
	case "leader", "deputy", "admin":
		return c.officers(a, st, l, lists.Role(key))
	case "name":
		return c.rename(a, st, cfg, l)
	}
	p, was := all[i], l
	before := p.get(l)
	l, err = st.UpdateList(a.ctx, l.ID, func(l *lists.List) error {
		if err := p.set(l, c.Value, cfg.Site().Today(a.now())); err != nil {
			return err
		}
		return c.notLonger(before, p.get(*l))
	})
	if err != nil {
		return err
	}
	if p.name == "language" && !words.Speaks(l.Language) {
		warnOfLanguage(a, l.Language)
	}
	if before != p.get(l) {
		if err := recordSet(a, st, was, l, p.name); err != nil {
			return err
		}
	}
	c.done(a, l.Name, before, p.get(l))
	return nil
}

// maxText is the longest purpose or footer that is set here, in characters; by
// mail too. One that is there already may stay.
const maxText = 4000

// notLonger refuses a text that is too long, and new.
func (c listSetCmd) notLonger(before, now string) error {
	key := strings.ToLower(c.Key)
	if before == now || key != "purpose" && key != "footer" {
		return nil
	}
	return tooLong(key, now)
}

func tooLong(what, text string) error {
	if n := utf8.RuneCountInString(text); n > maxText {
		return &lists.Refusal{Text: fmt.Sprintf("The %s has %d characters, and %d is the most.", what, n, maxText)}
	}
	return nil
}

// warnOfLanguage says that letters will be in English.
func warnOfLanguage(a *app, code string) {
	a.warn("There are no words in %s: letters and digests stay in English. There are %s.", code, strings.Join(words.Spoken(), ", "))
}

// recordSet adds what the operator set to a group's record, where the record
// holds such things: the digest tells how steps and states went.
func recordSet(a *app, st *store.Store, was, l lists.List, property string) error {
	e := lists.ProgressEntry{List: l.ID, Kind: property, At: a.now().UTC()}
	switch {
	case l.Main():
		return nil
	case property == "next" && l.Next != "":
		e.Text, e.By = l.Next, l.NextBy
	case property == "next": // taken away
		e.Kind, e.Text, e.By = "dropped", was.Next, was.NextBy
	case property == "state":
		e.Text = string(l.State)
	default:
		return nil
	}
	if _, err := st.Record(a.ctx, e); err != nil {
		return fmt.Errorf("%s is changed, but not its record: %w", l.Name, err)
	}
	return nil
}

func (c listSetCmd) done(a *app, list, before, now string) {
	verb := "is"
	if before == now {
		verb = "was already"
	}
	a.say("%s: %s %s %s.", list, strings.ToLower(c.Key), verb, orWord(now, "empty"))
}

func unknownProperty(key string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "a list has no property %q; those it has:", key)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, p := range properties() {
		fmt.Fprintf(w, "\n  %s\t%s", p.name, p.help)
	}
	for _, p := range otherProperties {
		fmt.Fprintf(w, "\n  %s\t%s", p.name, p.help)
	}
	w.Flush()
	return b.String()
}

// officers gives the role to those named, subscribed where they aren't, and
// takes it from all others.
func (c listSetCmd) officers(a *app, st *store.Store, l lists.List, role lists.Role) error {
	admin := role == lists.RoleAdmin
	if admin && !l.Main() {
		return &lists.Refusal{Text: fmt.Sprintf("%s is a group: admins are those of its main list, %s.", l.Name, l.Family)}
	}
	people, err := readMailboxes(c.Value)
	if err != nil {
		return err
	}
	leaders, admins, err := st.Officers(a.ctx, l.ID)
	if err != nil {
		return err
	}
	before, deputies := lists.Leading(leaders, l.ID)
	switch role {
	case lists.RoleAdmin:
		before = admins
	case lists.RoleDeputy:
		before = deputies
	}
	record, err := offices(a, st, l)
	if err != nil {
		return err
	}
	named := make([]lists.Address, len(people))
	for i, p := range people {
		named[i] = p.Address
		p.Leader, p.Deputy, p.Admin = role == lists.RoleLeader, role == lists.RoleDeputy, admin
		if _, _, err := st.Subscribe(a.ctx, l.ID, p); err != nil {
			return err
		}
	}
	for _, p := range before {
		if slices.ContainsFunc(named, p.Address.Same) {
			continue
		}
		if err := setRole(a, st, l, p.Address, func(s *lists.Subscription) {
			s.Leader, s.Admin = s.Leader && admin, s.Admin && !admin
		}); err != nil {
			return err
		}
	}
	if err := record(); err != nil {
		return err
	}
	now := make([]string, len(named))
	for i, address := range named {
		now[i] = address.String()
	}
	c.done(a, l.Name, addresses(before), strings.Join(now, ", "))
	return nil
}

// setRole changes somebody's roles in the list.
func setRole(a *app, st *store.Store, l lists.List, who lists.Address, change func(*lists.Subscription)) error {
	_, err := st.UpdatePerson(a.ctx, l.Family, who, func(p *lists.Person) error {
		for i := range p.Subs {
			if p.Subs[i].List == l.ID {
				change(&p.Subs[i])
			}
		}
		return nil
	})
	return err
}

func (c listSetCmd) rename(a *app, st *store.Store, cfg *config.Config, l lists.List) error {
	now, err := st.RenameList(a.ctx, l.ID, strings.Join(c.Value, " "))
	if err != nil {
		return err
	}
	if now.Name == l.Name {
		a.say("%s has this name already.", l.Name)
		return nil
	}
	a.say("%s is %s now; mail to the old address still arrives.", l.Name, now.Address(cfg.Domain))
	return nil
}
