package personal

import (
	"context"
	"errors"
	"fmt"

	"plenary/lists"
)

// plan composes and plans the copies of an edition, one after the other: no
// more than one is in memory, and the posts of one issue.
func (s *Sender) plan(ctx context.Context, e edition, issue lists.Issue, posts []lists.DigestPost) error {
	name := s.name(e.list, e.cadence, issue)
	raws := map[uint64][]byte{}
	if len(e.Copies) > 0 {
		if err := s.read(ctx, e.list, posts, raws); err != nil {
			return err
		}
	}
	for i, c := range e.Copies {
		id := fmt.Sprintf("%s-%d", name, i)
		mail := s.compose(e, c, id, posts, raws)
		if mail == nil {
			continue // nothing is left of its posts
		}
		copied := s.Posts.Compose(ctx, e.list, mail)
		copied.List, copied.Only = e.list, c.To
		err := s.Planner.Plan(ctx, lists.Fanout{ID: id, Family: e.list.Family, MessageID: id + "@" + s.Site.Domain, Targets: []lists.Copy{copied}})
		if err != nil {
			return fmt.Errorf("plan it: %w", err)
		}
	}
	return nil
}

// read reads an issue's posts. One that nothing has any more, as when it was
// taken out of the archive by hand, is left out of the issue.
func (s *Sender) read(ctx context.Context, l lists.List, posts []lists.DigestPost, raws map[uint64][]byte) error {
	for _, p := range posts {
		raw, err := s.Posts.Raw(ctx, l, p)
		switch {
		case errors.Is(err, lists.ErrNotFound):
			s.Log.Warn("a post is not in the members' digest, since nothing has it any more", "list", l.Name, "post", p.Number, "message", p.MessageID)
		case err != nil:
			return fmt.Errorf("read post %d: %w", p.Number, err)
		default:
			raws[p.Number] = raw
		}
	}
	return nil
}

// compose makes one copy's mail, nil where none of its posts is there.
func (s *Sender) compose(e edition, c Copy, id string, posts []lists.DigestPost, raws map[uint64][]byte) []byte {
	mine := map[uint64]bool{}
	for _, n := range c.Posts {
		mine[n] = true
	}
	var in []lists.DigestPost
	for _, p := range posts {
		if mine[p.Number] && raws[p.Number] != nil {
			in = append(in, p)
		}
	}
	if len(in) == 0 {
		return nil
	}
	ordered, count := threads(in)
	head := e.page(ordered, count, len(c.Posts) < len(posts), c.Plain)
	if c.Plain {
		readings := make([]Reading, len(ordered))
		for i, p := range ordered {
			readings[i] = s.Posts.Read(e.list, raws[p.Number])
		}
		return e.text(head, id, readings)
	}
	bodies := make([][]byte, len(ordered))
	for i, p := range ordered {
		bodies[i] = s.Posts.Enclose(e.list, raws[p.Number])
	}
	return e.multipart(head, id, bodies)
}
