package weekly

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"plenary/digest"
	"plenary/lists"
)

// Reader is what the facts of a week are read from: the membership and the
// groups' record.
type Reader interface {
	Directory(ctx context.Context) (*lists.Directory, error)
	Officers(ctx context.Context, listID string) (leaders, admins []lists.Person, err error)
	PersonByNumber(ctx context.Context, family string, n lists.Number) (lists.Person, error)
	Count(ctx context.Context, listID string) (int, error)
	Progress(ctx context.Context, listID string, since, until time.Time) ([]lists.ProgressEntry, error)
	Activity(ctx context.Context, listID string, since, until time.Time) (lists.Activity, error)
	Activities(ctx context.Context, listID string, bounds []time.Time) ([]lists.Activity, error)
	Held(ctx context.Context, listID string) ([]lists.HeldPost, error)
}

// Threads tells which conversations of a list moved in a span of time, the
// busiest first, at most limit.
type Threads interface {
	Threads(ctx context.Context, list lists.List, since, until time.Time, limit int) ([]digest.Thread, error)
}

// maxThreads is how many conversations of a group a digest shows.
const maxThreads = 3

// facts reads what happened in the family of main from since until until.
func (s *Sender) facts(ctx context.Context, main lists.List, week digest.Week, h history, until time.Time) (digest.Facts, error) {
	since := h.last
	f := digest.Facts{Site: s.Site, Main: main, Week: week, Since: since, Until: until, Due: s.Schedule.Due(week), Missed: s.missed(main, week, h)}
	dir, err := s.Reader.Directory(ctx)
	if err != nil {
		return f, err
	}
	activity, err := s.Reader.Activity(ctx, main.ID, since, until)
	if err != nil {
		return f, fmt.Errorf("activity of %s: %w", main.Name, err)
	}
	f.Posts, f.People = activity.Posts, activity.People
	if f.Newcomers, f.Unnamed, err = s.newcomers(ctx, main, activity.Newcomers); err != nil {
		return f, err
	}
	if f.Members, err = s.Reader.Count(ctx, main.ID); err != nil {
		return f, fmt.Errorf("members of %s: %w", main.Name, err)
	}
	if f.Threads, err = s.Threads.Threads(ctx, main, since, until, maxThreads+1); err != nil {
		return f, fmt.Errorf("threads of %s: %w", main.Name, err)
	}
	h.withoutItself(&f, since)
	f.Threads = f.Threads[:min(len(f.Threads), maxThreads)]
	if f.Waiting, err = s.waiting(ctx, main, nil, until); err != nil {
		return f, err
	}
	for _, l := range dir.Family(main.ID) {
		if l.Main() {
			continue
		}
		g, err := s.group(ctx, l, since, until)
		if err != nil {
			return f, fmt.Errorf("the week of %s: %w", l.Name, err)
		}
		f.Groups = append(f.Groups, g)
	}
	return f, nil
}

func (s *Sender) group(ctx context.Context, l lists.List, since, until time.Time) (digest.GroupFacts, error) {
	g := digest.GroupFacts{List: l}
	leaders, _, err := s.Reader.Officers(ctx, l.ID)
	if err != nil {
		return g, err
	}
	leaders, deputies := lists.Leading(leaders, l.ID)
	g.Leaders, g.Deputies, g.Led = named(leaders), named(deputies), len(leaders) > 0
	if g.Entries, err = s.Reader.Progress(ctx, l.ID, time.Time{}, until); err != nil {
		return g, err
	}
	if g.Weeks, g.Heard, err = s.figures(ctx, l, until); err != nil {
		return g, err
	}
	g.Heard = later(g.Heard, l.Created)
	for _, e := range g.Entries {
		if digest.Word(e) {
			g.Heard = later(g.Heard, e.At)
		}
	}
	if g.Waiting, err = s.waiting(ctx, l, g.Entries, until); err != nil {
		return g, err
	}
	activity, err := s.Reader.Activity(ctx, l.ID, since, until)
	if err != nil {
		return g, err
	}
	g.Posts, g.People, g.Joined, g.Left = activity.Posts, activity.People, activity.Joined, activity.Left
	if g.Members, err = s.Reader.Count(ctx, l.ID); err != nil {
		return g, err
	}
	// The whole body reads the digest, and its archive: subjects of posts that
	// only a group's members may read are not told.
	if l.Archive == lists.ArchivePublic {
		g.Threads, err = s.Threads.Threads(ctx, l, since, until, maxThreads)
	}
	return g, err
}

// named are people's names, never their addresses; who gave none is left out.
func named(people []lists.Person) (names []string) {
	for _, p := range people {
		if p.Name != "" {
			names = append(names, p.Name)
		}
	}
	return names
}

// offerLife is how long an offer to lead can be answered.
const offerLife = 3 * 24 * time.Hour

// waiting is what those who decide for a list have before them.
func (s *Sender) waiting(ctx context.Context, l lists.List, entries []lists.ProgressEntry, until time.Time) (w digest.Waiting, err error) {
	held, err := s.Reader.Held(ctx, l.ID)
	if err != nil {
		return w, fmt.Errorf("what waits in %s: %w", l.Name, err)
	}
	for _, h := range held {
		if h.Kind == lists.HeldJoin {
			w.Joins++
		} else {
			w.Posts++
		}
	}
	w.Offers = openOffers(entries, until)
	return w, nil
}

// openOffers counts who offers to lead and may still hear a yes: an offer ends
// with an office, after its time, or when all who were asked have said no.
func openOffers(entries []lists.ProgressEntry, until time.Time) int {
	open := map[string]int{} // noes that are left until it is turned down
	for _, e := range entries {
		who := e.Author.Key()
		switch left, known := open[who]; {
		case e.Kind == digest.KindVolunteer && e.At.After(until.Add(-offerLife)):
			asked, _ := strconv.Atoi(e.Text) // "" of older entries
			open[who] = max(asked, 1)
		case e.Kind == digest.KindDeclined && known && left > 1:
			open[who]--
		case e.Kind == digest.KindLeader, e.Kind == digest.KindDeclined:
			delete(open, who)
		}
	}
	return len(open)
}

// wholeSecond is where digests begin and end: the archive's clock has no
// fractions, and both must count the same posts.
func wholeSecond(t time.Time) time.Time { return t.Truncate(time.Second) }

// secondOver waits until the second that runs is over, and is its end: what
// was said within it is covered, and nothing that comes later.
func (s *Sender) secondOver(ctx context.Context) (time.Time, error) {
	now := s.Now()
	end := nextSecond(now)
	select {
	case <-time.After(end.Sub(now)):
		return end, nil
	case <-ctx.Done():
		return end, ctx.Err()
	}
}

// nextSecond is the first whole second from t on.
func nextSecond(t time.Time) time.Time {
	if w := wholeSecond(t); w.Before(t) {
		return w.Add(time.Second)
	}
	return t
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// newcomers gives the names of those who joined and have not left; concealed and
// nameless ones are only counted.
func (s *Sender) newcomers(ctx context.Context, main lists.List, numbers []lists.Number) (names []string, unnamed int, err error) {
	for _, n := range numbers {
		p, err := s.Reader.PersonByNumber(ctx, main.Family, n)
		switch {
		case errors.Is(err, lists.ErrNotFound):
			continue
		case err != nil:
			return nil, 0, fmt.Errorf("newcomer %d of %s: %w", n, main.Name, err)
		case p.Name == "" || p.Conceal:
			unnamed++
		default:
			names = append(names, p.Name)
		}
	}
	return names, unnamed, nil
}
