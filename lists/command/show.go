package command

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"

	"plenary/lists"
)

// The most that one answer shows.
const (
	maxShownLists = 200
	maxShownNames = 1000
	maxReadNames  = 5000 // members read to show those
	maxShownHeld  = 100
)

var errEnough = errors.New("enough members were read")

// show answers one query.
func (h *Handler) show(ctx context.Context, f Facts, q Query) (string, error) {
	switch q.Name {
	case "help":
		return h.texts.helpText(f, q.Word)
	case "lists":
		return h.showLists(ctx, f, q.Lists)
	case "info":
		return h.showInfo(ctx, f, q.Lists[0])
	case "who":
		return h.showWho(ctx, f, q.Lists[0])
	case "settings":
		return h.showSettings(f)
	case "which":
		return h.showWhich(f)
	case "moderate":
		return h.showHeld(ctx, f, q.Lists)
	case "digest":
		return h.Digest.Preview(ctx, q.Lists[0].ID)
	}
	return "", fmt.Errorf("no such query %q", q.Name)
}

// listView is a list as people read of it.
type listView struct {
	List                       lists.List
	Kind, State, Members, Next string
	Address, How, Page         string
	LeaveAt, RequestAt         lists.Address
	OwnerAt                    lists.Address
	Post, Join, Archive        string
	Leaders, Groups, Record    string
}

func (h *Handler) view(ctx context.Context, f Facts, l lists.List) (listView, error) {
	n, err := h.Reader.Count(ctx, l.ID)
	if err != nil {
		return listView{}, fmt.Errorf("count the members of %s: %w", l.Name, err)
	}
	v := listView{
		List: l, Kind: f.say("main list"), State: f.state(l.State), Members: f.say("%d members", n), Next: f.nextStep(l),
		Address: string(l.Address(h.Site.Domain)), LeaveAt: f.address(l, "leave"), RequestAt: f.address(l, "request"), OwnerAt: f.address(l, "owner"),
	}
	if main := f.Dir.MainOf(l); !l.Main() {
		v.Kind = f.say("a group of %s", main.Name)
	}
	if h.Site.BaseURL != "" {
		v.Page = h.Site.BaseURL + "/" + l.Name
	}
	switch {
	case l.State == lists.Closed:
		v.How = f.say("It is closed: nobody can join or post.")
	case l.Join == lists.JoinInvited:
		v.How = f.say("To join you need an invitation. Those who can give one read %s.", v.OwnerAt)
	case l.Join == lists.JoinApproved:
		v.How = f.say("To join, write to %s; its leaders decide.", f.address(l, "join"))
	default:
		v.How = f.say("To join, write to %s.", f.address(l, "join"))
	}
	return v, nil
}

// nextStep is the next step in words, with a date that has passed said
// plainly.
func (f Facts) nextStep(l lists.List) string {
	switch {
	case l.Next == "":
		return ""
	case l.NextBy == "":
		return oneLine(l.Next)
	case l.NextBy < f.Today:
		return f.say("%s (it was due by %s)", oneLine(l.Next), l.NextBy)
	}
	return f.say("%s, by %s", oneLine(l.Next), l.NextBy)
}

// oneLine is s without line ends and invisible characters.
func oneLine(s string) string { return visible(strings.Join(strings.Fields(s), " ")) }

// state is how a list is, in words.
func (f Facts) state(s lists.State) string {
	switch s {
	case lists.Forming:
		return f.say("forming")
	case lists.Active:
		return f.say("active")
	case lists.Paused:
		return f.say("paused")
	case lists.Done:
		return f.say("done")
	case lists.Closed:
		return f.say("closed")
	}
	return string(s)
}

// roles are what somebody is in a list besides a member, in words.
func (f Facts) roles(s lists.Subscription) []string {
	var all []string
	for _, r := range s.Roles()[1:] {
		switch r {
		case lists.RoleLeader:
			all = append(all, f.say("leader"))
		case lists.RoleDeputy:
			all = append(all, f.say("deputy"))
		case lists.RoleAdmin:
			all = append(all, f.say("admin"))
		default:
			all = append(all, string(r))
		}
	}
	return all
}

// showLists shows each main list with its groups after it.
func (h *Handler) showLists(ctx context.Context, f Facts, all []lists.List) (string, error) {
	if len(all) == 0 {
		return f.say("There is no list here yet."), nil
	}
	rank := func(l lists.List) string {
		main := f.Dir.MainOf(l)
		if l.Main() {
			return main.Name
		}
		return main.Name + "\x00" + l.Name
	}
	all = append([]lists.List(nil), all...)
	sort.SliceStable(all, func(i, j int) bool { return rank(all[i]) < rank(all[j]) })
	var open []listView
	var closed []string
	more := 0
	for _, l := range all {
		switch {
		case l.State == lists.Closed:
			closed = append(closed, l.Name)
		case len(open) == maxShownLists:
			more++
		default:
			v, err := h.view(ctx, f, l)
			if err != nil {
				return "", err
			}
			open = append(open, v)
		}
	}
	if len(closed) > 50 {
		closed = append(closed[:50], f.say("%d more", len(closed)-50))
	}
	return h.texts.render(f, "lists.txt", map[string]any{"Open": open, "Closed": f.and(closed), "More": more})
}

// showInfo tells all about one list that anybody may know.
func (h *Handler) showInfo(ctx context.Context, f Facts, l lists.List) (string, error) {
	v, err := h.view(ctx, f, l)
	if err != nil {
		return "", err
	}
	leaders, _, err := h.Reader.Officers(ctx, l.ID)
	if err != nil {
		return "", fmt.Errorf("read who leads %s: %w", l.Name, err)
	}
	v.Leaders = f.ledBy(leaders, v.OwnerAt)
	v.Post = map[lists.PostPolicy]string{
		lists.PostFamily:    f.say("Members of %s may post.", f.Dir.MainOf(l).Name),
		lists.PostMembers:   f.say("Members of the list may post."),
		lists.PostAnyone:    f.say("Anybody may post."),
		lists.PostModerated: f.say("Each post waits for a leader."),
		lists.PostAnnounce:  f.say("Only its leaders and the admins post."),
	}[l.Post]
	v.Join = map[lists.JoinPolicy]string{
		lists.JoinOpen:     f.say("Anybody may join."),
		lists.JoinApproved: f.say("Anybody may ask to join."),
		lists.JoinInvited:  f.say("It is joined by invitation."),
	}[l.Join]
	v.Archive = map[lists.ArchivePolicy]string{
		lists.ArchivePublic:  f.say("Its archive is public."),
		lists.ArchiveMembers: f.say("Its archive is for members."),
		lists.ArchiveNone:    f.say("It keeps no archive."),
	}[l.Archive]
	if family := f.Dir.Family(l.ID); l.Main() && len(family) > 1 {
		v.Groups = f.and(f.listed(family[1:]))
	}
	if v.Record, err = h.record(ctx, f, l); err != nil {
		return "", err
	}
	return h.texts.render(f, "info.txt", v)
}

// record is what a group told of itself, for those who may read the digests
// it stood in: members of the body, and everybody where its archive is public.
func (h *Handler) record(ctx context.Context, f Facts, l lists.List) (string, error) {
	if l.Main() || h.Record == nil || f.Dir.MainOf(l).Archive != lists.ArchivePublic && !f.may(Members, l) {
		return "", nil
	}
	record, err := h.Record.Record(ctx, l)
	if err != nil {
		return "", fmt.Errorf("read the record of %s: %w", l.Name, err)
	}
	return record, nil
}

// ledBy names leaders, never by address.
func (f Facts) ledBy(leaders []lists.Person, owner lists.Address) string {
	var named []string
	for _, p := range leaders {
		if name := oneLine(p.Name); name != "" {
			named = append(named, name)
		}
	}
	switch {
	case len(leaders) == 0:
		return ""
	case len(named) == 0:
		return f.say("Who leads it gives no name, and reads %s.", owner)
	}
	return f.say("Led by %s.", f.and(named))
}

// showWho names members: for leaders and admins with addresses, and those
// who conceal themselves too.
func (h *Handler) showWho(ctx context.Context, f Facts, l lists.List) (string, error) {
	full := f.leads(l)
	var shown []string
	read, nameless, concealed := 0, 0, 0
	total, err := h.Reader.Count(ctx, l.ID)
	if err != nil {
		return "", fmt.Errorf("count the members of %s: %w", l.Name, err)
	}
	err = h.Reader.Members(ctx, l.ID, func(p lists.Person, s lists.Subscription) error {
		if read == maxReadNames || len(shown) == maxShownNames {
			return errEnough
		}
		read++
		name := oneLine(p.Name)
		switch {
		case full:
			shown = append(shown, strings.TrimSpace(fmt.Sprintf("%s <%s>%s", name, p.Address, f.remarks(p, s))))
		case p.Conceal:
			concealed++
		case name == "":
			nameless++
		case s.Leader && s.Deputy:
			shown = append(shown, f.say("%s (deputy)", name))
		case s.Leader:
			shown = append(shown, f.say("%s (leader)", name))
		default:
			shown = append(shown, name)
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return "", fmt.Errorf("read the members of %s: %w", l.Name, err)
	}
	sort.Slice(shown, func(i, j int) bool { return strings.ToLower(shown[i]) < strings.ToLower(shown[j]) })
	data := map[string]any{"List": l, "Members": f.say("%d members", total), "Names": shown, "More": max(0, total-read), "Nameless": "", "Concealed": ""}
	if nameless > 0 {
		data["Nameless"] = f.say("%d members gave no name.", nameless)
	}
	if concealed > 0 {
		data["Concealed"] = f.say("%d members chose not to be shown.", concealed)
	}
	return h.texts.render(f, "who.txt", data)
}

// remarks are what leaders see of a member besides the address.
func (f Facts) remarks(p lists.Person, s lists.Subscription) string {
	words := f.roles(s)
	if s.Delivery != lists.Each {
		words = append(words, f.say("delivery %s", s.Choice()))
	}
	if p.Conceal {
		words = append(words, f.say("concealed"))
	}
	switch state := p.MemberState(f.Today); state {
	case "active":
	case "vacation":
		words = append(words, f.say("vacation"))
	case "paused":
		words = append(words, f.say("paused"))
	default:
		words = append(words, state)
	}
	if len(words) == 0 {
		return ""
	}
	return " (" + strings.Join(words, ", ") + ")"
}
