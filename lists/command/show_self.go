package command

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"time"

	"plenary/lists"
)

// place of the asker in one list.
type ownPlace struct {
	Name, Title, Delivery, Roles string
	Address                      lists.Address
}

// places are the lists that a person is in, by name.
func (h *Handler) places(f Facts, p lists.Person) []ownPlace {
	var out []ownPlace
	for _, s := range p.Subs {
		l, ok := f.Dir.ByID(s.List)
		if !ok {
			continue
		}
		out = append(out, ownPlace{l.Name, l.Title, string(s.Delivery), f.and(f.roles(s)), l.Address(h.Site.Domain)})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

func (h *Handler) showSettings(f Facts) (string, error) {
	type view struct {
		Main     lists.List
		Person   lists.Person
		Vacation lists.Date
		Subs     []ownPlace
	}
	var views []view
	for _, p := range f.People {
		main, ok := f.Dir.ByID(p.Family)
		if !ok || len(p.Subs) == 0 {
			continue
		}
		v := view{Main: main, Person: p, Subs: h.places(f, p)}
		if p.Vacation >= f.Today {
			v.Vacation = p.Vacation
		}
		v.Person.Name = oneLine(p.Name)
		views = append(views, v)
	}
	if len(views) == 0 {
		return f.say("This address is in no list here."), nil
	}
	return h.texts.render(f, "settings.txt", views)
}

func (h *Handler) showWhich(f Facts) (string, error) {
	var all []ownPlace
	for _, p := range f.People {
		all = append(all, h.places(f, p)...)
	}
	if len(all) == 0 {
		return f.say("This address is in no list here."), nil
	}
	return h.texts.render(f, "which.txt", all)
}

// heldView is what a leader sees of what waits.
type heldView struct {
	Number                         int
	What, From, When, Size, Reason string
}

// showHeld shows what waits for a decision. Only leaders and admins come
// here, and it goes to their registered addresses.
func (h *Handler) showHeld(ctx context.Context, f Facts, all []lists.List) (string, error) {
	type view struct {
		List      lists.List
		Held      []heldView
		More      int
		RequestAt lists.Address
	}
	var views []view
	for _, l := range all {
		held, err := h.Reader.Held(ctx, l.ID)
		if err != nil {
			return "", fmt.Errorf("read what waits for %s: %w", l.Name, err)
		}
		v := view{List: l, RequestAt: f.address(l, "request")}
		for i, p := range held {
			if i == maxShownHeld {
				v.More = len(held) - i
				break
			}
			v.Held = append(v.Held, h.heldView(f, p))
		}
		if len(all) == 1 || len(held) > 0 {
			views = append(views, v)
		}
	}
	if len(views) == 0 {
		return f.say("Nothing waits for a decision in any of your lists."), nil
	}
	return h.texts.render(f, "moderate.txt", views)
}

func (h *Handler) heldView(f Facts, p lists.HeldPost) heldView {
	v := heldView{
		Number: p.Number, What: clipped(p.Subject, 60), From: string(p.Author), Reason: clipped(f.word(p.Reason), 120),
		When: h.inZone(p.At).Format("2006-01-02 15:04"),
	}
	if name := clipped(p.Name, 60); name != "" {
		v.From = fmt.Sprintf("%s <%s>", name, p.Author)
	}
	switch {
	case p.Kind == lists.HeldJoin:
		if title, ok := strings.CutPrefix(p.Subject, lists.AsksToJoin); ok {
			v.What = clipped(f.say("asks to join %s", title), 60)
		}
	case v.What == "":
		v.What = f.say("(no subject)")
	}
	if p.Size > 0 {
		v.Size = f.say("%d kB", (p.Size+999)/1000)
	}
	return v
}

func (h *Handler) inZone(t time.Time) time.Time {
	if h.Site.Location != nil {
		return t.In(h.Site.Location)
	}
	return t.UTC()
}

// clipped is one line of at most n characters.
func clipped(s string, n int) string {
	r := []rune(oneLine(s))
	if len(r) > n {
		return string(r[:n]) + "…"
	}
	return string(r)
}
