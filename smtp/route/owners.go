package route

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"plenary/lists"
)

// owners passes a mail on, whole, to those who run a list, or to the site's
// admins (postmaster and abuse, RFC 2142), sealed as copies are: their servers
// see that it was proven when it came, though it comes from ours now.
// Automatic answers and mail that has been here before are dropped.
func (r *Router) owners(ctx context.Context, m Mail, t lists.Target) error {
	address := string(r.Site.At(string(t.Kind)))
	if t.Kind == lists.TargetOwner {
		address = string(lists.RoleAddress(t.List, "owner", "", r.Site.Domain))
	}
	for _, x := range m.Message.XLoop {
		if strings.EqualFold(strings.TrimSpace(x), address) {
			r.Log.Info("mail to owners dropped: it has been here before", "queue", m.Envelope.ID, "message", m.Message.MessageID)
			return nil
		}
	}
	if strings.HasPrefix(autoSubmitted(m.Message), "auto-replied") {
		r.Log.Info("automatic answer to owners dropped", "queue", m.Envelope.ID, "message", m.Message.MessageID)
		return nil
	}
	ok, err := r.Limiter.Allow(ctx, "owners/"+t.List.ID+"/"+string(t.Kind), 200, time.Hour)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("mail to %s: more than 200 within the hour; it waits", t.Kind)
	}
	to, err := r.officers(ctx, t)
	if err != nil {
		return err
	}
	if len(to) == 0 { // it was taken, so it is answered for
		r.Log.Warn("mail to owners reaches nobody: write admins in the configuration", "queue", m.Envelope.ID, "list", t.List.Name)
		return r.returned(ctx, m.Envelope, "Your mail to "+address+" reached nobody: it is not said yet who looks after that address.", "nobody/"+string(t.Kind))
	}
	raw := slices.Concat([]byte("X-Loop: "+address+"\r\n"), m.Raw)
	if r.Seal != nil {
		raw = slices.Concat(r.Seal(raw, m.Envelope.Verdict, m.Envelope.Received), raw)
	}
	writer := ""
	if m.Envelope.Verdict.Believed { // who else wrote is not proven, and is told nothing of failures
		writer = m.Envelope.From
	}
	if err := r.passOn(ctx, ownerMail{m.Envelope.ID, t.List.ID, string(t.Kind)}, toOwners, writer, to, raw); err != nil {
		return err
	}
	r.Log.Info("passed on to owners", "queue", m.Envelope.ID, "message", m.Message.MessageID, "list", t.List.Name, "owners", len(to))
	return nil
}

// officers are the addresses behind an owner address; a list without leaders
// and admins is looked after by the site's admins.
func (r *Router) officers(ctx context.Context, t lists.Target) ([]lists.Address, error) {
	if t.Kind != lists.TargetOwner {
		return r.Site.Admins, nil
	}
	leaders, admins, err := r.People.Officers(ctx, t.List.ID)
	if err != nil {
		return nil, fmt.Errorf("owners of %s: %w", t.List.Name, err)
	}
	var to []lists.Address
	seen := map[string]bool{}
	for _, p := range append(leaders, admins...) {
		if !seen[p.Address.Key()] {
			seen[p.Address.Key()] = true
			to = append(to, p.Address)
		}
	}
	if len(to) == 0 {
		return r.Site.Admins, nil
	}
	return to, nil
}
