package desk

import (
	"context"
	"fmt"
	"strings"

	"plenary/lists"
)

// Announce posts on the main list that a group has been made: what it means
// to do, who leads it, its next step and how to join. However often it is
// called, by however many servers, there is one announcement of a group: its
// first text is frozen, under a Message-ID of its own.
func (d *Desk) Announce(ctx context.Context, listID string) error {
	dir, err := d.store.Directory(ctx)
	if err != nil {
		return err
	}
	l, ok := dir.ByID(listID)
	if !ok {
		return fmt.Errorf("announce list %q: %w", listID, lists.ErrNotFound)
	}
	if l.Main() {
		return &lists.Refusal{Text: fmt.Sprintf("%s is a main list, and only groups are announced to one.", l.Name)}
	}
	main := dir.MainOf(l)
	line, err := d.groupLine(ctx, l)
	if err != nil {
		return fmt.Errorf("announce list %q: %w", listID, err)
	}
	subject, text, err := d.texts.renderIn(main.Language, "announcement.txt", map[string]any{
		"Group": line, "Main": main, "Page": d.page(l), "Owner": lists.RoleAddress(l, "owner", "", d.site.Domain), "Address": l.Address(d.site.Domain),
		"Requested": l.Join == lists.JoinApproved, "Invited": l.Join == lists.JoinInvited,
	})
	if err != nil {
		return err
	}
	name := fmt.Sprintf("group-%d", l.Serial)
	return d.post(ctx, main, sitePost{
		id: name, subject: subject, text: text, replyTo: lists.RoleAddress(l, "owner", "", d.site.Domain),
	})
}

// announcing posts an admin's text on the main list, in the site's name.
type announcing struct{}

func (announcing) judge(ctx context.Context, s *sight, a lists.Action) (*verdict, error) {
	l, no, err := s.run(ctx, a.List)
	switch {
	case no != nil || err != nil:
		return no, err
	case l.State == lists.Closed:
		return refused("%s is closed and takes no more posts.", s.named(l)), nil
	case strings.TrimSpace(a.Text) == "":
		return refused("The announcement has no text. Write it behind the word \"announce\", and on the lines below it."), nil
	}
	return &verdict{Result: lists.Did}, nil
}

func (announcing) say(_ context.Context, s *sight, a lists.Action, _ *verdict) (string, error) {
	l, _ := s.dir.ByID(a.List)
	return s.say("post the announcement that stands in the mail that asked for it to every member of %s", s.named(l)), nil
}

func (announcing) apply(ctx context.Context, w *work, a lists.Action, _ *verdict) (lists.Outcome, error) {
	l, _ := w.dir.ByID(a.List)
	first, _, _ := strings.Cut(strings.TrimSpace(a.Text), "\n")
	subject := w.inLanguage(l.Language).say("Announcement: %s", clip(oneLine(first), 60))
	err := w.d.post(ctx, l, sitePost{
		id: "announcement-" + short(w.key(l.ID)), subject: subject, text: strings.TrimSpace(a.Text) + "\n", replyTo: w.address(l, "owner"),
		keep: freezeFor,
	})
	return lists.Outcome{Result: lists.Did, Text: w.say("The announcement was posted to %s.", w.named(l))}, err
}

// clip shortens s to n runes.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
