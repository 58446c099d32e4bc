package store

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/redis/go-redis/v9"

	"plenary/lists"
)

// CreateList makes a list with DESIGN's defaults where n leaves a choice
// open. Nobody is subscribed. A name that is taken, or would make an address
// with two readings, is a *lists.Refusal.
func (s *Store) CreateList(ctx context.Context, n lists.NewList) (made lists.List, err error) {
	var serial uint32
	var family string // that knows the serial by now
	err = retry(ctx, func() (bool, error) {
		snap, err := s.snapshot(ctx)
		if err != nil {
			return false, err
		}
		if l, ok := snap.all.BySerial(serial); ok && serial != 0 {
			made = l // an earlier try went through, and its answer was lost
			return true, nil
		}
		if made, err = s.newList(snap, n); err != nil {
			if made.Name != "" && snap.going[made.Name] { // its removal was cut short
				return false, s.finishRemoval(ctx, made.Name)
			}
			s.forgetSerial(ctx, family, serial)
			return false, err
		}
		if serial == 0 {
			next, err := s.rdb.Incr(ctx, serialKey()).Result()
			if err != nil {
				return false, err
			}
			serial = uint32(next)
		}
		made.Serial, family = serial, made.Family
		// The family must know the list before anybody can name it.
		if _, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
			p.HSet(ctx, bookKey(family, serial), bookNoted, 1)
			p.HSet(ctx, registryKey(family), serial, made.ID)
			return nil
		}); err != nil {
			return false, err
		}
		var c change
		if err := c.writeList(snap.version, entry{List: made}); err != nil {
			return false, err
		}
		return s.commit(ctx, &c)
	})
	if err != nil {
		return lists.List{}, fmt.Errorf("create list %q: %w", n.Name, err)
	}
	return made, nil
}

// forgetSerial takes the serial of a list that was not made from its family.
// Left behind by a server that dies it does no harm.
func (s *Store) forgetSerial(ctx context.Context, family string, serial uint32) {
	if serial != 0 {
		s.rdb.HDel(ctx, registryKey(family), strconv.FormatUint(uint64(serial), 10))
		s.rdb.Del(ctx, bookKey(family, serial))
	}
}

// newList is the list that n asks for, without its serial. With an error it
// still has the name asked for, if that was read.
func (s *Store) newList(snap *snapshot, n lists.NewList) (l lists.List, err error) {
	var parent *lists.List
	if n.Parent != "" {
		p, ok := snap.public.ByID(n.Parent)
		if !ok {
			return l, notFound("main list %q", n.Parent)
		}
		if !p.Main() {
			return l, refusal("%s is itself a group of %s: a group can only be made under a main list.", p.Name, p.Family)
		}
		parent = &p
	}
	if l.Name, err = snap.all.CheckNew(n.Name, parent); err != nil {
		return l, err
	}
	l.ID, l.Family, l.Short = l.Name, l.Name, l.Name
	l.ListID = l.ID + "." + s.site.Domain
	l.Post = lists.PostMembers
	if parent != nil {
		l.Family, l.Short = parent.ID, lists.ShortName(l.Name, parent.Name)
		l.Post = lists.PostFamily
		l.ListID = subListID(snap.all, l, *parent)
	}
	l.Title, l.Purpose, l.Next, l.NextBy = n.Title, n.Purpose, n.Next, n.NextBy
	l.State, l.Join, l.Archive = lists.Active, lists.JoinOpen, lists.ArchivePublic
	l.Unsub, l.Reply, l.From, l.Language = lists.UnsubscribeOneClick, lists.ReplyAuthor, lists.FromAuto, "en"
	if parent != nil { // its people are the main list's
		l.Language = or(parent.Language, l.Language)
	}
	l.Post, l.Join, l.Archive = or(n.Post, l.Post), or(n.Join, l.Join), or(n.Archive, l.Archive)
	l.Created = s.now().UTC()
	return l, checkList(&l)
}

// subListID is the List-Id of a new sub-list: its short name under the main
// list's, or its ID where a group of that short name had it before the main
// list was renamed.
func subListID(all *lists.Directory, l, main lists.List) string {
	id := l.Short + "." + main.ListID
	for _, other := range all.Lists {
		if other.ListID == id {
			return l.ID + "." + main.ListID
		}
	}
	return id
}

// UpdateList changes what may change of a list: all but its identity, and its
// name, which has RenameList. change may be called more than once.
func (s *Store) UpdateList(ctx context.Context, id string, change func(*lists.List) error) (lists.List, error) {
	l, err := s.rewriteList(ctx, id, func(all *lists.Directory, l *lists.List) error {
		before := *l
		if err := change(l); err != nil {
			return err
		}
		if l.ID != before.ID || l.Serial != before.Serial || l.Family != before.Family || l.ListID != before.ListID ||
			l.Name != before.Name || l.Short != before.Short || !l.Created.Equal(before.Created) {
			return fmt.Errorf("the change touches what identifies the list")
		}
		var aliases []string
		for _, alias := range l.Aliases {
			alias, err := all.CheckAlias(before, alias)
			if err != nil {
				return err
			}
			if alias != l.Name && !slices.Contains(aliases, alias) {
				aliases = append(aliases, alias)
			}
		}
		l.Aliases = aliases
		return checkList(l)
	})
	if err != nil {
		return lists.List{}, fmt.Errorf("change list %q: %w", id, err)
	}
	return l, nil
}

// RenameList gives a list a new name; the old one stays as an alias. ID,
// List-Id and archive links stay.
func (s *Store) RenameList(ctx context.Context, id, name string) (lists.List, error) {
	l, err := s.rewriteList(ctx, id, func(all *lists.Directory, l *lists.List) error {
		full, err := all.CheckRename(*l, name)
		if err != nil || full == l.Name {
			return err
		}
		l.Aliases = slices.DeleteFunc(l.Aliases, func(a string) bool { return strings.EqualFold(a, full) })
		l.Aliases = append(l.Aliases, l.Name)
		l.Name, l.Short = full, full
		if main := all.MainOf(*l); main.ID != l.ID {
			l.Short = lists.ShortName(full, main.Name)
		}
		return nil
	})
	if err != nil {
		return lists.List{}, fmt.Errorf("rename list %q to %q: %w", id, name, err)
	}
	return l, nil
}

// rewriteList reads a list, changes a copy and writes it, until nobody else
// has changed the directory in between.
func (s *Store) rewriteList(ctx context.Context, id string, fn func(*lists.Directory, *lists.List) error) (l lists.List, err error) {
	err = retry(ctx, func() (bool, error) {
		snap, err := s.snapshot(ctx)
		if err != nil {
			return false, err
		}
		var ok bool
		if l, ok = snap.public.ByID(id); !ok {
			return false, notFound("list %q", id)
		}
		before := l
		l.Aliases = slices.Clone(l.Aliases)
		if err := fn(snap.all, &l); err != nil || reflect.DeepEqual(l, before) {
			return true, err
		}
		var c change
		if err := c.writeList(snap.version, entry{List: l}); err != nil {
			return false, err
		}
		return s.commit(ctx, &c)
	})
	return l, err
}

// checkList cleans a list's words and refuses choices that there are not.
func checkList(l *lists.List) error {
	l.Language = cleanLine(l.Language, 35)
	l.Purpose, l.Footer = cleanLines(l.Purpose), cleanLines(l.Footer)
	if err := firstError(
		oneLine("title", &l.Title, 200), oneLine("next step", &l.Next, 1000), oneLine("subject tag", &l.SubjectTag, 40),
	); err != nil {
		return err
	}
	if l.Title == "" {
		return refusal("A list needs a title: a few words that tell people what it is, such as \"Data protection map\".")
	}
	if _, ok := l.NextBy.Time(); !ok && l.NextBy != "" {
		return refusal("%q is not a date: write it as 2026-12-01.", string(l.NextBy))
	}
	return firstError(
		oneOf("state", l.State, lists.Forming, lists.Active, lists.Paused, lists.Done, lists.Closed),
		oneOf("post", l.Post, lists.PostFamily, lists.PostMembers, lists.PostAnyone, lists.PostModerated, lists.PostAnnounce),
		oneOf("join", l.Join, lists.JoinOpen, lists.JoinApproved, lists.JoinInvited),
		oneOf("archive", l.Archive, lists.ArchivePublic, lists.ArchiveMembers, lists.ArchiveNone),
		oneOf("unsubscribe", l.Unsub, lists.UnsubscribeOneClick, lists.UnsubscribeShared),
		oneOf("reply", l.Reply, lists.ReplyAuthor, lists.ReplyList),
		oneOf("from", l.From, lists.FromAuto, lists.FromAlways, lists.FromNever),
	)
}

// oneLine makes one line of a property, and refuses one of more than n
// characters: none of what was written is dropped unsaid.
func oneLine(property string, value *string, n int) error {
	*value = cleanLine(*value, len(*value))
	if has := utf8.RuneCountInString(*value); has > n {
		return refusal("The %s has %d characters, and %d is the most. Write a shorter one.", property, has, n)
	}
	return nil
}

// oneOf refuses a value of a property that is none of its choices.
func oneOf[T ~string](property string, value T, choices ...T) error {
	if slices.Contains(choices, value) {
		return nil
	}
	var words []string
	for _, c := range choices {
		words = append(words, string(c))
	}
	return refusal("%q is no choice for %s: write one of %s.", cleanLine(string(value), 60), property, strings.Join(words, ", "))
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func or[T ~string](value, fallback T) T {
	if value == "" {
		return fallback
	}
	return value
}

func increment(version string) string {
	n, _ := strconv.ParseInt(version, 10, 64) // "" is before the first
	return strconv.FormatInt(n+1, 10)
}
