package desk

import (
	"context"
	"errors"

	"plenary/lists"
)

// ifThere makes nothing of the error that something is not there any more.
func ifThere(err error) error {
	if errors.Is(err, lists.ErrNotFound) {
		return nil
	}
	return err
}

// namesOf are what people are called before others.
func namesOf(people []lists.Person) []string {
	var names []string
	for _, p := range people {
		names = append(names, oneLine(p.Called()))
	}
	return names
}

// owners are the addresses of those who decide for a list: its leaders and
// the admins, each once; without any, the site's admins.
func (d *Desk) owners(ctx context.Context, listID string) ([]lists.Address, error) {
	leaders, admins, err := d.store.Officers(ctx, listID)
	if err != nil {
		return nil, err
	}
	if all := addresses(leaders, admins); len(all) > 0 {
		return all, nil
	}
	return d.site.Admins, nil
}

// admins are the addresses of a list's admins; without any, the site's.
func (d *Desk) admins(ctx context.Context, listID string) ([]lists.Address, error) {
	_, admins, err := d.store.Officers(ctx, listID)
	if err != nil {
		return nil, err
	}
	if all := addresses(admins); len(all) > 0 {
		return all, nil
	}
	return d.site.Admins, nil
}

func addresses(groups ...[]lists.Person) []lists.Address {
	var all []lists.Address
	seen := map[string]bool{}
	for _, group := range groups {
		for _, p := range group {
			if !seen[p.Address.Key()] {
				seen[p.Address.Key()] = true
				all = append(all, p.Address)
			}
		}
	}
	return all
}

// solely are the groups, of those with these IDs, that have no other leader
// than p.
func (s *sight) solely(ctx context.Context, p lists.Person, ids []string) ([]string, error) {
	var sole []string
	for _, id := range ids {
		l, ok := s.dir.ByID(id)
		if !ok || !p.Leads(id) || l.Main() || l.State == lists.Closed || l.State == lists.Done {
			continue
		}
		leaders, _, err := s.d.store.Officers(ctx, id)
		if err != nil {
			return nil, err
		}
		if leaders, _ = lists.Leading(leaders, id); len(leaders) <= 1 {
			sole = append(sole, id)
		}
	}
	return sole, nil
}
