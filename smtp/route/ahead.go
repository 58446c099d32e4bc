package route

import (
	"context"
	"sync"

	"plenary/lists"
	"plenary/smtp"
)

// ahead is People who were asked for a post's author while others look up
// which lists there are: both take a round trip. The family is guessed from
// the lists of the last second; of another one the author is asked for then.
type ahead struct {
	People
	family string
	author lists.Address
	once   sync.WaitGroup
	person lists.Person
	err    error
}

// ahead asks for the author of a mail in the family of the first list that it
// is for. wait must be called.
func (r *Router) ahead(ctx context.Context, env smtp.Envelope, from []lists.Address) (people *ahead, err error) {
	people = &ahead{People: r.People}
	dir, err := r.Directory.Recent(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range r.targets(dir, env) {
		if t.Kind == lists.TargetPost && len(from) == 1 {
			people.family, people.author = t.List.Family, from[0]
			people.once.Go(func() { people.person, people.err = r.People.Person(ctx, people.family, people.author) })
			break
		}
	}
	return people, nil
}

// wait returns once nothing is being asked any more.
func (p *ahead) wait() { p.once.Wait() }

// Person is who was asked for, or whom is asked for now.
func (p *ahead) Person(ctx context.Context, family string, a lists.Address) (lists.Person, error) {
	if family != p.family || a != p.author || family == "" {
		return p.People.Person(ctx, family, a)
	}
	p.once.Wait()
	return p.person, p.err
}
