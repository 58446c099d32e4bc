package personal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"plenary/lists"
)

// frozenFor is how long an edition is kept: longer than any outage after
// which it might be planned again.
const frozenFor = 60 * 24 * time.Hour

// remembered is how long posts are known by their numbers at least.
const remembered = 30 * 24 * time.Hour

// Books is where the lists' posts are numbered, and where it stands what is
// on which shelf.
type Books interface {
	Directory(ctx context.Context) (*lists.Directory, error)
	DigestBook(ctx context.Context, listID string) (lists.DigestBook, error)
	SetShelf(ctx context.Context, listID string, cadence lists.Delivery, next lists.Shelf) (done bool, err error)
	DigestPosts(ctx context.Context, listID string, from, to uint64) ([]lists.DigestPost, error)
	PostNumbers(ctx context.Context, listID string, identities []string) (map[string]uint64, error)
	DigestReaders(ctx context.Context, listID string) ([]lists.Person, error)
	MarkDigestReaders(ctx context.Context, listID string) error
	TrimPosts(ctx context.Context, listID string, upto uint64, before time.Time) error
	Freeze(ctx context.Context, tag, key string, value []byte, ttl time.Duration) (stands []byte, first bool, err error)
}

// Posts gives the posts themselves, and makes mail of a digest.
type Posts interface {
	// Raw is a post as it came; lists.ErrNotFound where nothing has it (any
	// more).
	Raw(ctx context.Context, l lists.List, p lists.DigestPost) ([]byte, error)
	// Enclose is a post as it stands in a MIME digest, with CRLF line ends.
	Enclose(l lists.List, raw []byte) []byte
	// Read is a post as it stands in a plain digest.
	Read(l lists.List, raw []byte) Reading
	// Compose puts the list's fields on a digest.
	Compose(ctx context.Context, l lists.List, raw []byte) lists.Copy
}

// Planner queues a mail for members, once for each ID.
type Planner interface {
	Plan(ctx context.Context, f lists.Fanout) error
}

// Sender makes and sends the digests of every list.
type Sender struct {
	Site     lists.Site
	Schedule Schedule
	Now      func() time.Time
	Books    Books
	Posts    Posts
	Planner  Planner
	Log      *slog.Logger
}

// Tick sends every issue that is due or full now.
func (s *Sender) Tick(ctx context.Context) error {
	dir, err := s.Books.Directory(ctx)
	if err != nil {
		return fmt.Errorf("which members' digests are due: %w", err)
	}
	var failed []error
	for _, l := range dir.Lists {
		for _, cadence := range []lists.Delivery{lists.Daily, lists.Weekly} {
			if _, err := s.shelve(ctx, dir, l, cadence, false); err != nil {
				failed = append(failed, fmt.Errorf("the %s digest of %s: %w", cadence, l.Name, err))
			}
		}
	}
	return errors.Join(failed...)
}

// IssueNow sends what has gathered for a list's daily or weekly digest, ahead
// of its time, and tells how many mails of how many issues went to how many
// members.
func (s *Sender) IssueNow(ctx context.Context, l lists.List, cadence lists.Delivery) (Sent, error) {
	dir, err := s.Books.Directory(ctx)
	if err != nil {
		return Sent{}, err
	}
	sent, err := s.shelve(ctx, dir, l, cadence, true)
	if err != nil {
		err = fmt.Errorf("the %s digest of %s: %w", cadence, l.Name, err)
	}
	return sent, err
}

// Sent is what went out: issues with at least one reader, distinct mails, and
// members they went to.
type Sent struct{ Issues, Mails, Members int }

// shelve does what there is to do for one shelf. Where another server is
// faster it leaves the rest to the next look.
func (s *Sender) shelve(ctx context.Context, dir *lists.Directory, l lists.List, cadence lists.Delivery, force bool) (sent Sent, err error) {
	for {
		book, err := s.Books.DigestBook(ctx, l.ID)
		if err != nil || !s.Schedule.waits(book, cadence, s.Now(), force) {
			return sent, err
		}
		shelf := book.Shelf(cadence)
		if shelf.Stands == "" { // choices from before there were books
			if err := s.Books.MarkDigestReaders(ctx, l.ID); err != nil {
				return sent, err
			}
		}
		if shelf.Open == nil {
			posts, err := s.Books.DigestPosts(ctx, l.ID, shelf.Upto, min(book.Posts, shelf.Upto+uint64(s.Schedule.Posts)))
			if err != nil {
				return sent, err
			}
			next, changed := s.Schedule.step(book, cadence, l.Created, s.Now(), posts, force)
			if changed {
				if _, err := s.Books.SetShelf(ctx, l.ID, cadence, next); err != nil {
					return sent, err
				}
				continue // by us or by another: read what stands
			}
			return sent, nil
		}
		if err := s.issue(ctx, dir, l, cadence, shelf, &sent); err != nil {
			return sent, err
		}
	}
}

// issue freezes, plans and shelves an issue that is open.
func (s *Sender) issue(ctx context.Context, dir *lists.Directory, l lists.List, cadence lists.Delivery, shelf lists.Shelf, sent *Sent) error {
	open := *shelf.Open
	posts, err := s.Books.DigestPosts(ctx, l.ID, open.From, open.To)
	if err != nil {
		return err
	}
	e, err := s.frozen(ctx, dir, l, cadence, shelf, posts)
	if err != nil {
		return err
	}
	if err := s.plan(ctx, e, open, posts); err != nil {
		return err
	}
	next := shelf
	next.Upto, next.Sum, next.Due, next.Open = open.To, open.Sum, open.Due, nil
	if len(e.Copies) > 0 {
		next.Year, next.Volume, next.Number = e.Year, e.Volume, e.Number
	}
	done, err := s.Books.SetShelf(ctx, l.ID, cadence, next)
	if err != nil || !done {
		return err // not done: another has shelved it
	}
	if len(e.Copies) > 0 {
		members := 0
		for _, c := range e.Copies {
			members += c.To.Count()
		}
		sent.Issues, sent.Mails, sent.Members = sent.Issues+1, sent.Mails+len(e.Copies), sent.Members+members
		s.Log.Info("members' digest sent", "list", l.Name, "cadence", string(cadence), "volume", e.Volume, "issue", e.Number,
			"posts", len(posts), "mails", len(e.Copies), "members", members)
	}
	return s.trim(ctx, l)
}

// frozen works out who gets what of an issue, and freezes that; what another
// froze first stands.
func (s *Sender) frozen(ctx context.Context, dir *lists.Directory, l lists.List, cadence lists.Delivery, shelf lists.Shelf, posts []lists.DigestPost) (edition, error) {
	e := edition{At: shelf.Open.At}
	e.list, e.site, e.cadence = l, s.Site, cadence
	e.Year, e.Volume, e.Number = numbered(shelf, e.At.In(e.location()))
	people, err := s.Books.DigestReaders(ctx, l.ID)
	if err != nil {
		return e, err
	}
	c := contents{list: l, cadence: cadence, posts: posts, also: map[string]map[string]uint64{}}
	if len(people) > 0 {
		if err := s.also(ctx, dir, &c); err != nil {
			return e, err
		}
	}
	e.Copies = c.copies(people)
	value, err := json.Marshal(e)
	if err != nil {
		return e, err
	}
	stands, first, err := s.Books.Freeze(ctx, l.Family, s.name(l, cadence, *shelf.Open), value, frozenFor)
	if err != nil {
		return e, fmt.Errorf("freeze it: %w", err)
	}
	if !first {
		e.Copies = nil
		if err := json.Unmarshal(stands, &e); err != nil {
			return e, fmt.Errorf("read it as it was frozen: %w", err)
		}
	}
	return e, nil
}

// also finds the posts that other lists of the family have too.
func (s *Sender) also(ctx context.Context, dir *lists.Directory, c *contents) error {
	identities := make([]string, len(c.posts))
	for i, p := range c.posts {
		identities[i] = p.Identity
	}
	for _, other := range dir.Family(c.list.Family) {
		if other.ID == c.list.ID {
			continue
		}
		numbers, err := s.Books.PostNumbers(ctx, other.ID, identities)
		if err != nil {
			return err
		}
		if len(numbers) > 0 {
			c.others = append(c.others, other)
		}
		for identity, n := range numbers {
			if c.also[identity] == nil {
				c.also[identity] = map[string]uint64{}
			}
			c.also[identity][other.ID] = n
		}
	}
	return nil
}

// name is an issue's in keys and Message-IDs: unlike every other's for ever,
// also where a Redis had to begin anew.
func (s *Sender) name(l lists.List, cadence lists.Delivery, i lists.Issue) string {
	return fmt.Sprintf("digest-%d-%s-%d-%d-%d", l.Serial, cadence, i.From+1, i.To, i.At.Unix())
}

// trim forgets what neither shelf needs any more.
func (s *Sender) trim(ctx context.Context, l lists.List) error {
	book, err := s.Books.DigestBook(ctx, l.ID)
	if err != nil {
		return err
	}
	return s.Books.TrimPosts(ctx, l.ID, min(book.Daily.Upto, book.Weekly.Upto), s.Now().Add(-remembered))
}
