package desk

import (
	"context"
	"slices"

	"plenary/lists"
	"plenary/smtp"
)

// mover is somebody who joined or left, for the letter that says so.
type mover struct {
	who   lists.Address
	list  string   // the list that was named
	lists []string // all that were joined or left
	lang  string   // of the letter; "" that which is known afterwards
}

// together makes one mover of all that are the same person.
func together(all []mover) []mover {
	var out []mover
	for _, m := range all {
		i := slices.IndexFunc(out, func(o mover) bool { return o.who.Same(m.who) })
		if i < 0 {
			out = append(out, mover{who: m.who, list: m.list, lists: unique(m.lists), lang: m.lang})
			continue
		}
		out[i].lists = unique(append(out[i].lists, m.lists...))
	}
	return out
}

func unique(ids []string) []string {
	var out []string
	for _, id := range ids {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// letters sends what the work's actions say together: to each person one
// welcome, one farewell.
func (w *work) letters(ctx context.Context) error {
	for _, m := range together(w.joined) {
		if err := w.welcome(ctx, m, "joined.txt", "welcome/"+w.cause); err != nil {
			return err
		}
	}
	for _, m := range together(w.left) {
		if err := w.farewell(ctx, m, "left.txt", "farewell/"+w.cause); err != nil {
			return err
		}
	}
	return nil
}

// groupLine is one list as letters show it.
type groupLine struct {
	lists.List
	Address lists.Address
	JoinAt  lists.Address
	LeaveAt lists.Address
	Leaders string   // their names, "" nobody's known
	Names   []string // the same, one by one
}

// welcome sends the letter that says what the lists are and how to live with
// them; the template says how it came to that.
func (w *work) welcome(ctx context.Context, m mover, template, key string) error {
	dir, err := w.d.store.Directory(ctx)
	if err != nil {
		return err
	}
	asked, ok := dir.ByID(m.list)
	if !ok {
		return nil // removed in the meantime: there is nothing to be welcome to
	}
	p, err := w.d.store.Person(ctx, asked.Family, m.who)
	if err != nil {
		return ifThere(err)
	}
	var joined, others []groupLine
	for _, l := range dir.Lists {
		is := slices.Contains(m.lists, l.ID)
		if !is && (l.Family != asked.Family || l.Main() || p.In(l.ID) || !open(l)) {
			continue
		}
		line, err := w.d.groupLine(ctx, l)
		switch {
		case err != nil:
			return err
		case is && l.Main():
			joined = slices.Insert(joined, 0, line)
		case is:
			joined = append(joined, line)
		default:
			others = append(others, line)
		}
	}
	lang, err := w.languageOf(ctx, asked, m.who)
	if err != nil {
		return err
	}
	return w.d.sendIn(ctx, lang, template, map[string]any{
		"Joined": joined, "Others": others, "Main": dir.MainOf(asked), "Who": m.who, "List": asked,
		"Request": w.address(asked, "request"), "Leave": w.address(asked, "leave"), "Owner": w.address(asked, "owner"),
		"Page": w.d.page(asked), "Base": w.d.site.BaseURL,
	}, w.d.from(asked, smtp.Letter{
		Key: key + "/" + m.who.Key(), To: []string{string(m.who)}, InReplyTo: w.answers(m.who), AutoReplied: true, Priority: smtp.Notice,
	}))
}

// answers is the Message-ID of the mail by which somebody caused this work,
// where they did, "" else: letters to others answer nothing of theirs.
func (w *work) answers(who lists.Address) string {
	if who.Same(w.spokenTo()) {
		return w.inReplyTo
	}
	return ""
}

// open tells whether a group is one to tell newcomers of.
func open(l lists.List) bool {
	return l.State != lists.Closed && l.State != lists.Done && l.Join != lists.JoinInvited
}

func (d *Desk) groupLine(ctx context.Context, l lists.List) (groupLine, error) {
	leaders, _, err := d.store.Officers(ctx, l.ID)
	if err != nil {
		return groupLine{}, err
	}
	leaders, _ = lists.Leading(leaders, l.ID)
	return groupLine{List: l, Address: l.Address(d.site.Domain), JoinAt: lists.RoleAddress(l, "join", "", d.site.Domain),
		LeaveAt: lists.RoleAddress(l, "leave", "", d.site.Domain), Leaders: join(namesOf(leaders)), Names: namesOf(leaders)}, nil
}

// page is the address of a list's web page, "" where there are no pages.
func (d *Desk) page(l lists.List) string {
	if d.site.BaseURL == "" {
		return ""
	}
	return d.site.BaseURL + "/" + l.Name
}
